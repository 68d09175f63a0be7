/**
 * Watches for statements that name an object which later has another name, while another object has taken the name that
 * it had: a second run finds the other one.
 */
import type { Effect } from '../../catalog/effects.ts';
import { describe, ownerOf, type ObjectRef } from '../../catalog/objects.ts';
import type { Unit } from '../../catalog/units.ts';
import type { World } from '../../history/world.ts';
import { flatMap } from '../../lists.ts';
import type { NodeTag } from '../../syntax/parser.ts';
import type { Judgement } from '../finding.ts';
import type { FirstRun } from '../first-run.ts';
import type { Occurrence } from '../occurrence.ts';
import type { Replay } from '../replay.ts';

/** An object gets another name, or is dropped. */
interface Move {
  step: number;
  from: string;
  to: string | undefined;
}

export class Namesakes {
  private readonly first: Pick<FirstRun, 'occurrences' | 'base'>;
  private known: { moves: readonly Move[]; names: ReadonlySet<string> } | undefined;

  constructor(first: Pick<FirstRun, 'occurrences' | 'base'>) {
    this.first = first;
  }

  /** What is wrong with an effect that succeeds in the second run, but on another object of the name. */
  judge({ effect, unit, step }: Occurrence, judged: Judgement | undefined, replay: Replay): Judgement | undefined {
    if (this.moved.names.size === 0 || !isRunThrough(judged, unit)) return undefined;
    const named = namedBy(effect, unit, replay.world);
    const object = named.find((ref) => this.isAnother(this.first.base.key(ref), step, replay));
    return (
      object && {
        kind: 'redefines',
        consequence: `a second run finds another ${describe(object)}, which has that name by then`,
        of: object,
      }
    );
  }

  /** Whether what had a name at a step has another one when the second run begins, and another object has that name. */
  private isAnother(key: string, step: number, { start, lastStep }: Replay): boolean {
    const { moves, names } = this.moved;
    if (!names.has(key) || start.existsKey(key) !== true) return false;
    let current = key;
    for (const move of moves) {
      if (move.step <= step || move.step > lastStep || move.from !== current) continue;
      if (move.to === undefined) return false;
      current = move.to;
    }
    return current !== key && start.existsKey(current) === true;
  }

  /** What gets other names, in the order of the statements, and the names that are left behind. */
  private get moved(): { moves: readonly Move[]; names: ReadonlySet<string> } {
    if (this.known) return this.known;
    const { occurrences, base } = this.first;
    const moves = flatMap(occurrences, (all) =>
      flatMap(all, ({ effect, step, isRun }): Move | [] => {
        if (!isRun || (effect.action !== 'rename' && effect.action !== 'drop')) return [];
        return {
          step,
          from: base.key(effect.object),
          to: effect.action === 'rename' ? base.key(effect.to) : undefined,
        };
      }),
    );
    const names = flatMap(moves, ({ from, to }) => (to === undefined ? [] : from));
    return (this.known = { moves, names: new Set(names) });
  }
}

/** Whether a statement runs to its end, also once it is fixed: then it matters what its names mean. */
function isRunThrough(judged: Judgement | undefined, unit: Unit): boolean {
  switch (judged?.kind) {
    case undefined:
    case 'repeats':
    case 'changes-rows':
    case 'undecidable':
      return true;
    case 'fails':
      return judged.cause === 'exists' && looksUpNames(unit);
    default:
      return false;
  }
}

/** The objects of which an effect of the second run depends on what their names mean. */
function namedBy(effect: Effect, unit: Unit, world: World): ObjectRef[] {
  if (effect.action === 'write') return [effect.table, ...usedBy(unit)];
  if (!('object' in effect) || effect.action === 'call') return [];
  const { action, object } = effect;
  if (action === 'use' || action === 'avoid') return isAbout(unit) ? withOwner(object) : [];
  // IF NOT EXISTS leaves what is there.
  if (action === 'create' && effect.mode === 'if-not-exists' && world.has(object) === true) return [];
  // A rename is judged by itself.
  if (action === 'rename') return ownersOf(object);
  return [...(action === 'create' || action === 'duplicate' ? ownersOf(object) : withOwner(object)), ...usedBy(unit)];
}

/** Whether a statement that only needs objects changes one of them, as COMMENT does. */
export const isAbout = ({ effects, statement }: Unit): boolean =>
  effects.every(({ action }) => action === 'use' || action === 'avoid') && !READS.has(statement.type ?? '');

/** Statements that leave nothing behind of what they read. */
const READS: ReadonlySet<string> = new Set<NodeTag>([
  'CheckPointStmt',
  'CopyStmt',
  'DeclareCursorStmt',
  'DoStmt',
  'ExplainStmt',
  'LockStmt',
  'PrepareStmt',
  'SelectStmt',
  'VacuumStmt',
]);

const ownersOf = (ref: ObjectRef): ObjectRef[] => (ref.of ? [ownerOf(ref, ref.of)] : []);

const withOwner = (ref: ObjectRef): ObjectRef[] => [ref, ...ownersOf(ref)];

/** What a statement reads. The body of a routine is a text, which means what its names mean when it runs. */
const usedBy = ({ effects, statement }: Unit): ObjectRef[] =>
  statement.type === 'CreateFunctionStmt'
    ? []
    : flatMap(effects, (effect) => (effect.action === 'use' ? withOwner(effect.object) : []));

/** Whether a statement looks its names up also where its object exists, once it is fixed: a DO block does not. */
function looksUpNames({ entry: { techniques }, statement }: Unit): boolean {
  const technique = techniques?.[0]?.technique;
  // CREATE TABLE IF NOT EXISTS ends before it reads the table's definition.
  return technique === 'drop-first' || (technique === 'keyword' && statement.type !== 'CreateStmt');
}
