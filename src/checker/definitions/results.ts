/** What a function in SQL returns, and what its last query gives. */
import { resultValues } from '../../catalog/columns.ts';
import { nameOf, nodeAs, typeText } from '../../catalog/nodes.ts';
import { isKnownType } from '../../catalog/types.ts';
import { flatMap } from '../../lists.ts';
import type { Node, NodeOf } from '../../syntax/parser.ts';
import { plural } from '../../plural.ts';
import type { Statement } from '../../syntax/script.ts';
import { tokenRange } from '../places.ts';
import type { Checked } from '../problem.ts';
import { takes, typeOfValue } from '../values.ts';
import { locationOf, nameOfType } from './columns.ts';

type CreateFunctionStmt = NodeOf<'CreateFunctionStmt'>;

/** @param statements those of the body */
export function checkResult(node: CreateFunctionStmt, statements: readonly Statement[], checked: Checked): void {
  const last = statements.at(-1);
  const select = last?.as('SelectStmt');
  const values = select?.targetList && resultValues(select);
  const types = returned(node);
  if (!last || !values || !types) return;
  // One value may be a row, which has all of the columns.
  if (values.length === 1 && types.length > 1 && typeOfValue(values[0]) === undefined) return;
  if (values.length !== types.length) {
    report(`${plural(types.length, 'column')}, and its last query gives ${values.length}`, values[0], last, checked);
    return;
  }
  for (const [k, value] of values.entries()) {
    // A string without a cast is a text by then.
    const given = typeOfValue(value)?.replace('unknown', 'text');
    if (given === undefined || takes(types[k]!, given) !== false) continue;
    report(`${nameOfType(types[k]!)}, and its last query gives ${nameOfType(given)}`, value, last, checked);
    return;
  }
}

function report(what: string, value: Node | undefined, statement: Statement, checked: Checked): void {
  checked.report({
    family: 'definition',
    ...tokenRange(statement, locationOf(value)),
    error: '42P13',
    problem: `The function returns ${what}`,
    advice: 'Let the query give what the function returns.',
  });
}

/** The types that a function returns; undefined where a type of the migrations may stand for several columns. */
function returned({ parameters = [], returnType }: CreateFunctionStmt): string[] | undefined {
  const all = flatMap(parameters, (p) => nodeAs(p, 'FunctionParameter') ?? []);
  const outputs = all.filter(({ mode = '' }) => /_(OUT|INOUT|TABLE)$/.test(mode));
  if (outputs.length > 0) return outputs.map(({ argType }) => typeText(argType));
  const type = typeText(returnType);
  const { schema } = nameOf(returnType?.names);
  const isPlain = isKnownType(type) && !['void', 'record', 'trigger', 'event_trigger'].includes(type);
  return isPlain && (schema === undefined || schema === 'pg_catalog') ? [type] : undefined;
}
