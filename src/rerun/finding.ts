/** The findings of a second run. */
import type { Effect } from '../catalog/effects.ts';
import type { ObjectRef } from '../catalog/objects.ts';
import type { SqlState } from '../catalog/sqlstates.ts';
import type { World } from '../history/world.ts';
import type { LaterChanges } from './later-changes.ts';
import type { Occurrence } from './occurrence.ts';
import type { LineageGuard } from './sequences.ts';

/** Why a statement fails in its second run. */
export type Cause =
  | 'exists' // it creates what exists already
  | 'missing' // it needs or drops what no longer exists
  | 'name-taken' // it renames to a name that exists already
  | 'ambiguous' // it names a routine without argument types, and there is another one of that name by then
  | 'replaced' // a later statement put something else in its place that OR REPLACE cannot change back
  | 'needed' // it drops what a later statement made something depend on; the catalog tells
  | 'has-dependents' // the same, where no one query of the catalog tells
  | 'wrong-kind' // it drops a table that has become a view
  | 'label-gone' // it names an enum value that no type has any more
  | 'value-refused'; // its column has another enum by then, which does not take the value

interface Fails {
  kind: 'fails';
  sqlstate: SqlState;
  cause: Cause;
  /**
   * Of a statement that needs what a later one removes: what is wrong with it if the migration stops before that and
   * starts again.
   */
  again?: readonly Finding[];
  /** Of `wrong-kind`: the object of the kind that the statement says. */
  said?: ObjectRef;
  /** Whether it fails only if the first run stopped behind the statement: a later one undoes what it does. */
  isOnlyIfStopped?: boolean;
}

/** It succeeds, and creates or adds the same again. */
interface Repeats {
  kind: 'repeats';
  what: 'object' | 'rows';
  /** A whole clause, such as `a second run builds a second index`. */
  consequence: string;
  /** Of an INSERT: what later statements of the file do to its rows. */
  later?: LaterChanges;
  /** Of an INSERT: whether its rows get numbers of a sequence that the file sets before it. */
  isRestarted?: boolean;
  /** Of an INSERT of what a query finds, where no key covers the rows: no question tells whether they are there. */
  isUnanswerable?: boolean;
}

/** It changes rows again. */
interface ChangesRows {
  kind: 'changes-rows';
  /** Why the rows are not the same afterwards, such as `it reads the values that it sets`. */
  reason: string;
  /** Whether only a time of change differs. */
  clockOnly: boolean;
}

/** It succeeds, and gives the object another definition than the first run did. */
interface Redefines {
  kind: 'redefines';
  /** A whole clause. */
  consequence: string;
  /** The object that has another name by then, while another object has taken the name that the statement uses. */
  of?: ObjectRef;
}

/** It drops a table or a column, with the rows written since the first run, and a later statement makes it again. */
interface LosesData {
  kind: 'loses-data';
  lost: ObjectRef;
}

/** An earlier migration left an object of that name with another definition. */
interface Collides {
  kind: 'collides';
  difference: string;
}

/** It cannot be guarded alone: a later statement renames, drops or replaces the object that it creates. */
interface NeedsSharedGuard {
  kind: 'needs-shared-guard';
  guard: LineageGuard;
}

/** No statement fails, but an object exists after only one of the two runs. */
interface EndStateDiffers {
  kind: 'end-state-differs';
  object: ObjectRef;
  /** Whether the statement drops it in the second run because it depends on what the statement names. */
  isByCascade: boolean;
}

/** The text does not tell. */
interface Undecidable {
  kind: 'undecidable';
  /** A whole clause. */
  reason: string;
  /** Why it has no fix, where the entry of the statement does not say. */
  why?: string;
  /** Whether it is so only if the first run stopped behind the statement. */
  isOnlyIfStopped?: boolean;
}

/** A finding without its place. */
export type Judgement =
  Fails | Repeats | ChangesRows | Redefines | LosesData | Collides | NeedsSharedGuard | EndStateDiffers | Undecidable;

