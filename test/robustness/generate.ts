/** Makes migrations: statements of every kind over a small world of objects, so that most of them run. */
import fc from 'fast-check';
import { tokenize } from '../../src/syntax/lexer.ts';
import { truncateName } from '../../src/catalog/names.ts';

/** A migration with what came before it. */
export interface Generated {
  setup: string;
  migration: string;
}

/** One choice of a statement: its kind, and numbers that decide everything else in it. */
type Choice = readonly [kind: number, ...numbers: number[]];

interface Table {
  name: string;
  columns: { name: string; type: string }[];
  keyed: boolean;
  constraints: string[];
  indexes: string[];
  policies: string[];
  triggers: string[];
  rls: boolean;
  /** Whether something else depends on it, so that it is left as it is. */
  held: boolean;
}

interface Model {
  /** The identifiers in use, as PostgreSQL keeps them. */
  taken: Set<string>;
  schemas: string[];
  tables: Table[];
  enums: { name: string; labels: string[]; held: boolean }[];
  domains: string[];
  composites: { name: string; attributes: string[] }[];
  views: { name: string; materialized: boolean }[];
  functions: { name: string; args: string; body: number }[];
  triggerFunctions: string[];
  sequences: string[];
  publications: string[];
  statistics: string[];
  collations: string[];
}

/** Draws from the numbers of a choice; when they are used up, from zero. */
class Draw {
  private at = 1;
  readonly model: Model;
  private readonly choice: Choice;
  constructor(model: Model, choice: Choice) {
    this.model = model;
    this.choice = choice;
  }
  number(below: number): number {
    return (this.choice[this.at++] ?? 0) % Math.max(1, below);
  }
  of<T>(items: readonly T[]): T {
    return items[this.number(items.length)]!;
  }
  /** The same, where there may be none. */
  any<T>(items: readonly T[]): T | undefined {
    return items[this.number(items.length)];
  }
  maybe(text: string, oneIn = 2): string {
    return this.number(oneIn) === 0 ? text : '';
  }
  /** A name that is not in use. */
  name(): string {
    const stem = this.of(STEMS);
    for (let k = 0; ; k++) {
      const name = stem(k);
      const kept = truncateName(name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name.toLowerCase());
      if (this.model.taken.has(kept)) continue;
      this.model.taken.add(kept);
      return name;
    }
  }
}

const STEMS: ((k: number) => string)[] = [
  (k) => `item${k}`,
  (k) => `"Mixed ${k}"`,
  (k) => `UPPER_${k}`,
  (k) => `"quo""te${k}"`,
  (k) => `"select${k || ''}"`,
  (k) => `größe_${k}`,
  (k) => `"it's ${k}"`,
  (k) => `a${k}_name_of_more_than_sixty_three_bytes_that_postgresql_cuts_where_it_must`,
  (k) => `"🐘 ${k}; --"`,
  (k) => `_under$${k}`,
  (k) => `"$$${k}"`,
];

const TYPES = [
  'int',
  'text',
  'bigint',
  'uuid',
  'jsonb',
  'timestamptz',
  'numeric(10, 2)',
  'boolean',
  'text[]',
  'varchar(20)',
];
const DEFAULTS: Record<string, string> = {
  int: '0',
  text: "'a;b'",
  bigint: '1',
  jsonb: "'{}'",
  timestamptz: 'now()',
  boolean: 'false',
  uuid: 'gen_random_uuid()',
  'text[]': "'{}'",
  'numeric(10, 2)': '1.5',
  'varchar(20)': "'it''s'",
};
const value = (type: string, k: number): string =>
  ({
    int: `${k}`,
    text: `'t${k}'`,
    bigint: `${k}`,
    uuid: `'00000000-0000-0000-0000-00000000000${k % 10}'`,
    jsonb: `'{"k": ${k}}'`,
    timestamptz: "'2020-01-01'",
    boolean: k % 2 ? 'true' : 'false',
    'text[]': "'{a,b}'",
    'numeric(10, 2)': `${k}.5`,
    'varchar(20)': `'v${k}'`,
  })[type] ?? 'NULL';

