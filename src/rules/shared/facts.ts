/**
 * What the other files of a folder say, as far as a rule must know it before it speaks: a table that is secured by a
 * later migration is secured. History knows the earlier files only, and no more than objects; this reads the texts,
 * and only when a rule has found something. It may take too much for said, and then the rule is silent.
 */
import { relative } from 'node:path';
import type { Migration } from '../../history/files.ts';
import type { RuleContext } from '../api/rule.ts';
import { flatMap } from '../../lists.ts';

/** Names are in lower case, without quotes, with their schema. */
export interface Facts {
  /** Tables whose row level security is enabled. */
  enabled: Set<string>;
  /** Row level security is enabled by dynamic SQL, for tables that are not named. */
  enablesAll: boolean;
  /** Row level security is enabled for every new table, by an event trigger. */
  enablesNew: boolean;
  /** Tables that have a policy. */
  policies: Set<string>;
  /** Policies are made by dynamic SQL. */
  policiesAll: boolean;
  /** Views whose security_invoker is set. */
  invokers: Set<string>;
  /** Functions whose search_path is set by ALTER FUNCTION. */
  searchPaths: Set<string>;
  searchPathsAll: boolean;
  /** What is taken away from the API's roles. */
  revoked: Set<string>;
  /** Functions of a schema are revoked as a whole. */
  revokedAll: boolean;
  /** Tables that get a primary key by ALTER TABLE. */
  keys: Set<string>;
  /** `table(first column, second column, …)` of indexes and unique constraints. */
  indexes: Set<string>;
  dropped: Set<string>;
  /** Views and functions that are made, so that what an earlier file made is replaced. */
  made: Set<string>;
  /** Tables under their new names. */
  renames: Map<string, string>;
}

const PART = String.raw`(?:"(?:[^"]|"")+"|[\w$]+)`;
const NAME = String.raw`(${PART}(?:\s*\.\s*${PART})?)`;
const pattern = (text: string) => new RegExp(text.replaceAll('NAME', NAME).replaceAll(' ', String.raw`\s+`), 'gi');

const ENABLE = pattern(
  String.raw`\balter table (?:if exists )?(?:only )?NAME (?:force row level security\s*,\s*)?enable row level security`,
);
const POLICY = pattern(String.raw`\bcreate policy (?:if not exists )?${PART} on NAME`);
const INVOKER = pattern(String.raw`\balter view (?:if exists )?NAME set\s*\(\s*security_invoker`);
const SEARCH_PATH = pattern(
  String.raw`\balter (?:function|procedure|routine) (?:if exists )?NAME\s*(?:\([^)]*\))?\s*set search_path`,
);
const REVOKE = pattern(String.raw`\brevoke [^;]*? on (?:table |function |procedure |routine )?([^;]*?) from `);
const KEY = pattern(
  String.raw`\balter table (?:if exists )?(?:only )?NAME\s[^;]*?\badd (?:constraint ${PART} )?primary key`,
);
const INDEX = pattern(
  String.raw`\bcreate (?:unique )?index (?:concurrently )?(?:if not exists )?(?:${PART} )?on (?:only )?NAME\s*(?:using \w+\s*)?\(([^;]*)`,
);
const UNIQUE = pattern(
  String.raw`\balter table (?:if exists )?(?:only )?NAME\s[^;]*?\badd (?:constraint ${PART} )?(?:unique|primary key)\s*\(([^)]*)\)`,
);
const DROP = pattern(String.raw`\bdrop (?:table|view|materialized view|function) (?:if exists )?([^;]*)`);

const MADE = pattern(String.raw`\bcreate (?:or replace )?(?:recursive )?(?:view|function|procedure) NAME`);
const RENAME = pattern(String.raw`\balter table (?:if exists )?(?:only )?NAME rename to (${PART})`);

const unquote = (part: string): string =>
  part
    .trim()
    .replace(/^"(.*)"$/s, '$1')
    .replaceAll('""', '"')
    .toLowerCase();

/** A name as written, as a key. */
export function keyOf(name: string): string {
  const parts = [...name.matchAll(new RegExp(PART, 'g'))].map((match) => unquote(match[0]));
  return parts.length > 1 ? `${parts[0]!}.${parts[1]!}` : `public.${parts[0] ?? ''}`;
}

