/** One entry a kind of object: the statements that make, remove and change one. */
import { quoteIdent, quoteLiteral } from '../catalog/names.ts';
import { flatMap } from '../lists.ts';
import { lastPart as last, type LiveObject } from './objects.ts';

/** A statement of a repair. */
export interface Change {
  sql: string;
  /** Why it is written as a comment only: it would lose data, or no statement does it. */
  why?: string;
}

/** What the writers may look up. */
export interface Context {
  /** The objects that belong to another: its columns, grants and comments, in the database that is wanted. */
  partsOf: (identity: string) => readonly LiveObject[];
  /** The major version of PostgreSQL that runs the statements. */
  version: number;
}

/** How objects of one kind are made, removed and changed. */
export interface Writer {
  create: (object: LiveObject, context: Context) => readonly (string | Change)[];
  drop: (object: LiveObject) => readonly (string | Change)[];
  /**
   * What brings one property into step; undefined where the object has to be made anew.
   * @param wanted the object as it should be @param present as it is
   */
  change: (
    property: string,
    wanted: LiveObject,
    present: LiveObject,
    context: Context,
  ) => readonly (string | Change)[] | undefined;
}

type Properties = LiveObject['properties'];

/** What is in an object is lost with it. */
const LOSES = 'it would lose data';
/** Why the type of a column is not simply changed. */
export const MAY_NOT_FIT = 'values may not fit into the new type';
/** Why an enum is not simply changed. */
export const KEEPS_LABELS = 'no statement takes labels away';
/** Why the attributes of a type cannot come into every order. */
export const ADDS_LAST = 'an attribute can only be added behind the others';
const lossy = (sql: string, why = LOSES): Change => ({ sql, why });
export const BY_HAND = 'it has to be written by hand';
const byHand = (sql: string): Change => ({ sql, why: BY_HAND });

const anew = () => undefined;

/** The name of what lives on a table: of `own on public.notes`, `own`. */
export const own = ({ name, of }: LiveObject): string => name.slice(0, name.length - (of ?? '').length - ' on '.length);

/** `fillfactor=80, user_catalog_table=true` as a list. */
const optionsOf = (text: string | null | undefined): [name: string, value: string][] =>
  (text ?? '') === ''
    ? []
    : text!.split(', ').map((option) => {
        const at = option.indexOf('=');
        return at < 0 ? [option, ''] : [option.slice(0, at), option.slice(at + 1)];
      });

const written = (options: readonly [string, string][]): string =>
  options.map(([name, value]) => `${name} = ${/^[\w.]+$/.test(value) ? value : quoteLiteral(value)}`).join(', ');

/** Options of foreign data wrappers, servers and foreign tables. */
const foreignOptions = (text: string | null | undefined): string => {
  const options = optionsOf(text);
  return options.length === 0
    ? ''
    : ` OPTIONS (${options.map(([name, value]) => `${name} ${quoteLiteral(value)}`).join(', ')})`;
};

/** What brings the options of a foreign data wrapper, a server or a foreign table into step. */
function changeForeign(head: string, to: string | null | undefined, from: string | null | undefined): string {
  const [wanted, present] = [optionsOf(to), optionsOf(from)];
  const known = (list: readonly [string, string][], name: string) => list.some(([other]) => other === name);
  const parts = [
    ...wanted.map(([name, value]) => `${known(present, name) ? 'SET' : 'ADD'} ${name} ${quoteLiteral(value)}`),
    ...present.filter(([name]) => !known(wanted, name)).map(([name]) => `DROP ${name}`),
  ];
  return `${head} OPTIONS (${parts.join(', ')})`;
}

function changeOptions(head: string, wanted: Properties, present: Properties): string[] {
  const [to, from] = [optionsOf(wanted.options), optionsOf(present.options)];
  const set = to.filter(([name, value]) => !from.some(([other, old]) => other === name && old === value));
  const gone = from.filter(([name]) => !to.some(([other]) => other === name)).map(([name]) => name);
  return [
    ...(set.length > 0 ? [`${head} SET (${written(set)})`] : []),
    ...(gone.length > 0 ? [`${head} RESET (${gone.join(', ')})`] : []),
  ];
}

const ownerTo = (what: string, { name, properties }: LiveObject): string =>
  `ALTER ${what} ${name} OWNER TO ${properties.owner == null ? 'CURRENT_USER' : quoteIdent(properties.owner)}`;

/** The statement behind CREATE that gives an object another owner than the one that runs the statements. */
const owned = (what: string, object: LiveObject): string[] =>
  object.properties.owner == null ? [] : [ownerTo(what, object)];

/** ALTER TABLE and ALTER EVENT TRIGGER call it so. */
const FIRINGS: Readonly<Record<string, string>> = {
  yes: 'ENABLE',
  no: 'DISABLE',
  'in replicas': 'ENABLE REPLICA',
  always: 'ENABLE ALWAYS',
};
const firing = ({ properties }: LiveObject): string => FIRINGS[properties.enabled ?? 'yes']!;

// Columns --------------------------------------------------------------------------------------------------------

/** A column as CREATE TABLE and ADD COLUMN have it. */
export function columnOf({ name, properties: p }: LiveObject): string {
  const parts = [
    last(name),
    p.type,
    p['server options'] && foreignOptions(p['server options']).trim(),
    p.compression && `COMPRESSION ${p.compression}`,
    p.collation && `COLLATE ${p.collation}`,
    p.generated && `GENERATED ${p.generated}`,
    p.identity && `GENERATED ${p.identity} AS IDENTITY${identityWords(p)}`,
    p.default !== null && p.default !== undefined && `DEFAULT ${p.default}`,
    p.nullable === 'no' && !p.identity && 'NOT NULL',
  ];
  return parts.filter(Boolean).join(' ');
}

const LARGEST: Readonly<Record<string, string>> = {
  smallint: '32767',
  integer: '2147483647',
  bigint: '9223372036854775807',
};

