/** Chooses the fix of a finding. */
import type { Technique } from '../catalog/effects.ts';
import { existenceAsKind, isTemporary, kindInfo, type Kind } from '../catalog/objects.ts';
import type { SqlState } from '../catalog/sqlstates.ts';
import { isHandled } from '../history/guards.ts';
import type { World } from '../history/world.ts';
import type { Finding, FindingOf } from '../rerun/finding.ts';
import { concurrentIndex } from './concurrent-index.ts';
import { dropAdd } from './drop-add.ts';
import { dropFirst } from './drop-first.ts';
import { guard, guardFor } from './guard.ts';
import { guardEach } from './guard-each.ts';
import { insert } from './insert.ts';
import { keyword } from './keyword.ts';
import { name } from './name.ts';
import { obstacleToBlock } from './runner.ts';
import { selectInto } from './select-into.ts';
import type { Fix, FixOptions, Fixer } from './types.ts';

const fixers: { [T in Technique['technique']]: Fixer<T> } = {
  keyword,
  'drop-first': dropFirst,
  guard,
  name,
  'concurrent-index': concurrentIndex,
  'select-into': selectInto,
  'drop-add': dropAdd,
  'guard-each': guardEach,
  insert,
};

/** A fix with the technique that makes it, or the reason why there is none. */
export type Remedy = { fix: Exclude<Fix, { why: string }>; technique: Technique } | { why: string };

/** A finding that is about one statement alone. */
export type OwnFinding = Exclude<Finding, { kind: 'needs-shared-guard' }>;

/** Returns the fix of a finding, or the reason why there is none. */
export function chooseRemedy(finding: OwnFinding, options: FixOptions): Remedy {
  if (finding.wrongCondition && finding.kind !== 'collides')
    return { why: 'correct the condition that stands around it' };
  switch (finding.kind) {
    case 'fails':
      return remedyOfFailure(finding, options);
    case 'repeats':
      return firstTechnique(finding, options);
    case 'redefines':
      return { why: REPLACED_LATER };
    case 'changes-rows':
      return { why: finding.at.unit.entry.unfixable ?? 'the statement is not repeatable by its nature' };
    case 'undecidable':
      if (finding.at.effect.action === 'raise') return { why: 'only you know whether a second run shall go on there' };
      return {
        why: finding.why ?? finding.at.unit.entry.unfixable ?? 'what it does is not in the text of the migration',
      };
    case 'loses-data':
      return { why: 'it would delete rows written between the runs; decide whether that is acceptable' };
    case 'collides':
      return {
        why:
          'IF NOT EXISTS or OR REPLACE would hide that the two ' +
          'differ; drop or alter the old one, or choose another name',
      };
    case 'end-state-differs':
      return {
        why:
          'no single guard around the statements can be found; put ' +
          'them into one DO block that asks whether they have run',
      };
  }
}

const REPLACED_LATER =
  'a later statement has put something else in its place, and no single guard around them can be found';

function remedyOfFailure(finding: FindingOf<'fails'>, options: FixOptions): Remedy {
  switch (finding.cause) {
    case 'exists':
    case 'missing':
    case 'value-refused':
      return firstTechnique(finding, options);
    case 'needed':
      return askForDependents(finding);
    case 'wrong-kind':
      return askForKind(finding, options);
    case 'label-gone':
      return { why: 'when it runs again, the value is no longer one of its type; compare the column as text' };
    case 'ambiguous':
      return { why: 'the migration makes another routine of that name later; name this one with its argument types' };
    case 'has-dependents':
      return {
        why:
          'a later statement makes something that depends on it; replace it in ' +
          'place, or ask whether it still is the old one before it is dropped',
      };
    case 'name-taken':
    case 'replaced':
      return { why: REPLACED_LATER };
  }
}

/** The first technique that applies. */
function firstTechnique(finding: Finding, options: FixOptions): Remedy {
  const { unit } = finding.at;
  let why: string | undefined;
  for (const technique of techniquesFor(finding, options)) {
    if (unit.statement.placeholders && technique.technique !== 'keyword') {
      why = 'a placeholder stands in the statement, so the names that the database will see are not known';
      continue;
    }
    const fix = (fixers[technique.technique] as Fixer<Technique['technique']>)(finding, technique, options);
    if (!fix) continue;
    const refused =
      'why' in fix
        ? fix.why
        : (obstacleInHandler(finding) ?? (fix.guard && obstacleToBlock([unit.statement], options.runners)));
    if (refused === undefined && !('why' in fix)) return { fix, technique };
    why ??= refused;
  }
  return { why: why ?? unit.entry.unfixable ?? 'no form of it is known that can run twice' };
}