const newTable = (name: string): Table => ({
  name,
  columns: [],
  keyed: false,
  constraints: [],
  indexes: [],
  policies: [],
  triggers: [],
  rls: false,
  held: false,
});
const drop = <T>(list: T[], item: T): T => {
  list.splice(list.indexOf(item), 1);
  return item;
};

/** What a kind needs is asked first; undefined where the world has nothing for it. */
type Kind = (d: Draw) => string | undefined;

const onTable =
  (make: (d: Draw, t: Table) => string | undefined): Kind =>
  (d) =>
    d.model.tables.length > 0 ? make(d, d.of(d.model.tables)) : undefined;
const onFreeTable =
  (make: (d: Draw, t: Table) => string | undefined): Kind =>
  (d) => {
    const free = d.model.tables.filter((t) => !t.held);
    return free.length > 0 ? make(d, d.of(free)) : undefined;
  };
const on =
  <T>(list: (m: Model) => readonly T[], make: (d: Draw, item: T) => string | undefined): Kind =>
  (d) => {
    const items = list(d.model);
    return items.length > 0 ? make(d, d.of(items)) : undefined;
  };

const createTable: Kind = (d) => {
  const schema = d.model.schemas.length > 0 && d.number(4) === 0 ? `${d.of(d.model.schemas)}.` : '';
  const table = newTable(`${schema}${d.name()}`);
  table.keyed = d.number(3) > 0;
  const columns = [
    table.keyed ? { name: 'id', type: 'int' } : undefined,
    ...Array.from({ length: 1 + d.number(3) }, (_, k) => ({
      name: k === 0 ? 'a' : k === 1 ? '"B b"' : 'c',
      type: d.of(TYPES),
    })),
  ].filter((c) => c !== undefined);
  table.columns = columns;
  const lines = columns.map(
    ({ name, type }, k) =>
      `${name} ${type}${k === 0 && table.keyed ? ' PRIMARY KEY' : d.maybe(` DEFAULT ${DEFAULTS[type]!}`, 3)}`,
  );
  if (d.number(4) === 0) {
    const name = d.name();
    table.constraints.push(name);
    lines.push(`CONSTRAINT ${name} CHECK (${columns[0]!.name} IS NOT NULL)`);
  }
  d.model.tables.push(table);
  return `CREATE TABLE ${d.maybe('IF NOT EXISTS ', 4)}${table.name} (${d.maybe('\n  ') || ''}${lines.join(', ')})`;
};

