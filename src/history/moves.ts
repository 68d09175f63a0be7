/** What the keys of objects become: objects are renamed, moved to other schemas, dropped and replaced. */
import { countWhere, lastWhere, pushTo } from '../lists.ts';

/** An object gets another key, or is dropped or replaced: then it has none. */
export interface Move {
  from: string;
  to: string | undefined;
}

/** Moves in the order in which they happen; found by key, so that none looks at those of other objects. */
export class Moves {
  private readonly all: Move[] = [];
  private readonly leaving = new Map<string, number[]>();
  private readonly arriving = new Map<string, number[]>();

  get length(): number {
    return this.all.length;
  }

  at(index: number): Move | undefined {
    return this.all[index];
  }

  /** The moves from an index on. */
  from(index: number): readonly Move[] {
    return this.all.slice(index);
  }

  push(move: Move): void {
    const index = this.all.push(move) - 1;
    pushTo(this.leaving, move.from, index);
    if (move.to !== undefined) pushTo(this.arriving, move.to, index);
  }

  /** The index of the next move of a key, from an index on; undefined where it stays. */
  next(key: string, from: number): number | undefined {
    const indexes = this.leaving.get(key);
    return indexes?.[countWhere(indexes, (index) => index < from)];
  }

  /**
   * Follows an object through its moves; undefined where it is dropped or replaced on the way.
   * @param from the moves before it are passed over
   */
  follow(key: string, from = 0): string | undefined {
    let here = key;
    for (let at = this.next(here, from); at !== undefined; at = this.next(here, at + 1)) {
      const { to } = this.all[at]!;
      if (to === undefined) return undefined;
      here = to;
    }
    return here;
  }

  /** The key that an object had after so many moves, by the one that it has after all of them. */
  before(key: string, count: number): string {
    let here = key;
    for (let end = this.all.length; ;) {
      const at = lastWhere(this.arriving.get(here) ?? [], (index) => index < end);
      if (at === undefined || at < count) return here;
      here = this.all[at]!.from;
      end = at;
    }
  }
}
