/** The migration tools that can be run here: how each is called, and how a project of it looks. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import pg from 'pg';
import type { Project } from '../support/project.ts';
import { hasServer, type Server } from '../support/server.ts';

const HOME = join(process.cwd(), 'test', 'tools');
const MODULES = join(HOME, 'node_modules');
const BIN = join(MODULES, '.bin');
const INSTALL_MS = 180_000;
const COMMAND_MS = 60_000;

/** Installs what npm has. @returns why nothing can be run; undefined where something can */
function install(): string | undefined {
  if (!hasServer) return 'no PostgreSQL server is installed (Debian: postgresql-15)';
  // npm writes it last.
  if (existsSync(join(MODULES, '.package-lock.json'))) return undefined;
  try {
    execFileSync('npm', ['--prefix', HOME, 'install', '--ignore-scripts', '--no-audit', '--no-fund'], {
      stdio: 'pipe',
      timeout: INSTALL_MS,
    });
    return undefined;
  } catch (error) {
    return `the tools cannot be installed: ${(error as Error).message.split('\n')[0]!}`;
  }
}

export interface Database {
  name: string;
  port: number;
  /** Through the server's socket, for tools written in JavaScript. */
  url: string;
  /** By TCP. */
  tcp: string;
  /** The folder of the server's socket. */
  socket: string;
}

interface Call {
  command: string;
  args: readonly string[];
  env?: Record<string, string>;
  /** @default the folder of the project */
  cwd?: string;
}

/** The files of a project, by their paths. */
export type Files = Readonly<Record<string, string>>;

export interface RealTool {
  name: string;
  /** As `--runner` names it. */
  runner: string;
  /** Its folder in examples/. */
  example: string;
  /** Programs and packages without which it cannot be run. */
  needs: readonly { path: string; from: string }[];
  /** What `--fix` is asked to fix in the example. @default all */
  fixes?: string;
  /** SQL that makes what the example takes for granted. */
  environment?: string;
  /** Makes of the example what the tool can run. */
  arrange?: (project: Project) => void;
  /** Tells the tool in the project where its database is. */
  configure?: (write: Project['write'], database: Database) => void;
  /** The commands that run everything that is pending. */
  calls: (database: Database, path: string) => readonly Call[];
  /** Makes the tool forget what it has run. */
  forget: string;
  /** Makes it forget the files that it records. @default `forget` */
  forgetRecords?: string;
  /** A project with one migration; `without` is whether it asks for no transaction. */
  files: (sql: string, without: boolean) => Files;
  /** Whether nothing can switch its transaction off. */
  alwaysIn?: true;
  /** Whether it does not print what PostgreSQL says, or says it in other words. */
  hasOwnWords?: true;
  /** Whether a run takes seconds. */
  isSlow?: true;
}

const program = (name: string, from: string) => ({
  path:
    (process.env.PATH ?? '')
      .split(delimiter)
      .map((folder) => join(folder, name))
      .find((path) => existsSync(path)) ?? name,
  from,
});
const fromNpm = (name: string) => ({ path: join(MODULES, name), from: 'npm' });

const node = (script: string, env: Record<string, string>): Call => ({
  command: process.execPath,
  args: ['--input-type=module', '-e', script],
  env,
  cwd: HOME,
});

const POSTGRATOR = `
  import pg from 'pg';
  import Postgrator from 'postgrator';
  const client = new pg.Client(process.env.DATABASE_URL);
  await client.connect();
  try {
    await new Postgrator({
      migrationPattern: process.env.FOLDER + '/*',
      driver: 'pg',
      execQuery: (query) => client.query(query),
    }).migrate();
  } finally {
    await client.end();
  }`;

const DRIZZLE_1 = `
  import pg from 'pg';
  import { drizzle } from 'drizzle-orm-1/node-postgres';
  import { migrate } from 'drizzle-orm-1/node-postgres/migrator';
  const client = new pg.Client(process.env.DATABASE_URL);
  await client.connect();
  try {
    await migrate(drizzle({ client }), { migrationsFolder: process.env.FOLDER });
  } catch (error) {
    throw error.cause ?? error;
  } finally {
    await client.end();
  }`;

const DRIZZLE_CONFIG = 'drizzle.config.json';
const drizzleConfig = ({ tcp }: Database): string =>
  JSON.stringify({ dialect: 'postgresql', out: './drizzle', dbCredentials: { url: tcp } });

const JOURNAL = JSON.stringify({
  version: '7',
  dialect: 'postgresql',
  entries: [{ idx: 0, version: '7', when: 1_736_500_000_000, tag: '0000_m', breakpoints: true }],
});

/** The layout of 1.0: a folder for each migration. */
function arrangeForDrizzle1({ path, write }: Project): void {
  const folder = join(path, 'drizzle');
  const files = readdirSync(folder).filter((name) => name.endsWith('.sql'));
  rmSync(join(folder, 'meta'), { recursive: true });
  for (const name of files) {
    const moved = `2025010100${name.slice(0, -'.sql'.length)}`;
    write(join('drizzle', moved, 'snapshot.json'), '{}');
    renameSync(join(folder, name), join(folder, moved, 'migration.sql'));
  }
}

