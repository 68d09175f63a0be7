/** Statements that set a sequence to a number: the rows that are inserted behind them get the next ones. */
import { constantOf, stringConstant } from '../catalog/constants.ts';
import { makeObjectName, nameInString } from '../catalog/names.ts';
import { namesIn } from '../catalog/needs.ts';
import { nameOfRange, nodeAs, strings } from '../catalog/nodes.ts';
import type { Name, ObjectRef } from '../catalog/objects.ts';
import type { Step } from '../history/play.ts';
import type { World } from '../history/world.ts';
import type { Node, NodeOf } from '../syntax/parser.ts';
import type { Statement } from '../syntax/script.ts';
import { flatMap } from '../lists.ts';
import { insertColumns, insertRows } from './inserts.ts';

/** A sequence by its name, or by the table of which it numbers a column; any, where the text does not tell. */
interface Restart {
  step: number;
  sequence?: Name | undefined;
  table?: Name | undefined;
}

/** What to do where rows have numbers of a sequence that is set before them. */
export const RESTART_BEHIND = 'write the numbers into its rows, or set the sequence behind this statement';

/** The statements of a file that set a sequence to a number. */
export const restartsIn = (steps: readonly Step[]): Restart[] =>
  flatMap(steps, ({ statement }, step) => restartsOf(statement).map((restart) => ({ step, ...restart })));

function restartsOf(statement: Statement): Omit<Restart, 'step'>[] {
  const sequence = statement.as('AlterSeqStmt');
  if (sequence) return restarts(sequence.options) ? [{ sequence: nameOfRange(sequence.sequence) }] : [];
  const table = statement.as('AlterTableStmt');
  if (table)
    return (table.cmds ?? []).some((cmd) => restarts(nodeAs(nodeAs(cmd, 'AlterTableCmd')?.def, 'List')?.items))
      ? [{ table: nameOfRange(table.relation) }]
      : [];
  if (statement.type !== 'SelectStmt') return [];
  return flatMap(namesIn(statement.node).calls, ({ name, args }) =>
    name.name === 'setval' && constantOf(args[1]) ? calledFor(args[0]) : [],
  );
}

const restarts = (options: readonly Node[] | undefined): boolean =>
  (options ?? []).some((option) => nodeAs(option, 'DefElem')?.defname === 'restart');

/** The sequence that setval() is given: by its name, or as pg_get_serial_sequence('table', 'column'). */
function calledFor(given: Node | undefined): Omit<Restart, 'step'> {
  const { funcname, args } = nodeAs(given, 'FuncCall') ?? {};
  if (strings(funcname).at(-1) === 'pg_get_serial_sequence')
    return { table: nameInString(stringConstant(args?.[0]) ?? '') };
  return { sequence: nameInString(stringConstant(given) ?? '') };
}

/** Whether a sequence that numbers the rows of an INSERT is set to a number before it. */
export function isNumberedFrom(restarts: readonly Restart[], step: number, node: NodeOf<'InsertStmt'>, world: World) {
  const before = restarts.filter((restart) => restart.step < step);
  if (before.length === 0) return false;
  const table = nameOfRange(node.relation);
  const given = insertColumns(node, world) ?? [];
  const rows = insertRows(node) ?? [];
  const isGiven = (name: string) =>
    given.includes(name) &&
    rows.every((row) => row[given.indexOf(name)] && !('SetToDefault' in row[given.indexOf(name)]!));
  const numbered = world.parts({ kind: 'table', ...table }).filter((part) => isNumbered(part) && !isGiven(part.name));
  const keyOf = (name: Name) => world.key({ kind: 'table', ...name });
  const isMeant = (restart: Restart): boolean => {
    if (restart.table) return keyOf(restart.table) === keyOf(table);
    const { sequence } = restart;
    return (
      !sequence || numbered.some((column) => sequencesOf(column, table).some((own) => keyOf(own) === keyOf(sequence)))
    );
  };
  return numbered.length > 0 && before.some(isMeant);
}

const isNumbered = ({ kind, detail }: ObjectRef): boolean =>
  kind === 'column' &&
  (detail?.varies === 'nextval()' || detail?.isIdentity === true || detail?.identity !== undefined);

/** The sequences from which a column may have its numbers. */
const sequencesOf = ({ name, detail }: ObjectRef, table: Name): Name[] => {
  const named = (detail?.defaultNeeds ?? []).filter(({ kind }) => kind === 'sequence');
  return named.length > 0 ? named : [{ schema: table.schema, name: makeObjectName(table.name, name, 'seq') }];
};
