/** Conditions on an object at the end of its file or folder. */
import type { ApiRole } from '../../access/callers.ts';
import { COMMANDS, findsSchema, rolesWith, type Privilege } from '../../access/rights.ts';
import type { ObjectThen } from '../../history/ending.ts';
import { schemaOfKey } from '../../history/world.ts';
import type { Kind, Name, ObjectRef } from '../../catalog/objects.ts';
import type { RuleContext } from '../api/rule.ts';
import { nameOfRange } from '../../catalog/nodes.ts';
import type { Statement } from '../../syntax/script.ts';
import { flatMap } from '../../lists.ts';
import { inSchema, relationKey } from './exposed.ts';

export const tableRef = (name: Name, schema: string): ObjectRef => ({ kind: 'table', ...inSchema(name, schema) });

/** Whether row level security is enabled. */
export const isSecured = ({ settings }: ObjectThen): boolean => settings['row level security'] === true;

/** Whether there is a policy for the table. */
export const hasPolicy = ({ settings, parts }: ObjectThen): boolean =>
  settings.policies === true || parts.some((part) => part.kind === 'policy');

/** Whether a view reads with the rights of the user who queries it. */
export const isInvoker = ({ settings }: ObjectThen): boolean => settings['option security_invoker'] === true;

/** The roles of the API that may have one of some privileges on an object. */
export function openTo(then: ObjectThen, privileges: readonly Privilege[]): readonly ApiRole[] {
  const { settings, schema, world } = then;
  return rolesWith(settings, privileges).filter((role) => findsSchema(world, schema, role));
}

/** Who somebody is who has one of some roles, for a message. */
export const whoIs = (roles: readonly ApiRole[]): string =>
  roles.includes('anon') ? 'everyone' : 'every signed-in user';

/** What roles may do with a relation, for a message: read it, write it, or both. */
export function whatIsOpen(then: ObjectThen): string {
  const reads = openTo(then, ['select']).length > 0;
  const writes = openTo(then, ['insert', 'update', 'delete']).length > 0;
  return reads && writes ? 'read and write' : reads ? 'read' : 'write';
}

/** What the roles of the API may do with a relation, such as `anon select`. */
export const rightsOf = (then: ObjectThen): string[] =>
  flatMap(COMMANDS, (command) => openTo(then, [command]).map((role) => `${role} ${command}`));

/** An object that is not as a rule wants it at the end of the folder. */
export interface Blamed {
  then: ObjectThen;
  /** The statement of this file by which it came to be so. */
  statement: Statement;
  /** Whether that statement has made the object. */
  creates: boolean;
}

/** What is wrong with an object: true, or all that there is to say, where a statement may add to it. */
type Verdict = boolean | readonly string[];

/**
 * The objects of some kinds that this file makes or changes and with which something is wrong at the end of the
 * folder, each with the last statement that adds to it. Where all of it was so before the file, that is the statement
 * that makes the object again.
 */
export function blamed(
  { sourceCode: { ending } }: RuleContext,
  kinds: readonly Kind[],
  judge: (object: ObjectThen) => Verdict,
): Blamed[] {
  const wrongWith = (object: ObjectThen | undefined): readonly string[] => {
    const verdict = object !== undefined && judge(object);
    return typeof verdict === 'boolean' ? (verdict ? ['it'] : []) : verdict;
  };
  const isBad = (object: ObjectThen | undefined) => wrongWith(object).length > 0;
  const bad = flatMap(ending.touched(), ({ key, statements }) => {
    const then = ending.atEnd(key);
    if (!then || !kinds.includes(then.ref?.kind ?? 'table') || !isBad(then)) return [];
    // What a later file brings about is the finding of that file.
    return isBad(ending.atFileEnd(key)) ? [{ key, statements, then }] : [];
  });
  if (bad.length === 0) return [];
  const since = ending.since(
    bad.map(({ key }) => key),
    wrongWith,
  );
  return flatMap(bad, ({ key, statements, then }): Blamed[] => {
    const made = statements.findLast(({ creates }) => creates)?.statement;
    const statement = since.get(key) ?? made;
    if (!statement || (statement.placeholders && statement.embedded?.kind === 'execute')) return [];
    const creates = statements.some((s) => s.creates && s.statement === statement);
    return [{ then, statement, creates }];
  });
}

/** The name of the object of a statement as it is written there, otherwise the one that it has at the end. */
export function writtenName(statement: Statement, { ref, key }: ObjectThen): Name {
  const relation =
    statement.as('CreateStmt')?.relation ??
    statement.as('CreateTableAsStmt')?.into?.rel ??
    statement.as('SelectStmt')?.intoClause?.rel ??
    statement.as('ViewStmt')?.view ??
    statement.as('AlterTableStmt')?.relation;
  if (relation) return nameOfRange(relation);
  return { schema: ref?.schema ?? schemaOfKey(key), name: ref?.name ?? key.slice(key.lastIndexOf('.') + 1) };
}

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
