/**
 * What stands around a statement in a DO block: whether its conditions let it run, what they ask for, and which errors
 * are caught.
 */
import type { Effect } from '../catalog/effects.ts';
import {
  existenceAsKind,
  isOfLetters,
  kindInfo,
  TEMPORARY,
  type Detail,
  type Existence,
  type ObjectRef,
} from '../catalog/objects.ts';
import { stateOf } from '../catalog/sqlstates.ts';
import type { Unit } from '../catalog/units.ts';
import { variableAt } from '../catalog/variables.ts';
import { tokenize } from '../syntax/lexer.ts';
import { depthsOf } from '../syntax/nesting.ts';
import type { Guard } from '../syntax/plpgsql.ts';
import type { Statement } from '../syntax/script.ts';
import type { Question } from './catalog-queries.ts';
import { holds, type Property } from './column-properties.ts';
import { evaluate } from './conditions.ts';
import type { World } from './world.ts';
import { flatMap } from '../lists.ts';
import { perObject } from '../memo.ts';

/** The result of each IF. It is evaluated once, before the statements in its body change the catalog. */
export type IfResults = Map<number, boolean | undefined>;

/** Where a statement stands in a DO block. */
export type Place = Pick<Statement, 'guards' | 'parent' | 'placeholders'>;

/** Whether the conditions around a statement let it run: false where one of them is known not to hold. */
export function isRun(
  statement: Place,
  units: readonly Unit[],
  world: World,
  inserted: Set<string> | undefined,
  results: IfResults,
): boolean | undefined {
  let result: boolean | undefined = true;
  for (const guard of statement.guards) {
    if (guard.kind === 'never') return false;
    if (guard.kind === 'loop') result = undefined;
    if (guard.kind !== 'if') continue;
    let value = results.get(guard.start);
    if (!results.has(guard.start)) {
      let variable = false;
      const ask = (question: Question) => {
        variable ||= question.kind === 'variable';
        return answer(question, statement, units, world, inserted);
      };
      value = all(
        partsOf(guard).map(
          (part) =>
            ownAnswer(part, units, world, inserted === undefined) ??
            evaluate(part.text, ask, (name) => variableAt(name, guard, statement)),
        ),
      );
      // What a question for a variable's object comes to depends on the statement under it.
      // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- set in the function above
      if (!variable) results.set(guard.start, value);
    }
    const holds = value === undefined ? undefined : guard.negated ? !value : value;
    if (holds === false) return false;
    if (holds === undefined) result = undefined;
  }
  return result;
}

const all = (values: readonly (boolean | undefined)[]): boolean | undefined =>
  values.includes(false) ? false : values.includes(undefined) ? undefined : true;

/** The parts of a condition between AND; the condition itself where AND may mean something else. */
function conjuncts(condition: string): string[] {
  const tokens = tokenize(condition);
  const words = tokens.map((t) => (t.kind === 'word' ? condition.slice(t.start, t.end).toLowerCase() : ''));
  if (!words.includes('and') || ['or', 'between', 'case'].some((word) => words.includes(word))) return [condition];
  const depths = depthsOf(condition, tokens);
  const cuts = flatMap(tokens, (token, k) => (words[k] === 'and' && depths[k] === 0 ? [token] : []));
  return [...cuts, undefined].map((cut, k) => condition.slice(cuts[k - 1]?.end ?? 0, cut?.start));
}

type IfGuard = Extract<Guard, { kind: 'if' }>;

/** A part of a condition between AND. */
interface Part {
  text: string;
  squeezed: string;
  /** Without any white space, in lower case: a part that asks for something else is told by it, without tokens. */
  bare: string;
}

/** The parts of the condition of an IF. A condition is asked at each run; its text is cut once. */
const partsOf = perObject(({ text }: IfGuard): readonly Part[] => conjuncts(text).map(partOf));

function partOf(text: string): Part {
  const squeezed = squeeze(text);
  return { text, squeezed, bare: bare(squeezed) };
}

