/** Access methods that do not exist, and columns for which one has no operator class. */
import { quoteIdent } from '../../catalog/names.ts';
import { nameOfRange, nodeAs, strings } from '../../catalog/nodes.ts';
import type { Name } from '../../catalog/objects.ts';
import { flatMap } from '../../lists.ts';
import type { NodeOf } from '../../syntax/parser.ts';
import { tokenRange, wordRange } from '../places.ts';
import type { Checked } from '../problem.ts';
import { READ_EXTENSIONS } from '../names/extensions.ts';
import { columnType } from '../names/scope.ts';
import { similar } from '../names/similar.ts';
import { nameOfType } from './columns.ts';

type ColumnDef = NodeOf<'ColumnDef'>;
type Constraint = NodeOf<'Constraint'>;

const OF_POSTGRES: readonly string[] = ['btree', 'hash', 'gist', 'gin', 'spgist', 'brin'];
/** Those of extensions: `bloom`, `vector`, and of others that are known. */
const OF_EXTENSIONS: readonly string[] = 'bloom hnsw ivfflat rum pgroonga zombodb bm25 diskann scann vectors'.split(
  ' ',
);

const TEXT_SEARCH = "Write USING gin (to_tsvector('english', …)).";
/** What other databases call their indexes. */
const MISTAKEN: ReadonlyMap<string, string> = new Map([
  ['fulltext', TEXT_SEARCH],
  ['fts', TEXT_SEARCH],
  ['bitmap', 'Write USING btree: PostgreSQL makes bitmaps as it reads.'],
  ['spatial', 'Write USING gist.'],
  ['rtree', 'Write USING gist.'],
  ['inverted', 'Write USING gin.'],
  ['trigram', 'Write USING gin (… gin_trgm_ops), with the extension pg_trgm.'],
]);

/** Types without a default operator class, by access method (`pg_opclass`). */
const WITHOUT_CLASS: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries({
    btree: 'json xml point box line lseg path polygon circle',
    hash: 'json xml point box line lseg path polygon circle tsvector tsquery',
    gin: `text varchar bpchar name bool int2 int4 int8 numeric float4 float8 uuid date time timetz timestamp
      timestamptz interval json bytea inet`,
    gist: `text varchar bpchar name bool int2 int4 int8 numeric float4 float8 uuid date time timetz timestamp
      timestamptz interval json jsonb bytea`,
  }).map(([method, types]) => [method, new Set(types.split(/\s+/))]),
);

/** The extension that brings operator classes for plain types. */
const EXTENSION_OF: Readonly<Record<string, string>> = { gin: 'btree_gin', gist: 'btree_gist' };

/** Whether every extension that there is has been read, and brings no operator class for plain types. */
const isWithout = (method: string, { world }: Checked): boolean =>
  world.ofKind('operator class').length === 0 &&
  world.ofKind('extension').every(({ name }) => name !== EXTENSION_OF[method] && READ_EXTENSIONS.has(name));

/** The access method of CREATE INDEX, and the columns that it is for. */
export function checkMethod(node: NodeOf<'IndexStmt'>, checked: Checked): void {
  const { statement, world, report } = checked;
  const { accessMethod: method = 'btree', indexParams = [] } = node;
  const place = () => wordRange(statement, method, statement.text.search(/\busing\b/i));
  if (!OF_POSTGRES.includes(method) && !OF_EXTENSIONS.includes(method)) {
    const meant = similar(method, OF_POSTGRES);
    const advice = MISTAKEN.get(method) ?? (meant && `Write ${meant}.`);
    if (advice === undefined || world.named({ kind: 'access method', name: method }).length > 0) return;
    report({
      family: 'name',
      ...place(),
      error: '42704',
      problem: `Access method "${method}" does not exist`,
      advice,
      edits: meant === undefined ? undefined : [{ ...place(), text: meant }],
    });
    return;
  }
  const table = nameOfRange(node.relation);
  for (const param of indexParams) {
    const { name, opclass } = nodeAs(param, 'IndexElem') ?? {};
    if (name !== undefined && !opclass) checkClass(name, columnType(name, table, world), method, place(), checked);
  }
}

/** The columns of UNIQUE, PRIMARY KEY and EXCLUDE. */
export function checkKeyTypes(
  constraint: Constraint,
  column: ColumnDef | undefined,
  columns: readonly ColumnDef[],
  table: Name,
  checked: Checked,
): void {
  const { contype, keys, exclusions = [], access_method: method = 'btree' } = constraint;
  const isKey = contype === 'CONSTR_PRIMARY' || contype === 'CONSTR_UNIQUE';
  const names = isKey ? (column ? [column.colname ?? ''] : strings(keys)) : [];
  const excluded = flatMap(exclusions, (item) => {
    const element = nodeAs(nodeAs(item, 'List')?.items?.[0], 'IndexElem');
    return element?.name !== undefined && !element.opclass ? [element.name] : [];
  });
  const place = tokenRange(checked.statement, constraint.location);
  for (const name of [...names, ...excluded])
    checkClass(name, columnType(name, table, checked.world, columns), isKey ? 'btree' : method, place, checked);
}

function checkClass(
  column: string,
  type: string | undefined,
  method: string,
  place: { start: number; end: number },
  checked: Checked,
): void {
  if (type === undefined || !WITHOUT_CLASS.get(method)?.has(type) || !isWithout(method, checked)) return;
  checked.report({
    family: 'definition',
    ...place,
    error: '42704',
    problem: `Column "${column}" is of type ${nameOfType(type)}, for which ${method} has no default operator class`,
    advice: adviceFor(column, type, method),
  });
}

function adviceFor(column: string, type: string, method: string): string {
  if (type === 'json') return 'Make it a jsonb.';
  if (method === 'gin' && (type === 'text' || type === 'varchar'))
    return `Write ${quoteIdent(column)} gin_trgm_ops, with the extension pg_trgm, or index to_tsvector().`;
  if (method === 'btree' || method === 'hash') return 'Write USING gist.';
  return `Write USING btree, or create the extension ${EXTENSION_OF[method]} first.`;
}