const ENVIRONMENT = join('src', 'environments', 'supabase.sql');
const supabase = (version: string, args: readonly string[], more?: Partial<RealTool>): RealTool => ({
  ...more,
  name: `Supabase ${version}`,
  runner: `supabase@${version}`,
  example: 'supabase',
  needs: [fromNpm(`supabase-${version}`)],
  environment: readFileSync(ENVIRONMENT, 'utf8'),
  calls: ({ tcp }) => [
    {
      command: process.execPath,
      args: [join(MODULES, `supabase-${version}`, 'dist', 'supabase.js'), ...args, '--db-url', tcp],
      env: { SUPABASE_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' },
    },
  ],
  forget: 'TRUNCATE supabase_migrations.schema_migrations',
  alwaysIn: true,
  files: (sql) => ({
    'supabase/config.toml': 'project_id = "test"\n',
    'supabase/migrations/20250101000000_m.sql': sql,
  }),
});

export const REAL_TOOLS: readonly RealTool[] = [
  {
    name: 'dbmate',
    runner: 'dbmate',
    example: 'dbmate',
    needs: [fromNpm('dbmate')],
    calls: ({ name, port, socket }) => [
      {
        command: join(BIN, 'dbmate'),
        args: [
          '--url',
          `postgres://postgres:secret@:${port}/${name}?socket=${socket}&sslmode=disable`,
          '--no-dump-schema',
          'up',
        ],
      },
    ],
    forget: 'DROP TABLE schema_migrations',
    files: (sql, without) => ({
      'db/migrations/1_m.sql': `-- migrate:up${without ? ' transaction:false' : ''}\n${sql}\n-- migrate:down\n`,
    }),
  },
  {
    name: 'node-pg-migrate',
    runner: 'node-pg-migrate',
    example: 'node-pg-migrate',
    needs: [fromNpm('node-pg-migrate')],
    calls: ({ url }) => [
      { command: join(BIN, 'node-pg-migrate'), args: ['up', '--no-single-transaction'], env: { DATABASE_URL: url } },
    ],
    forget: 'DROP TABLE pgmigrations',
    alwaysIn: true,
    files: (sql) => ({
      'package.json': '{ "dependencies": { "node-pg-migrate": "8.0.4" } }',
      'migrations/1_m.sql': `-- Up Migration\n${sql}\n-- Down Migration\n`,
    }),
  },
  {
    // A committed file belongs to a chain of hashes; current.sql is what is edited.
    name: 'graphile-migrate',
    runner: 'graphile-migrate',
    example: 'graphile-migrate',
    needs: [fromNpm('graphile-migrate')],
    fixes: 'migrations/current.sql',
    calls: ({ name, url }) => {
      const [root, shadow] = [url.replace(name, 'postgres'), url.replace(name, `${name}_shadow`)];
      const env = { DATABASE_URL: url, ROOT_DATABASE_URL: root, SHADOW_DATABASE_URL: shadow };
      return [
        { command: join(BIN, 'graphile-migrate'), args: ['migrate'], env },
        { command: join(BIN, 'graphile-migrate'), args: ['watch', '--once'], env },
      ];
    },
    forget: 'DELETE FROM graphile_migrate.current',
    forgetRecords: 'DELETE FROM graphile_migrate.migrations',
    isSlow: true,
    files: (sql, without) => ({
      '.gmrc': '{}',
      'migrations/current.sql': `${without ? '--! no-transaction\n' : ''}${sql}`,
    }),
  },
  {
    name: 'postgrator',
    runner: 'postgrator',
    example: 'postgrator',
    needs: [fromNpm('postgrator')],
    calls: ({ url }, path) => [node(POSTGRATOR, { DATABASE_URL: url, FOLDER: join(path, 'migrations') })],
    forget: 'DROP TABLE schemaversion',
    alwaysIn: true,
    files: (sql) => ({ 'migrations/001.do.sql': sql }),
  },
  {
    name: 'Drizzle 0.45',
    runner: 'drizzle',
    example: 'drizzle',
    needs: [fromNpm('drizzle-kit'), fromNpm('drizzle-orm')],
    configure: (write, database) => write(DRIZZLE_CONFIG, drizzleConfig(database)),
    calls: () => [{ command: join(BIN, 'drizzle-kit'), args: ['migrate'] }],
    forget: 'DROP SCHEMA drizzle CASCADE',
    hasOwnWords: true,
    alwaysIn: true,
    files: (sql) => ({ 'drizzle/meta/_journal.json': JOURNAL, 'drizzle/0000_m.sql': sql }),
  },
  {
    name: 'Drizzle 1.0',
    runner: 'drizzle',
    example: 'drizzle',
    needs: [fromNpm('drizzle-orm-1')],
    arrange: arrangeForDrizzle1,
    calls: ({ url }, path) => [node(DRIZZLE_1, { DATABASE_URL: url, FOLDER: join(path, 'drizzle') })],
    forget: 'DROP SCHEMA drizzle CASCADE',
    alwaysIn: true,
    files: (sql) => ({
      'drizzle/20250101000000_m/snapshot.json': '{}',
      'drizzle/20250101000000_m/migration.sql': sql,
    }),
  },
  // Without --debug it asks for TLS.
  supabase('2.108', ['migration', 'up', '--debug']),
  supabase('2.109', ['migration', 'up'], { hasOwnWords: true, isSlow: true }),
  supabase('2.117', ['db', 'push', '--yes']),
  {
    name: 'Liquibase',
    runner: 'liquibase',
    example: 'liquibase',
    needs: [program('java', 'Debian: default-jre-headless'), fromNpm('liquibase')],
    calls: ({ name, port }) => [
      {
        command: join(MODULES, 'liquibase', 'dist', 'liquibase', 'liquibase'),
        args: [
          '--changelog-file=db/changelog/db.changelog-master.yaml',
          `--url=jdbc:postgresql://127.0.0.1:${port}/${name}`,
          '--username=postgres',
          '--password=secret',
          '--show-banner=false',
          'update',
        ],
        env: { JAVA_OPTS: '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC' },
      },
    ],
    forget: 'DROP TABLE databasechangelog',
    hasOwnWords: true,
    isSlow: true,
    files: (sql, without) => ({
      'db/changelog/db.changelog-master.yaml':
        'databaseChangeLog:\n  - include:\n      file: m.sql\n      relativeToChangelogFile: true\n',
      'db/changelog/m.sql': `--liquibase formatted sql\n\n--changeset me:1${without ? ' runInTransaction:false' : ''}\n${sql}\n`,
    }),
  },
  {
    name: 'Sqitch',
    runner: 'sqitch',
    example: 'sqitch',
    needs: [program('sqitch', 'Debian: sqitch')],
    calls: ({ name, port, socket }) => [
      {
        command: 'sqitch',
        args: ['deploy', `db:pg:${name}`],
        env: { PGHOST: socket, PGPORT: String(port), PGUSER: 'postgres', SQITCH_FULLNAME: 'A', SQITCH_EMAIL: 'a@b' },
      },
    ],
    forget: 'DROP SCHEMA sqitch CASCADE',
    alwaysIn: true,
    isSlow: true,
    files: (sql) => ({
      'sqitch.conf': '[core]\n\tengine = pg\n',
      'sqitch.plan': '%syntax-version=1.0.0\n%project=test\n\nm 2025-01-10T09:00:00Z A <a@b> # m\n',
      'deploy/m.sql': sql,
    }),
  },
  {
    name: 'sql-migrate',
    runner: 'sql-migrate',
    example: 'sql-migrate',
    needs: [program('sql-migrate', 'Debian: sql-migrate')],
    calls: ({ name, port, socket }) => [
      {
        command: 'sql-migrate',
        args: ['up'],
        env: { PGHOST: socket, PGPORT: String(port), PGUSER: 'postgres', PGDATABASE: name, PGSSLMODE: 'disable' },
      },
    ],
    forget: 'DROP TABLE gorp_migrations',
    files: (sql, without) => ({
      'dbconfig.yml': 'development:\n  dialect: postgres\n  datasource: sslmode=disable\n  dir: migrations\n',
      'migrations/1_m.sql': `-- +migrate Up${without ? ' notransaction' : ''}\n${sql}\n-- +migrate Down\n`,
    }),
  },
];

/** Why no tool can be run here; undefined where some can. */
export const whyNone = install();

/** A name as a database may have it in a URL. */
export const slug = (name: string): string => name.toLowerCase().replaceAll(/\W/g, '_');

export async function createDatabase(server: Server, port: number, name: string): Promise<Database> {
  await server.admin.query(`CREATE DATABASE "${name}"`);
  return {
    name,
    port,
    url: server.url('postgres', 'secret', name),
    tcp: `postgresql://postgres:secret@127.0.0.1:${port}/${name}?sslmode=disable`,
    socket: dirname(server.log),
  };
}

/** The column `line` of what a query finds. */
export async function ask({ url }: Database, sql: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const results = [await client.query<{ line: string }>(sql)].flat();
    return results.flatMap(({ rows }) => rows.map(({ line }) => line));
  } finally {
    await client.end();
  }
}

/** What a tool needs and does not have here, in words; undefined where it can be run. */
export function absence({ needs }: RealTool): string | undefined {
  const missing = needs.filter(({ path }) => !existsSync(path));
  if (missing.length === 0) return undefined;
  return missing.map(({ path, from }) => `${path.replace(`${MODULES}/`, '')} (${from})`).join(' and ');
}

/** Runs everything that is pending. @throws with what the tool has printed, where it refuses */
export function runAll({ calls }: RealTool, database: Database, path: string): void {
  for (const { command, args, env, cwd = path } of calls(database, path))
    try {
      execFileSync(command, args, { cwd, env: { ...process.env, ...env }, stdio: 'pipe', timeout: COMMAND_MS });
    } catch (error) {
      const { stdout, stderr } = error as { stdout: Buffer; stderr: Buffer };
      throw new Error(`${stdout.toString()}${stderr.toString()}`, { cause: error });
    }
}