/** What the sequence of a column is, where that is not what PostgreSQL makes without a word. */
function identityWords({ type, 'identity sequence': sequence }: LiveObject['properties']): string {
  const usual = `START 1 INCREMENT 1 MINVALUE 1 MAXVALUE ${LARGEST[type ?? ''] ?? ''} CACHE 1 NO CYCLE`;
  const words = sequence?.replace(usual, '').trim() ?? '';
  return words === '' ? '' : ` (${words})`;
}

/** What CREATE TABLE has no words for. */
export function columnBeside(column: LiveObject): string[] {
  const { of, name, properties: p } = column;
  const head = `ALTER TABLE ${of!} ALTER COLUMN ${last(name)}`;
  return [
    ...(p.storage ? [`${head} SET STORAGE ${p.storage}`] : []),
    ...(p.statistics ? [`${head} SET STATISTICS ${p.statistics}`] : []),
    ...(p.options ? [`${head} SET (${written(optionsOf(p.options))})`] : []),
  ];
}

/** Types that hold whatever the other one holds. */
const WIDER: Readonly<Record<string, readonly string[]>> = {
  smallint: ['integer', 'bigint', 'numeric', 'text'],
  integer: ['bigint', 'numeric', 'text'],
  bigint: ['numeric', 'text'],
  real: ['double precision'],
  date: ['timestamp without time zone'],
  'character varying': ['text'],
  json: ['text'],
  uuid: ['text'],
  boolean: ['text'],
};

/** Whether a type holds every value of another one. */
export function isWider(from: string, to: string): boolean {
  const [base, size] = sizeOf(from);
  const [other, room] = sizeOf(to);
  if (base === other && /^(?:character varying|numeric|bit varying|time\w*)/.test(base))
    return room === undefined || (size !== undefined && covers(size, room));
  return room === undefined && WIDER[base]?.includes(other) === true;
}

