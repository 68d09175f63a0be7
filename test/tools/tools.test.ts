/**
 * Real tools run the example projects: as they are, and what --fix makes of them. Then they forget what they have run,
 * and run all of it again. Both ways must end in the same state.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProject, type Project } from '../support/project.ts';
import { hasServer, startServer, type Server } from '../support/server.ts';

const HOME = join(process.cwd(), 'test', 'tools');
const BIN = join(HOME, 'node_modules', '.bin');
const PORT = 5487;
const INSTALL_MS = 180_000;

/** Why the tools cannot be run here; undefined where they can. */
function missing(): string | undefined {
  if (!hasServer) return 'no PostgreSQL server is installed (Debian: postgresql-15)';
  if (existsSync(join(BIN, 'dbmate'))) return undefined;
  try {
    execFileSync('npm', ['--prefix', HOME, 'install', '--no-audit', '--no-fund'], {
      stdio: 'pipe',
      timeout: INSTALL_MS,
    });
    return undefined;
  } catch (error) {
    return `the tools cannot be installed: ${(error as Error).message.split('\n')[0]!}`;
  }
}

interface Database {
  name: string;
  /** For tools written in JavaScript. */
  url: string;
  /** The folder of the server's socket. */
  socket: string;
}

interface RealTool {
  example: string;
  /** A program that npm does not have; the tool is left out, and that is said, where it is not installed. */
  program?: string;
  /** What `--fix` is asked to fix. @default all */
  fixes?: string;
  /** The commands that run everything that is pending, in the folder of the project. */
  run: (database: Database) => { command: string; args: string[]; env?: Record<string, string> }[];
  /** Makes the tool forget what it has run. */
  forget: string;
}

const POSTGRATOR = `
  import pg from 'pg';
  import Postgrator from 'postgrator';
  const client = new pg.Client(process.env.DATABASE_URL);
  await client.connect();
  try {
    await new Postgrator({
      migrationPattern: process.env.PATTERN,
      driver: 'pg',
      execQuery: (query) => client.query(query),
    }).migrate();
  } finally {
    await client.end();
  }`;

const TOOLS: RealTool[] = [
  {
    example: 'dbmate',
    run: ({ name, socket }) => [
      {
        command: join(BIN, 'dbmate'),
        args: [
          '--url',
          `postgres://postgres:secret@:${PORT}/${name}?socket=${socket}&sslmode=disable`,
          '--no-dump-schema',
          'up',
        ],
      },
    ],
    forget: 'DROP TABLE schema_migrations',
  },
  {
    example: 'node-pg-migrate',
    run: ({ url }) => [{ command: join(BIN, 'node-pg-migrate'), args: ['up'], env: { DATABASE_URL: url } }],
    forget: 'DROP TABLE pgmigrations',
  },
  {
    // A committed file belongs to a chain of hashes; current.sql is what is edited.
    example: 'graphile-migrate',
    fixes: 'migrations/current.sql',
    run: ({ name, url }) => {
      const [root, shadow] = [url.replace(name, 'postgres'), url.replace(name, `${name}_shadow`)];
      const env = { DATABASE_URL: url, ROOT_DATABASE_URL: root, SHADOW_DATABASE_URL: shadow };
      return [
        { command: join(BIN, 'graphile-migrate'), args: ['migrate'], env },
        { command: join(BIN, 'graphile-migrate'), args: ['watch', '--once'], env },
      ];
    },
    forget: 'DELETE FROM graphile_migrate.current',
  },
  {
    example: 'postgrator',
    run: ({ url }) => [
      {
        command: process.execPath,
        args: ['--input-type=module', '-e', POSTGRATOR],
        env: { DATABASE_URL: url },
      },
    ],
    forget: 'DROP TABLE schemaversion',
  },
  {
    example: 'sqitch',
    program: 'sqitch',
    run: ({ name, socket }) => [
      {
        command: 'sqitch',
        args: ['deploy', `db:pg:${name}`],
        env: { PGHOST: socket, PGPORT: String(PORT), PGUSER: 'postgres', SQITCH_FULLNAME: 'A', SQITCH_EMAIL: 'a@b' },
      },
    ],
    forget: 'DROP SCHEMA sqitch CASCADE',
  },
  {
    example: 'sql-migrate',
    program: 'sql-migrate',
    run: ({ name, socket }) => [
      {
        command: 'sql-migrate',
        args: ['up'],
        env: { PGHOST: socket, PGPORT: String(PORT), PGUSER: 'postgres', PGDATABASE: name, PGSSLMODE: 'disable' },
      },
    ],
    forget: 'DROP TABLE gorp_migrations',
  },
];