const KINDS: Kind[] = [
  createTable,
  createTable,
  (d) => {
    const name = d.name();
    d.model.schemas.push(name);
    return `CREATE SCHEMA ${d.maybe('IF NOT EXISTS ', 4)}${name}`;
  },
  onTable((d, t) => {
    const type = d.of(TYPES);
    const name = d.name();
    t.columns.push({ name, type });
    return `ALTER TABLE ${t.name} ADD COLUMN ${d.maybe('IF NOT EXISTS ', 4)}${name} ${type}${d.maybe(` DEFAULT ${DEFAULTS[type]!}`)}`;
  }),
  onTable((d, t) => {
    const names = [d.name(), d.name()];
    t.columns.push(...names.map((name) => ({ name, type: 'text' })));
    return `ALTER TABLE ${t.name}\n  ADD ${names[0]!} text,\n  ADD COLUMN ${names[1]!} text NOT NULL DEFAULT 'x, y'`;
  }),
  onFreeTable((d, t) => {
    const free = t.columns.filter((c) => c.name.startsWith('item') || c.name.startsWith('UPPER'));
    return free.length === 0 || t.columns.length === 1
      ? undefined
      : `ALTER TABLE ${t.name} DROP COLUMN ${d.maybe('IF EXISTS ', 3)}${drop(t.columns, d.of(free)).name}${d.maybe(' CASCADE', 4)}`;
  }),
  onFreeTable((d, t) => {
    const column = d.of(
      t.columns.filter((c) => c.name !== 'id').length > 0 ? t.columns.filter((c) => c.name !== 'id') : t.columns,
    );
    const old = column.name;
    column.name = d.name();
    return `ALTER TABLE ${t.name} RENAME ${d.maybe('COLUMN ')}${old} TO ${column.name}`;
  }),
  onFreeTable((d, t) => {
    const old = t.name;
    const name = d.name();
    t.name =
      old.includes('.') && !old.startsWith('"') ? `${old.split('.')[0]!}.${name}` : old.includes('.') ? old : name;
    return t.name === old ? undefined : `ALTER TABLE ${old} RENAME TO ${name}`;
  }),
  onFreeTable((d, t) => {
    const column = t.columns.find((c) => c.type === 'int' && c.name !== 'id');
    if (!column) return undefined;
    column.type = 'bigint';
    return `ALTER TABLE ${t.name} ALTER COLUMN ${column.name} ${d.maybe('SET DATA ')}TYPE bigint`;
  }),
  onTable((d, t) => {
    const column = d.of(t.columns);
    return `ALTER TABLE ${t.name} ALTER ${column.name} SET DEFAULT ${DEFAULTS[column.type] ?? 'NULL'}`;
  }),
  onTable(
    (d, t) =>
      `ALTER TABLE ${t.name} ALTER COLUMN ${d.of(t.columns.slice(1).length > 0 ? t.columns.slice(1) : t.columns).name} DROP DEFAULT`,
  ),
  onTable((d, t) => {
    const name = d.name();
    t.constraints.push(name);
    return `ALTER TABLE ${t.name} ADD CONSTRAINT ${name} CHECK (${d.of(t.columns).name} IS NOT DISTINCT FROM ${d.of(t.columns).name}) NOT VALID`.replace(
      /(CHECK \()(.*?) (IS NOT DISTINCT FROM) .*\) NOT VALID$/,
      '$1$2 IS NOT NULL OR true) NOT VALID',
    );
  }),
  onTable((d, t) => `ALTER TABLE ${t.name} ADD CHECK (${d.of(t.columns).name} IS NOT NULL OR true)`),
  onTable((d, t) => {
    const column = d.any(t.columns.filter((c) => c.type !== 'jsonb'));
    if (!column) return undefined;
    const name = d.name();
    t.constraints.push(name);
    return `ALTER TABLE ${t.name} ADD CONSTRAINT ${name} UNIQUE (${column.name}, ${t.columns[0]!.name === column.name ? 'tableoid' : t.columns[0]!.name})`.replace(
      ', tableoid',
      '',
    );
  }),
  onTable((d, t) => {
    const target = d.model.tables.find((other) => other.keyed && other !== t);
    const column = t.columns.find((c) => c.type === 'int' && c.name !== 'id');
    if (!target || !column) return undefined;
    target.held = true;
    t.held = true;
    return `ALTER TABLE ${t.name} ADD ${d.maybe(`CONSTRAINT ${d.name()} `)}FOREIGN KEY (${column.name}) REFERENCES ${target.name} (id) NOT VALID`;
  }),
  onTable((d, t) =>
    t.constraints.length === 0
      ? undefined
      : `ALTER TABLE ${t.name} DROP CONSTRAINT ${d.maybe('IF EXISTS ', 3)}${drop(t.constraints, d.of(t.constraints))}`,
  ),
  onTable((d, t) => {
    t.rls = true;
    return `ALTER TABLE ${t.name} ENABLE ROW LEVEL SECURITY`;
  }),
  onTable((d, t) => `ALTER TABLE ${t.name} SET (fillfactor = ${50 + d.number(50)})`),
  onTable((d, t) => `ALTER TABLE ${t.name} REPLICA IDENTITY FULL`),
  onTable((d, t) => {
    const name = d.name();
    t.indexes.push(name);
    const column = d.any(t.columns.filter((c) => c.type !== 'jsonb'));
    return (
      column &&
      `CREATE ${d.maybe('UNIQUE ', 6)}INDEX ${d.maybe('CONCURRENTLY ', 5)}${d.maybe('IF NOT EXISTS ', 4)}${name} ON ${t.name}${d.maybe(' USING btree')} (${d.maybe(`${column.name} DESC`) || `(${column.name})`})${d.maybe(` WHERE ${column.name} IS NOT NULL`, 3)}`
    );
  }),
  onTable(
    (d, t) => `CREATE INDEX ON ${t.name} (${d.any(t.columns.filter((c) => c.type !== 'jsonb'))?.name ?? 'ctid'})`,
  ),
  onTable((d, t) =>
    t.indexes.length === 0 || t.name.includes('.')
      ? undefined
      : `DROP INDEX ${d.maybe('IF EXISTS ', 3)}${drop(t.indexes, d.of(t.indexes))}`,
  ),
  onTable((d, t) => {
    if (t.indexes.length === 0 || t.name.includes('.')) return undefined;
    const old = drop(t.indexes, d.of(t.indexes));
    const name = d.name();
    t.indexes.push(name);
    return `ALTER INDEX ${old} RENAME TO ${name}`;
  }),
  onTable((d, t) => {
    const name = d.name();
    t.policies.push(name);
    return `CREATE POLICY ${name} ON ${t.name}${d.maybe(' FOR SELECT')}${d.maybe(' TO PUBLIC', 3)} USING (${d.of(t.columns).name} IS NOT NULL)`;
  }),
  onTable((d, t) =>
    t.policies.length === 0 ? undefined : `ALTER POLICY ${d.of(t.policies)} ON ${t.name} USING (true)`,
  ),
  onTable((d, t) =>
    t.policies.length === 0
      ? undefined
      : `DROP POLICY ${d.maybe('IF EXISTS ', 3)}${drop(t.policies, d.of(t.policies))} ON ${t.name}`,
  ),
  onTable((d, t) => {
    if (t.policies.length === 0) return undefined;
    const old = drop(t.policies, d.of(t.policies));
    const name = d.name();
    t.policies.push(name);
    return `ALTER POLICY ${old} ON ${t.name} RENAME TO ${name}`;
  }),
  (d) => {
    const name = d.name();
    d.model.triggerFunctions.push(name);
    return `CREATE ${d.maybe('OR REPLACE ')}FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN RETURN NEW; -- ;\nEND $f$`;
  },
  onTable((d, t) => {
    if (d.model.triggerFunctions.length === 0) return undefined;
    const name = d.name();
    t.triggers.push(name);
    return `CREATE TRIGGER ${name} ${d.of(['BEFORE UPDATE', 'AFTER INSERT OR DELETE'])} ON ${t.name} FOR EACH ROW EXECUTE ${d.of(['FUNCTION', 'PROCEDURE'])} ${d.of(d.model.triggerFunctions)}()`;
  }),
  onTable((d, t) =>
    t.triggers.length === 0
      ? undefined
      : `DROP TRIGGER ${d.maybe('IF EXISTS ', 3)}${drop(t.triggers, d.of(t.triggers))} ON ${t.name}`,
  ),
  onTable((d, t) =>
    t.triggers.length === 0 ? undefined : `ALTER TABLE ${t.name} DISABLE TRIGGER ${d.of(t.triggers)}`,
  ),
  onFreeTable((d, t) => `DROP TABLE ${d.maybe('IF EXISTS ', 3)}${drop(d.model.tables, t).name} CASCADE`),
  (d) => {
    const name = d.name();
    const labels = ["'new'", "'it''s'", "'Done;'"].slice(0, 1 + d.number(3));
    d.model.enums.push({ name, labels, held: false });
    return `CREATE TYPE ${name} AS ENUM (${labels.join(', ')})`;
  },
  on(
    (m) => m.enums,
    (d, e) => {
      const label = `'label ${e.labels.length}'`;
      const near = d.maybe(` ${d.of(['BEFORE', 'AFTER'])} ${d.of(e.labels)}`, 3);
      e.labels.push(label);
      return `ALTER TYPE ${e.name} ADD VALUE ${d.maybe('IF NOT EXISTS ', 4)}${label}${near}`;
    },
  ),
  on(
    (m) => m.enums,
    (d, e) => {
      const k = d.number(e.labels.length);
      const old = e.labels[k]!;
      e.labels[k] = `'renamed ${e.labels.length}${k}${old.length}'`;
      return e.labels.filter((l) => l === e.labels[k]).length > 1
        ? undefined
        : `ALTER TYPE ${e.name} RENAME VALUE ${old} TO ${e.labels[k]}`;
    },
  ),
  on(
    (m) => m.enums.filter((e) => !e.held),
    (d, e) => `DROP TYPE ${d.maybe('IF EXISTS ', 3)}${drop(d.model.enums, e).name}`,
  ),
  (d) => {
    const name = d.name();
    d.model.domains.push(name);
    return `CREATE DOMAIN ${name} AS ${d.of(['text', 'int'])}${d.maybe(' CHECK (VALUE IS NOT NULL)')}`;
  },
  on(
    (m) => m.domains,
    (d, name) => `ALTER DOMAIN ${name} ADD CONSTRAINT ${d.name()} CHECK (VALUE IS NOT NULL) NOT VALID`,
  ),
  on(
    (m) => m.domains,
    (d, name) => `DROP DOMAIN ${d.maybe('IF EXISTS ', 3)}${drop(d.model.domains, name)}`,
  ),
  (d) => {
    const name = d.name();
    d.model.composites.push({ name, attributes: ['x'] });
    return `CREATE TYPE ${name} AS (x int, y text)`;
  },
  on(
    (m) => m.composites,
    (d, c) => {
      const attribute = d.name();
      return `ALTER TYPE ${c.name} ADD ATTRIBUTE ${attribute} text`;
    },
  ),
  onTable((d, t) => {
    const name = d.name();
    const materialized = d.number(3) === 0;
    t.held = true;
    d.model.views.push({ name, materialized });
    return `CREATE ${materialized ? 'MATERIALIZED ' : d.maybe('OR REPLACE ', 3)}VIEW ${name} AS SELECT ${d.maybe('*') || `${t.columns[0]!.name} AS first`} FROM ${t.name}`;
  }),
  on(
    (m) => m.views,
    (d, v) =>
      `DROP ${v.materialized ? 'MATERIALIZED ' : ''}VIEW ${d.maybe('IF EXISTS ', 3)}${drop(d.model.views, v).name}`,
  ),
  on(
    (m) => m.views.filter((v) => v.materialized),
    (d, v) => `REFRESH MATERIALIZED VIEW ${v.name}`,
  ),
  (d) => {
    const name = d.name();
    const args = d.of(['', 'a int', 'a int, b text DEFAULT $$x;y$$', 'VARIADIC a int[]']);
    const body = d.number(3);
    d.model.functions.push({ name, args: args.replace(/ DEFAULT \$\$.*?\$\$/, ''), body });
    return `CREATE ${d.maybe('OR REPLACE ', 3)}FUNCTION ${name}(${args}) RETURNS int ${['LANGUAGE sql AS $$ SELECT 1; SELECT 2 $$', 'LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 2 END; END', 'LANGUAGE plpgsql AS $b$ BEGIN RETURN 1; END $b$ STABLE'][body]!}`;
  },
  on(
    (m) => m.functions,
    (d, f) =>
      `ALTER FUNCTION ${f.name}(${f.args}) ${d.of(['IMMUTABLE', 'SECURITY DEFINER', 'SET search_path = public', 'COST 10'])}`,
  ),
  on(
    (m) => m.functions,
    (d, f) => `DROP FUNCTION ${d.maybe('IF EXISTS ', 3)}${drop(d.model.functions, f).name}(${f.args})`,
  ),
  on(
    (m) => m.functions,
    (d, f) => {
      const old = f.name;
      f.name = d.name();
      return `ALTER FUNCTION ${old}(${f.args}) RENAME TO ${f.name}`;
    },
  ),
  (d) => {
    const name = d.name();
    d.model.sequences.push(name);
    return `CREATE SEQUENCE ${d.maybe('IF NOT EXISTS ', 4)}${name}${d.maybe(' START 10')}`;
  },
  on(
    (m) => m.sequences,
    (d, name) => `ALTER SEQUENCE ${name} ${d.of(['INCREMENT BY 2', 'CACHE 5', 'MAXVALUE 1000000'])}`,
  ),
  on(
    (m) => m.sequences,
    (d, name) => `DROP SEQUENCE ${d.maybe('IF EXISTS ', 3)}${drop(d.model.sequences, name)}`,
  ),
  onTable((d, t) => {
    const k = 1 + d.number(3);
    const columns = t.columns.slice(0, 2);
    return `INSERT INTO ${t.name} (${columns.map((c) => c.name).join(', ')}) VALUES (${columns.map((c) => value(c.type, k)).join(', ')})${d.maybe(' ON CONFLICT DO NOTHING', 3)}${d.maybe(' RETURNING *', 6)}`;
  }),
  onTable((d, t) => {
    const column = t.columns[0]!;
    return `INSERT INTO ${t.name} (${column.name}) SELECT ${value(column.type, 4 + d.number(3))}${d.maybe(` WHERE NOT EXISTS (SELECT FROM ${t.name})`, 3)}`;
  }),
  onTable((d, t) => {
    const column = d.any(t.columns.filter((c) => c.name !== 'id'));
    return (
      column &&
      `UPDATE ${t.name} SET ${column.name} = ${d.maybe(value(column.type, 1)) || column.name}${d.maybe(` WHERE ${column.name} IS NULL`)}`
    );
  }),
  onTable((d, t) => `DELETE FROM ${t.name}${d.maybe(` WHERE ${t.columns[0]!.name} IS NULL`)}`),
  onTable((d, t) => `COMMENT ON TABLE ${t.name} IS ${d.of(["'a; comment'", 'NULL', "E'it\\'s'"])}`),
  onTable((d, t) => `COMMENT ON COLUMN ${t.name}.${d.of(t.columns).name} IS '-- no comment'`),
  onTable((d, t) => `GRANT ${d.of(['SELECT', 'ALL', `UPDATE (${t.columns[0]!.name})`])} ON ${t.name} TO PUBLIC`),
  onTable((d, t) => `REVOKE ALL ON TABLE ${t.name} FROM PUBLIC`),
  () => 'ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC',
  onTable((d, t) =>
    t.columns.length < 2 || t.columns.slice(0, 2).some((c) => c.type === 'jsonb')
      ? undefined
      : `CREATE STATISTICS ${d.maybe(d.name())} ON ${t.columns[0]!.name}, ${t.columns[1]!.name} FROM ${t.name}`,
  ),
  (d) => {
    const name = d.name();
    d.model.publications.push(name);
    return `CREATE PUBLICATION ${name}`;
  },
  onTable((d, t) =>
    d.model.publications.length === 0
      ? undefined
      : `ALTER PUBLICATION ${d.of(d.model.publications)} ADD TABLE ${t.name}`,
  ),
  (d) => {
    const name = d.name();
    d.model.collations.push(name);
    return `CREATE COLLATION ${name} FROM "C"`;
  },
  on(
    (m) => m.collations,
    (d, name) => `DROP COLLATION ${d.maybe('IF EXISTS ', 3)}${drop(d.model.collations, name)}`,
  ),
  onTable((d, t) => `CREATE RULE ${d.name()} AS ON DELETE TO ${t.name} WHERE false DO INSTEAD NOTHING`),
  (d) => {
    const name = d.name();
    return `CREATE AGGREGATE ${name} (int) (SFUNC = int4pl, STYPE = int)`;
  },
  (d) =>
    `CREATE OPERATOR ${d.of(['<#-#>', '@#@', '!==', '~~~~', '|/|'])}${'+'.repeat(d.number(4))}# (LEFTARG = int, RIGHTARG = int, FUNCTION = int4pl)`,
  (d) => `CREATE TEXT SEARCH CONFIGURATION ${d.name()} (COPY = simple)`,
  (d) => {
    const table = newTable(d.name());
    table.columns = [{ name: 'first', type: 'int' }];
    d.model.tables.push(table);
    return `CREATE TABLE ${table.name} AS SELECT 1 AS first`;
  },
  (d) => {
    const table = newTable(d.name());
    table.columns = [{ name: 'first', type: 'int' }];
    d.model.tables.push(table);
    return `SELECT 1 AS first INTO ${table.name}`;
  },
  (d) => {
    const parent = newTable(d.name());
    parent.columns = [{ name: 'a', type: 'int' }];
    parent.held = true;
    d.model.tables.push(parent);
    const child = d.name();
    return `CREATE TABLE ${parent.name} (a int) PARTITION BY RANGE (a);\nCREATE TABLE ${child} PARTITION OF ${parent.name} FOR VALUES FROM (0) TO (1000)`;
  },
  (d) => `SET ${d.of(['search_path = public', "statement_timeout = '60s'", 'client_min_messages = warning'])}`,
  () => 'SELECT 1',
  (d) => {
    const name = d.name();
    const table = newTable(name);
    table.columns = [{ name: 'a', type: 'int' }];
    d.model.tables.push(table);
    return `DO ${d.of(['$$', '$do$'])} BEGIN CREATE TABLE ${name} (a int);${d.maybe(`\n  ALTER TABLE ${name} ENABLE ROW LEVEL SECURITY;`)} END TAG`.replace(
      /^DO (\S+)(.*)TAG$/s,
      (_, tag: string, body: string) => `DO ${tag.replace('$$', '$body$')}${body}${tag.replace('$$', '$body$')}`,
    );
  },
  (d) => {
    const name = d.name();
    const table = newTable(name);
    table.columns = [{ name: 'a', type: 'int' }];
    d.model.tables.push(table);
    return `DO $body$ BEGIN\n  IF to_regclass('${name.replaceAll("'", "''")}') IS NULL THEN CREATE TABLE ${name} (a int); END IF;\nEND $body$`;
  },
  (d) => {
    const name = d.name();
    d.model.enums.push({ name, labels: ["'a'"], held: false });
    return `DO $body$ BEGIN CREATE TYPE ${name} AS ENUM ('a'); EXCEPTION WHEN duplicate_object THEN NULL; END $body$`;
  },
];