const sizeOf = (type: string): [base: string, size: string | undefined] => {
  const found = /^([^(]*)\(([\d,]+)\)(.*)$/.exec(type);
  return found ? [`${found[1]!}${found[3]!}`, found[2]] : [type, undefined];
};

/** Whether as many digits fit before and behind the point. */
const covers = (size: string, room: string): boolean => {
  const [digits, scale = 0] = size.split(',').map(Number) as [number, number?];
  const [others, scales = 0] = room.split(',').map(Number) as [number, number?];
  return scales >= scale && others - scales >= digits - scale;
};

const sequenceWords = (text: string): string =>
  text.replace(/\b(START|INCREMENT|MINVALUE|MAXVALUE|CACHE|NO CYCLE|CYCLE)\b/g, 'SET $1');

type Alter = (wanted: Properties, present: Properties, version: number) => readonly (string | Change)[];

/** What comes behind ALTER COLUMN, for each property. */
const COLUMN: Readonly<Record<string, Alter>> = {
  type: (p, q) => {
    const sql = `TYPE ${p.type}${p.collation ? ` COLLATE ${p.collation}` : ''} USING %COLUMN%::${p.type}`;
    return isWider(q.type!, p.type!) ? [sql] : [lossy(sql, MAY_NOT_FIT)];
  },
  collation: (p, q) => (p.type === q.type ? [`TYPE ${p.type}${p.collation ? ` COLLATE ${p.collation}` : ''}`] : []),
  nullable: (p, q) => {
    if (p.nullable === 'no') return ['SET NOT NULL'];
    return q.identity != null && p.identity == null ? ['DROP IDENTITY', 'DROP NOT NULL'] : ['DROP NOT NULL'];
  },
  default: (p) => [p.default == null ? 'DROP DEFAULT' : `SET DEFAULT ${p.default}`],
  generated: (p, q, version) => {
    if (p.generated == null) return [q.generated!.endsWith('STORED') ? 'DROP EXPRESSION' : byHand('DROP EXPRESSION')];
    const expression = p.generated.replace(/^ALWAYS AS /, '').replace(/ \w+$/, '');
    const isSet = version >= 17 && q.generated?.split(' ').at(-1) === p.generated.split(' ').at(-1);
    return [isSet ? `SET EXPRESSION AS ${expression}` : byHand(`SET EXPRESSION AS ${expression}`)];
  },
  identity: (p, q) => {
    if (p.identity == null) return ['DROP IDENTITY'];
    return [
      q.identity == null
        ? `ADD GENERATED ${p.identity} AS IDENTITY (${p['identity sequence']!})`
        : `SET GENERATED ${p.identity}`,
    ];
  },
  'identity sequence': (p, q) =>
    p.identity != null && q.identity != null ? [sequenceWords(p['identity sequence']!)] : [],
  storage: (p, _, version) =>
    p.storage != null
      ? [`SET STORAGE ${p.storage}`]
      : [version >= 16 ? 'SET STORAGE DEFAULT' : byHand('SET STORAGE DEFAULT')],
  compression: (p) => [`SET COMPRESSION ${p.compression ?? 'default'}`],
  statistics: (p) => [`SET STATISTICS ${p.statistics ?? -1}`],
  options: (p, q) => changeOptions('', p, q).map((sql) => sql.trim()),
};

const column: Writer = {
  create: (object) => [
    `ALTER TABLE ${object.of!} ADD COLUMN IF NOT EXISTS ${columnOf(object)}`,
    ...columnBeside(object),
  ],
  drop: ({ of, name }) => [lossy(`ALTER TABLE ${of!} DROP COLUMN ${last(name)}`)],
  change: (property, wanted, present, { version }) => {
    const name = last(wanted.name);
    const head = `ALTER TABLE ${wanted.of!} ALTER COLUMN ${name}`;
    if (property === 'server options') {
      const options = changeForeign('', wanted.properties[property], present.properties[property]).trim();
      return [`ALTER FOREIGN TABLE ${wanted.of!} ALTER COLUMN ${name} ${options}`];
    }
    // A name may have what `replace` takes for a pattern.
    const whole = (sql: string) => `${head} ${sql.replace('%COLUMN%', () => name)}`;
    return COLUMN[property]!(wanted.properties, present.properties, version).map((change) =>
      typeof change === 'string' ? whole(change) : { ...change, sql: whole(change.sql) },
    );
  },
};

// Tables and what lives on them ------------------------------------------------------------------------------------

const partsOfKind = (context: Context, { name }: LiveObject, kind: string): LiveObject[] =>
  context.partsOf(name).filter((part) => part.kind === kind);

/**
 * The statement that makes a table.
 * @param lines its columns and constraints, as CREATE TABLE has them
 */
export function tableText({ name, properties: p, kind }: LiveObject, lines: readonly string[]): string {
  const list = lines.length === 0 ? '()' : `(\n${lines.map((line) => `  ${line}`).join(',\n')}\n)`;
  const head = `CREATE ${kind === 'foreign table' ? 'FOREIGN TABLE' : p.unlogged ? 'UNLOGGED TABLE' : 'TABLE'} ${name}`;
  const tail = [
    p.inherits && p.partition == null && `INHERITS (${p.inherits})`,
    p['partitioned by'] && `PARTITION BY ${p['partitioned by']}`,
    p['access method'] && `USING ${p['access method']}`,
    p.options && `WITH (${written(optionsOf(p.options))})`,
    p.server && `SERVER ${quoteIdent(p.server)}${foreignOptions(p['server options'])}`,
  ];
  const shape =
    p.partition != null ? `PARTITION OF ${p.inherits!} ${p.partition}` : p['of type'] ? `OF ${p['of type']}` : list;
  return [head, shape, ...tail.filter(Boolean)].join(' ');
}

/** What CREATE TABLE does not say of a table. */
export function tableBeside(object: LiveObject): string[] {
  const { name, properties: p, kind } = object;
  return [
    ...(p['row level security'] ? [`ALTER TABLE ${name} ENABLE ROW LEVEL SECURITY`] : []),
    ...(p['forced row level security'] ? [`ALTER TABLE ${name} FORCE ROW LEVEL SECURITY`] : []),
    ...(p['replica identity'] && p['replica identity'] !== 'index'
      ? [`ALTER TABLE ${name} REPLICA IDENTITY ${p['replica identity'].toUpperCase()}`]
      : []),
    ...owned(kind.toUpperCase(), object),
  ];
}

function createTable(object: LiveObject, context: Context): string[] {
  const columns = partsOfKind(context, object, 'column');
  return [tableText(object, columns.map(columnOf)), ...flatMap(columns, columnBeside), ...tableBeside(object)];
}

const TABLE: Readonly<Record<string, (wanted: LiveObject, present: LiveObject) => readonly (string | Change)[]>> = {
  'row level security': ({ properties: p }) => [`${p['row level security'] ? 'ENABLE' : 'DISABLE'} ROW LEVEL SECURITY`],
  'forced row level security': ({ properties: p }) => [
    `${p['forced row level security'] ? '' : 'NO '}FORCE ROW LEVEL SECURITY`,
  ],
  options: ({ properties: p }, { properties: q }) => changeOptions('', p, q).map((sql) => sql.trim()),
  'server options': ({ properties: p }, { properties: q }) => [
    changeForeign('', p['server options'], q['server options']).trim(),
  ],
  unlogged: ({ properties: p }) => [`SET ${p.unlogged ? 'UNLOGGED' : 'LOGGED'}`],
  'replica identity': ({ properties: p }) => {
    const to = p['replica identity'];
    // The index says so itself.
    return to === 'index' ? [] : [`REPLICA IDENTITY ${to == null ? 'DEFAULT' : to.toUpperCase()}`];
  },
  inherits: ({ properties: p }, { properties: q }) => {
    const [to, from] = [p.inherits?.split(', ') ?? [], q.inherits?.split(', ') ?? []];
    if (p.partition != null || q.partition != null) return [];
    return [
      ...to.filter((parent) => !from.includes(parent)).map((parent) => `INHERIT ${parent}`),
      ...from.filter((parent) => !to.includes(parent)).map((parent) => `NO INHERIT ${parent}`),
    ];
  },
};

/** The parent says which its partitions are. */
function changePartition({ name, properties: p }: LiveObject, { properties: q }: LiveObject): string[] {
  return [
    ...(q.partition == null ? [] : [`ALTER TABLE ${q.inherits!} DETACH PARTITION ${name}`]),
    ...(p.partition == null ? [] : [`ALTER TABLE ${p.inherits!} ATTACH PARTITION ${name} ${p.partition}`]),
  ];
}

const table: Writer = {
  create: createTable,
  drop: ({ kind, name }) => {
    const sql = `DROP ${kind.toUpperCase()} ${name}`;
    return [kind === 'foreign table' ? sql : lossy(sql)];
  },
  change: (property, wanted, present) => {
    const { kind, name } = wanted;
    if (property === 'owner') return [ownerTo(kind.toUpperCase(), wanted)];
    if (property === 'partition') return changePartition(wanted, present);
    if (property === 'of type') {
      const to = wanted.properties[property];
      return [`ALTER TABLE ${name} ${to == null ? 'NOT OF' : `OF ${to}`}`];
    }
    const changes = TABLE[property]?.(wanted, present);
    const head = `ALTER ${kind.toUpperCase()} ${name}`;
    if (!changes) return [byHand(`${head}: ${property} ${wanted.properties[property] ?? 'none'}`)];
    return changes.map((change) => `${head} ${typeof change === 'string' ? change : change.sql}`);
  },
};

const view: Writer = {
  create: (object) => {
    const { kind, name, properties: p } = object;
    const options = p.options ? ` WITH (${written(optionsOf(p.options))})` : '';
    const replace = kind === 'view' ? 'CREATE OR REPLACE VIEW' : 'CREATE MATERIALIZED VIEW';
    return [
      `${replace} ${name}${options} AS\n${p.definition!}${p['not populated'] ? '\nWITH NO DATA' : ''}`,
      ...owned(kind.toUpperCase(), object),
    ];
  },
  drop: ({ kind, name }) => [`DROP ${kind.toUpperCase()} ${name}`],
  change: (property, wanted, present, context) => {
    const head = `ALTER ${wanted.kind.toUpperCase()} ${wanted.name}`;
    if (property === 'owner') return [ownerTo(wanted.kind.toUpperCase(), wanted)];
    if (property === 'options') return changeOptions(head, wanted.properties, present.properties);
    if (property === 'not populated')
      return [`REFRESH MATERIALIZED VIEW ${wanted.name}${wanted.properties[property] ? ' WITH NO DATA' : ''}`];
    return wanted.kind === 'view' ? view.create(wanted, context).slice(0, 1) : undefined;
  },
};

/** What ALTER TABLE says of an index, by its property; undefined for other properties. */
function indexRole(property: string, { of, properties: p }: LiveObject, name: string): string[] | undefined {
  if (property === 'clustered')
    return [`ALTER TABLE ${of!} ${p.clustered ? `CLUSTER ON ${name}` : 'SET WITHOUT CLUSTER'}`];
  if (property !== 'replica identity') return undefined;
  // Where it has another one, the table says so.
  return p[property] ? [`ALTER TABLE ${of!} REPLICA IDENTITY USING INDEX ${name}`] : [];
}

const indexRoles = (object: LiveObject, name: string): string[] =>
  flatMap(['clustered', 'replica identity'], (property) =>
    object.properties[property] == null ? [] : indexRole(property, object, name)!,
  );

const constraint: Writer = {
  create: (object) => {
    const { definition, 'not validated': isOpen } = object.properties;
    return [
      `${constraintHead(object)} ADD CONSTRAINT ${own(object)} ${definition!}${isOpen ? ' NOT VALID' : ''}`,
      ...indexRoles(object, own(object)),
    ];
  },
  drop: (object) => [`${constraintHead(object)} DROP CONSTRAINT ${own(object)}`],
  change: (property, wanted) =>
    property === 'not validated' && !wanted.properties[property]
      ? [`${constraintHead(wanted)} VALIDATE CONSTRAINT ${own(wanted)}`]
      : indexRole(property, wanted, own(wanted)),
};
const constraintHead = ({ of, properties }: LiveObject): string =>
  `ALTER ${properties['of a domain'] ? 'DOMAIN' : 'TABLE'} ${of!}`;

const index: Writer = {
  create: (object) => [object.properties.definition!, ...indexRoles(object, last(object.name))],
  drop: ({ name }) => [`DROP INDEX ${name}`],
  change: (property, wanted) => {
    if (property === 'invalid') return wanted.properties.invalid ? [] : [`REINDEX INDEX ${wanted.name}`];
    return indexRole(property, wanted, last(wanted.name));
  },
};

/** Triggers and rules. */
const fired = (what: string): Writer => ({
  create: (object) => [
    object.properties.definition!,
    ...(object.properties.enabled !== 'yes'
      ? [`ALTER TABLE ${object.of!} ${firing(object)} ${what} ${own(object)}`]
      : []),
  ],
  drop: (object) => [`DROP ${what} ${own(object)} ON ${object.of!}`],
  change: (property, wanted) =>
    property === 'enabled' ? [`ALTER TABLE ${wanted.of!} ${firing(wanted)} ${what} ${own(wanted)}`] : undefined,
});

const policy: Writer = {
  create: (object) => {
    const { restrictive, command, roles, using, check } = object.properties;
    const parts = [
      `CREATE POLICY ${own(object)} ON ${object.of!}`,
      restrictive && 'AS RESTRICTIVE',
      command !== 'ALL' && `FOR ${command!}`,
      roles !== 'public' && `TO ${roles!}`,
      using != null && `USING (${using})`,
      check != null && `WITH CHECK (${check})`,
    ];
    return [parts.filter(Boolean).join(' ')];
  },
  drop: (object) => [`DROP POLICY ${own(object)} ON ${object.of!}`],
  change: anew,
};

const SEQUENCE: Readonly<Record<string, (value: string | null) => string>> = {
  type: (value) => `AS ${value!}`,
  start: (value) => `START ${value!}`,
  increment: (value) => `INCREMENT ${value!}`,
  minimum: (value) => `MINVALUE ${value!}`,
  maximum: (value) => `MAXVALUE ${value!}`,
  cache: (value) => `CACHE ${value!}`,
  cycle: (value) => (value ? 'CYCLE' : 'NO CYCLE'),
};

const sequence: Writer = {
  create: (object) => {
    const { name, properties: p } = object;
    const words = Object.entries(SEQUENCE).map(([property, write]) => write(p[property] ?? null));
    return [`CREATE ${p.unlogged ? 'UNLOGGED ' : ''}SEQUENCE ${name} ${words.join(' ')}`, ...owned('SEQUENCE', object)];
  },
  drop: ({ name }) => [lossy(`DROP SEQUENCE ${name}`)],
  change: (property, wanted) => {
    const { name, properties: p } = wanted;
    if (property === 'owner') return [ownerTo('SEQUENCE', wanted)];
    if (property === 'owned by') return [`ALTER SEQUENCE ${name} OWNED BY ${p['owned by'] ?? 'NONE'}`];
    if (property === 'unlogged') return [`ALTER SEQUENCE ${name} SET ${p.unlogged ? 'UNLOGGED' : 'LOGGED'}`];
    return [`ALTER SEQUENCE ${name} ${SEQUENCE[property]!(p[property] ?? null)}`];
  },
};

const statistics: Writer = {
  create: (object) => {
    const { name, properties: p } = object;
    return [
      p.definition!,
      ...(p.target ? [`ALTER STATISTICS ${name} SET STATISTICS ${p.target}`] : []),
      ...owned('STATISTICS', object),
    ];
  },
  drop: ({ name }) => [`DROP STATISTICS ${name}`],
  change: (property, wanted) => {
    if (property === 'owner') return [ownerTo('STATISTICS', wanted)];
    if (property === 'target')
      return [`ALTER STATISTICS ${wanted.name} SET STATISTICS ${wanted.properties.target ?? -1}`];
    return undefined;
  },
};

// Types and routines -----------------------------------------------------------------------------------------------

const named = (what: string, create: (object: LiveObject) => string | Change): Writer => ({
  create: (object) => [create(object), ...owned(what, object)],
  drop: ({ name }) => [`DROP ${what} ${name}`],
  change: (property, wanted) => (property === 'owner' ? [ownerTo(what, wanted)] : undefined),
});

const labelsOf = (text: string): string[] => text.match(/E?'(?:[^']|'')*'/g) ?? [];

