/** Plays a migration a second time against what its first run has left, and says which statements fall short. */
import { obstacleInDo } from '../catalog/do-block.ts';
import type { Effect } from '../catalog/effects.ts';
import { isCastChain, nameOfRange, nodeAs, strings, walk } from '../catalog/nodes.ts';
import { describe, isRoutine, kindInfo, RELKINDS, type Kind, type Name, type ObjectRef } from '../catalog/objects.ts';
import { unitsOf, type Unit } from '../catalog/units.ts';
import type { Statement } from '../syntax/script.ts';
import type { Guard } from '../syntax/plpgsql.ts';
import type { Node } from '../syntax/parser.ts';
import { guardBeside, isAskedFor, isHandled, isMisasked, isRun, isThere, type Asked } from './guards.ts';
import { conflictChange, deletedBefore, insertedAnew, insertProblem } from './inserts.ts';
import { fillIn, fillInStar, starColumns } from './naming.ts';
import type { Inserts, World } from './world.ts';
import { flatMap } from '../lists.ts';

/** How a statement falls short in its second run. */
export type Problem =
  | 'exists' // it makes what is there already
  | 'missing' // it needs what is there no longer
  | 'again' // it makes another one, or adds the rows again
  | 'collides' // it makes what an earlier migration has made with another definition
  | 'taken' // it renames to a name that is there already
  | 'changed' // it makes what is there with another definition
  | 'blocked' // it drops what a later statement makes something depend on
  | 'turned' // it drops what is of another kind by now
  | 'leftover' // it leaves behind, or takes away, what a later statement of the first run had settled
  | 'remade' // it drops, with all that was written into it, what a later statement makes again
  | 'tangled' // it belongs to statements that undo one another, and need one guard
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
  /** For a change that is repeated: whether only a time of change differs. */
  clock: boolean;
  before: Before;
  /** What the first run of the whole file leaves. */
  after: World;
  /** A guard around the statement that asks the catalog, but not for what the statement makes or needs. */
  guard: Extract<Guard, { kind: 'if' }> | undefined;
  /** Whether that guard asks for an object of the same kind, so that its condition is what has to be mended. */
  misasked: boolean;
  /** For a tangle: the statements that go into one guard, and what it asks for. */
  sequence?: { statements: readonly Statement[]; end: SequenceEnd };
}

/** What was known just before the statement ran for the first time. */
export interface Before {
  /** The earlier INSERTs into the table that the statement fills; undefined for rows that come from elsewhere. */
  inserts: Inserts;
  /** The column that the statement converts. */
  column: ObjectRef | undefined;
  /** What seemed to depend on an object that was dropped all the same. */
  dependents: readonly string[];
  /** Whether a type that was dropped all the same seemed to be a column's. */
  used: boolean;
  /** The keys of what the file had made so far of what the statement is about. */
  reached: readonly string[];
}

const NOTHING_BEFORE: Before = { inserts: [], column: undefined, dependents: [], used: false, reached: [] };

function beforeOf(effect: Effect, world: World): Before {
  switch (effect.action) {
    case 'insert':
      return { ...NOTHING_BEFORE, inserts: world.inserts(effect.object) };
    case 'create':
      return effect.object.kind === 'column type'
        ? { ...NOTHING_BEFORE, column: world.get({ ...effect.object, kind: 'column' })?.ref }
        : NOTHING_BEFORE;
    case 'drop':
      return {
        ...NOTHING_BEFORE,
        dependents: world.dependents(effect.object),
        used: isType(effect.object) && world.isTypeOfColumn(effect.object),
      };
    case 'reach':
      return { ...NOTHING_BEFORE, reached: [...world.madeIn(effect.kinds, effect.schemas).keys()] };
    default:
      return NOTHING_BEFORE;
  }
}

/** What is there once a sequence of statements has run, or is gone. */
export type SequenceEnd = { made: ObjectRef } | { removed: ObjectRef };

/** A verdict on a statement that says nothing of its own: no error, no condition around it. */
const SILENT = { error: undefined, why: undefined, clock: false, guard: undefined, misasked: false };

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

function stepsOf(statements: readonly Statement[]): Step[] {
  const steps: Step[] = [];
  for (const statement of statements) {
    steps.push({ statement, units: unitsOf(statement) });
    if (statement.type === 'DoStmt')
      for (const child of statement.children ?? []) steps.push({ statement: child, units: unitsOf(child) });
  }
  return steps;
}