/** How a statement is written down: letter case, comments, white space. */
function dress(sql: string, d: Draw): string {
  let out = sql;
  if (d.number(3) === 0) out = lowerKeywords(out);
  if (d.number(6) === 0) out = out.replace(' ', d.of(['  ', '\n  ', ' /* a; comment */ ', ' -- a; comment\n', '\t']));
  return `${d.maybe(d.of(['-- what follows; is SQL\n', '/* a /* nested */ comment */ ', '\n', '/* ünïcode 🐘 */\n']), 4)}${out};${d.of(['\n', '\n', '\n\n', ' -- behind\n', ' '])}`;
}

function lowerKeywords(sql: string): string {
  let out = '';
  let at = 0;
  for (const { kind, start, end } of tokenize(sql)) {
    const raw = sql.slice(start, end);
    out += sql.slice(at, start) + (kind === 'word' ? raw.toLowerCase() : raw);
    at = end;
  }
  return out + sql.slice(at);
}

const newModel = (): Model => ({
  taken: new Set(),
  schemas: [],
  tables: [],
  enums: [],
  domains: [],
  composites: [],
  views: [],
  functions: [],
  triggerFunctions: [],
  sequences: [],
  publications: [],
  statistics: [],
  collations: [],
});

/** Turns choices into statements that run one after the other. The same choices give the same statements. */
function write(choices: readonly Choice[], eol: string): string[] {
  const model = newModel();
  return choices.map((choice) => {
    const d = new Draw(model, choice);
    const sql = KINDS[choice[0] % KINDS.length]!(d) ?? createTable(d)!;
    return dress(sql, d).replaceAll('\n', eol);
  });
}

