/** The schema of a database as a graph: relations with their columns, and the keys between them. */
import { quoteName, readIdent } from '../../catalog/names.ts';
import { columnName, nameOfRange, nodeAs, strings } from '../../catalog/nodes.ts';
import { flatMap } from '../../lists.ts';
import { parseStatement, type NodeOf } from '../../syntax/parse.ts';
import { findMentions } from '../../syntax/mentions.ts';
import { keyOf, lastPart, type LiveObject, type LiveObjects } from '../objects.ts';

/** What a column is part of: a primary key, a foreign key, or a unique key. */
export type Key = 'PK' | 'FK' | 'UK';

export interface GraphColumn {
  name: string;
  /** As PostgreSQL writes it, in the short form; none for a column of a view. */
  type?: string;
  isNotNull: boolean;
  keys: readonly Key[];
}

/** Row level security of a table, and how many policies it has. */
export interface Security {
  state: 'off' | 'on' | 'forced';
  policies: number;
}

export const policiesOf = ({ policies }: Security): string => `${policies} ${policies === 1 ? 'policy' : 'policies'}`;

export type RelationKind = 'table' | 'foreign table' | 'view' | 'materialized view';

export interface GraphRelation {
  /** As PostgreSQL writes it: `public.notes`. */
  id: string;
  kind: RelationKind;
  schema: string;
  name: string;
  columns: readonly GraphColumn[];
  /** Undefined for what can have none. */
  security?: Security;
  /** What COMMENT ON says of it. */
  comment?: string;
  /** How it is partitioned, and how many partitions it has: they are not drawn. */
  partitioned?: { by: string; count: number };
  /** Whether a view reads its tables with the rights of who asks. */
  isInvoker?: boolean;
  /** Whether it was there before the migrations, or is drawn only because a key of another one points to it. */
  isOutside: boolean;
}

/** A line between two relations. */
export interface GraphLink {
  kind: 'foreign key' | 'inheritance' | 'view';
  /** Of a foreign key, its name. */
  name?: string;
  from: string;
  to: string;
  fromColumns: readonly string[];
  toColumns: readonly string[];
  /** Whether a row may point to nothing. */
  isOptional: boolean;
  /** Whether at most one row points to each. */
  isUnique: boolean;
}

export interface GraphEnum {
  id: string;
  schema: string;
  name: string;
  labels: readonly string[];
}

/** The schema whose objects are called without it: the only one of which relations are drawn. */
export function homeOf({ relations, enums }: SchemaGraph): string | undefined {
  const own = new Set([...relations.filter(({ isOutside }) => !isOutside), ...enums].map(({ schema }) => schema));
  return own.size === 1 ? [...own][0] : undefined;
}

export interface SchemaGraph {
  relations: readonly GraphRelation[];
  links: readonly GraphLink[];
  enums: readonly GraphEnum[];
}

/** What is to be drawn. */
export interface GraphChoice {
  /** The names of schemas. @default all */
  schemas?: readonly string[];
  /** The ids of relations. What their keys point to is drawn without its other columns. @default all */
  relations?: readonly string[];
  /** Whether only the columns of keys are drawn. @default false */
  keysOnly?: boolean;
}

const RELATIONS: ReadonlySet<string> = new Set<RelationKind>(['table', 'foreign table', 'view', 'materialized view']);

/**
 * The graph of what a chain of migrations leaves.
 * @param end the objects after the last file
 * @param base the objects before the first file: of them, only what is pointed to is drawn
 * @pre the parser is loaded
 */
export function graphOf(end: LiveObjects, base: LiveObjects, choice: GraphChoice = {}): SchemaGraph {
  return new Reading(end, base).graph(choice);
}

/** Reads the graph from the objects of a database. */
class Reading {
  private readonly objects: LiveObjects;
  private readonly base: LiveObjects;
  /** The relations that stand in the diagram, by their ids; those of partitions are their tables'. */
  private readonly roots = new Map<string, string>();
  private readonly partitions = new Map<string, number>();
  private readonly notNull = new Set<string>();
  /** The columns and the policies of each relation. */
  private readonly parts = new Map<string, LiveObject[]>();
  private readonly keys: readonly OwnKey[];

