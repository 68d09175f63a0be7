/** Runs the statements of a squash in an order in which they run, and remembers it. */
import { flatMap } from '../../lists.ts';
import { tokenize } from '../../syntax/lexer.ts';
import { readIdent } from '../../catalog/names.ts';
import type { Session, StepFailure } from '../../database/types.ts';
import { SECTIONS, type Group, type Item, type Section } from './items.ts';

/** Statements in the order in which they have run. */
export interface Placed {
  /** A group may come up again: for what has to wait for later groups. */
  runs: { group: Group; section: Section; items: Item[]; isLater: boolean }[];
  /** What does not run anywhere, and why; nothing where its table is not there. */
  refused: Refused[];
}

export interface Refused {
  item: Item;
  failure: StepFailure | undefined;
}

/**
 * What was refused by itself, and not for something that was refused too. Where there is only a circle, one statement
 * of it.
 */
export function rootsOf(refused: readonly Refused[]): Refused[] {
  const tried = refused.filter(({ failure }) => failure);
  const makers = new Map<string, Refused>();
  for (const one of tried) if (one.item.makes) makers.set(nameOf(one.item.object.name), one);
  const causeOf = ({ failure }: Refused): Refused | undefined => {
    const [, quoted, routine] = /"((?:[^"]|"")*)" does not exist|function ([^ (]+)\(/.exec(failure!.message) ?? [];
    return makers.get(nameOf(quoted ?? routine ?? ''));
  };
  const roots = tried.filter((one) => [undefined, one].includes(causeOf(one)));
  if (roots.length > 0 || tried.length === 0) return roots;
  const seen = new Set<Refused>();
  let at = tried[0]!;
  while (!seen.has(at)) {
    seen.add(at);
    at = causeOf(at)!;
  }
  return [at];
}

/** The words of a statement that may be names. */
function wordsOf(sql: string): Set<string> {
  const words = new Set<string>();
  for (const { kind, start, end } of tokenize(sql, 0, sql.length)) {
    const text = sql.slice(start, end);
    if (kind === 'word' || kind === 'quoted') words.add(readIdent(text));
    else if (kind === 'string' || kind === 'dollar')
      for (const [word] of text.matchAll(/[\p{L}_][\p{L}\p{N}_$]*/gu)) words.add(word);
  }
  return words;
}

/** The last name of an object, without its arguments. */
const nameOf = (name: string): string => {
  const plain = name.replace(/\(.*$/s, '').replace(/ on .*$/s, '');
  return readIdent(/(?:"(?:[^"]|"")*"|[^."]+)$/.exec(plain)?.[0] ?? plain);
};

/** Where a statement waits until what it speaks of is there. */
class Placing {
  private readonly session: Session;
  private readonly groups: readonly Group[];
  private readonly byName = new Map<string, Group[]>();
  private readonly runs: Placed['runs'] = [];
  private readonly failures = new Map<Item, StepFailure>();
  /** What is still to run of each group. */
  private readonly open: Map<Group, Item[]>;
  private readonly visiting = new Set<Group>();

  constructor(session: Session, groups: readonly Group[]) {
    this.session = session;
    this.groups = groups;
    this.open = new Map(groups.map((group) => [group, [...group.items]]));
    for (const group of groups) {
      const name = nameOf(group.name);
      this.byName.set(name, [...(this.byName.get(name) ?? []), group]);
    }
  }

  async run(): Promise<Placed> {
    for (const section of SECTIONS) {
      for (const group of this.groups) if (group.section === section) await this.place(group, section);
      await this.again(section);
    }
    for (;;) if (!(await this.again('after'))) break;
    const refused = flatMap(this.open.values(), (items) =>
      items.map((item) => ({ item, failure: this.failures.get(item) })),
    );
    return { runs: this.runs, refused };
  }

  /** Tries what has waited. */
  private async again(section: Section): Promise<boolean> {
    let isAny = false;
    for (let moves = true; moves;) {
      moves = false;
      for (const group of this.groups)
        if (SECTIONS.indexOf(group.section) <= SECTIONS.indexOf(section) && this.open.get(group)!.length > 0)
          if (await this.place(group, section)) moves = isAny = true;
    }
    return isAny;
  }

  /** @returns whether something has run */
  private async place(group: Group, section: Section): Promise<boolean> {
    const items = this.open.get(group)!;
    if (items.length === 0 || this.visiting.has(group)) return false;
    this.visiting.add(group);
    let done: Item[] = [];
    let isAny = false;
    const left: Item[] = [];
    const write = () => {
      if (done.length === 0) return;
      const isLater = group.items.some(isHead) && !done.some(isHead);
      this.runs.push({ group, section, items: done, isLater });
      done = [];
      isAny = true;
    };
    let isHeadless = false;
    for (const item of items) {
      let runs = !isHeadless && (await this.try(item));
      if (!runs && !isHeadless) {
        // A table may need others before it; what lives on it only takes along what is small.
        const isWhole = isHead(item) && done.every(({ object }) => object.kind === 'sequence');
        write();
        runs = (await this.pull(item, section, isWhole, group)) && (await this.try(item));
      }
      if (runs) done.push(item);
      else left.push(item);
      // Nothing of a table runs before it is there.
      if (!runs && isHead(item)) isHeadless = true;
    }
    write();
    this.open.set(group, left);
    this.visiting.delete(group);
    return isAny;
  }

  /** Places what a refused statement speaks of before it. */
  private async pull(item: Item, section: Section, isWhole: boolean, own: Group): Promise<boolean> {
    let isAny = false;
    for (const word of wordsOf(item.sql))
      for (const group of this.byName.get(word) ?? []) {
        if (group === own || this.open.get(group)!.length === 0) continue;
        if (!isWhole && (group.section === 'tables' || group.section === 'views')) continue;
        if (await this.place(group, section)) isAny = true;
      }
    return isAny;
  }

  private async try(item: Item): Promise<boolean> {
    const failure = await this.session.run([{ sql: item.sql, offset: 0 }], 'stop');
    if (!failure) return true;
    this.failures.set(item, failure);
    return false;
  }
}

const HEADS = new Set(['table', 'foreign table', 'view', 'materialized view', 'function', 'procedure']);
const isHead = ({ object, makes }: Item): boolean => makes && HEADS.has(object.kind);

export const place = (session: Session, groups: readonly Group[]): Promise<Placed> =>
  new Placing(session, groups).run();