/** Labels can be added; to take one away, or to move it, a type has to be made anew with all that uses it. */
function addLabels({ name, properties: p }: LiveObject, { properties: q }: LiveObject): (string | Change)[] {
  const [to, from] = [labelsOf(p.labels!), labelsOf(q.labels!)];
  const kept = to.filter((label) => from.includes(label));
  if (kept.join() !== from.join()) return [lossy(`ALTER TYPE ${name}: labels ${p.labels!}`, KEEPS_LABELS)];
  const later = (at: number) => to.slice(at + 1).find((label) => from.includes(label));
  return flatMap(to, (label, at) => {
    if (from.includes(label)) return [];
    const before = later(at);
    return [`ALTER TYPE ${name} ADD VALUE IF NOT EXISTS ${label}${before === undefined ? '' : ` BEFORE ${before}`}`];
  });
}

const enumType: Writer = {
  ...named('TYPE', ({ name, properties: p }) => `CREATE TYPE ${name} AS ENUM (${p.labels!})`),
  change: (property, wanted, present) =>
    property === 'owner' ? [ownerTo('TYPE', wanted)] : addLabels(wanted, present),
};

const ATTRIBUTE = /^(?:"(?:[^"]|"")*"|[^\s"]+)/;
/** `street text, number integer` as a list. */
const attributesOf = (text: string): string[] => (text === '' ? [] : text.split(/, (?=(?:"(?:[^"]|"")*"|\w+) )/));

const composite = named('TYPE', ({ name, properties: p }) =>
  p.attributes == null ? byHand(`CREATE TYPE ${name}`) : `CREATE TYPE ${name} AS (${p.attributes})`,
);

const type: Writer = {
  ...composite,
  change: (property, wanted, present) => {
    if (property === 'owner') return [ownerTo('TYPE', wanted)];
    const [to, from] = [wanted, present].map(({ properties: p }) => attributesOf(p.attributes ?? '')) as [
      string[],
      string[],
    ];
    const gone = from.filter((attribute) => !to.includes(attribute));
    const rest = from.filter((attribute) => to.includes(attribute));
    if (rest.join() !== to.slice(0, rest.length).join())
      return [lossy(`ALTER TYPE ${wanted.name}: attributes ${to.join(', ')}`, ADDS_LAST)];
    const head = `ALTER TYPE ${wanted.name}`;
    return [
      ...gone.map((attribute) => lossy(`${head} DROP ATTRIBUTE ${ATTRIBUTE.exec(attribute)![0]}`)),
      ...to.slice(rest.length).map((attribute) => `${head} ADD ATTRIBUTE ${attribute}`),
    ];
  },
};

const domain: Writer = {
  ...named('DOMAIN', ({ name, properties: p }) =>
    [
      `CREATE DOMAIN ${name} AS ${p.type!}`,
      p.collation && `COLLATE ${p.collation}`,
      p.default != null && `DEFAULT ${p.default}`,
      p.nullable !== 'yes' && 'NOT NULL',
    ]
      .filter(Boolean)
      .join(' '),
  ),
  change: (property, wanted) => {
    const { name, properties: p } = wanted;
    if (property === 'owner') return [ownerTo('DOMAIN', wanted)];
    if (property === 'default')
      return [`ALTER DOMAIN ${name} ${p.default == null ? 'DROP DEFAULT' : `SET DEFAULT ${p.default}`}`];
    if (property === 'nullable') return [`ALTER DOMAIN ${name} ${p.nullable === 'yes' ? 'DROP' : 'SET'} NOT NULL`];
    return [byHand(`ALTER DOMAIN ${name}: ${property} ${p[property] ?? 'none'}`)];
  },
};

/** Functions and procedures. OR REPLACE changes all but the arguments and the result. */
const routine = (what: string): Writer => ({
  create: (object) => [object.sql!.trimEnd(), ...owned(what, object)],
  drop: ({ name }) => [`DROP ${what} ${name}`],
  change: (property, wanted) => {
    if (property === 'owner') return [ownerTo(what, wanted)];
    return property === 'arguments' || property === 'returns' ? undefined : [wanted.sql!.trimEnd()];
  },
});

const aggregate = named('AGGREGATE', ({ name, properties: p }) => {
  const parts = [
    `SFUNC = ${p.sfunc!}`,
    `STYPE = ${p.stype!}`,
    p.finalfunc && `FINALFUNC = ${p.finalfunc}`,
    p.combinefunc && `COMBINEFUNC = ${p.combinefunc}`,
    p.initial != null && `INITCOND = ${quoteLiteral(p.initial)}`,
    p.parallel && `PARALLEL = ${p.parallel}`,
  ];
  return `CREATE AGGREGATE ${name.replace(/\(.*$/s, '')}(${p.arguments!}) (${parts.filter(Boolean).join(', ')})`;
});

// Rights and comments ----------------------------------------------------------------------------------------------

/** `anon on table public.notes`: who, on what, called what. */
const GRANT =
  /^("(?:[^"]|"")*"|\S+) on (table|sequence|column|function|procedure|schema|type|domain|foreign server) (.*)$/s;
const DEFAULT = /^("(?:[^"]|"")*"|\S+) on (\w+) in ("(?:[^"]|"")*"|\S+)(?: of (.*))?$/s;

const privilegesOf = (text: string): string[] => text.split(', ');
const plainPrivilege = (privilege: string): string => privilege.replace(' WITH GRANT OPTION', '');

/** What every version of PostgreSQL can grant on a table; from version 17 on, MAINTAIN is another right. */
const ON_TABLES = ['DELETE', 'INSERT', 'REFERENCES', 'SELECT', 'TRIGGER', 'TRUNCATE', 'UPDATE'];
const MAINTAIN = 'MAINTAIN';

/** The statements for a list of rights, of which an earlier version does not know one. */
function spelled(list: readonly string[], write: (list: string) => string): string[] {
  if (!list.includes(MAINTAIN)) return list.length === 0 ? [] : [write(list.join(', '))];
  const others = list.filter((privilege) => privilege !== MAINTAIN);
  if (ON_TABLES.every((privilege) => others.includes(privilege))) return [write('ALL')];
  const sql = quoteLiteral(write(MAINTAIN));
  const guarded = `DO $$ BEGIN IF current_setting('server_version_num')::int >= 170000 THEN EXECUTE ${sql}; END IF; END $$`;
  return [...(others.length > 0 ? [write(others.join(', '))] : []), guarded];
}

/** The statements for some rights, one for those that may be passed on, and one for the others. */
function giving(privileges: readonly string[], write: (list: string, option: string) => string): string[] {
  const isPassed = (privilege: string) => privilege.endsWith('WITH GRANT OPTION');
  return [
    ...spelled(
      privileges.filter((privilege) => !isPassed(privilege)),
      (list) => write(list, ''),
    ),
    ...spelled(privileges.filter(isPassed).map(plainPrivilege), (list) => write(list, ' WITH GRANT OPTION')),
  ];
}

interface Words {
  grant: (list: string, option: string) => string;
  revoke: (list: string, option?: string) => string;
}

function grantWords({ name, of }: LiveObject): Words {
  const [, who, what, on] = GRANT.exec(name)!;
  const target = what === 'column' ? `TABLE ${of!}` : `${what!.toUpperCase()} ${on!}`;
  const listed = (list: string) =>
    what === 'column'
      ? list
          .split(', ')
          .map((privilege) => `${privilege} (${last(on!)})`)
          .join(', ')
      : list;
  return {
    grant: (list, option) => `GRANT ${listed(list)} ON ${target} TO ${who!}${option}`,
    revoke: (list, option = '') => `REVOKE ${option}${listed(list)} ON ${target} FROM ${who!}`,
  };
}

function defaultWords({ name }: LiveObject): Words {
  const [, who, what, where, role] = DEFAULT.exec(name)!;
  const head = `ALTER DEFAULT PRIVILEGES${role === undefined ? '' : ` FOR ROLE ${role}`}${where === '"all schemas"' ? '' : ` IN SCHEMA ${where!}`}`;
  const on = `ON ${what!.toUpperCase()}`;
  return {
    grant: (list, option) => `${head} GRANT ${list} ${on} TO ${who!}${option}`,
    revoke: (list, option = '') => `${head} REVOKE ${option}${list} ${on} FROM ${who!}`,
  };
}

/** What PUBLIC may do by default is taken away by name, and is given back the same way. */
const isTakenAway = ({ properties }: LiveObject): boolean => properties.privileges === 'none';
const byDefault = ({ name }: LiveObject): string => (/ on types /.test(name) ? 'USAGE' : 'EXECUTE');

const rights = (wordsOf: (object: LiveObject) => Words): Writer => ({
  create: (object) =>
    isTakenAway(object)
      ? [wordsOf(object).revoke(byDefault(object))]
      : giving(privilegesOf(object.properties.privileges!), wordsOf(object).grant),
  drop: (object) =>
    [
      isTakenAway(object)
        ? wordsOf(object).grant(byDefault(object), '')
        : spelled(privilegesOf(object.properties.privileges!).map(plainPrivilege), wordsOf(object).revoke),
    ].flat(),
  change: (_, wanted, present) => {
    const words = wordsOf(wanted);
    const [to, from] = [privilegesOf(wanted.properties.privileges!), privilegesOf(present.properties.privileges!)];
    const plain = to.map(plainPrivilege);
    const gone = from.map(plainPrivilege).filter((privilege) => !plain.includes(privilege));
    const passed = from.filter(
      (privilege) => privilege !== plainPrivilege(privilege) && to.includes(plainPrivilege(privilege)),
    );
    return [
      ...spelled(gone, words.revoke),
      ...spelled(passed.map(plainPrivilege), (list) => words.revoke(list, 'GRANT OPTION FOR ')),
      ...giving(
        to.filter(
          (privilege) => !from.includes(privilege) && !passed.some((other) => plainPrivilege(other) === privilege),
        ),
        words.grant,
      ),
    ];
  },
});

/** What COMMENT ON calls what the catalogs call otherwise. */
const COMMENTED: readonly [prefix: string, words: string][] = [
  ['table column ', 'COLUMN '],
  ['view column ', 'COLUMN '],
  ['materialized view column ', 'COLUMN '],
  ['foreign table column ', 'COLUMN '],
  ['composite type column ', 'COLUMN '],
  ['table constraint ', 'CONSTRAINT '],
  ['statistics object ', 'STATISTICS '],
  ['foreign-data wrapper ', 'FOREIGN DATA WRAPPER '],
];
const WORDS =
  /^((?:materialized view|foreign table|event trigger|text search \w+|operator (?:class|family)|composite type|[a-z]+)) (.*)$/s;

function commented({ name }: LiveObject): string {
  const known = COMMENTED.find(([prefix]) => name.startsWith(prefix));
  if (known) return known[1] + name.slice(known[0].length);
  const domainConstraint = /^domain constraint (.*) on (.*)$/s.exec(name);
  if (domainConstraint) return `CONSTRAINT ${domainConstraint[1]!} ON DOMAIN ${domainConstraint[2]!}`;
  const [, what, identity] = WORDS.exec(name)!;
  return `${what === 'composite type' ? 'TYPE' : what!.toUpperCase()} ${identity!}`;
}

const comment: Writer = {
  create: (object) => [`COMMENT ON ${commented(object)} IS ${quoteLiteral(object.properties.text!)}`],
  drop: (object) => [`COMMENT ON ${commented(object)} IS NULL`],
  change: (_, wanted, __, context) => comment.create(wanted, context),
};

// What belongs to the whole database --------------------------------------------------------------------------------

const schema: Writer = {
  create: (object) => [`CREATE SCHEMA IF NOT EXISTS ${object.name}`, ...owned('SCHEMA', object)],
  drop: ({ name }) => [lossy(`DROP SCHEMA ${name}`)],
  change: (_, wanted) => [ownerTo('SCHEMA', wanted)],
};

const extension: Writer = {
  create: ({ name, properties: p }) => [`CREATE EXTENSION IF NOT EXISTS ${name} WITH SCHEMA ${p.schema!}`],
  drop: ({ name }) => [lossy(`DROP EXTENSION ${name}`)],
  change: (_, { name, properties: p }) => [`ALTER EXTENSION ${name} SET SCHEMA ${p.schema!}`],
};

const publishing = (p: Properties): string =>
  `publish = ${quoteLiteral(p.publishes ?? '')}, publish_via_partition_root = ${p['via root'] ? 'true' : 'false'}`;

const publication: Writer = {
  ...named(
    'PUBLICATION',
    ({ name, properties: p }) =>
      `CREATE PUBLICATION ${name}${p['all tables'] ? ' FOR ALL TABLES' : ''} WITH (${publishing(p)})`,
  ),
  change: (property, wanted) => {
    if (property === 'owner') return [ownerTo('PUBLICATION', wanted)];
    if (property === 'all tables') return [byHand(`CREATE PUBLICATION ${wanted.name}: subscribers have to refresh`)];
    return [`ALTER PUBLICATION ${wanted.name} SET (${publishing(wanted.properties)})`];
  },
};

/** `public.notes in changes`. */
const publicationOf = ({ name }: LiveObject): string => / in ("(?:[^"]|"")*"|[^" ]+)$/.exec(name)![1]!;