const bare = (sql: string): string => sql.replace(/\s+/g, '').toLowerCase();

/** Whether a part is the same SQL as a question in the table's own words, which has no comments. */
const isSame = (part: Part, question: string): boolean =>
  part.bare === bare(question) && part.squeezed === squeeze(question);

/** SQL without differences in white space and in the case of words. */
const squeeze = (sql: string) =>
  tokenize(sql)
    .map((t) => (t.kind === 'word' ? sql.slice(t.start, t.end).toLowerCase() : sql.slice(t.start, t.end)))
    .join(' ');

/** Whether a condition around the statement asks, in the table's own words, for the object. */
export function isAskedFor(ref: ObjectRef, statement: Statement): boolean {
  const question = kindInfo(ref.kind).existence?.(ref);
  return (
    question !== undefined &&
    statement.guards.some(
      (g) => g.kind === 'if' && isSame(partOf(g.text), g.negated ? question.missing : question.exists),
    )
  );
}

/**
 * The answer to a condition that asks, in the table's own words, for what the statement makes or needs, or whether
 * anything depends on what it drops.
 */
function ownAnswer(part: Part, units: readonly Unit[], world: World, isFirstRun: boolean): boolean | undefined {
  for (const effect of flatMap(units, (u) => u.effects)) {
    if (!('object' in effect)) continue;
    const dependence = effect.action === 'drop' ? kindInfo(effect.object.kind).dependence?.(effect.object) : undefined;
    if (dependence && isSame(part, dependence.missing)) {
      if (!world.isNeeded(effect.object)) return true;
      // History may know of dependents that are gone: the DROP has succeeded in the first run.
      return isFirstRun ? undefined : false;
    }
    const asked = answerInOwnWords(part, effect.object, world);
    if (asked !== undefined) return asked.is;
  }
  return undefined;
}

/** What a condition in the table's own words comes to; undefined for one that asks for something else. */
function answerInOwnWords(part: Part, object: ObjectRef, world: World): { is: boolean | undefined } | undefined {
  const isIt = (question: Existence | undefined) =>
    question && (isSame(part, question.exists) || isSame(part, question.missing)) ? question : undefined;
  const plain = isIt(kindInfo(object.kind).existence?.(object));
  const question = plain ?? isIt(existenceAsKind(object));
  if (!question) return undefined;
  const there = world.has(object);
  const exists = there && (plain !== undefined || world.get(object)!.ref.kind === object.kind);
  return { is: exists === undefined ? undefined : exists === isSame(part, question.exists) };
}

function answer(
  question: Question,
  statement: Place,
  units: readonly Unit[],
  world: World,
  inserted: Set<string> | undefined,
): boolean | undefined {
  if (question.kind === 'variable') {
    // In dynamic SQL a loop's variable names the object: a question for one of its kind is taken to be about it.
    const asks =
      statement.placeholders &&
      units.some((u) =>
        u.effects.some((e) => 'object' in e && kindInfo(e.object.kind).space === kindInfo(question.of).space),
      );
    return asks && inserted ? units.some((u) => u.effects.some((e) => e.action === 'create')) : undefined;
  }
  if (question.kind === 'rows') {
    const { table } = question;
    // A temporary table has no rows yet when a run begins.
    const isAnew =
      table.schema === TEMPORARY || (table.schema === undefined && world.findsTemporary('table', table.name));
    return !isAnew && inserted?.has(world.key({ kind: 'table', ...table })) ? true : undefined;
  }
  return answerOfObject(question, units, world);
}