  constructor(objects: LiveObjects, base: LiveObjects) {
    this.objects = objects;
    this.base = base;
    const parents = new Map<string, string>();
    for (const { kind, name, properties } of objects.values()) {
      if (!RELATIONS.has(kind)) continue;
      this.roots.set(name, name);
      if (properties.partition && properties.inherits) parents.set(name, properties.inherits);
    }
    for (const name of parents.keys()) {
      let root = name;
      while (parents.has(root)) root = parents.get(root)!;
      this.roots.set(name, root);
      this.partitions.set(root, (this.partitions.get(root) ?? 0) + 1);
    }
    for (const object of objects.values()) {
      const { kind, name, of, properties } = object;
      if (kind === 'column' && properties.nullable === 'no') this.notNull.add(name);
      if (of === undefined || (kind !== 'column' && kind !== 'policy')) continue;
      const parts = this.parts.get(of);
      if (parts) parts.push(object);
      else this.parts.set(of, [object]);
    }
    this.keys = flatMap([...objects.values()], (object) => keyIn(object) ?? []);
  }

  graph({ schemas, relations: wanted, keysOnly = false }: GraphChoice): SchemaGraph {
    const isChosen = ({ kind, name, schema }: LiveObject): boolean =>
      RELATIONS.has(kind) &&
      this.roots.get(name) === name &&
      !this.base.has(keyOf({ kind, name })) &&
      (schemas === undefined || schemas.includes(schema ?? '')) &&
      (wanted === undefined || wanted.includes(name));
    const chosen = [...this.objects.values()].filter(isChosen);
    const own = new Set(chosen.map(({ name }) => name));
    const links = flatMap([...this.foreignKeys(), ...flatMap(chosen, (object) => this.linksOf(object))], (link) =>
      own.has(link.from) && (link.kind !== 'view' || own.has(link.to)) ? link : [],
    );
    const outside = [...new Set(links.map(({ to }) => to))].filter((to) => !own.has(to));
    const pointedTo = new Set(links.map(({ to, toColumns }) => toColumns.map((column) => `${to} ${column}`)).flat());
    const isDrawn = ({ name, keys }: GraphColumn, id: string): boolean =>
      own.has(id) ? !keysOnly || keys.length > 0 || pointedTo.has(`${id} ${name}`) : pointedTo.has(`${id} ${name}`);
    const relations = [...chosen, ...flatMap(outside, (id) => this.relation(id) ?? [])].map((object) => {
      const relation = this.describe(object, !own.has(object.name));
      return { ...relation, columns: relation.columns.filter((column) => isDrawn(column, relation.id)) };
    });
    const enums = wanted === undefined && !keysOnly ? this.enums(schemas) : [];
    // The catalogs have no order that is the same in two databases, and the picture must be.
    const by = <T>(items: readonly T[], wordsOf: (item: T) => string) =>
      items.toSorted((a, b) => (wordsOf(a) < wordsOf(b) ? -1 : 1));
    return {
      relations: by(relations, ({ id }) => id),
      links: by(links, ({ from, to, name = '', fromColumns }) => [from, to, name, ...fromColumns].join(' ')),
      enums: by(enums, ({ id }) => id),
    };
  }

  private relation(id: string): LiveObject | undefined {
    for (const kind of RELATIONS) {
      const object = this.objects.get(keyOf({ kind, name: id }));
      if (object) return object;
    }
    return undefined;
  }

  private describe(object: LiveObject, isOutside: boolean): GraphRelation {
    const { name: id, schema = '', properties } = object;
    const kind = object.kind as RelationKind;
    const by = properties['partitioned by'];
    const comment = this.objects.get(`comment ${kind} ${id}`)?.properties.text;
    const isView = kind.endsWith('view');
    return {
      id,
      kind,
      schema,
      name: readIdent(lastPart(id)),
      columns: isView ? columnsOfView(properties.definition) : this.columnsOf(id),
      ...(kind === 'table' && !isOutside && { security: this.securityOf(object) }),
      ...(typeof comment === 'string' && { comment }),
      ...(typeof by === 'string' && { partitioned: { by, count: this.partitions.get(id) ?? 0 } }),
      ...(kind === 'view' && { isInvoker: /security_invoker=(?:true|on|1)\b/i.test(properties.options ?? '') }),
      isOutside,
    };
  }

