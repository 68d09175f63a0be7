/** The types that `supabase gen types` writes: tables, columns, whether they may be null, enums and views. */
import { quoteIdent, quoteLiteral } from '../../catalog/names.ts';
import { UserError } from '../../errors.ts';
import type { Source } from '../drift.ts';
import { keyOf, type LiveObject } from '../objects.ts';

/** An object of types, by its keys; or a type as it is written. */
type Literal = { readonly [key: string]: Literal } | string;

/** @throws UserError where the text does not declare `Database` */
export function readSupabaseTypes(title: string, text: string): Source {
  const start = /\bexport\s+(?:type\s+Database\s*=|interface\s+Database)\s*(?=\{)/.exec(text);
  if (!start) throw new UserError(`${title} does not declare the type Database, which supabase gen types writes`);
  const database = new TypeReader(text, start.index + start[0].length).object();
  const objects = new Map<string, LiveObject>();
  const add = (object: LiveObject) => objects.set(keyOf(object), object);
  const schemas = new Set<string>();
  for (const [schema, of] of Object.entries(database)) {
    if (typeof of === 'string' || !('Tables' in of)) continue;
    schemas.add(schema);
    const named = (name: string) => `${quoteIdent(schema)}.${quoteIdent(name)}`;
    for (const [name, labels] of entriesOf(of.Enums))
      add({ kind: 'enum', name: named(name), schema, properties: { labels: labelsOf(labels as string) } });
    for (const [name] of entriesOf(of.Views)) add({ kind: 'view', name: named(name), schema, properties: {} });
    for (const [name, table] of entriesOf(of.Tables)) {
      add({ kind: 'table', name: named(name), schema, properties: {} });
      for (const [column, type] of entriesOf((table as { Row?: Literal }).Row))
        add(columnOf(named(name), schema, column, type as string));
    }
  }
  const enums = new Set([...objects.values()].filter(({ kind }) => kind === 'enum').map(({ name }) => name));
  return {
    title,
    objects,
    isExact: false,
    view: (object) => (schemas.has(object.schema ?? '') ? inTypes(object, enums) : undefined),
    notes: [`where ${title} is behind, supabase gen types writes it anew`],
  };
}

const entriesOf = (literal: Literal | undefined): [string, Literal][] =>
  literal === undefined || typeof literal === 'string'
    ? []
    : Object.entries(literal).filter(([name]) => name !== '[_ in never]');

/** `"a" | "b"` as PostgreSQL's labels. */
const labelsOf = (union: string): string =>
  [...union.matchAll(/"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'/g)]
    .map(([, double, single]) => quoteLiteral((double ?? single)!.replaceAll(/\\(.)/g, '$1')))
    .join(', ');

function columnOf(table: string, schema: string, column: string, type: string): LiveObject {
  const parts = type.split('|').map((part) => part.trim());
  const own = parts.filter((part) => part !== 'null' && part !== '').join(' | ');
  return {
    kind: 'column',
    name: `${table}.${quoteIdent(column)}`,
    of: table,
    schema,
    properties: { type: plainType(own), nullable: parts.includes('null') ? 'yes' : 'no' },
  };
}

/** `Database["public"]["Enums"]["mood"]` as `enum public.mood`. */
const plainType = (type: string): string =>
  type.replace(
    /Database\[["'](\w+)["']\]\[["']Enums["']\]\[["']([^"']+)["']\]/,
    (_, schema: string, name: string) => `enum ${quoteIdent(schema)}.${quoteIdent(name)}`,
  );

const NUMBERS = /^(?:smallint|integer|bigint|real|double precision|numeric)/;
const STRINGS =
  /^(?:text|character|"char"|bytea|date|time\w*|uuid|name|citext|\w+\.(?:citext|vector)|vector|bpchar)(?![\w"])/;

/** An object of the migrations in the words of the types. */
function inTypes(object: LiveObject, enums: ReadonlySet<string>): LiveObject | undefined {
  const { kind, name, of, schema, properties: p } = object;
  const base = { name, ...(of !== undefined && { of }), ...(schema !== undefined && { schema }) };
  if (kind === 'table') return p.partition == null ? { ...base, kind, properties: {} } : undefined;
  if (kind === 'view' || kind === 'materialized view') return { ...base, kind: 'view', properties: {} };
  if (kind === 'enum') return { ...base, kind, properties: { labels: p.labels ?? '' } };
  if (kind !== 'column') return undefined;
  // Objects of the types have these properties already.
  const type = isTyped(p.type!) ? p.type! : typeOf(p.type!, enums);
  return { ...base, kind, properties: { type, nullable: p.nullable! } };
}

const isTyped = (type: string): boolean => /^(?:string|number|boolean|Json|unknown|enum |undefined|Record)/.test(type);

function typeOf(type: string, enums: ReadonlySet<string>): string {
  if (type.endsWith('[]')) return `${typeOf(type.slice(0, -2), enums)}[]`;
  if (NUMBERS.test(type)) return 'number';
  if (STRINGS.test(type)) return 'string';
  if (type === 'boolean') return 'boolean';
  if (type === 'json' || type === 'jsonb') return 'Json';
  return enums.has(type) ? `enum ${type}` : 'unknown';
}

/** A string on one line. */
const LITERAL = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/y;

/** Reads a type literal: objects of keys with types, as a generator of code writes them. */
class TypeReader {
  private readonly text: string;
  private at: number;

  constructor(text: string, at: number) {
    this.text = text;
    this.at = at;
  }

  object(): Record<string, Literal> {
    const found: Record<string, Literal> = {};
    this.at++;
    for (;;) {
      this.skip(/(?:[\s;,]|\/\/[^\n]*|\/\*[^]*?\*\/)*/y);
      if (this.at >= this.text.length || this.text[this.at] === '}') break;
      const key = this.skip(/(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\[[^\]]*\]|[\w$]+)/y);
      if (key === '') throw new UserError(`the types cannot be read at character ${this.at}`);
      this.skip(/\s*\??\s*:\s*/y);
      found[key.replace(/^["'](.*)["']$/s, '$1')] = this.text[this.at] === '{' ? this.object() : this.type();
    }
    this.at++;
    return found;
  }

  private skip(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0] ?? '';
    this.at += found.length;
    return found;
  }

  /** Up to the end of the line, unless it goes on with the next one. */
  private type(): string {
    const start = this.at;
    let depth = 0;
    for (; this.at < this.text.length; this.at++) {
      const character = this.text[this.at]!;
      // A quote without an end is an apostrophe in a comment.
      if (this.skip(LITERAL) !== '') this.at--;
      else if ('{[(<'.includes(character)) depth++;
      else if (depth > 0 && '}])>'.includes(character)) depth--;
      else if (depth === 0 && (character === '}' || character === ';' || character === ',')) break;
      else if (depth === 0 && character === '\n' && !this.goesOn(start)) break;
    }
    return this.text.slice(start, this.at).trim();
  }

  private goesOn(start: number): boolean {
    return (
      /^\s*[|&]/.test(this.text.slice(this.at, this.at + 200)) || /^\s*[|&]?\s*$/.test(this.text.slice(start, this.at))
    );
  }
}