const publicationTable: Writer = {
  create: (object) => {
    const { columns, where } = object.properties;
    return [
      `ALTER PUBLICATION ${publicationOf(object)} ADD TABLE ${object.of!}` +
        `${columns == null ? '' : ` (${columns})`}${where == null ? '' : ` WHERE (${where})`}`,
    ];
  },
  drop: (object) => [`ALTER PUBLICATION ${publicationOf(object)} DROP TABLE ${object.of!}`],
  change: anew,
};

const publicationSchema: Writer = {
  create: (object) => [`ALTER PUBLICATION ${publicationOf(object)} ADD TABLES IN SCHEMA ${quoteIdent(object.schema!)}`],
  drop: (object) => [`ALTER PUBLICATION ${publicationOf(object)} DROP TABLES IN SCHEMA ${quoteIdent(object.schema!)}`],
  change: anew,
};

const eventTrigger: Writer = {
  ...named('EVENT TRIGGER', ({ name, properties: p }) => {
    const tags = p.tags == null ? '' : ` WHEN TAG IN (${p.tags.split(', ').map(quoteLiteral).join(', ')})`;
    return `CREATE EVENT TRIGGER ${name} ON ${p.event!}${tags} EXECUTE FUNCTION ${p.function!}`;
  }),
  change: (property, wanted) => {
    if (property === 'owner') return [ownerTo('EVENT TRIGGER', wanted)];
    return property === 'enabled' ? [`ALTER EVENT TRIGGER ${wanted.name} ${firing(wanted)}`] : undefined;
  },
};