function answerOfObject(
  { ref, ownerKnown, anySchema, having = [] }: Extract<Question, { kind: 'object' }>,
  units: readonly Unit[],
  world: World,
): boolean | undefined {
  if (!ownerKnown) return having.length === 0 && isOwnByName(ref, units, world) ? true : undefined;
  if (having.length > 0) return isSuchColumn(ref, having, world);
  if (anySchema && world.named(ref).some((o) => o.exists)) return true;
  if (ref.kind === 'constraint' && ref.name === '' && ref.of) {
    // A table has one primary key, so its name does not matter.
    const table: ObjectRef = { kind: 'table', ...ref.of };
    return (
      world.parts(table).some((p) => p.kind === 'constraint' && p.detail?.contype === 'p') ||
      (world.knowsTable(ref.of) ? false : undefined)
    );
  }
  return isThere(ref, world);
}

/** Whether a column is there, and has some properties. What is known to have one is there. */
function isSuchColumn(column: ObjectRef, properties: readonly Property[], world: World): boolean | undefined {
  const there = isThere(column, world);
  const values = properties.map((property) => holds(property, column, world));
  if (there === false || values.includes(false)) return false;
  return values.includes(undefined) ? undefined : true;
}

/**
 * Whether the objects of a name, of whatever owner, are those of the statement alone. Without its owner, a name is no
 * identity: a policy of that name may be another table's, and keep this one from being made or dropped.
 */
function isOwnByName(ref: ObjectRef, units: readonly Unit[], world: World): boolean {
  const there = world.named(ref).filter(({ exists }) => exists);
  const own = new Set(
    flatMap(units, ({ effects }) => flatMap(effects, (e) => ('object' in e ? [world.key(e.object)] : []))),
  );
  return there.length > 0 && there.every((entity) => own.has(world.key(entity.ref)));
}

const isSameType = (a: Detail = {}, b: Detail = {}): boolean =>
  a.type === b.type && (a.definition === undefined || b.definition === undefined || a.definition === b.definition);

/** Whether an object exists, of that very kind where the question says which. */
export function isThere(ref: ObjectRef, world: World): boolean | undefined {
  // A column has its type from the statement that made it, or from the last that converted it.
  if (ref.kind === 'column type')
    return isSameType((world.get(ref) ?? world.get({ ...ref, kind: 'column' }))?.ref.detail, ref.detail);
  const there = world.has(ref);
  return there && isOfLetters(world.get(ref)!.ref, ref.detail);
}

/** Whether a condition around the statement looks for an object of the kind that the statement speaks of. */
export function isMisasked(statement: Statement, effect: Effect): boolean {
  if (!('object' in effect)) return false;
  const { space } = kindInfo(effect.object.kind);
  return asks(
    statement,
    (question) =>
      (question.kind === 'object' && kindInfo(question.ref.kind).space === space) ||
      (question.kind === 'variable' && kindInfo(question.of).space === space),
  );
}

/** Whether no condition around a statement asks for an object, so that it may be made or not. */
export function isUnasked(object: ObjectRef, statement: Statement, world: World): boolean {
  const key = world.key(object);
  return !asks(statement, (question) => question.kind === 'object' && world.key(question.ref) === key);
}

/** Whether a condition around a statement asks a question. */
const asks = ({ guards }: Statement, isIt: (question: Question) => boolean): boolean =>
  guards.some((guard) => {
    let asked = false;
    if (guard.kind === 'if')
      evaluate(guard.text, (question) => {
        asked ||= isIt(question);
        return undefined;
      });
    return asked;
  });

/** The nearest IF around a statement. */
export const guardBeside = (statement: Statement) => statement.guards.findLast((g) => g.kind === 'if');

/** Whether an exception handler around the statement catches the error and lets it be. */
export function isHandled(statement: Pick<Statement, 'guards'>, error: string | undefined): boolean {
  if (error === undefined) return false;
  return statement.guards.some(
    (guard) =>
      guard.kind === 'handler' &&
      !guard.raises &&
      guard.conditions.some((c) => {
        if (c === 'others') return true;
        const state = c.startsWith('sqlstate:') ? c.slice(9) : stateOf(c);
        return state === error || (state?.endsWith('000') && state.slice(0, 2) === error.slice(0, 2));
      }),
  );
}