  private securityOf({ name, properties }: LiveObject): Security {
    const isOn = properties['row level security'] === 'yes';
    const state = !isOn ? 'off' : properties['forced row level security'] === 'yes' ? 'forced' : 'on';
    return { state, policies: this.partsOf(name, 'policy').length };
  }

  private columnsOf(id: string): GraphColumn[] {
    const keys = this.keys.filter(({ of }) => this.roots.get(of) === id);
    return this.partsOf(id, 'column').map((object): GraphColumn => {
      const name = readIdent(lastPart(object.name));
      // That several columns are unique together says nothing of each.
      const own = keys
        .filter(({ key, columns }) => columns.includes(name) && (key !== 'UK' || columns.length === 1))
        .map(({ key }) => key);
      return {
        name,
        type: shortType(object.properties.type ?? ''),
        isNotNull: this.notNull.has(object.name),
        keys: ORDER.filter((key) => own.includes(key)),
      };
    });
  }

  private partsOf(id: string, wanted: 'column' | 'policy'): LiveObject[] {
    return (this.parts.get(id) ?? []).filter(({ kind }) => kind === wanted);
  }

  private *foreignKeys(): Generator<GraphLink> {
    for (const { key, name, of, columns, references } of this.keys) {
      const from = this.roots.get(of);
      if (key !== 'FK' || !references || from === undefined) continue;
      const to = this.roots.get(references.id) ?? references.id;
      const unique = this.keys.filter((other) => other.of === of && other.key !== 'FK');
      yield {
        kind: 'foreign key',
        name,
        from,
        to,
        fromColumns: columns,
        toColumns: references.columns,
        isOptional: !columns.every((column) => this.notNull.has(`${of}.${quoteName({ name: column })}`)),
        isUnique: unique.some((other) => other.columns.every((column) => columns.includes(column))),
      };
    }
  }

  /** What a table inherits from, and what a view reads. */
  private linksOf({ name: from, kind, properties }: LiveObject): GraphLink[] {
    const others = kind.endsWith('view')
      ? relationsOfView(properties.definition)
      : ((properties.inherits ?? '').match(/(?:"(?:[^"]|"")*"|[^", ])+/g) ?? []);
    const targets = new Set(flatMap(others, (id) => this.roots.get(id) ?? []));
    return [...targets].map((to) => ({
      kind: kind.endsWith('view') ? 'view' : 'inheritance',
      from,
      to,
      fromColumns: [],
      toColumns: [],
      isOptional: false,
      isUnique: false,
    }));
  }

  private enums(schemas: readonly string[] | undefined): GraphEnum[] {
    return flatMap([...this.objects.values()], ({ kind, name, schema = '', properties }): GraphEnum | [] => {
      if (kind !== 'enum' || this.base.has(keyOf({ kind, name }))) return [];
      if (schemas !== undefined && !schemas.includes(schema)) return [];
      return { id: name, schema, name: readIdent(lastPart(name)), labels: labelsIn(properties.labels ?? '') };
    });
  }
}

const ORDER: readonly Key[] = ['PK', 'FK', 'UK'];

/** A key of a table. */
interface OwnKey {
  key: Key;
  name: string;
  /** The table, as PostgreSQL writes it. */
  of: string;
  columns: readonly string[];
  references?: { id: string; columns: readonly string[] };
}

const CONSTRAINTS: Readonly<Record<string, Key>> = { CONSTR_PRIMARY: 'PK', CONSTR_UNIQUE: 'UK', CONSTR_FOREIGN: 'FK' };

