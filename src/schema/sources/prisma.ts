/** `schema.prisma`, where Prisma is not installed: tables, columns, defaults, enums, keys. */
import { quoteIdent, quoteLiteral } from '../../catalog/names.ts';
import { flatMap } from '../../lists.ts';
import type { Source } from '../drift.ts';
import { keyOf, lastPart, type LiveObject } from '../objects.ts';

interface Block {
  kind: string;
  name: string;
  lines: readonly string[];
}

/** What a model or an enum is called in the database. */
interface Named {
  identity: string;
  schema: string;
}

export function readPrisma(title: string, text: string): Source {
  const blocks = blocksOf(text);
  const named = new Map(
    blocks.filter(({ kind }) => kind === 'model' || kind === 'enum').map((block) => [block.name, nameOf(block)]),
  );
  const enums = new Map(blocks.filter(({ kind }) => kind === 'enum').map((block) => [block.name, valuesOf(block)]));
  const objects = new Map<string, LiveObject>();
  for (const block of blocks) {
    const own = named.get(block.name);
    const made =
      own && block.kind === 'enum'
        ? [enumOf(own, enums.get(block.name)!)]
        : own && block.kind === 'model'
          ? tableOf(block, own, named, enums)
          : [];
    for (const object of made) objects.set(keyOf(object), object);
  }
  const tables = new Set(flatMap(objects.values(), ({ kind, name }) => (kind === 'table' ? name : [])));
  return {
    title,
    objects,
    view: (object) => inPrisma(object, tables),
    notes: [
      `Prisma is not installed here: of ${title}, tables, columns, defaults, enums and primary keys are read, and nothing else`,
    ],
  };
}

function blocksOf(text: string): Block[] {
  const plain = text.replaceAll(/"(?:[^"\\]|\\.)*"|\/\/[^\n]*|\/\*[^]*?\*\//g, (found) =>
    found.startsWith('"') ? found : '',
  );
  return [...plain.matchAll(/^\s*(model|enum|view)\s+(\w+)\s*\{([^]*?)^\s*\}/gm)].map(([, kind, name, body]) => ({
    kind: kind!,
    name: name!,
    lines: body!
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== ''),
  }));
}

const argument = (line: string, attribute: string): string | undefined =>
  new RegExp(`${attribute}\\(\\s*(?:name:\\s*)?"([^"]*)"`).exec(line)?.[1];

function nameOf({ name, lines }: Block): Named {
  const own = lines.filter((line) => line.startsWith('@@'));
  const schema = own.map((line) => argument(line, '@@schema')).find((found) => found !== undefined) ?? 'public';
  const map = own.map((line) => argument(line, '@@map')).find((found) => found !== undefined) ?? name;
  return { identity: `${quoteIdent(schema)}.${quoteIdent(map)}`, schema };
}

/** The labels of an enum, by the names that Prisma has for them. */
const valuesOf = ({ lines }: Block): Map<string, string> =>
  new Map(
    lines
      .filter((line) => /^\w/.test(line))
      .map((line) => [/^\w+/.exec(line)![0], argument(line, '@map') ?? /^\w+/.exec(line)![0]]),
  );

const enumOf = ({ identity, schema }: Named, values: ReadonlyMap<string, string>): LiveObject => ({
  kind: 'enum',
  name: identity,
  schema,
  properties: { labels: [...values.values()].map(quoteLiteral).join(', ') },
});

function tableOf(
  { lines }: Block,
  own: Named,
  named: ReadonlyMap<string, Named>,
  enums: ReadonlyMap<string, ReadonlyMap<string, string>>,
): LiveObject[] {
  const { identity: name, schema } = own;
  const columns = flatMap(lines, (line) => {
    const [, field, type, list, optional, rest] = /^(\w+)\s+(\w+)(\[\])?(\?)?(.*)$/.exec(line) ?? [];
    // Another model is a relation and no column; Unsupported is what Prisma cannot read either.
    if (field === undefined || type === undefined || type === 'Unsupported') return [];
    const enumeration = enums.get(type);
    if (named.has(type) && !enumeration) return [];
    const base = enumeration ? named.get(type)!.identity : typeOf(type, rest!);
    if (base === undefined) return [];
    return {
      kind: 'column',
      name: `${name}.${quoteIdent(argument(rest!, '@map') ?? field)}`,
      of: name,
      schema,
      properties: {
        type: `${base}${list ?? ''}`,
        nullable: optional === undefined && list === undefined ? 'no' : 'yes',
        ...defaultOf(rest!, base, enumeration),
      },
    } satisfies LiveObject;
  });
  return [{ kind: 'table', name, schema, properties: {} }, ...columns, ...keyOfModel(lines, own)];
}

