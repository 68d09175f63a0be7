import { stringConstant } from '../catalog/constants.ts';
import { contains, nodeAs, strings, walk } from '../catalog/nodes.ts';
import { defineRule } from './api/rule.ts';
import type { Node, NodeOf } from '../syntax/parser.ts';
import { headOf } from './shared/exposed.ts';
import { policiesOf, policyOf } from './shared/policies.ts';

export default defineRule({
  meta: {
    type: 'problem',
    docs: {
      description: 'Disallow policies that trust what users say of themselves',
      presets: { supabase: 'error', strict: 'error' },
    },
    messages: {
      editable:
        'Policy "{{policy}}" on "{{name}}" decides by {{source}}, which every user can change for themselves with ' +
        'one call. Decide by app_metadata, or by a table of yours.',
    },
    schema: [],
  },
  create: (context) => ({
    Script() {
      for (const { statement } of policiesOf(context)) {
        const policy = policyOf(statement)!;
        const source = editableIn([policy.using, policy.check]);
        if (source !== undefined)
          context.report({
            loc: headOf(context, statement),
            messageId: 'editable',
            data: { policy: policy.name, name: policy.table.name, source },
          });
      }
    },
  }),
});

/** What users can change in it, as the claims of a token and as auth.users call it. */
function editableIn(conditions: readonly (Node | undefined)[]): string | undefined {
  let source: string | undefined;
  walk(conditions, (type, node) => {
    if (type === 'ColumnRef' && strings(node.fields as Node[]).at(-1) === 'raw_user_meta_data')
      source ??= 'raw_user_meta_data';
    if (
      operandsOf(type, node).some((operand, k, all) => isKey(operand) && all.some((_, j) => j !== k && isToken(all[j])))
    )
      source ??= 'user_metadata';
  });
  return source;
}

/** What an operator or a call works on, where it may look a key up. */
function operandsOf(type: string, node: Record<string, unknown>): (Node | undefined)[] {
  if (type === 'FuncCall') return (node as NodeOf<'FuncCall'>).args ?? [];
  if (type === 'A_Indirection') {
    const { arg, indirection } = node as NodeOf<'A_Indirection'>;
    return [arg, ...(indirection ?? []).map((index) => nodeAs(index, 'A_Indices')?.uidx)];
  }
  if (type !== 'A_Expr') return [];
  const { kind, name, lexpr, rexpr } = node as NodeOf<'A_Expr'>;
  // An order compares values, and looks no key up.
  return kind === 'AEXPR_OP' && !/^(=|<>|!=|<|>|<=|>=)$/.test(strings(name).at(-1) ?? '') ? [lexpr, rexpr] : [];
}

/** Whether an expression names the key: alone, in a path or in a JSON path. */
function isKey(operand: Node | undefined): boolean {
  const items = nodeAs(operand, 'A_ArrayExpr')?.elements;
  const text = stringConstant(items ? items[0] : operand);
  return text !== undefined && /(^|[^\w])user_metadata($|[^\w])/.test(text);
}

/** Whether an expression has something of the token of the request. */
const isToken = (operand: Node | undefined): boolean =>
  contains(operand, (type, node) => {
    if (type === 'ColumnRef') return /^(jwt|claims|token)$/.test(strings(node.fields as Node[]).at(-1) ?? '');
    if (type !== 'FuncCall') return false;
    const parts = strings(node.funcname as Node[]);
    if (parts.at(-1) === 'jwt') return parts.at(-2) === 'auth';
    return (
      parts.at(-1) === 'current_setting' &&
      /^request\.jwt/.test(stringConstant((node.args as Node[] | undefined)?.[0]) ?? '')
    );
  });