/** Applies what the statements that run forward leave to a world: a file that becomes history. */
export function replay(statements: readonly Statement[], world: World): void {
  const { searchPath } = world;
  const asked: Asked = new Map();
  for (const { statement, units } of stepsOf(statements.filter((s) => s.direction === 'up'))) {
    if (isRun(statement, units, world, undefined, asked) === false) continue;
    for (const unit of units) {
      for (const effect of unit.effects) {
        world.apply(fillIn(effect, unit, world));
        recordDependencies(unit, effect, world);
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
  const first = runFirst(stepsOf(statements), base);
  let second = runAgain(first, []);
  const sequences: Sequence[] = [];
  const given = new Set<number>();
  const budget = { steps: STEPS };
  for (let tangle = second.tangles[0]; tangle; tangle = second.tangles.find((t) => !given.has(t.step))) {
    const solved = solve(first, second, sequences, tangle, budget);
    if (solved) {
      sequences.push(solved.sequence);
      second = solved.second;
    } else given.add(tangle.step);
  }
  const leftovers = second.tangles
    .filter((t) => given.has(t.step) && t.key !== undefined)
    .map((t): Verdict => {
      const actions = first.actions[t.step]!;
      const action =
        actions.find((a) => 'object' in a.effect && first.base.key(a.effect.object) === t.key) ??
        actions.find((a) => 'object' in a.effect) ??
        actions[0]!;
      return { ...action, after: first.after, ...SILENT, problem: 'leftover' };
    });
  const tangled = sequences.map((sequence): Verdict => {
    const steps = first.steps.slice(sequence.from, sequence.to + 1);
    const action = first.actions[sequence.to]!.at(-1)!;
    return {
      ...action,
      after: first.after,
      ...SILENT,
      problem: 'tangled',
      sequence: { statements: steps.map((s) => s.statement), end: sequence.end },
    };
  });
  return {
    verdicts: [...second.verdicts, ...tangled, ...leftovers].sort((a, b) => a.unit.start - b.unit.start),
    after: first.after,
  };
}

/** One effect of the first run, with what was known before it. */
interface Action {
  unit: Unit;
  effect: Effect;
  before: Before;
  /** How what is there already differs from what the statement makes. */
  collision: string | undefined;
}

interface FirstRun {
  steps: readonly Step[];
  base: World;
  after: World;
  /** For each step its effects, in which what the statement leaves unnamed has the name that PostgreSQL gives it. */
  actions: Action[][];
  /** The tables that were filled. */
  inserted: Set<string>;
  /** Enum values that are gone at the end, by their text. */
  goneLabels: ReadonlyMap<string, ObjectRef>;
  /** The objects before a step of the first run. */
  worldBefore(step: number): World;
  /** What a step sets; see `settingsOf`. */
  settings(step: number): readonly string[];
}

/** Makes what is found out about a step be found out once: every range that is tried asks again. */
function perStep<T>(find: (step: number) => T): (step: number) => T {
  const known = new Map<number, T>();
  return (step) => {
    let found = known.get(step);
    if (found === undefined) known.set(step, (found = find(step)));
    return found;
  };
}

function runFirst(steps: readonly Step[], base: World): FirstRun {
  const after = base.fork();
  const asked: Asked = new Map();
  const inserted = new Set<string>();
  const actions = steps.map(({ statement, units }) => {
    const runs = isRun(statement, units, after, undefined, asked) !== false;
    const done: Action[] = [];
    for (const unit of units) {
      for (const raw of unit.effects) {
        const effect = fillIn(raw, unit, after);
        done.push({
          unit,
          effect,
          before: beforeOf(effect, after),
          collision: runs ? collisionOf(effect, after) : undefined,
        });
        if (runs) after.apply(effect);
        if (runs) recordDependencies(unit, effect, after);
        if (effect.action === 'insert') {
          inserted.add(after.key(effect.object));
          after.recordInsert(effect.object, statement.as('InsertStmt'));
        }
      }
    }
    return done;
  });
  after.searchPath = base.searchPath;
  // Where an enum is made anew without some of its values, no type takes those any more.
  const labels = after.touched('enum label');
  const kept = new Set(labels.filter((l) => l.exists).map((l) => l.ref.name));
  const goneLabels = new Map(
    kept.size > 0 ? labels.filter((l) => !l.exists && !kept.has(l.ref.name)).map((l) => [l.ref.name, l.ref]) : [],
  );
  const worldBefore = perStep((step) => {
    const world = base.fork();
    for (let k = 0; k < step; k++) for (const { effect } of actions[k]!) world.apply(effect);
    return world;
  });
  return {
    steps,
    base,
    after,
    actions,
    inserted,
    goneLabels,
    worldBefore,
    settings: perStep((step) => settingsOf(steps[step]!, base)),
  };
}

/** Steps that go into one guard, by their indexes, and what tells that they have run. */
interface Sequence {
  from: number;
  to: number;
  end: SequenceEnd;
}

/** A step that no guard of its own can mend. */
interface Tangle {
  step: number;
  /** What the second run leaves besides, or takes away, although no statement fails. */
  key?: string;
  /** The table that a guard must ask about, for a column that is converted again: other objects say nothing of it. */
  table?: string;
}

interface SecondRun {
  verdicts: Verdict[];
  tangles: Tangle[];
  /** How many of the sequences were found to have run already. */
  reached: number;
}

/** The second run, in which every statement that falls short is taken to be guarded, and every sequence as a whole. */
function runAgain(
  { steps, base, after, actions, inserted, goneLabels }: FirstRun,
  sequences: readonly Sequence[],
): SecondRun {
  const world = after.fork();
  const asked: Asked = new Map();
  const verdicts: Verdict[] = [];
  const tangles: Tangle[] = [];
  let reached = 0;
  /** Tables that the second run has emptied or made anew before it fills them. */
  const fresh: Fresh = new Map();
  const deletes: { table: string; where: Node | undefined }[] = [];
  /** Which step spoke of an object last. */
  const touched = new Map<string, number>();
  /** Tables and columns that the second run has dropped, by their keys. */
  const dropped = new Map<string, { step: number; unit: Unit; effect: Effect; before: Before }>();
  for (let k = 0; k < steps.length; k++) {
    const sequence = sequences.find((s) => s.from === k);
    if (
      sequence &&
      ('made' in sequence.end ? isThere(sequence.end.made, world) === true : world.has(sequence.end.removed) === false)
    ) {
      reached++;
      k = sequence.to;
      continue;
    }
    const { statement, units } = steps[k]!;
    if (isRun(statement, units, world, inserted, asked) === false) continue;
    const refused = isHandled(statement, '22P02') ? undefined : refusedValue(statement, world, base);
    if (refused && units[0]) {
      if (isAskedFor(refused, statement)) continue;
      verdicts.push({
        unit: units[0],
        effect: { action: 'use', object: refused, mode: 'bare' },
        before: NOTHING_BEFORE,
        after,
        ...SILENT,
        problem: 'missing',
        error: '22P02',
      });
      continue;
    }
    const gone = goneLabels.size > 0 ? namedLabel(statement, goneLabels) : undefined;
    if (gone && units[0]) {
      verdicts.push({
        unit: units[0],
        effect: { action: 'use', object: gone, mode: 'bare' },
        before: NOTHING_BEFORE,
        after,
        ...SILENT,
        problem: 'missing',
        error: '22P02',
      });
      tangles.push({ step: k });
    }
    /** Whether the statement lacks what it needs, so that nothing of it comes about. */
    let stuck = false;
    for (const { unit, effect, before, collision } of actions[k]!) {
      const found: Found | undefined = collision
        ? { problem: 'collides', why: collision }
        : judge(effect, unit, before, statement, world, after, fresh, deletes);
      if (found && !isHandled(statement, found.error)) {
        verdicts.push({
          unit,
          effect,
          before,
          after,
          problem: found.problem,
          error: found.error,
          why: found.why,
          clock: found.clock ?? false,
          guard: guardBeside(statement),
          misasked: isMisasked(statement, effect),
        });
        // A guard keeps the whole statement from running; a keyword only what it speaks of.
        stuck ||=
          effect.action === 'use' ||
          found.problem === 'blocked' ||
          found.problem === 'turned' ||
          (unit.entry.techniques?.[0]?.technique === 'guard' && effect.action !== 'insert');
        // What is taken to be guarded must still be there at the end, though what it belongs to may go.
        if (found.problem === 'exists' && effect.action === 'create') touched.set(world.key(effect.object), k);
        // A table whose keys get other names is made all the same.
        if (
          found.problem === 'changed' &&
          effect.action === 'create' &&
          effect.object.kind === 'table' &&
          world.has(effect.object) !== true
        )
          world.apply(effect);
        if (found.problem === 'taken' || found.problem === 'changed' || found.problem === 'blocked')
          tangles.push({ step: k });
        if (effect.action === 'change' && preparesConversion(statement, actions.slice(k + 1), world))
          tangles.push({ step: k, table: world.key(effect.object) });
        // Without its table, nothing else of the statement matters.
        if (effect.action === 'use' && effect.object.kind === 'table') break;
      } else if (effect.action === 'use') {
        if (effect.mode === 'if-exists' && effect.object.kind === 'table' && world.isGone(effect.object)) break;
      } else if (!found && !stuck) {
        if (effect.action === 'create' && effect.object.kind === 'table' && world.has(effect.object) !== true)
          fresh.set(world.key(effect.object), 'made');
        if (effect.action === 'delete' && effect.all)
          fresh.set(world.key(effect.object), statement.as('TruncateStmt')?.restart_seqs ? 'restarted' : 'emptied');
        if (effect.action === 'delete')
          deletes.push({ table: world.key(effect.object), where: statement.as('DeleteStmt')?.whereClause });
        if (
          effect.action === 'drop' &&
          HOLDS_DATA.has(effect.object.kind) &&
          !isTemporary(effect.object) &&
          world.has(effect.object) === true
        )
          dropped.set(world.key(effect.object), { step: k, unit, effect, before });
        // OR REPLACE, as which a setting of a column counts too, leaves the contents.
        const made =
          effect.action === 'create' && effect.mode !== 'or-replace'
            ? effect.object
            : effect.action === 'rename'
              ? effect.to
              : undefined;
        const remade = made && dropped.get(world.key(made));
        if (remade) dropped.delete(world.key(made));
        // A table that takes the place of another has its rows handed on.
        if (
          remade &&
          (effect.action === 'create' ||
            (effect.action === 'rename' &&
              made.kind === 'column' &&
              !staysTheSame(steps, actions, effect.object, made, world)))
        ) {
          const { step, ...drop } = remade;
          verdicts.push({ ...drop, after, ...SILENT, problem: 'remade' });
          if (effect.action === 'rename') tangles.push({ step, table: world.key({ kind: 'table', ...made.of! }) });
        }
        for (const object of effect.action === 'rename'
          ? [effect.object, effect.to]
          : effect.action === 'create' || effect.action === 'drop'
            ? [effect.object]
            : [])
          touched.set(world.key(object), k);
        world.apply(fillInStar(effect, unit, world));
      }
    }
  }
  world.searchPath = base.searchPath;
  // What the second run leaves besides, or takes away, has no statement that fails.
  for (const [key, step] of touched)
    if (world.existsKey(key) !== after.existsKey(key) && !tangles.some((t) => t.step === step))
      tangles.push({ step, key });
  return { verdicts, tangles, reached };
}

/** An enum value in a statement about rows that is gone by the second run: no type takes it any more. */
function namedLabel(statement: Statement, gone: ReadonlyMap<string, ObjectRef>): ObjectRef | undefined {
  if (!['InsertStmt', 'UpdateStmt', 'DeleteStmt'].includes(statement.type ?? '')) return undefined;
  let found: ObjectRef | undefined;
  walk([statement.node], (type, node) => {
    if (type === 'sval' && typeof node.sval === 'string') found ??= gone.get(node.sval);
  });
  return found;
}

/** A value in a statement about rows that its column no longer takes by the second run, because it has become another enum. */
function refusedValue(statement: Statement, world: World, base: World): ObjectRef | undefined {
  const row = statement.as('UpdateStmt') ?? statement.as('DeleteStmt');
  if (!row?.relation) return undefined;
  const table = nameOfRange(row.relation);
  const self = row.relation.alias?.aliasname ?? row.relation.relname;
  const typeOf = (column: string, where: World) =>
    (
      where.get({ kind: 'column type', name: column, of: table }) ??
      where.get({ kind: 'column', name: column, of: table })
    )?.ref.detail?.type;
  const takes = (column: string, value: string, where: World): boolean | undefined => {
    const name = /^(?:(\w+)\.)?(\w+)$/.exec(typeOf(column, where) ?? '');
    const type: ObjectRef | undefined = name
      ? { kind: 'type', ...(name[1] !== undefined && { schema: name[1] }), name: name[2]! }
      : undefined;
    if (!type || where.get(type)?.ref.detail?.typtype !== 'e') return undefined;
    return where.has({ kind: 'enum label', name: value, of: { schema: type.schema, name: type.name } });
  };
  let found: ObjectRef | undefined;
  const check = (column: string | undefined, value: string | undefined) => {
    if (found || column === undefined || value === undefined || takes(column, value, world) !== false) return;
    found = {
      kind: 'column value',
      name: value,
      of: table,
      detail: { columns: [column], ...(takes(column, value, base) && { typtype: 'e' }) },
    };
  };
  const columnOf = (node: Node | undefined) => {
    const parts = strings(nodeAs(node, 'ColumnRef')?.fields);
    return parts.length === 1 || parts.at(-2) === self ? parts.at(-1) : undefined;
  };
  const literal = (node: Node | undefined) => nodeAs(node, 'A_Const')?.sval?.sval;
  for (const target of statement.as('UpdateStmt')?.targetList ?? [])
    check(nodeAs(target, 'ResTarget')?.name, literal(nodeAs(target, 'ResTarget')?.val));
  walk([row.whereClause], (type, node) => {
    if (type === 'SubLink') return false;
    if (type !== 'A_Expr' || (node.kind !== 'AEXPR_OP' && node.kind !== 'AEXPR_IN')) return undefined;
    const [left, right] = [node.lexpr as Node | undefined, node.rexpr as Node | undefined];
    for (const value of nodeAs(right, 'List')?.items ?? [right]) check(columnOf(left), literal(value));
    check(columnOf(right), literal(left));
    return undefined;
  });
  return found;
}

/** How many ranges are tried for one tangle before it is given up, so that a long file does not take for ever. */
const ATTEMPTS = 300;
/** The same for all tangles of a file together, counted in statements played: about a second. */
const STEPS = 200_000;

/** The smallest range around a step that untangles it when it is skipped as a whole in the second run. */
function solve(
  first: FirstRun,
  second: SecondRun,
  known: readonly Sequence[],
  { step, table }: Tangle,
  budget: { steps: number },
): { sequence: Sequence; second: SecondRun } | undefined {
  let attempts = 0;
  for (let length = 0; length < first.steps.length; length++) {
    for (let from = Math.min(step, first.steps.length - 1 - length); from >= Math.max(0, step - length); from--) {
      const to = from + length;
      if (known.some((s) => s.from <= to && from <= s.to)) continue;
      if (budget.steps < 0) return undefined;
      budget.steps -= to;
      if (settlesEarlier(first, from, to)) continue;
      const end = endOf(first, from, to);
      if (!end || (table !== undefined && first.base.key(tableOf(end)) !== table)) continue;
      if (++attempts > ATTEMPTS) return undefined;
      budget.steps -= first.steps.length;
      const sequence: Sequence = { from, to, end };
      const tried = runAgain(first, [...known, sequence]);
      const settled =
        tried.tangles.length < second.tangles.length &&
        !tried.tangles.some((t) => speaksOfSame(first, t.step, from, to));
      if (tried.reached === known.length + 1 && settled) return { sequence, second: tried };
    }
  }
  return undefined;
}

/** What a statement sets of a table or a column that the table of statements has no object for: a default, a trigger that is off. */
function settingsOf({ statement }: Step, world: World): string[] {
  const alter = statement.as('AlterTableStmt');
  const table = alter?.relation && world.key({ kind: 'table', ...nameOfRange(alter.relation) });
  return flatMap(alter?.cmds ?? [], (node) => {
    const cmd = nodeAs(node, 'AlterTableCmd');
    const setting =
      /^AT_(?:(ColumnDefault)|(?:Set|Drop)(NotNull)|(?:Enable|Disable)\w*(Trig|Rule)\w*|(?:Enable|Disable)(RowSecurity)|(?:No)?(ForceRowSecurity)|(ReplicaIdentity))$/
        .exec(cmd?.subtype ?? '')
        ?.slice(1)
        .find(Boolean);
    return setting ? [`${table} ${setting} ${setting === 'Trig' ? '' : (cmd?.name ?? '')}`] : [];
  });
}

/** Whether a range sets what a statement before it has set otherwise: that runs again, and the range does not. */
function settlesEarlier({ settings }: FirstRun, from: number, to: number): boolean {
  const inside = new Set<string>();
  for (let k = from; k <= to; k++) for (const setting of settings(k)) inside.add(setting);
  if (inside.size > 0)
    for (let k = 0; k < from; k++) if (settings(k).some((setting) => inside.has(setting))) return true;
  return false;
}

/** The table that tells whether a sequence has run, or of which a part does. */
function tableOf(end: SequenceEnd): ObjectRef {
  const object = 'made' in end ? end.made : end.removed;
  return object.of ? { kind: 'table', ...object.of } : object;
}

/** Whether a step speaks of an object that the range speaks of too: then the range has not untangled it. */
function speaksOfSame({ actions, base }: FirstRun, step: number, from: number, to: number): boolean {
  const keys = (k: number) =>
    flatMap(actions[k]!, ({ effect }) =>
      effect.action === 'rename'
        ? [base.key(effect.object), base.key(effect.to)]
        : effect.action === 'create' || effect.action === 'drop'
          ? [base.key(effect.object)]
          : [],
    );
  const own = new Set(keys(step));
  for (let k = from; k <= to; k++) if (keys(k).some((key) => own.has(key))) return true;
  return false;
}

/** Objects by how well they tell that a range has run: the plainest question first. */
const TELLING: readonly ObjectRef['kind'][] = [
  'table',
  'view',
  'materialized view',
  'sequence',
  'index',
  'type',
  'domain',
  'function',
  'procedure',
  'schema',
  'column',
  'constraint',
];

/** What tells that a range has run: something that is there at its end and was not before, or the other way round. */
function endOf({ steps, actions, after, worldBefore }: FirstRun, from: number, to: number): SequenceEnd | undefined {
  for (let k = from; k <= to; k++) {
    const { statement } = steps[k]!;
    if (statement.embedded || statement.placeholders || statement.type === 'DoStmt' || obstacleInDo(statement))
      return undefined;
  }
  const start = worldBefore(from);
  const end = start.fork();
  /** What a bare CREATE or RENAME makes cannot have been there, or the first run would have failed. */
  const surelyNew = new Set<string>();
  for (let k = from; k <= to; k++) {
    for (const { effect } of actions[k]!) {
      if (effect.action === 'create' && effect.mode === 'bare') surelyNew.add(end.key(effect.object));
      end.apply(effect);
      if (effect.action === 'rename') surelyNew.add(end.key(effect.to));
    }
  }
  const rank = (ref: ObjectRef) => (TELLING.includes(ref.kind) ? TELLING.indexOf(ref.kind) : TELLING.length);
  const changes = [...end.changes()]
    .map(([key, exists]) => ({ key, exists, ref: end.refOfKey(key)! }))
    // A temporary table is gone with its session, and says nothing of what has run.
    .filter(
      ({ key, exists, ref }) =>
        after.existsKey(key) === exists &&
        kindInfo(ref.kind).existence?.(ref) !== undefined &&
        (ref.of?.schema ?? ref.schema) !== 'pg_temp',
    )
    .sort((a, b) => rank(a.ref) - rank(b.ref));
  const made =
    changes.findLast(({ key, exists, ref }) => exists && rank(ref) === 0 && isNew(key, ref)) ??
    changes.find(({ key, exists, ref }) => exists && isNew(key, ref));
  if (made) return { made: made.ref };
  // A view where a table was: only what kind of relation it is tells the two apart.
  const turned = changes.find(
    ({ key, exists, ref }) =>
      exists &&
      RELKINDS[ref.kind] !== undefined &&
      start.existsKey(key) === true &&
      start.refOfKey(key)?.kind !== ref.kind,
  );
  if (turned) return { made: { ...turned.ref, detail: { ...turned.ref.detail, relkind: RELKINDS[turned.ref.kind]! } } };
  // A column in the place of another: only its type tells the two apart.
  const converted = changes.find(
    ({ key, exists, ref }) => exists && ref.kind === 'column' && typesDiffer(start.refOfKey(key), ref),
  );
  if (converted) return { made: { ...converted.ref, kind: 'column type' } };
  const removed = changes.find(({ key, exists }) => !exists && start.existsKey(key) === true);
  return removed && { removed: removed.ref };

  function isNew(key: string, ref: ObjectRef): boolean {
    return start.existsKey(key) === true ? false : surelyNew.has(key) || start.has(ref) === false;
  }
}

const typesDiffer = (a: ObjectRef | undefined, b: ObjectRef): boolean =>
  a?.detail?.type !== undefined && b.detail?.type !== undefined && a.detail.type !== b.detail.type;

/** Kinds that keep what they are made from from being dropped; a table copies what it is made from. */
const DEPENDENT = new Set<ObjectRef['kind']>([
  'view',
  'materialized view',
  'trigger',
  'policy',
  'rule',
  'constraint',
  'event trigger',
]);

/** What a statement needs, it depends on from then on: a view on its tables, a trigger on its function. */
function recordDependencies(unit: Unit, effect: Effect, world: World): void {
  if (effect.action !== 'create' && effect.action !== 'duplicate') return;
  for (const key of [effect.object, ...(effect.parts ?? [])]) {
    const { references } = key.detail ?? {};
    if (!references) continue;
    const target = world
      .parts({ kind: 'table', ...references.table })
      .find(
        (part) =>
          part.kind === 'constraint' &&
          (references.columns.length === 0
            ? part.detail?.contype === 'p'
            : part.detail?.unique && references.columns.every((c) => part.detail?.columns?.includes(c))),
      );
    if (target) world.depend(key, target);
  }
  const byForeignKey = unit.statement.type === 'CreateStmt';
  if (!DEPENDENT.has(effect.object.kind) && !byForeignKey) return;
  for (const need of unit.effects) {
    if (
      need.action !== 'use' ||
      !['table', 'function', 'column'].includes(need.object.kind) ||
      world.key(need.object) === world.key(effect.object)
    )
      continue;
    world.depend(effect.object, need.object);
  }
}

/** Tables without old rows: made anew, so that nothing else of theirs is old either, or emptied, with or without their sequences. */
type Fresh = Map<string, 'made' | 'restarted' | 'emptied'>;

interface Found {
  problem: Problem;
  error?: string | undefined;
  why?: string | undefined;
  clock?: boolean;
}

/**
 * How an object that is there before the first run differs from the one that a statement makes: IF NOT EXISTS would
 * hide that. Undefined where nothing of the name is known, or what is there has all that the statement asks for.
 */
function collisionOf(effect: Effect, world: World): string | undefined {
  if (effect.action !== 'create' || effect.mode === 'or-replace') return undefined;
  const { object, parts } = effect;
  const there = world.get(object)?.ref;
  if (!there) return undefined;
  if (object.kind === 'table') {
    if (!world.knowsTable(object)) return undefined;
    const other = (parts ?? []).find(
      (part) => part.kind === 'column' && world.get(part)?.ref.detail?.definition !== part.detail?.definition,
    );
    const has = other && world.get(other)?.ref.detail?.type;
    return (
      other &&
      (has ? `there it has the column "${other.name}" with the type ${has}` : `there it has no column "${other.name}"`)
    );
  }
  if (object.kind === 'type' && object.detail?.typtype === 'e') {
    const missing = (parts ?? []).find((part) => world.has(part) === false);
    return missing && `there it has no value "${missing.name}"`;
  }
  if (isRoutine(object.kind))
    return there.detail?.definition === object.detail?.definition ? undefined : 'there it has another body or result';
  return undefined;
}

function judge(
  effect: Effect,
  unit: Unit,
  before: Before,
  statement: Statement,
  world: World,
  after: World,
  fresh: Fresh,
  deletes: { table: string; where: Node | undefined }[],
): Found | undefined {
  switch (effect.action) {
    case 'create':
      if (readsOthers(effect, unit, world))
        return { problem: 'changed', why: 'gives it the columns that its tables have by then' };
      if (replacesOther(effect, world, after))
        return { problem: 'changed', error: kindInfo(effect.object.kind).space === 'relation' ? '42P16' : '42P13' };
      if (losesNames(effect, world))
        return { problem: 'changed', why: 'gives its keys other names than the first did' };
      if (effect.mode !== 'bare') return undefined;
      // Converted already, and of a type that has got another name since: a question for the type would not find that.
      if (
        effect.object.kind === 'column type' &&
        isThere(effect.object, after) === true &&
        isThere(effect.object, world) === false
      )
        return { problem: 'changed', why: 'evaluates USING on values that it has already converted' };
      return world.has(effect.object) === false
        ? undefined
        : { problem: 'exists', error: createError(effect.object, unit) };
    case 'drop':
      if (dropsOther(effect, world)) return { problem: 'turned', error: '42809' };
      // The index of a key goes with its constraint only.
      if (effect.object.kind === 'index' && world.get(effect.object)?.ref.detail?.implicit)
        return { problem: 'blocked', error: '2BP01' };
      if (world.has(effect.object) === true && !effect.cascade) {
        const together = new Set(flatMap(unit.effects, (e) => (e.action === 'drop' ? [world.key(e.object)] : [])));
        if (world.dependents(effect.object).some((key) => !before.dependents.includes(key) && !together.has(key)))
          return { problem: 'blocked', error: '2BP01' };
      }
      if (
        isType(effect.object) &&
        !before.used &&
        !effect.cascade &&
        world.has(effect.object) === true &&
        world.isTypeOfColumn(effect.object)
      )
        return { problem: 'blocked', error: '2BP01' };
      if (effect.mode !== 'bare') return undefined;
      return world.has(effect.object) === true
        ? undefined
        : { problem: 'missing', error: effect.object.kind === 'cron job' ? 'XX000' : secondRunError(unit) };
    case 'rename': {
      const source = world.has(effect.object);
      if (effect.mode === 'if-exists' && source === false) return undefined;
      if (source === true) return world.has(effect.to) === true ? { problem: 'taken', error: '42P07' } : undefined;
      return effect.mode === 'if-exists' ? undefined : { problem: 'missing', error: secondRunError(unit) };
    }
    case 'avoid':
      return world.has(effect.object) === true ? { problem: 'exists', error: '55000' } : undefined;
    case 'use':
      if (effect.mode !== 'bare' || !world.isGone(effect.object)) return undefined;
      return { problem: 'missing', error: missingError(effect.object.kind) };
    case 'duplicate':
      return fresh.get(world.key({ kind: 'table', ...effect.object.of! })) === 'made'
        ? undefined
        : {
            problem: 'again',
            why:
              typeof unit.entry.secondRun === 'object' && 'effect' in unit.entry.secondRun
                ? unit.entry.secondRun.effect
                : 'makes another one',
          };
    case 'insert': {
      const key = world.key(effect.object);
      if (isTemporary(effect.object)) return undefined;
      const insert = statement.as('InsertStmt');
      const own = insert && nameOfRange(insert.relation).name === effect.object.name;
      const removed = own
        ? deletes.filter((d) => d.table === key).map((d) => deletedBefore(insert, d.where, world))
        : [];
      // What is gone at the end differs from nothing.
      const remade =
        own && after.has(effect.object) === true && (fresh.has(key) || removed.some((r) => r !== 'none'))
          ? insertedAnew(insert, fresh.get(key) === undefined || fresh.get(key) === 'emptied', world)
          : undefined;
      if (fresh.has(key) || removed.includes('all')) return remade && { problem: 'changes', ...remade };
      if (!own) return { problem: 'again', why: 'a second run adds the rows again' };
      const change = conflictChange(insert);
      if (change) return { ...change, problem: change.maybe ? 'unknown' : 'changes' };
      const why = insertProblem(insert, after);
      if (why !== undefined) return { problem: 'again', why };
      return remade && { problem: 'changes', ...remade };
    }
    case 'change':
      return fresh.has(world.key(effect.object))
        ? undefined
        : { problem: effect.maybe ? 'unknown' : 'changes', why: effect.why, clock: effect.clock };
    case 'reach': {
      const late = [...after.madeIn(effect.kinds, effect.schemas)].find(([key]) => !before.reached.includes(key))?.[1];
      return (
        late && {
          problem: 'unknown',
          why: `${effect.why}: the second time also of ${describe(late)}, which the migration makes later`,
        }
      );
    }
    case 'call':
    case 'unknown':
      return { problem: 'unknown', why: effect.why };
    default:
      return undefined;
  }
}

/**
 * Whether an object is made where a later statement has put something else that OR REPLACE or IF NOT EXISTS cannot turn
 * back: a function with another result, a view with other columns, a view where the table was.
 */
function replacesOther(effect: Extract<Effect, { action: 'create' }>, world: World, after: World): boolean {
  const { kind, detail } = effect.object;
  const there = world.get(effect.object)?.ref;
  if (!there || there !== after.get(effect.object)?.ref) return false;
  if (there.kind !== kind) return kindInfo(kind).space === 'relation' && there.kind !== 'index' && kind !== 'index';
  if (kind === 'view') return there.detail !== undefined && there.detail.definition !== detail?.definition;
  return (
    (kind === 'function' || kind === 'procedure') &&
    there.detail !== undefined &&
    there.detail.returns !== detail?.returns
  );
}

/** The SQLSTATE of a statement that lacks what it needs. */
function missingError(kind: Kind): string {
  const { space } = kindInfo(kind);
  if (space === 'relation') return '42P01';
  return { column: '42703', routine: '42883', schema: '3F000' }[space] ?? '42704';
}

/** Whether `*` in a view's query stands for other columns by now than those that the view has. */
function readsOthers({ object }: Extract<Effect, { action: 'create' }>, unit: Unit, world: World): boolean {
  if (object.detail?.star === undefined) return false;
  const had = world.get(object)?.ref.detail?.star;
  return had !== undefined && had !== starColumns(unit, world);
}

/** Whether what is dropped is of another kind by now, so that the DROP fails even with IF EXISTS. */
function dropsOther(effect: Extract<Effect, { action: 'drop' }>, world: World): boolean {
  const there = world.get(effect.object)?.ref.kind;
  return (
    there !== undefined &&
    there !== effect.object.kind &&
    kindInfo(there).space === 'relation' &&
    kindInfo(effect.object.kind).space === 'relation'
  );
}

/** Whether a table is made anew while the names that PostgreSQL chose for its keys belong to another table by now. */
function losesNames(effect: Extract<Effect, { action: 'create' }>, world: World): boolean {
  if (effect.object.kind !== 'table' || world.has(effect.object) === true) return false;
  return (effect.parts ?? []).some(
    (part) =>
      (part.kind === 'constraint' &&
        part.detail?.implicit &&
        part.detail.unique &&
        world.relationTaken(part.of?.schema, part.name)) ||
      (part.kind === 'sequence' && world.relationTaken(part.schema, part.name)),
  );
}

/** Whether an UPDATE writes what only the old type of a column can hold, before a later statement converts the column. */
function preparesConversion(statement: Statement, later: readonly Action[][], world: World): boolean {
  const update = statement.as('UpdateStmt');
  if (!update) return false;
  const table = world.key({ kind: 'table', ...nameOfRange(update.relation) });
  const written = setsOf(statement, table, world).map(({ name }) => name);
  return later
    .flat()
    .some(
      ({ effect }) =>
        effect.action === 'create' &&
        effect.object.kind === 'column type' &&
        written.includes(effect.object.name) &&
        world.key({ kind: 'table', ...effect.object.of! }) === table,
    );
}

/** What an UPDATE of the table sets: the columns with their values. */
function setsOf(statement: Statement, table: string, world: World): { name: string; value: Node | undefined }[] {
  const update = statement.as('UpdateStmt');
  if (!update || world.key({ kind: 'table', ...nameOfRange(update.relation) }) !== table) return [];
  return (update.targetList ?? [])
    .map((t) => nodeAs(t, 'ResTarget'))
    .map((t) => ({ name: t?.name ?? '', value: t?.val }));
}

/** Whether a column that takes the place of another holds the same when that is done again, and stands in the same place. */
function staysTheSame(
  steps: readonly Step[],
  actions: readonly Action[][],
  taking: ObjectRef,
  taken: ObjectRef,
  world: World,
): boolean {
  const table = world.key({ kind: 'table', ...taken.of! });
  const copies = flatMap(steps, ({ statement }) => setsOf(statement, table, world)).filter(
    ({ name }) => name === taking.name,
  );
  if (copies.length === 0 || !copies.every(({ value }) => isCastChain(value, taken.name))) return false;
  // A setting of a column replaces what is known of it, and moves nothing.
  const added = flatMap(actions.flat(), ({ effect }) =>
    effect.action === 'create' &&
    effect.mode !== 'or-replace' &&
    effect.object.kind === 'column' &&
    world.key({ kind: 'table', ...effect.object.of! }) === table
      ? [effect.object.name]
      : [],
  );
  return added.indexOf(taking.name) + 1 === added.length;
}

/** What loses its contents when it is dropped and made again. */
const HOLDS_DATA = new Set<ObjectRef['kind']>(['table', 'column']);

const isType = (ref: ObjectRef) => ref.kind === 'type' || ref.kind === 'domain';

const isTemporary = (ref: Name) => ref.schema === 'pg_temp';

const secondRunError = (unit: Unit): string | undefined =>
  typeof unit.entry.secondRun === 'object' && 'error' in unit.entry.secondRun ? unit.entry.secondRun.error : undefined;

/** The SQLSTATE of making what is there: a key's is that of its index or of the second primary key. */
function createError(ref: ObjectRef, unit: Unit): string | undefined {
  if (ref.kind === 'constraint') {
    const cmd = unit.statement
      .as('AlterTableStmt')
      ?.cmds?.map((c) => nodeAs(c, 'AlterTableCmd'))
      .find((c) => nodeAs(c?.def, 'Constraint')?.conname === ref.name);
    if (nodeAs(cmd?.def, 'Constraint')?.indexname) return '42704';
    return { p: '42P16', u: '42P07', x: '42P07' }[ref.detail?.contype ?? ''] ?? '42710';
  }
  return secondRunError(unit);
}