const collation = named('COLLATION', ({ name, properties: p }) => {
  const isOpen = p['not deterministic'] ? ', deterministic = false' : '';
  return `CREATE COLLATION ${name} (provider = ${p.provider!}, locale = ${quoteLiteral(p.locale ?? '')}${isOpen})`;
});

const operator = named('OPERATOR', ({ name, properties: p }) => {
  const [, symbol, left, right] = /^(.*?)\(([^,]*),(.*)\)$/s.exec(name)!;
  const parts = [
    left !== 'NONE' && `LEFTARG = ${left!}`,
    right !== 'NONE' && `RIGHTARG = ${right!}`,
    `FUNCTION = ${p.function!}`,
  ];
  return `CREATE OPERATOR ${symbol!} (${parts.filter(Boolean).join(', ')})`;
});

const ROLE: readonly string[] = ['login', 'inherit', 'superuser', 'createrole', 'createdb', 'replication', 'bypassrls'];
/** What ALTER ROLE says of what a role has as a value. */
const ROLE_VALUES: Readonly<Record<string, (value: string | null) => string>> = {
  'connection limit': (value) => `CONNECTION LIMIT ${value ?? -1}`,
  'valid until': (value) => `VALID UNTIL ${quoteLiteral(value === null ? 'infinity' : `${value} UTC`)}`,
};