const choice = fc.array(fc.nat(9999), { minLength: 12, maxLength: 16 }) as unknown as fc.Arbitrary<Choice>;

const lineEnd = fc.constantFrom('\n', '\n', '\n', '\r\n');

/** Migrations with a history. */
export const migrations: fc.Arbitrary<Generated> = fc
  .tuple(fc.array(choice, { minLength: 1, maxLength: 14 }), fc.nat(6), lineEnd)
  .map(([choices, length, eol]) => {
    const statements = write(choices, eol);
    const history = Math.min(length, statements.length - 1);
    return { setup: statements.slice(0, history).join(''), migration: statements.slice(history).join('') };
  });

/** Migrations that run one after the other, each on what those before it have left. */
export const chains: fc.Arbitrary<string[]> = fc
  .tuple(
    fc.array(choice, { minLength: 20, maxLength: 40 }),
    fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 6, maxLength: 12 }),
    lineEnd,
  )
  .map(([choices, lengths, eol]) => {
    const statements = write(choices, eol);
    const files: string[] = [];
    for (const length of lengths) if (statements.length > 0) files.push(statements.splice(0, length).join(''));
    return files;
  });

/** One change to a text: where, as parts of its length, and what. */
const mutation = fc.record({
  how: fc.constantFrom(
    'cut',
    'double',
    'move',
    'insert',
    'insert',
    'truncate',
    'line ends',
    'bom',
    'join',
    'swap case',
  ),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.nat(60),
  to: fc.double({ min: 0, max: 1, noNaN: true }),
  text: fc.oneof(
    fc.constantFrom(
      ';',
      "'",
      '"',
      '$$',
      '$a$',
      '/*',
      '*/',
      '--',
      '\\',
      '\\.\n',
      '\\gset',
      '\n\\.\n',
      '(',
      ')',
      '[',
      ']',
      '{{',
      '}}',
      '${',
      '}',
      ':x',
      "E'",
      'U&"',
      '\0',
      '\r',
      '\n',
      '\t',
      '\u00a0',
      '\u2028',
      'BEGIN',
      'END',
      'END;',
      'CASE',
      'BEGIN ATOMIC',
      'COPY t FROM stdin;\n',
      '--> statement-breakpoint',
      '-- +goose Up\n',
      '-- +goose Down\n',
      '-- migrate:down\n',
      '-- sql-lint-disable-next-line\n',
      '/* sql-lint-disable */',
      'IF NOT EXISTS',
      'DO $$ BEGIN ',
      '0x',
      '1_0',
      '🐘',
      '\ufeff',
      'SET standard_conforming_strings = off;',
    ),
    fc.string({ unit: 'binary', maxLength: 5 }),
  ),
});

