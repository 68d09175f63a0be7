/** Readers for CREATE POLICY and ALTER POLICY. */
import { isAuthFunction } from '../../access/calls.ts';
import { grantee, nameOfRange, nodeAs, strings, walk } from '../../catalog/nodes.ts';
import type { Name } from '../../catalog/objects.ts';
import type { ObjectThen } from '../../history/ending.ts';
import { flatMap } from '../../lists.ts';
import type { RuleContext } from '../api/rule.ts';
import type { Node, NodeOf } from '../../syntax/parser.ts';
import type { Statement } from '../../syntax/script.ts';
import { readerOf } from '../../syntax/tokens.ts';

export interface Policy {
  statement: Statement;
  name: string;
  table: Name;
  /** `all` where the statement names none; undefined for ALTER POLICY, which does not say. */
  command: 'all' | 'select' | 'insert' | 'update' | 'delete' | undefined;
  permissive: boolean;
  /** Role names, `public` for everyone; empty where there is no TO. */
  roles: string[];
  using: Node | undefined;
  check: Node | undefined;
}

export function policyOf(statement: Statement): Policy | undefined {
  const create = statement.as('CreatePolicyStmt');
  const alter = statement.as('AlterPolicyStmt');
  const node = create ?? alter;
  if (!node) return undefined;
  return {
    statement,
    name: node.policy_name ?? '',
    table: nameOfRange(node.table),
    command: create ? ((create.cmd_name ?? 'all') as Policy['command']) : undefined,
    // The parser leaves out what is false.
    permissive: !create || create.permissive === true,
    // The parser fills in PUBLIC where nothing is written.
    roles: namesRoles(statement) ? (node.roles ?? []).map(grantee) : [],
    using: node.qual,
    check: node.with_check,
  };
}

/** Whether a TO stands outside parentheses, behind CREATE POLICY name ON. */
function namesRoles(statement: Statement): boolean {
  const reader = readerOf(statement);
  return reader.all('to').some(({ from }) => from > 3);
}

/** A statement that makes or alters a policy, with what has become of the policy at the end of the folder. */
export interface PolicyStatement {
  statement: Statement;
  then: ObjectThen;
}

/** The statements that make and alter the policies that are still there at the end of the folder. */
export function policiesOf({ sourceCode: { ending } }: RuleContext): PolicyStatement[] {
  return flatMap(ending.touched(), ({ key, statements }): PolicyStatement[] => {
    const then = ending.atEnd(key);
    if (then?.ref?.kind !== 'policy') return [];
    return flatMap([...new Set(statements.map(({ statement }) => statement))], (statement) =>
      isPolicyStatement(statement) ? [{ statement, then }] : [],
    );
  });
}

const isPolicyStatement = ({ type, placeholders, embedded }: Statement): boolean =>
  (type === 'CreatePolicyStmt' || type === 'AlterPolicyStmt') && !(placeholders && embedded?.kind === 'execute');

/** A call of a function, with whether a subquery stands around it. */
export interface Call {
  name: string;
  schema: string | undefined;
  node: NodeOf<'FuncCall'>;
  /** Whether it is the value of a scalar subquery of its own, (SELECT f()), which runs once a query. */
  wrapped: boolean;
}

/** Every call in an expression. */
export function callsIn(expression: Node | undefined): Call[] {
  const calls: Call[] = [];
  const wrapped = new Set<unknown>();
  walk(expression ? [expression] : [], (type, node) => {
    if (type === 'SubLink' && node.subLinkType === 'EXPR_SUBLINK') {
      const select = nodeAs(node.subselect as Node, 'SelectStmt');
      // Without FROM nothing in it depends on a row, so it is evaluated once.
      if (select && !select.fromClause)
        walk(select.targetList, (inner, call) => void (inner === 'FuncCall' && wrapped.add(call)));
    }
    if (type !== 'FuncCall') return;
    const parts = strings(node.funcname as Node[]);
    calls.push({
      name: parts.at(-1) ?? '',
      schema: parts.at(-2),
      node: node,
      wrapped: wrapped.has(node),
    });
  });
  return calls;
}

/** auth.uid(), auth.jwt(), auth.role(), auth.email(): what a request's token says. */
export const isAuthCall = ({ schema, name }: Call): boolean => isAuthFunction(schema, name);