/** The primary key, under the name that Prisma gives it. */
function keyOfModel(lines: readonly string[], { identity, schema }: Named): LiveObject[] {
  const columnOf = (field: string) => {
    const line = lines.find((other) => new RegExp(`^${field}\\s`).test(other));
    return quoteIdent((line !== undefined && argument(line, '(?<!@)@map')) || field);
  };
  const single = lines.find((line) => /^\w+\s.*(?<!@)@id\b/.test(line));
  const several = lines.find((line) => line.startsWith('@@id'));
  // A field may have arguments: `id(sort: Desc)`.
  const columns =
    single !== undefined
      ? [/^\w+/.exec(single)![0]]
      : [...(/\[([^\]]*)\]/.exec(several ?? '')?.[1] ?? '').matchAll(/(\w+)(?:\([^)]*\))?/g)].map(
          ([, field]) => field!,
        );
  if (columns.length === 0) return [];
  const own = /@id\b[^@]*?\bmap:\s*"([^"]*)"/.exec(single ?? several!)?.[1];
  const table = lastPart(identity).replaceAll('"', '');
  return [
    {
      kind: 'constraint',
      name: `${quoteIdent(own ?? `${table}_pkey`)} on ${identity}`,
      of: identity,
      schema,
      properties: { definition: `PRIMARY KEY (${columns.map(columnOf).join(', ')})` },
    },
  ];
}

const SCALARS: Readonly<Record<string, string>> = {
  String: 'text',
  Boolean: 'boolean',
  Int: 'integer',
  BigInt: 'bigint',
  Float: 'double precision',
  Decimal: 'numeric(65,30)',
  DateTime: 'timestamp(3) without time zone',
  Json: 'jsonb',
  Bytes: 'bytea',
};

/** What stands behind `@db.`; `%` is its size. */
const NATIVE: Readonly<Record<string, string>> = {
  Text: 'text',
  VarChar: 'character varying%',
  Char: 'character%',
  Uuid: 'uuid',
  Citext: 'citext',
  Xml: 'xml',
  Inet: 'inet',
  Bit: 'bit%',
  VarBit: 'bit varying%',
  Boolean: 'boolean',
  SmallInt: 'smallint',
  Integer: 'integer',
  BigInt: 'bigint',
  Oid: 'oid',
  Real: 'real',
  DoublePrecision: 'double precision',
  Decimal: 'numeric%',
  Money: 'money',
  Date: 'date',
  Timestamp: 'timestamp% without time zone',
  Timestamptz: 'timestamp% with time zone',
  Time: 'time% without time zone',
  Timetz: 'time% with time zone',
  Json: 'json',
  JsonB: 'jsonb',
  ByteA: 'bytea',
};

function typeOf(type: string, rest: string): string | undefined {
  const [, native, size] = /@db\.(\w+)(?:\(([^)]*)\))?/.exec(rest) ?? [];
  const template = native === undefined ? undefined : NATIVE[native];
  if (template === undefined) return SCALARS[type];
  return template.replace('%', size === undefined ? '' : `(${size.replaceAll(' ', '')})`);
}

/** The default as the database has it; `auto` where it counts. */
function defaultOf(
  rest: string,
  type: string,
  values: ReadonlyMap<string, string> | undefined,
): LiveObject['properties'] {
  const at = /@default\(/.exec(rest);
  const written = at ? inParentheses(rest.slice(at.index + at[0].length)) : undefined;
  if (written === undefined) return { default: null, auto: null };
  if (written.startsWith('autoincrement')) return { default: null, auto: 'yes' };
  if (written.startsWith('now(')) return { default: 'CURRENT_TIMESTAMP', auto: null };
  const generated = /^dbgenerated\(\s*"((?:[^"\\]|\\.)*)"/.exec(written)?.[1];
  if (generated !== undefined) return { default: generated.replaceAll(/\\(.)/g, '$1'), auto: null };
  // Prisma itself makes uuid(), cuid() and their like.
  if (/^\w+\(/.test(written)) return { default: null, auto: null };
  const text = /^"((?:[^"\\]|\\.)*)"$/.exec(written)?.[1];
  const value = text === undefined ? values?.get(written) : text.replaceAll(/\\(.)/g, '$1');
  const cast = type.replace(/\(.*?\)/, '');
  return { default: value === undefined ? written : `${quoteLiteral(value)}::${cast}`, auto: null };
}

/** What stands before the parenthesis that ends it. */
function inParentheses(text: string): string {
  let depth = 1;
  for (const { 0: part, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[()]/g)) {
    if (part === '(') depth++;
    else if (part === ')' && --depth === 0) return text.slice(0, index).trim();
  }
  return text.trim();
}

/** An object of the migrations in the words of the datamodel. */
function inPrisma(object: LiveObject, tables: ReadonlySet<string>): LiveObject | undefined {
  const { kind, name, of, schema, properties: p } = object;
  const base = { kind, name, ...(of !== undefined && { of }), ...(schema !== undefined && { schema }) };
  if (kind === 'table') return p.partition == null ? { ...base, properties: {} } : undefined;
  if (kind === 'enum') return { ...base, properties: { labels: p.labels ?? null } };
  if (!tables.has(of!)) return undefined;
  if (kind === 'constraint' && p.definition!.startsWith('PRIMARY KEY'))
    return { ...base, properties: { definition: p.definition! } };
  if (kind !== 'column') return undefined;
  const isAuto = p.auto === 'yes' || p.identity != null || /^nextval\(/.test(p.default ?? '');
  return {
    ...base,
    properties: {
      // In which schema an extension lies is not said.
      type: p.type!.replace(/^\w+\.(?=citext$)/, ''),
      nullable: p.nullable ?? null,
      default: isAuto ? null : (p.default ?? null),
      auto: isAuto ? 'yes' : null,
    },
  };
}