interface Place {
  /** The effect of the first run to which the finding belongs. */
  at: Occurrence;
  /** The objects when the second run begins: after the first run, or where it was cut. */
  after: World;
  /** Whether an IF around the statement asks for an object of the same kind, but not for this one. */
  wrongCondition: boolean;
}

export type Finding = Judgement & Place;

/**
 * Makes a judgement the finding of a place. It adds to the judgement: V8 takes several times as long to copy objects of
 * so many shapes.
 */
export const findingAt = (judgement: Judgement, place: Place): Finding => Object.assign(judgement, place);

export type FindingOf<K extends Finding['kind']> = Extract<Judgement, { kind: K }> & Place;

/** The SQLSTATE with which the statement fails; undefined where it does not fail. */
export const sqlstateOf = (judgement: Judgement): SqlState | undefined =>
  judgement.kind === 'fails' ? judgement.sqlstate : undefined;

/** Whether the statement can be made repeatable by itself, if its entry has a form for it. */
export const isMendedAlone = (finding: Finding): boolean =>
  (finding.kind === 'repeats' && finding.isUnanswerable !== true) ||
  (finding.kind === 'fails' && ['exists', 'missing', 'needed', 'value-refused'].includes(finding.cause));

/** Whether a guard around this statement alone is not enough, because a later statement changes the same object. */
export function dependsOnLater(judgement: Judgement): boolean {
  switch (judgement.kind) {
    case 'fails':
      return ['name-taken', 'replaced', 'has-dependents', 'label-gone'].includes(judgement.cause);
    case 'redefines':
      return true;
    case 'repeats':
    case 'changes-rows':
    case 'loses-data':
    case 'collides':
    case 'needs-shared-guard':
    case 'end-state-differs':
    case 'undecidable':
      return false;
  }
}

/** The rule that reports a finding. */
export type SecondRunRule =
  | 'no-bare-create'
  | 'no-bare-add'
  | 'no-bare-drop'
  | 'no-bare-rename'
  | 'no-bare-insert'
  | 'require-shared-guard'
  | 'no-use-of-removed'
  | 'no-unnamed-object'
  | 'no-repeated-change'
  | 'no-repeated-timestamp'
  | 'no-silent-collision'
  | 'no-clean-slate'
  | 'no-unknown-effect';

/** Every finding has exactly one rule: the compiler says so. */
export function ruleOf(finding: Finding): SecondRunRule {
  switch (finding.kind) {
    case 'fails':
    case 'repeats':
    case 'redefines':
      return ruleOfEffect(finding.at);
    case 'changes-rows':
      return finding.clockOnly ? 'no-repeated-timestamp' : 'no-repeated-change';
    case 'loses-data':
      return 'no-clean-slate';
    case 'collides':
      return 'no-silent-collision';
    case 'needs-shared-guard':
    case 'end-state-differs':
      return 'require-shared-guard';
    case 'undecidable':
      return 'no-unknown-effect';
  }
}

const RULE_OF_ACTION: Record<Exclude<Effect['action'], 'create'>, SecondRunRule> = {
  duplicate: 'no-unnamed-object',
  drop: 'no-bare-drop',
  rename: 'no-bare-rename',
  use: 'no-use-of-removed',
  avoid: 'no-use-of-removed',
  insert: 'no-bare-insert',
  write: 'no-repeated-change',
  delete: 'no-repeated-change',
  change: 'no-repeated-change',
  reach: 'no-unknown-effect',
  set: 'no-unknown-effect',
  'search-path': 'no-unknown-effect',
  session: 'no-unknown-effect',
  call: 'no-unknown-effect',
  learn: 'no-unknown-effect',
  fill: 'no-unknown-effect',
  raise: 'no-unknown-effect',
  unknown: 'no-unknown-effect',
};

function ruleOfEffect({ effect, unit }: Occurrence): SecondRunRule {
  if (effect.action !== 'create') return RULE_OF_ACTION[effect.action];
  return unit.entry.node.startsWith('Alter') ? 'no-bare-add' : 'no-bare-create';
}
