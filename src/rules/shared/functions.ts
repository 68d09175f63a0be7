/** Readers for CREATE FUNCTION. */
import { nameOf, nodeAs, stringOf, strings } from '../../catalog/nodes.ts';
import type { Name } from '../../catalog/objects.ts';
import type { Statement } from '../../syntax/script.ts';
import { flatMap } from '../../lists.ts';

export interface Routine {
  name: Name;
  procedure: boolean;
  /** In lower case; `sql` for a body that is not quoted. */
  language: string;
  definer: boolean;
  /** Whether it sets search_path for itself. */
  searchPath: boolean;
  /** `trigger` and `event_trigger` cannot be called by name. */
  trigger: boolean;
  /** The text of the body; undefined for one that is not quoted. */
  body: string | undefined;
}

export function routineOf(statement: Statement): Routine | undefined {
  const node = statement.as('CreateFunctionStmt');
  if (!node) return undefined;
  const options = flatMap(node.options ?? [], (o) => nodeAs(o, 'DefElem') ?? []);
  const option = (name: string) => options.find((o) => o.defname === name)?.arg;
  const definer = nodeAs(option('security'), 'Boolean')?.boolval === true;
  return {
    name: nameOf(node.funcname),
    procedure: node.is_procedure === true,
    language: stringOf(option('language')).toLowerCase() || 'sql',
    definer,
    searchPath: options.some((o) => o.defname === 'set' && nodeAs(o.arg, 'VariableSetStmt')?.name === 'search_path'),
    trigger: /^(event_)?trigger$/.test(strings(node.returnType?.names).at(-1) ?? ''),
    body: stringOf(nodeAs(option('as'), 'List')?.items?.[0]) || undefined,
  };
}
