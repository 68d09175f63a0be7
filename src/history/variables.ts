/** Reads what the variables of a DO block hold. */
import { readIdent } from '../catalog/names.ts';
import { lastWhere } from '../lists.ts';
import type { Embedded, Guard } from '../syntax/plpgsql.ts';
import { perStatement, type Statement } from '../syntax/script.ts';
import type { Variable } from './conditions.ts';

/** A statement of a block that puts something into a variable. */
interface Assignment {
  at: Embedded;
  /** Where the statement ends. */
  end: number;
  value: Variable;
}

/** A name as PL/pgSQL writes it. */
const NAME = String.raw`("(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*)(?![\p{L}\p{N}_$])`;
const INTO = new RegExp(String.raw`\binto\s+(?:strict\s+)?${NAME}`, 'giu');
/** `variable := …`, or a declaration with a value. */
const ASSIGNS = new RegExp(String.raw`^${NAME}(?:[^:='"(]*[^:='"(<>!])?(?::?=|\bdefault\b)\s*([^]*)$`, 'iu');

/** The assignments of a block by the names of its variables, each list in the order of the text. */
const assignmentsIn = perStatement((block: Statement): ReadonlyMap<string, readonly Assignment[]> => {
  const all = new Map<string, Assignment[]>();
  const add = (name: string, assignment: Assignment) => {
    const known = all.get(name);
    if (known) known.push(assignment);
    else all.set(name, [assignment]);
  };
  for (const { type, node, text, end, embedded: at } of block.children ?? []) {
    if (type !== 'SelectStmt' || !at) continue;
    const names = new Set(['found']);
    for (const [, name] of text.matchAll(INTO)) names.add(readIdent(name!));
    for (const name of names) add(name, { at, end, value: { query: node } });
  }
  for (const at of block.assignments) {
    const [, name, expression] = ASSIGNS.exec(block.script.text.slice(at.start, at.end)) ?? [];
    if (name !== undefined) add(readIdent(name), { at, end: at.end, value: { expression: expression! } });
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
  { parent, guards }: Statement,
): Variable | undefined {
  const assignments = parent && assignmentsIn(parent).get(name);
  const last = assignments && lastWhere(assignments, ({ end }) => end <= guard.start);
  // A statement under another condition may not have run.
  return last?.at.guards.every((g) => g.kind === 'handler' || guards.includes(g)) ? last.value : undefined;
}
