/** Conditions on an object at the end of its file or folder. */
import type { ObjectThen } from '../../history/ending.ts';
import type { Name, ObjectRef } from '../../catalog/objects.ts';
import type { RuleContext } from '../api/rule.ts';
import { nameOfRange } from '../../catalog/nodes.ts';
import { inSchema, relationKey } from './exposed.ts';

export const tableRef = (name: Name, schema: string): ObjectRef => ({ kind: 'table', ...inSchema(name, schema) });

/** Whether row level security is enabled. */
export const isSecured = ({ settings }: ObjectThen): boolean => settings['row level security'] === true;

/** Whether there is a policy for the table. */
export const hasPolicy = ({ settings, parts }: ObjectThen): boolean =>
  settings.policies === true || parts.some((part) => part.kind === 'policy');

/** Whether a view reads with the rights of the user who queries it. */
export const isInvoker = ({ settings }: ObjectThen): boolean => settings['option security_invoker'] === true;

/** The roles that the API uses in the database. */
const API_ROLES = ['public', 'anon', 'authenticated'] as const;

/** Whether one of the API's roles has lost the right to read or call the object. */
export const isRevoked = ({ settings }: ObjectThen): boolean =>
  API_ROLES.some((role) => settings[`access of ${role}`] === false);

/** Whether the migrations create the table. The settings of other tables are not known. */
export function isCreatedHere({ sourceCode: { world, script } }: RuleContext, name: Name, schema: string): boolean {
  const key = relationKey(name, schema);
  return (
    world.knowsTable(inSchema(name, schema)) ||
    script.all().some((s) => {
      const relation = s.as('CreateStmt')?.relation;
      return relation !== undefined && relationKey(nameOfRange(relation), schema) === key;
    })
  );
}