/**
 * Why a fix may not pass over what is missing, or what is there: where the first run misses something, the block around
 * is rolled back, and its other statements with it. IF NOT EXISTS ends before the rest of the statement is looked at.
 */
function obstacleInHandler({ at: { effect, unit }, ...finding }: Finding): string | undefined {
  const { statement } = unit;
  if (finding.kind !== 'fails' || (finding.cause !== 'missing' && finding.cause !== 'exists')) return undefined;
  const needsOthers = unit.effects.some((other) => other !== effect && other.action === 'use');
  if (finding.cause === 'exists' && !needsOthers) return undefined;
  const others = statement.parent?.children?.filter((child) => child !== statement) ?? [];
  const isShared = statement.guards.some(
    (guard) => guard.kind === 'handler' && others.some(({ guards }) => guards.includes(guard)),
  );
  return isShared && MISSED.some((state) => isHandled(statement, state))
    ? 'the block catches that something is missing and rolls back its other statements, which it would not any more'
    : undefined;
}

/** What PostgreSQL says of what is missing. */
const MISSED: readonly SqlState[] = ['42P01', '42703', '42704', '42883', '3F000'];

/** Which techniques are tried, in order, given what the user prefers. */
function techniquesFor({ at: { effect, unit }, after }: Finding, options: FixOptions): readonly Technique[] {
  // Where nothing temporary has the name, IF EXISTS would take a lasting object that has it.
  if (effect.action !== 'create' && 'object' in effect && isTemporary(effect.object)) return [{ technique: 'guard' }];
  if (effect.action === 'use') {
    // IF EXISTS asks for the altered table alone, not for one that a foreign key points to. ALTER INDEX has it, but not
    // before ATTACH PARTITION.
    const altered = unit.statement.as('AlterTableStmt')?.relation;
    const hasOwnForm =
      effect.object.kind === 'table' &&
      altered?.relname === effect.object.name &&
      (altered.schemaname ?? effect.object.schema) === effect.object.schema &&
      unit.entry.id !== 'attach-index-partition';
    return [hasOwnForm ? ALTER_IF_EXISTS : { technique: 'guard' }];
  }
  const own = unit.entry.techniques ?? [];
  if (effect.action !== 'create') return own;
  const { kind } = effect.object;
  if (kind === 'constraint' && options.constraints === 'drop-add') return [{ technique: 'drop-add' }, ...own];
  return prefersGuard(kind, after, options)
    ? own.map((t) => (t.technique === 'drop-first' ? { technique: 'guard' } : t))
    : own;
}

/** Whether DROP before CREATE is not wanted, or an event trigger may refuse it. */
const prefersGuard = (kind: Kind, after: World, options: FixOptions): boolean =>
  (kind === 'policy' && options.policies === 'guard') ||
  (kind === 'trigger' && options.triggers === 'guard') ||
  after.eventTriggers('raises').length > 0;

const ALTER_IF_EXISTS: Technique = {
  technique: 'keyword',
  keywords: 'IF EXISTS',
  after: 'ALTER TABLE|VIEW|INDEX|SEQUENCE|MATERIALIZED|FOREIGN [VIEW|TABLE]',
};

/**
 * A DROP of an object on which a later statement makes something depend: drop it only while nothing depends on it, as
 * in the first run.
 */
function askForDependents({ at: { unit, effect } }: Finding): Remedy {
  const question = effect.action === 'drop' ? kindInfo(effect.object.kind).dependence?.(effect.object) : undefined;
  const fix = guardFor(unit.statement, question?.missing);
  if (!fix || 'why' in fix) return fix ?? { why: 'the catalog cannot be asked what depends on it' };
  return { fix, technique: { technique: 'guard' } };
}

/** A statement about an object whose name a later one gives to another kind: run it only while it has its old kind. */
function askForKind({ at: { unit, effect }, said }: FindingOf<'fails'>, { runners }: FixOptions): Remedy {
  const refused = obstacleToBlock([unit.statement], runners);
  if (refused !== undefined) return { why: refused };
  if (!('object' in effect) || (effect.action === 'drop' && unit.effects.length > 1))
    return { why: 'drop each of them in a statement of its own' };
  const object = said ?? effect.object;
  const fix = guardFor(unit.statement, existenceAsKind(object)?.exists);
  if (!fix) return { why: `ask whether it still is a ${kindInfo(object.kind).label}` };
  return 'why' in fix ? fix : { fix, technique: { technique: 'guard' } };
}