const isInstalled = (program: string): boolean =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));

/** Tables, columns, constraints, indexes and functions that are not the tool's own. */
const STATE = `
  SELECT concat_ws(' ', attrelid::regclass, attname, format_type(atttypid, atttypmod), attnotnull) AS line
  FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
  WHERE relnamespace = 'public'::regnamespace AND attnum > 0 AND relkind = 'r'
  UNION ALL SELECT pg_get_constraintdef(oid) || conname FROM pg_constraint WHERE connamespace = 'public'::regnamespace
  UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
  UNION ALL SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
  ORDER BY 1`;

const why = missing();
const absent = TOOLS.flatMap(({ program }) => (program !== undefined && !isInstalled(program) ? [program] : []));
if (absent.length > 0) console.warn(`\n  SKIPPED: ${absent.join(' and ')}, which Debian has, are not installed.\n`);
if (why !== undefined) console.warn(`\n  SKIPPED: no real tool runs the examples, because ${why}.\n`);

describe.skipIf(why !== undefined)('the tools themselves', () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer(PORT);
  });
  afterAll(() => server.stop());

  const createDatabase = async (name: string): Promise<Database> => {
    await server.admin.query(`CREATE DATABASE "${name}"`);
    const url = server.url('postgres', 'secret', name);
    return { name, url, socket: dirname(server.log) };
  };
  const ask = async ({ url }: Database, sql: string): Promise<string[]> => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query<{ line: string }>(sql)).rows.map(({ line }) => line);
    } finally {
      await client.end();
    }
  };
  const runAll = ({ run }: RealTool, database: Database, { path }: Project) => {
    for (const { command, args, env } of run(database))
      execFileSync(command, args, {
        cwd: command === process.execPath ? HOME : path,
        env: { ...process.env, ...env, PATTERN: join(path, 'migrations', '*') },
        stdio: 'pipe',
        timeout: 60_000,
      });
  };

  const here = TOOLS.filter(({ program }) => program === undefined || isInstalled(program));
  it.each(here.map((tool) => [tool.example, tool] as const))('%s runs what is fixed, twice', async (example, tool) => {
    const project = createProject({ '.git/HEAD': '' });
    try {
      cpSync(join('examples', example), project.path, { recursive: true });
      const [before, after] = [await createDatabase(`${example}_1`), await createDatabase(`${example}_2`)];
      runAll(tool, before, project);
      await ask(before, tool.forget);
      expect(() => runAll(tool, before, project), 'the original cannot run twice').toThrow();
      project.lint('--fix', ...(tool.fixes === undefined ? [] : [tool.fixes]));
      runAll(tool, after, project);
      const once = await ask(after, STATE);
      expect(once.length).toBeGreaterThan(3);
      await ask(after, tool.forget);
      runAll(tool, after, project);
      expect(await ask(after, STATE)).toEqual(once);
      // The tool may have made its own table again in the database of the original, so its rows are left out there too.
      const own = /schema_migrations|pgmigrations|schemaversion|gorp_migrations/;
      const ofOriginal = (await ask(before, STATE)).filter((line) => !own.test(line));
      expect(once.filter((line) => !own.test(line))).toEqual(ofOriginal);
    } finally {
      project.remove();
    }
  });
});
