/**
 * What PostgreSQL records in pg_depend of an expression or a definition: functions, types, relations and sequences that
 * cannot be dropped while the object exists. Operators are left out: their argument types are not in the text.
 */
import type { Node, NodeOf } from '../syntax/parser.ts';
import { flatMap } from '../lists.ts';
import { stringConstant } from './constants.ts';
import { nameInString } from './names.ts';
import { nameOf, nameOfRange, nodeAs, strings, walkNames } from './nodes.ts';
import type { ObjectRef } from './objects.ts';
import { isKnownType } from './types.ts';

type TypeName = NodeOf<'TypeName'>;

/** The functions that take the name of a sequence. */
const TAKES_SEQUENCE = new Set(['nextval', 'currval', 'setval']);

/** A type may also be the row type of a table or a view. */
export function typeNeeds(type: TypeName | undefined): ObjectRef[] {
  if (!type?.names || type.pct_type) return [];
  const name = nameOf(type.names);
  if (name.schema === 'pg_catalog' || (name.schema === undefined && isKnownType(name.name))) return [];
  return [
    { kind: 'type', ...name },
    { kind: 'table', ...name },
  ];
}

/** The objects that an expression, a query or a list of them names. */
export function needsOf(tree: unknown): ObjectRef[] {
  const needs: ObjectRef[] = [];
  walkNames([tree], (type, node, isQuery) => {
    if (type === 'FuncCall') {
      const name = nameOf(node.funcname as Node[]);
      const text = TAKES_SEQUENCE.has(name.name) ? stringConstant((node.args as Node[] | undefined)?.[0]) : undefined;
      const sequence = text === undefined ? undefined : nameInString(text);
      if (sequence) needs.push({ kind: 'sequence', ...sequence });
      else needs.push({ kind: 'function', ...name });
    } else if (type === 'typeName') needs.push(...typeNeeds(node));
    else if (type === 'CollateClause' || type === 'collClause')
      needs.push({ kind: 'collation', ...nameOf(node.collname as Node[]) });
    else if (!isQuery && typeof node.relname === 'string' && 'inh' in node)
      needs.push({ kind: 'table', ...nameOfRange(node) });
  });
  return needs;
}

/** What CREATE FUNCTION needs: the types in its head, and what its defaults and a body that is not a string name. */
export const routineNeeds = ({ parameters, returnType, sql_body: body }: NodeOf<'CreateFunctionStmt'>): ObjectRef[] => [
  ...flatMap(parameters ?? [], (parameter) => {
    const { argType, defexpr } = nodeAs(parameter, 'FunctionParameter')!;
    return [...typeNeeds(argType), ...(defexpr ? needsOf(defexpr) : [])];
  }),
  ...typeNeeds(returnType),
  ...(body ? needsOf(body) : []),
];

/** Options of CREATE AGGREGATE, OPERATOR and TYPE that name functions. The parser reads their names as types. */
const NAMES_FUNCTION = new Set(
  `sfunc finalfunc combinefunc serialfunc deserialfunc msfunc minvfunc mfinalfunc function procedure restrict join
  canonical subtype_diff input output receive send typmod_in typmod_out analyze subscript`.split(/\s+/),
);

/** What the options of CREATE AGGREGATE, OPERATOR and TYPE name: functions and types. */
export const optionNeeds = (options: readonly Node[] | undefined): ObjectRef[] =>
  flatMap(options ?? [], (o): ObjectRef[] => {
    const { defname = '', arg } = nodeAs(o, 'DefElem') ?? {};
    const type = nodeAs(arg, 'TypeName');
    if (!NAMES_FUNCTION.has(defname)) return typeNeeds(type);
    const names = strings(type?.names ?? nodeAs(arg, 'List')?.items);
    return names.length > 0 ? [{ kind: 'function', schema: names.at(-2), name: names.at(-1)! }] : [];
  });