/** The key that a constraint or a unique index is. */
function keyIn({ kind, name, of, properties }: LiveObject): OwnKey | undefined {
  if (of === undefined) return undefined;
  if (kind === 'index') return keyOfIndex(name, of, properties.definition ?? '');
  if (kind !== 'constraint' || properties['of a domain'] === 'yes') return undefined;
  const node = constraintIn(properties.definition ?? '');
  const key = CONSTRAINTS[node?.contype ?? ''];
  if (!node || key === undefined) return undefined;
  const own = name.slice(0, name.length - ` on ${of}`.length);
  if (key !== 'FK') return { key, name: readIdent(own), of, columns: strings(node.keys) };
  const references = { id: quoteName(nameOfRange(node.pktable)), columns: strings(node.pk_attrs) };
  return { key, name: readIdent(own), of, columns: strings(node.fk_attrs), references };
}

function constraintIn(definition: string): NodeOf<'Constraint'> | undefined {
  const parsed = parseStatement(`ALTER TABLE t ADD ${definition}`);
  if (!parsed.ok || parsed.type !== 'AlterTableStmt') return undefined;
  const { cmds } = parsed.node as NodeOf<'AlterTableStmt'>;
  return nodeAs(nodeAs(cmds?.[0], 'AlterTableCmd')?.def, 'Constraint');
}

/** The key that a unique index is, where it is for all rows and of columns alone. */
function keyOfIndex(name: string, of: string, definition: string): OwnKey | undefined {
  if (!definition.startsWith('CREATE UNIQUE')) return undefined;
  const parsed = parseStatement(definition);
  if (!parsed.ok || parsed.type !== 'IndexStmt') return undefined;
  const { indexParams = [], whereClause } = parsed.node as NodeOf<'IndexStmt'>;
  const columns = indexParams.map((param) => nodeAs(param, 'IndexElem')?.name);
  const isPlain = columns.every((column) => column !== undefined);
  return isPlain && !whereClause ? { key: 'UK', name, of, columns: columns } : undefined;
}

function viewOf(definition: string | null | undefined): NodeOf<'SelectStmt'> | undefined {
  const parsed = parseStatement(definition ?? '');
  return parsed.ok && parsed.type === 'SelectStmt' ? parsed.node : undefined;
}

/** The columns of a view: PostgreSQL writes a name for each that does not have its own. */
function columnsOfView(definition: string | null | undefined): GraphColumn[] {
  let select = viewOf(definition);
  // Of a UNION, the first query names the columns.
  while (select?.larg) select = select.larg;
  return flatMap(select?.targetList ?? [], (target): GraphColumn | [] => {
    const node = nodeAs(target, 'ResTarget');
    const name = node?.name ?? columnName(node?.val);
    return name === undefined ? [] : { name, isNotNull: false, keys: [] };
  });
}

function relationsOfView(definition: string | null | undefined): string[] {
  const select = viewOf(definition);
  return select ? findMentions(select).relations.map((relation) => quoteName(nameOfRange(relation))) : [];
}

/** `'a', 'it''s'` */
const labelsIn = (list: string): string[] =>
  [...list.matchAll(/E?'((?:[^']|'')*)'/g)].map(([text, label]) =>
    text.startsWith('E') ? label!.replaceAll("''", "'").replaceAll('\\\\', '\\') : label!.replaceAll("''", "'"),
  );

const SHORT: readonly (readonly [RegExp, string])[] = [
  [/^character varying\b/, 'varchar'],
  [/^character\b/, 'char'],
  [/^timestamp(\(\d\))? with time zone/, 'timestamptz$1'],
  [/^timestamp(\(\d\))? without time zone/, 'timestamp$1'],
  [/^time(\(\d\))? with time zone/, 'timetz$1'],
  [/^time(\(\d\))? without time zone/, 'time$1'],
  [/^double precision/, 'float8'],
  [/^public\./, ''],
];

/** A type in its short form: PostgreSQL knows each of these words too. */
function shortType(type: string): string {
  const found = SHORT.find(([long]) => long.test(type));
  return found ? type.replace(found[0], found[1]) : type;
}
