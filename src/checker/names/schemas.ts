/** Schemas that a statement names, and that are a slip away from one that is there. */
import { stringOf, strings } from '../../catalog/nodes.ts';
import type { Kind } from '../../catalog/objects.ts';
import type { SqlState } from '../../catalog/sqlstates.ts';
import type { World } from '../../history/world.ts';
import type { Statement } from '../../syntax/script.ts';
import { flatMap } from '../../lists.ts';
import { tokenRange, wordRange } from '../places.ts';
import type { Checked } from '../problem.ts';
import { reportUnknown } from './report.ts';
import { similar } from './similar.ts';

/** The schemas that every database has. */
const OF_POSTGRES: readonly string[] = ['public', 'pg_catalog', 'information_schema', 'pg_temp', 'pg_toast'];

/** Kinds of objects that stand in a schema, and tell that it is there. */
const IN_SCHEMA: readonly Kind[] = ['table', 'view', 'materialized view', 'function', 'type', 'sequence', 'domain'];

interface Named {
  schema: string;
  /** Where it stands, as far as the parser says. */
  location?: number | undefined;
}

export function checkSchemas(checked: Checked): void {
  const { statement, world, reported } = checked;
  if ((statement.node as { missing_ok?: boolean }).missing_ok) return;
  for (const { schema, location } of schemasIn(statement)) {
    if (OF_POSTGRES.includes(schema) || world.named({ kind: 'schema', name: schema }).length > 0) continue;
    const made = world.ofKind('schema').map(({ name }) => name);
    const meant = similar(schema, ['public', ...made]);
    if (meant === undefined || (!reported.has(schema) && holdsObjects(schema, world))) continue;
    reported.add(schema);
    const place = location === undefined ? wordRange(statement, schema) : tokenRange(statement, location);
    reportUnknown(checked, {
      ...place,
      error: errorOf(statement),
      problem: `Schema "${schema}" does not exist`,
      meant,
    });
  }
}

function schemasIn(statement: Statement): Named[] {
  const grant = statement.as('GrantStmt');
  const isOfSchemas = grant?.targtype === 'ACL_TARGET_ALL_IN_SCHEMA' || grant?.objtype === 'OBJECT_SCHEMA';
  const names = [
    ...(isOfSchemas ? strings(grant.objects) : []),
    ...qualifierOf(statement.as('CreateFunctionStmt')?.funcname),
    ...qualifierOf(statement.as('CreateEnumStmt')?.typeName),
  ];
  return [
    ...flatMap(statement.mentions.relations, ({ schemaname: schema, location }): Named | [] =>
      schema === undefined ? [] : { schema, location: location ?? 0 },
    ),
    ...names.map((schema) => ({ schema })),
  ];
}

/** The schema of a dotted name. */
const qualifierOf = (parts: Parameters<typeof strings>[0]): string[] =>
  parts?.length === 2 ? [stringOf(parts[0])] : [];

const holdsObjects = (schema: string, world: World): boolean =>
  IN_SCHEMA.some((kind) => world.ofKind(kind).some((ref) => ref.schema === schema));

/** What stands in a FROM is a relation that is not there; for the rest, the schema is looked up by itself. */
const errorOf = ({ type }: Statement): SqlState =>
  type === 'SelectStmt' || type === 'InsertStmt' || type === 'UpdateStmt' || type === 'DeleteStmt' ? '42P01' : '3F000';
