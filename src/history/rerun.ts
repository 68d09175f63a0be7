/** Plays a migration a second time against what its first run has left, and says which statements fall short. */
import type { Effect } from '../catalog/effects.ts';
import { nodeAs, nameOfRange } from '../catalog/nodes.ts';
import type { Name, ObjectRef } from '../catalog/objects.ts';
import { unitsOf, type Unit } from '../catalog/units.ts';
import type { Statement } from '../syntax/script.ts';
import type { Guard } from '../syntax/plpgsql.ts';
import type { Node, NodeOf } from '../syntax/parser.ts';
import { evaluate, type Question } from './conditions.ts';
import { deletedBefore, insertProblem } from './inserts.ts';
import { nameUnnamed } from './naming.ts';
import type { World } from './world.ts';

/** How a statement falls short in its second run. */
export type Problem =
  | 'exists' // it makes what is there already
  | 'missing' // it needs what is there no longer
  | 'again' // it makes another one, or adds the rows again
  | 'changes' // it changes rows once more
  | 'unknown'; // nobody can tell

export interface Verdict {
  unit: Unit;
  effect: Effect;
  problem: Problem;
  /** The SQLSTATE of a second run, where it fails. */
  error: string | undefined;
  /** What happens, for the problems that have no error. */
  why: string | undefined;
  before: Before;
  /** What the first run of the whole file leaves. */
  after: World;
  /** A guard around the statement that asks the catalog, but not for what the statement makes or needs. */
  guard: Extract<Guard, { kind: 'if' }> | undefined;
}

/** What was known just before the statement ran for the first time. */
export interface Before {
  /** The earlier INSERTs into the table that the statement fills; undefined for rows that come from elsewhere. */
  inserts: readonly (NodeOf<'InsertStmt'> | undefined)[];
  /** The column that the statement converts. */
  column: ObjectRef | undefined;
}

export interface Rerun {
  verdicts: Verdict[];
  /** The objects after the first run. */
  after: World;
}

/** One statement with what it does, those in DO blocks among them. */
interface Step {
  statement: Statement;
  units: readonly Unit[];
}

const stepsOf = (statements: readonly Statement[]): Step[] =>
  statements.flatMap((statement) => [
    { statement, units: unitsOf(statement) },
    ...(statement.type === 'DoStmt' ? (statement.children ?? []).map((child) => ({ statement: child, units: unitsOf(child) })) : []),
  ]);

/** Applies what the statements that run forward leave to a world: a file that becomes history. */
export function replay(statements: readonly Statement[], world: World): void {
  const { searchPath } = world;
  for (const { statement, units } of stepsOf(statements.filter((s) => s.direction === 'up'))) {
    if (isRun(statement, world, undefined) === false) continue;
    for (const unit of units) {
      for (const effect of unit.effects) {
        world.apply(nameUnnamed(effect, unit, world));
        if (effect.action === 'insert') world.recordInsert(effect.object, statement.as('InsertStmt'));
      }
    }
  }
  // Every file is run in a session of its own.
  world.searchPath = searchPath;
}

/**
 * Runs the statements twice on paper.
 * @param statements those of one file that run in one direction, in order
 * @param base the objects that earlier files have left
 */
export function rerun(statements: readonly Statement[], base: World): Rerun {
  const steps = stepsOf(statements);
  const first = base.fork();
  const inserted = new Set<string>();
  /** For each step the effects of its first run, in the order of its units. */
  const named = steps.map(({ statement, units }) => {
    const runs = isRun(statement, first, undefined) !== false;
    return units.flatMap((unit) =>
      unit.effects.map((raw) => {
        const effect = nameUnnamed(raw, unit, first);
        const before: Before = {
          inserts: effect.action === 'insert' ? first.inserts(effect.object) : [],
          column: effect.action === 'create' && effect.object.kind === 'column type' ? first.get({ ...effect.object, kind: 'column' })?.ref : undefined,
        };
        if (runs) first.apply(effect);
        if (effect.action === 'insert') {
          inserted.add(first.key(effect.object));
          first.recordInsert(effect.object, statement.as('InsertStmt'));
        }
        return { unit, effect, before };
      }),
    );
  });
  first.searchPath = base.searchPath;

  const second = first.fork();
  const verdicts: Verdict[] = [];
  /** Tables that the second run has emptied or made anew before it fills them. */
  const fresh = new Set<string>();
  const deletes: { table: string; where: Node | undefined }[] = [];
  steps.forEach(({ statement }, k) => {
    if (isRun(statement, second, inserted) === false) return;
    /** Whether the statement lacks what it needs, so that nothing of it comes about. */
    let stuck = false;
    for (const { unit, effect, before } of named[k]!) {
      const found = judge(effect, unit, statement, second, first, fresh, deletes);
      if (found && !isHandled(statement, found.error)) {
        verdicts.push({ unit, effect, before, after: first, problem: found.problem, error: found.error, why: found.why, guard: guardBeside(statement) });
        stuck ||= effect.action === 'use';
      } else if (!found && !stuck) {
        if (effect.action === 'create' && effect.object.kind === 'table' && second.has(effect.object) !== true) fresh.add(second.key(effect.object));
        if (effect.action === 'delete' && effect.all) fresh.add(second.key(effect.object));
        if (effect.action === 'delete') deletes.push({ table: second.key(effect.object), where: statement.as('DeleteStmt')?.whereClause });
        second.apply(effect);
      }
    }
  });
  return { verdicts, after: first };
}

