/** Tables and views that a statement reads or changes, and that are a slip away from one that is there. */
import { nameOfRange, walkNames } from '../../catalog/nodes.ts';
import type { Kind, Name } from '../../catalog/objects.ts';
import { unitsOf } from '../../catalog/units.ts';
import type { World } from '../../history/world.ts';
import { flatMap } from '../../lists.ts';
import type { Statement } from '../../syntax/script.ts';
import { firstMakers } from '../makers.ts';
import { lastPartRange } from '../places.ts';
import type { Checked } from '../problem.ts';
import { reportUnknown } from './report.ts';
import { similar } from './similar.ts';

/** Statements whose relation need not be there. */
const isOptional = (node: object): boolean => (node as { missing_ok?: boolean }).missing_ok === true;

export function checkRelations(checked: Checked): void {
  const { statement, world } = checked;
  if (isOptional(statement.node) || statement.mentions.relations.every((range) => mayBe(nameOfRange(range), world)))
    return;
  const made = new Set(
    flatMap(unitsOf(statement), ({ effects }) =>
      flatMap(effects, (e) => (e.action === 'create' || e.action === 'duplicate' ? [e.object.name] : [])),
    ),
  );
  walkNames([statement.node], (_, node, isQuery) => {
    if (isQuery || typeof node.relname !== 'string' || !('inh' in node)) return;
    const name = nameOfRange(node);
    if (!made.has(name.name)) checkRelation(name, node.location as number | undefined, checked);
  });
}

/** Whether a name is that of a relation, or of a composite type, which is or was there, or that PostgreSQL brings. */
const mayBe = ({ schema, name }: Name, world: World): boolean =>
  name.startsWith('pg_') ||
  schema === 'information_schema' ||
  world.has({ kind: 'table', schema, name }) !== undefined ||
  NAMED_LIKE_RELATIONS.some((kind) => world.named({ kind, name }).length > 0) ||
  world.get({ kind: 'schema', name: schema ?? '' })?.ref.detail?.elements?.includes(name) === true;

function checkRelation(name: Name, location: number | undefined, checked: Checked): void {
  const { statement, world } = checked;
  if (mayBe(name, world)) return;
  const later = tablesMadeIn(statement.script).get(labelOf(name));
  if (
    later &&
    later.start > statement.start &&
    knowsOthers(name, checked) &&
    !world.ofKind('extension').some(({ name: own }) => own === name.name)
  ) {
    reportUnknown(checked, {
      ...lastPartRange(statement, location),
      error: '42P01',
      problem: `Table "${name.name}" is made on line ${statement.script.locate(later.start).line} only`,
      meant: undefined,
      otherwise: 'Move this statement behind it.',
    });
    return;
  }
  const meant = similar(name.name, relationsIn(name.schema, world));
  if (meant === undefined) return;
  reportUnknown(checked, {
    ...lastPartRange(statement, location),
    error: '42P01',
    problem: `Table "${name.schema === undefined ? '' : `${name.schema}.`}${name.name}" does not exist`,
    meant,
  });
}

/** Whether all other relations of a statement are known: otherwise files are missing, which may make this one too. */
const knowsOthers = ({ name }: Name, { statement, world }: Checked): boolean =>
  statement.mentions.relations
    .map(nameOfRange)
    .every((other) => other.name === name || mayBe(other, world) || tableOf(statement) === labelOf(other));

const labelOf = ({ schema = 'public', name }: Name): string => `${schema}.${name}`;

/** The table that a statement makes. */
function tableOf(statement: Statement): string | undefined {
  const made = statement.as('CreateStmt')?.relation;
  return made && labelOf(nameOfRange(made));
}

const tablesMadeIn = firstMakers(tableOf);

const RELATIONS: readonly Kind[] = ['table', 'view', 'materialized view', 'foreign table', 'sequence'];

/** A composite type stands where a table may, in LIKE and OF. */
const NAMED_LIKE_RELATIONS: readonly Kind[] = [...RELATIONS, 'type'];

const relationsIn = (schema: string | undefined, world: World): string[] =>
  flatMap(RELATIONS, (kind) =>
    flatMap(schema === undefined ? world.searchPath : [schema], (at) =>
      world.inSchema(kind, at).map(({ name }) => name),
    ),
  );
