/** The objects of a database as data, in words that do not depend on the version of PostgreSQL. */
import { quoteLiteral } from '../catalog/names.ts';
import { SPELLING } from '../database/catalogs.ts';
import type { Ask } from '../database/state.ts';
import { loadParser } from '../syntax/parser.ts';
import { sameText } from './canonical.ts';
import { KINDS, ONE_SERVER, OWNERS, type Kind } from './kinds.ts';

/** One object of a database. */
export interface LiveObject {
  /** `table`, `column`, `constraint`, `index`, `policy`, `trigger`, `function`, `view`, `comment`, `grant`, … */
  kind: string;
  /** Its identity within the database, as PostgreSQL writes it: `public.notes.title`, `own on public.notes`. */
  name: string;
  /** The identity of the object that it is grouped under. */
  of?: string;
  /** The schema in which it lives, without quotes; none where it belongs to the whole database. */
  schema?: string;
  /** What can differ: type, default, definition, owner, … */
  properties: Readonly<Record<string, string | null>>;
  /** The statement that makes it, where PostgreSQL itself writes one. */
  sql?: string;
}

/** By kind and name, with a space between them. */
export type LiveObjects = ReadonlyMap<string, LiveObject>;

export interface Difference {
  kind: 'missing' | 'unexpected' | 'different';
  expected?: LiveObject;
  actual?: LiveObject;
  /** The names of the properties that differ. */
  properties?: string[];
}

/** Under which an object is known among others. */
export const keyOf = ({ kind, name }: Pick<LiveObject, 'kind' | 'name'>): string => `${kind} ${name}`;

/** The last part of a qualified name: of `public.notes.title`, `title`. */
export const lastPart = (name: string): string => /(?:"(?:[^"]|"")*"|[^."]+)$/.exec(name)![0];

/** What is known of a database before its objects are read. */
export interface Server {
  /** The major version. */
  version: number;
  /** The roles that own the database, or that ask. */
  owners: readonly string[];
}

const SERVER = `
  SELECT json_build_array(current_setting('server_version_num')::int / 10000, pg_get_userbyid(d.datdba), current_user,
    session_user, pg_get_userbyid(10))::text
  FROM pg_database d WHERE d.datname = current_database()`;

export async function readServer(ask: Ask): Promise<Server> {
  const [[[text]]] = (await ask(SERVER)) as [[[string]]];
  const [version, ...owners] = JSON.parse(text) as [number, ...string[]];
  return { version, owners: [...new Set([...owners, 'pg_database_owner'])] };
}

export interface ReadingObjects {
  /** What `readServer` has said. @default it is asked */
  server?: Server;
  /** Roles that count as the owner of the database besides those of this server: those of the other one. */
  owners?: readonly string[];
  /** Whether it is compared with the same server only: then also in what versions of PostgreSQL do otherwise. */
  isOneServer?: boolean;
}

/**
 * Reads the objects of a database that neither PostgreSQL nor an extension has made. It only reads, in one message, so
 * that it may stand in a transaction of the caller's.
 */
export async function readObjects(ask: Ask, options: ReadingObjects = {}): Promise<LiveObjects> {
  const server = options.server ?? (await readServer(ask));
  await loadParser();
  const owners = [...new Set([...server.owners, ...(options.owners ?? [])])];
  const list = `ARRAY[${owners.map(quoteLiteral).join(', ')}]`;
  const kinds = KINDS.filter(({ since = 0 }) => since <= server.version);
  const queries = kinds.map((kind) =>
    queryOf(kind, server.version)
      .replaceAll(OWNERS, list)
      .replaceAll(ONE_SERVER, String(options.isOneServer ?? false)),
  );
  const answers = await ask(`${SPELLING}\n${queries.join(';\n')}`);
  const objects = new Map<string, LiveObject>();
  kinds.forEach((kind, k) => {
    const names = Object.keys(kind.properties);
    for (const row of JSON.parse(answers[k]![0]![0] as string) as (string | null)[][]) {
      const object = objectOf(names, row);
      objects.set(keyOf(object), object);
    }
  });
  return objects;
}

/** One row with one text, also where there is no object. */
function queryOf({ kind, from, name, of, schema, properties, sql }: Kind, version: number): string {
  const values = Object.values(properties).map((value) =>
    typeof value === 'string' ? value : value.since <= version ? value.sql : 'NULL',
  );
  const all = [kind, name, of, schema, sql, ...values].map((value) => `(${value ?? 'NULL'})::text`);
  return `SELECT coalesce(json_agg(json_build_array(${all.join(', ')})), '[]')::text FROM ${from}`;
}

function objectOf(names: readonly string[], [kind, name, of, schema, sql, ...values]: (string | null)[]): LiveObject {
  return {
    kind: kind!,
    name: name!,
    ...(typeof of === 'string' && { of }),
    ...(typeof schema === 'string' && { schema }),
    properties: Object.fromEntries(names.map((property, k) => [property, values[k]!])),
    ...(typeof sql === 'string' && { sql }),
  };
}

/** What one database should have and has not, has and should not have, or has otherwise. */
export function differences(expected: LiveObjects, actual: LiveObjects): Difference[] {
  const found: Difference[] = [];
  for (const [key, object] of expected) {
    const other = actual.get(key);
    if (!other) found.push({ kind: 'missing', expected: object });
    else {
      const properties = differingProperties(object, other);
      if (properties.length > 0) found.push({ kind: 'different', expected: object, actual: other, properties });
    }
  }
  for (const [key, object] of actual) if (!expected.has(key)) found.push({ kind: 'unexpected', actual: object });
  return found;
}

/** The names of the properties in which two objects of one kind differ. */
export function differingProperties(a: LiveObject, b: LiveObject): string[] {
  return Object.keys(a.properties).filter((name) => {
    const [one, other] = [a.properties[name] ?? null, b.properties[name] ?? null];
    return one !== other && (one === null || other === null || !sameText(name, one, other));
  });
}