/** The columns in the parentheses of an index, without their order, operator class or collation; expressions are empty. */
const columnsOf = (list: string): string[] => {
  let depth = 0;
  let end = 0;
  for (; end < list.length && !(list[end] === ')' && depth === 0); end++)
    depth += list[end] === '(' ? 1 : list[end] === ')' ? -1 : 0;
  return list
    .slice(0, end)
    .split(',')
    .map((column) => (/[('|:]/.test(column) ? '' : unquote(new RegExp(`^\\s*(${PART})`).exec(column)?.[1] ?? '')));
};

/** Reads what a migration says, comments aside. */
export function factsIn(sql: string): Facts {
  const text = sql.replace(/--[^\n]*|\/\*[\s\S]*?\*\//g, ' ');
  const keys = (regex: RegExp) => new Set([...text.matchAll(regex)].map((match) => keyOf(match[1]!)));
  const dynamic = (what: string) => new RegExp(String.raw`\b(execute|format\s*\()[^;]*${what}`, 'i').test(text);
  const indexes = new Set(
    [...text.matchAll(INDEX), ...text.matchAll(UNIQUE)].map(
      (match) => `${keyOf(match[1]!)}(${columnsOf(match[2]!).join(',')})`,
    ),
  );
  return {
    enabled: keys(ENABLE),
    enablesAll: dynamic(String.raw`enable\s+row\s+level\s+security`),
    enablesNew: /\bcreate\s+event\s+trigger\b/i.test(text) && /enable\s+row\s+level\s+security/i.test(text),
    policies: keys(POLICY),
    policiesAll: dynamic(String.raw`create\s+policy`),
    invokers: keys(INVOKER),
    searchPaths: keys(SEARCH_PATH),
    searchPathsAll: dynamic(String.raw`alter\s+(function|routine)[^;]*search_path`),
    revoked: new Set(
      flatMap(text.matchAll(REVOKE), (match) =>
        match[1]!
          .replace(/\([^)]*\)/g, '')
          .split(',')
          .map(keyOf),
      ),
    ),
    revokedAll: /\brevoke\s[^;]*\bon\s+(all\s+)?(functions|routines)\b/i.test(text),
    keys: keys(KEY),
    indexes,
    made: keys(MADE),
    renames: new Map(
      [...text.matchAll(RENAME)].map((match) => [
        keyOf(match[1]!),
        `${keyOf(match[1]!).replace(/\.[^.]*$/, '')}.${unquote(match[2]!)}`,
      ]),
    ),
    dropped: new Set(
      flatMap(text.matchAll(DROP), (match) =>
        match[1]!
          .replace(/\([^)]*\)/g, '')
          .split(',')
          .map(keyOf),
      ),
    ),
  };
}

interface FileFacts {
  path: string;
  facts: Facts;
}

/** Many files have the same neighbours, which need be read only once. */
const known = new WeakMap<readonly Migration[], FileFacts[]>();

function factsOf(migrations: readonly Migration[]): FileFacts[] {
  let facts = known.get(migrations);
  if (!facts) known.set(migrations, (facts = migrations.map(({ path, text }) => ({ path, facts: factsIn(text) }))));
  return facts;
}

/** What holds of a table, a view or a function after all migrations. */
export interface Said {
  /** Of this file, read from its text as it is linted. */
  here: Facts;
  /** Of the files that run after it. */
  later: readonly Facts[];
  earlier: readonly Facts[];
  /** Whether any file says it. */
  anywhere(holds: (facts: Facts) => boolean): boolean;
  /** Whether this file or a later one says it. */
  fromHere(holds: (facts: Facts) => boolean): boolean;
  /** The names that a table has before or after: renaming it changes none of what was said of it. */
  names(key: string): readonly string[];
}

/** Reads the file and its neighbours; call it only when something is found. */
export function said(context: RuleContext): Said {
  const { path, text, neighbours, position = 0 } = context.sourceCode;
  const files = factsOf(neighbours);
  const here = factsIn(text);
  const isOther = (file: FileFacts) => relative(file.path, path) !== '';
  const facts = (some: readonly FileFacts[]) => some.filter(isOther).map((file) => file.facts);
  const [earlier, later] = [facts(files.slice(0, position)), facts(files.slice(position))];
  return {
    here,
    later,
    earlier,
    anywhere: (holds) => holds(here) || later.some(holds) || earlier.some(holds),
    fromHere: (holds) => holds(here) || later.some(holds),
    names(key) {
      const names = [key];
      for (const { renames } of [here, ...later]) {
        const to = renames.get(names.at(-1)!);
        if (to !== undefined) names.push(to);
      }
      let first = key;
      for (const { renames } of [here, ...earlier.toReversed()]) {
        const from = [...renames].find(([, to]) => to === first)?.[0];
        if (from !== undefined) names.push((first = from));
      }
      return names;
    },
  };
}

/** A value that is made when it is first asked for. */
export function lazy<T>(make: () => T): () => T {
  let value: { made: T } | undefined;
  return () => (value ??= { made: make() }).made;
}

/** Whether a table has row level security in the end. */
export function isSecured(facts: Said, key: string): boolean {
  const names = facts.names(key);
  const enabled = (f: Facts) => names.some((name) => f.enabled.has(name)) || f.enablesNew;
  return facts.fromHere((f) => enabled(f) || f.enablesAll) || facts.earlier.some(enabled);
}

/** Whether this file or a later one drops a table. */
export function isDropped(facts: Said, key: string): boolean {
  const names = facts.names(key);
  return facts.fromHere((f) => names.some((name) => f.dropped.has(name)));
}