function judge(
  effect: Effect,
  unit: Unit,
  statement: Statement,
  world: World,
  after: World,
  fresh: Set<string>,
  deletes: { table: string; where: Node | undefined }[],
): { problem: Problem; error?: string | undefined; why?: string | undefined } | undefined {
  switch (effect.action) {
    case 'create':
      if (effect.mode !== 'bare') return undefined;
      return world.has(effect.object) === false ? undefined : { problem: 'exists', error: createError(effect.object, unit) };
    case 'drop':
      if (effect.mode !== 'bare') return undefined;
      return world.has(effect.object) === true ? undefined : { problem: 'missing', error: secondRunError(unit) };
    case 'rename': {
      const source = world.has(effect.object);
      if (effect.mode === 'if-exists' && source === false) return undefined;
      if (source === true) return world.has(effect.to) === true ? { problem: 'exists', error: '42P07' } : undefined;
      return effect.mode === 'if-exists' ? undefined : { problem: 'missing', error: secondRunError(unit) };
    }
    case 'use':
      if (effect.mode !== 'bare' || !world.isGone(effect.object)) return undefined;
      return { problem: 'missing', error: effect.object.kind === 'column' ? '42703' : effect.object.kind === 'type' ? '42704' : '42P01' };
    case 'duplicate':
      return fresh.has(world.key({ kind: 'table', ...effect.object.of! })) ? undefined : { problem: 'again', why: typeof unit.entry.secondRun === 'object' && 'effect' in unit.entry.secondRun ? unit.entry.secondRun.effect : 'makes another one' };
    case 'insert': {
      const key = world.key(effect.object);
      if (fresh.has(key) || isTemporary(effect.object)) return undefined;
      const insert = statement.as('InsertStmt');
      if (!insert || nameOfRange(insert.relation).name !== effect.object.name) return { problem: 'again', why: 'a second run adds the rows again' };
      if (deletes.some((d) => d.table === key && deletedBefore(insert, d.where, world))) return undefined;
      const why = insertProblem(insert, after);
      return why === undefined ? undefined : { problem: 'again', why };
    }
    case 'change':
      return fresh.has(world.key(effect.object)) ? undefined : { problem: 'changes', why: effect.why };
    case 'call':
    case 'unknown':
      return { problem: 'unknown', why: effect.why };
    default:
      return undefined;
  }
}

const isTemporary = (ref: Name) => ref.schema === 'pg_temp';

const secondRunError = (unit: Unit): string | undefined => (typeof unit.entry.secondRun === 'object' && 'error' in unit.entry.secondRun ? unit.entry.secondRun.error : undefined);

/** The SQLSTATE of making what is there: a key's is that of its index or of the second primary key. */
function createError(ref: ObjectRef, unit: Unit): string | undefined {
  if (ref.kind === 'constraint') {
    const cmd = unit.statement.as('AlterTableStmt')?.cmds?.map((c) => nodeAs(c, 'AlterTableCmd')).find((c) => nodeAs(c?.def, 'Constraint')?.conname === ref.name);
    if (nodeAs(cmd?.def, 'Constraint')?.indexname) return '42704';
    return { p: '42P16', u: '42P07', x: '42P07' }[ref.detail?.contype ?? ''] ?? '42710';
  }
  return secondRunError(unit);
}

/** Whether the conditions around a statement let it run: false where one of them is known not to hold. */
function isRun(statement: Statement, world: World, inserted: Set<string> | undefined): boolean | undefined {
  let result: boolean | undefined = true;
  for (const guard of statement.guards) {
    if (guard.kind === 'loop') result = undefined;
    if (guard.kind !== 'if') continue;
    const value = evaluate(guard.text, (question) => answer(question, world, inserted));
    const holds = value === undefined ? undefined : guard.negated ? !value : value;
    if (holds === false) return false;
    if (holds === undefined) result = undefined;
  }
  return result;
}

function answer(question: Question, world: World, inserted: Set<string> | undefined): boolean | undefined {
  if (question.kind === 'rows') return inserted?.has(world.key({ kind: 'table', ...question.table })) ? true : undefined;
  const { ref, owned } = question;
  // Without its owner, a name is no identity: a policy of that name may be another table's.
  if (!owned) return undefined;
  if (ref.kind === 'constraint' && ref.name === '' && ref.of) {
    // A table has one primary key, whatever it is called.
    const table: ObjectRef = { kind: 'table', ...ref.of };
    return world.parts(table).some((p) => p.kind === 'constraint' && p.detail?.contype === 'p') || (world.knowsTable(ref.of) ? false : undefined);
  }
  return world.has(ref);
}

/** The nearest IF around a statement. */
const guardBeside = (statement: Statement) => statement.guards.findLast((g) => g.kind === 'if');

const CONDITIONS: Record<string, string> = {
  duplicate_object: '42710',
  duplicate_table: '42P07',
  duplicate_column: '42701',
  duplicate_function: '42723',
  duplicate_schema: '42P06',
  duplicate_alias: '42712',
  undefined_table: '42P01',
  undefined_object: '42704',
  undefined_column: '42703',
  undefined_function: '42883',
  invalid_schema_name: '3F000',
  invalid_table_definition: '42P16',
  invalid_parameter_value: '22023',
  wrong_object_type: '42809',
  object_not_in_prerequisite_state: '55000',
  unique_violation: '23505',
  syntax_error_or_access_rule_violation: '42000',
  integrity_constraint_violation: '23000',
};

/** Whether an exception handler around the statement catches the error and lets it be. */
function isHandled(statement: Statement, error: string | undefined): boolean {
  if (error === undefined) return false;
  return statement.guards.some(
    (guard) =>
      guard.kind === 'handler' &&
      !guard.raises &&
      guard.conditions.some((c) => {
        if (c === 'others') return true;
        const state = c.startsWith('sqlstate:') ? c.slice(9) : CONDITIONS[c];
        return state === error || (state?.endsWith('000') && state.slice(0, 2) === error.slice(0, 2));
      }),
  );
}
