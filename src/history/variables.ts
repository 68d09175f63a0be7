/** Reads what the variables of a DO block hold. */
import { readIdent } from '../catalog/names.ts';
import { lastWhere } from '../lists.ts';
import type { Embedded, Guard } from '../syntax/plpgsql.ts';
import { perStatement, type Statement } from '../syntax/script.ts';
import type { Variable } from './conditions.ts';

/** A statement of a block that puts something into a variable. */
interface Assignment {
  at: Embedded;
  /** Undefined where the text does not say what. */
  value: Variable | undefined;
}

/** A name as PL/pgSQL writes it. */
const NAME = String.raw`("(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*)(?![\p{L}\p{N}_$])`;
const INTO = new RegExp(String.raw`\binto\s+(?:strict\s+)?${NAME}((?:\s*[,.]\s*${NAME})*)`, 'giu');
const ONE_NAME = new RegExp(NAME, 'gu');
/** `variable := …`, or a declaration with a value. */
const ASSIGNS = new RegExp(String.raw`^${NAME}(?:[^:='"(]*[^:='"(<>!])?(?::?=|\bdefault\b)\s*([^]*)$`, 'iu');
const DIAGNOSTICS = /^get\b.*?\bdiagnostics\b/isu;

/** Statements that say with FOUND whether they have touched rows. */
const SETS_FOUND = new Set<string | undefined>(['SelectStmt', 'InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt']);

/** The assignments of a block by the names of its variables, each list in the order of the text. */
const assignmentsIn = perStatement((block: Statement): ReadonlyMap<string, readonly Assignment[]> => {
  const all = new Map<string, Assignment[]>();
  const add = (name: string, at: Embedded, value?: Variable) => {
    const known = all.get(name);
    if (known) known.push({ at, value });
    else all.set(name, [{ at, value }]);
  };
  const { text } = block.script;
  for (const { type, node, embedded: at } of block.children ?? []) {
    if (!at) continue;
    const value = type === 'SelectStmt' && at.kind !== 'execute' ? { query: node } : undefined;
    for (const [, first, more] of text.slice(at.start, at.end).matchAll(INTO)) {
      add(readIdent(first!), at, more === '' ? value : undefined);
      for (const [name] of more!.matchAll(ONE_NAME)) add(readIdent(name), at);
    }
    if (SETS_FOUND.has(type) && at.kind !== 'execute') add('found', at, value);
  }
  for (const at of block.assignments) {
    const own = text.slice(at.start, at.end);
    const [, assigned, expression] = ASSIGNS.exec(own) ?? [];
    const names = DIAGNOSTICS.test(own) || /^fetch\b/i.test(own) ? own.matchAll(ONE_NAME) : [];
    for (const [name] of names) add(readIdent(name), at);
    if (assigned !== undefined) add(readIdent(assigned), at, { expression: expression! });
  }
  for (const list of all.values()) list.sort((a, b) => a.at.start - b.at.start);
  return all;
});

/**
 * What a variable of a DO block holds where a condition asks for it, and what FOUND says there: what was put into it
 * last, if that happens whenever the condition is reached.
 */
export function variableAt(
  name: string,
  guard: Extract<Guard, { kind: 'if' }>,
  { parent, guards }: Pick<Statement, 'parent' | 'guards'>,
): Variable | undefined {
  const assignments = parent && assignmentsIn(parent).get(name);
  const last = assignments && lastWhere(assignments, ({ at }) => at.end <= guard.start);
  // A statement under another condition may not have run.
  return last?.at.guards.every((g) => g.kind === 'handler' || guards.includes(g)) ? last.value : undefined;
}