const roleWords = (p: Properties): string =>
  [
    ...ROLE.map((word) => `${p[word] ? '' : 'NO'}${word.toUpperCase()}`),
    ...flatMap(Object.entries(ROLE_VALUES), ([property, write]) => (p[property] == null ? [] : write(p[property]))),
  ].join(' ');

const role: Writer = {
  create: ({ name, properties }) => [`CREATE ROLE ${name} ${roleWords(properties)}`],
  drop: ({ name }) => [lossy(`DROP ROLE ${name}`, 'other databases may use it')],
  change: (property, { name, properties }) => [
    `ALTER ROLE ${name} ${ROLE_VALUES[property]?.(properties[property] ?? null) ?? `${properties[property] ? '' : 'NO'}${property.toUpperCase()}`}`,
  ],
};

/** `reader in staff`. */
const MEMBERSHIP = /^("(?:[^"]|"")*"|\S+) in (.*)$/s;

const membership: Writer = {
  create: ({ name }) => {
    const [, member, of] = MEMBERSHIP.exec(name)!;
    return [`GRANT ${of!} TO ${member!}`];
  },
  drop: ({ name }) => {
    const [, member, of] = MEMBERSHIP.exec(name)!;
    return [lossy(`REVOKE ${of!} FROM ${member!}`, 'other databases may use it')];
  },
  change: anew,
};

/** `search_path of reader`, `work_mem of the database`. */
const SETTING = /^(\S+) of (the database|the owner|.*?)( in the database)?$/s;

