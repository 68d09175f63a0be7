/** Readers for CREATE FUNCTION. */
import { bodyText } from '../../catalog/body.ts';
import { argumentTypes, nameOf, nodeAs, optionOf, stringOf, strings } from '../../catalog/nodes.ts';
import type { Name, ObjectRef } from '../../catalog/objects.ts';
import { inSchema } from './exposed.ts';
import type { Statement } from '../../syntax/script.ts';
import { flatMap } from '../../lists.ts';

export interface Routine {
  name: Name;
  args: readonly string[];
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
  const definer = nodeAs(optionOf(node.options, 'security'), 'Boolean')?.boolval === true;
  return {
    name: nameOf(node.funcname),
    args: argumentTypes(node.parameters),
    procedure: node.is_procedure === true,
    language: stringOf(optionOf(node.options, 'language')).toLowerCase() || 'sql',
    definer,
    searchPath: options.some((o) => o.defname === 'set' && nodeAs(o.arg, 'VariableSetStmt')?.name === 'search_path'),
    trigger: ['trigger', 'event_trigger'].includes(strings(node.returnType?.names).at(-1) ?? ''),
    body: bodyText(node) || undefined,
  };
}

export const routineRef = ({ name, args, procedure }: Routine, schema: string): ObjectRef => ({
  kind: procedure ? 'procedure' : 'function',
  ...inSchema(name, schema),
  args,
});

/** The name of the function that a statement makes or alters, as it is written there. */
export function writtenRoutine(statement: Statement): Name | undefined {
  const create = statement.as('CreateFunctionStmt');
  const alter = statement.as('AlterFunctionStmt');
  const parts = create?.funcname ?? alter?.func?.objname;
  return parts && nameOf(parts);
}