/** Texts damaged in one to six ways. */
export const mutated = (texts: readonly string[]): fc.Arbitrary<string> =>
  fc
    .tuple(fc.constantFrom(...texts), fc.constantFrom(...texts), fc.array(mutation, { minLength: 1, maxLength: 6 }))
    .map(([text, other, mutations]) => {
      // By characters, since a file that is UTF-8 has no half ones.
      let characters = [...text];
      for (const { how, at, length, to, text: inserted } of mutations) {
        const from = Math.floor(at * characters.length);
        const piece = characters.slice(from, from + length);
        const without = [...characters.slice(0, from), ...characters.slice(from + length)];
        const target = Math.floor(to * without.length);
        if (how === 'cut') characters = without;
        else if (how === 'double') characters.splice(from, 0, ...piece);
        else if (how === 'move') characters = [...without.slice(0, target), ...piece, ...without.slice(target)];
        else if (how === 'insert') characters.splice(from, 0, ...inserted);
        else if (how === 'truncate') characters = characters.slice(0, Math.max(1, from));
        else if (how === 'line ends')
          characters = [...characters.join('').replace(/\r?\n/g, ['\r\n', '\r', '\n'][length % 3]!)];
        else if (how === 'bom') characters.unshift('\ufeff');
        else if (how === 'join') characters.push(...other);
        else
          characters.splice(
            from,
            piece.length,
            ...[...piece].map((c) => (c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase())).join(''),
          );
      }
      return characters.join('');
    });