/** What makes a setting of a role or of the database this; undefined where the name of the role is not known. */
function settingTo(name: string, to: string): string | undefined {
  const [, , whose, isHere] = SETTING.exec(name)!;
  if (whose === 'the owner' || isHere) return undefined;
  if (whose !== 'the database') return `ALTER ROLE ${whose!} ${to}`;
  const format = `ALTER DATABASE %I ${to.replaceAll('%', '%%')}`;
  return `DO $$ BEGIN EXECUTE format(${quoteLiteral(format)}, current_database()); END $$`;
}

const setting: Writer = {
  create: ({ name, properties: p }) => {
    const parameter = SETTING.exec(name)![1]!;
    const value = parameter === 'search_path' ? p.value! : quoteLiteral(p.value!);
    const sql = settingTo(name, `SET ${parameter} = ${value}`);
    return [sql ?? byHand(`ALTER ROLE … SET ${parameter} = ${p.value!}`)];
  },
  drop: ({ name }) => {
    const parameter = SETTING.exec(name)![1]!;
    const sql = settingTo(name, `RESET ${parameter}`);
    return [sql === undefined ? byHand(`ALTER ROLE … RESET ${parameter}`) : lossy(sql, 'other databases may use it')];
  },
  change: (_, wanted, __, context) => setting.create(wanted, context),
};

/** `stopwords = 'english', accept = 'false'` as a list. */
const dictionaryOptions = (text: string): string[] => text.match(/(?:"(?:[^"]|"")*"|\w+) = '(?:[^']|'')*'/g) ?? [];

const others = (what: string): Writer => named(what, ({ name }) => byHand(`CREATE ${what} ${name}`));

/** Foreign data wrappers and servers, which others rest on. */
const foreign = (what: string, create: (object: LiveObject) => string): Writer => ({
  ...named(what, create),
  change: (property, wanted, present) => {
    const head = `ALTER ${what} ${wanted.name}`;
    if (property === 'owner') return [ownerTo(what, wanted)];
    if (property === 'options') return [changeForeign(head, wanted.properties.options, present.properties.options)];
    return [byHand(`${head}: ${property} ${wanted.properties[property] ?? 'none'}`)];
  },
});

/** By kind, in the order in which objects are made. */
export const WRITERS: Readonly<Record<string, Writer>> = {
  role,
  membership,
  schema,
  extension,
  collation,
  enum: enumType,
  type,
  domain,
  range: named('TYPE', ({ name, properties: p }) => `CREATE TYPE ${name} AS RANGE (SUBTYPE = ${p.subtype!})`),
  'foreign data wrapper': foreign('FOREIGN DATA WRAPPER', ({ name, properties: p }) => {
    const parts = [p.handler && `HANDLER ${p.handler}`, p.validator && `VALIDATOR ${p.validator}`];
    return `CREATE FOREIGN DATA WRAPPER ${[name, ...parts].filter(Boolean).join(' ')}${foreignOptions(p.options)}`;
  }),
  server: foreign('SERVER', ({ name, properties: p }) => {
    const parts = [
      p.type != null && `TYPE ${quoteLiteral(p.type)}`,
      p.version != null && `VERSION ${quoteLiteral(p.version)}`,
    ];
    return `CREATE SERVER ${[name, ...parts].filter(Boolean).join(' ')} FOREIGN DATA WRAPPER ${quoteIdent(p.wrapper!)}${foreignOptions(p.options)}`;
  }),
  language: others('LANGUAGE'),
  'access method': others('ACCESS METHOD'),
  'text search parser': others('TEXT SEARCH PARSER'),
  'text search template': others('TEXT SEARCH TEMPLATE'),
  'text search dictionary': {
    ...others('TEXT SEARCH DICTIONARY'),
    change: (property, wanted, present) => {
      if (property === 'owner') return [ownerTo('TEXT SEARCH DICTIONARY', wanted)];
      if (property !== 'options') return undefined;
      const [to, from] = [wanted.properties.options ?? '', present.properties.options ?? ''].map(dictionaryOptions) as [
        string[],
        string[],
      ];
      const named = (option: string) => option.split(' = ', 1)[0]!;
      const gone = from.map(named).filter((name) => !to.some((option) => named(option) === name));
      return [`ALTER TEXT SEARCH DICTIONARY ${wanted.name} (${[...to, ...gone].join(', ')})`];
    },
  },
  'text search configuration': others('TEXT SEARCH CONFIGURATION'),
  sequence,
  function: routine('FUNCTION'),
  procedure: routine('PROCEDURE'),
  aggregate,
  operator,
  'operator family': others('OPERATOR FAMILY'),
  'operator class': others('OPERATOR CLASS'),
  conversion: named(
    'CONVERSION',
    ({ name, properties: p }) =>
      `CREATE${p.default === 'yes' ? ' DEFAULT' : ''} CONVERSION ${name} FOR ${quoteLiteral(p.from!)} TO ${quoteLiteral(p.to!)} FROM ${p.function!}`,
  ),
  transform: others('TRANSFORM'),
  'user mapping': others('USER MAPPING'),
  subscription: others('SUBSCRIPTION'),
  cast: {
    create: ({ name, properties: p }) => [
      `CREATE CAST (${name.replace(' as ', ' AS ')}) ${p.function == null ? 'WITH INOUT' : `WITH FUNCTION ${p.function}`}${p.context === 'explicit' ? '' : ` AS ${p.context!.toUpperCase()}`}`,
    ],
    drop: ({ name }) => [`DROP CAST (${name.replace(' as ', ' AS ')})`],
    change: anew,
  },
  table,
  'foreign table': table,
  column,
  constraint,
  index,
  view,
  'materialized view': view,
  statistics,
  rule: fired('RULE'),
  trigger: fired('TRIGGER'),
  policy,
  'event trigger': eventTrigger,
  publication,
  'publication table': publicationTable,
  'publication schema': publicationSchema,
  'default privileges': rights(defaultWords),
  grant: rights(grantWords),
  comment,
  setting,
};

/** The kinds of objects that there are. */
export const KIND_NAMES: readonly string[] = Object.keys(WRITERS);
