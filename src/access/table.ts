/** Who can read and write what, as a table: rights, row level security and policies together. */
import { isMadeTable, type ObjectRef } from '../catalog/objects.ts';
import { schemaOfKey, type World } from '../history/world.ts';
import { flatMap } from '../lists.ts';
import { CALLERS, type Caller } from './callers.ts';
import { isFor, isForCaller, policiesAt, rowsFor, SIDES, tableAt } from './policies.ts';
import { COMMANDS, findsSchema, rightOf, type Command } from './rights.ts';

/** What one role can do with one relation, in words. */
export interface Access extends Readonly<Record<Command, string>> {
  relation: string;
  role: string;
}

/** What the roles of the API can do with the tables and views of some schemas, sorted by their names. */
export function accessIn(world: World, schemas: readonly string[]): Access[] {
  const relations = flatMap(['table', 'view', 'materialized view'] as const, (kind) => world.ofKind(kind));
  const named = flatMap(relations, (ref) => {
    const key = world.key(ref);
    const schema = schemaOfKey(key) ?? '';
    return schemas.includes(schema) ? [{ ref, key, schema, relation: `${schema}.${ref.name}` }] : [];
  });
  named.sort((a, b) => (a.relation < b.relation ? -1 : 1));
  return flatMap(named, ({ ref, key, schema, relation }) =>
    CALLERS.map((caller): Access => {
      const can = (command: Command) =>
        findsSchema(world, schema, caller.role) ? cell(world, key, ref, command, caller) : 'nothing';
      const cells = COMMANDS.map((command) => [command, can(command)] as const);
      return { relation, role: caller.role, ...(Object.fromEntries(cells) as Record<Command, string>) };
    }),
  );
}

/** Which rows a role can read or write with a command. */
function cell(world: World, key: string, ref: ObjectRef, command: Command, caller: Caller): string {
  const settings = world.settingsAt(key);
  const right = rightOf(settings, command, caller.role);
  if (right === 'no') return 'nothing';
  if (right === 'unknown') return 'not known';
  const some = right === 'columns' ? 'some columns of ' : '';
  if (ref.kind === 'view')
    return some + (settings['option security_invoker'] === true ? 'what its tables allow' : 'all that its owner may');
  if (ref.kind === 'materialized view') return command === 'select' ? `${some}all rows` : 'nothing';
  if (settings['row level security'] === undefined && !isMadeTable(ref.detail)) return 'not known';
  if (settings['row level security'] !== true) return `${some}all rows`;
  return settings.policies === true ? 'not known' : `${some}${rowsOf(world, key, command, caller)}`;
}

/** Which rows the policies of a table let a role read or write. */
function rowsOf(world: World, key: string, command: Command, caller: Caller): string {
  const policies = policiesAt(world, key);
  const table = tableAt(world, key);
  const sides = SIDES[command].map((side) => rowsFor(policies, command, side, caller, table));
  if (sides.includes('none')) return 'nothing';
  if (sides.every((rows) => rows === 'all')) return 'all rows';
  const names = policies.filter((p) => p.permissive && isFor(p, command) && isForCaller(p, caller));
  return `rows of ${names.map(({ name }) => `"${name}"`).join(', ')}`;
}
