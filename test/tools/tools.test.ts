/**
 * Real tools run the example projects: as they are, and what --fix makes of them. Then they forget what they have run,
 * and run all of it again. Both ways must end in the same state. And `verify` says of a file what its tool says.
 */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { records } from '../../src/project/records/index.ts';
import type { ToolName } from '../../src/project/types.ts';
import type { FileVerdict } from '../../src/verify/types.ts';
import { createProject, type Project } from '../support/project.ts';
import { startServer, type Server } from '../support/server.ts';
import {
  absence,
  ask,
  createDatabase,
  REAL_TOOLS,
  runAll,
  slug,
  whyNone,
  type Files,
  type RealTool,
} from './real-tools.ts';

const PORT = 5487;

/** Tables, columns, constraints, indexes and functions that are not the tool's own. */
const STATE = `
  SELECT concat_ws(' ', attrelid::regclass, attname, format_type(atttypid, atttypmod), attnotnull) AS line
  FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
  WHERE relnamespace = 'public'::regnamespace AND attnum > 0 AND relkind = 'r'
  UNION ALL SELECT pg_get_constraintdef(oid) || conname FROM pg_constraint WHERE connamespace = 'public'::regnamespace
  UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
  UNION ALL SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
  UNION ALL SELECT pg_policies::text FROM pg_policies WHERE schemaname = 'public'
  UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
  ORDER BY 1`;

/** The options that adopt each file, where the schema does not tell of one whether it has run. */
const onlyUnknown = (status: string): string[] =>
  !status.includes('cannot be told')
    ? []
    : [...status.matchAll(/^\S (\S+\.sql)/gm)].flatMap(([, path]) => ['--only', path!]);

/** What the tools themselves make there. */
const OWN = /schema_migrations|pgmigrations|schemaversion|gorp_migrations|databasechangelog/;

const BEFORE = `
  CREATE TYPE mood AS ENUM ('sad');
  CREATE TABLE t (id int PRIMARY KEY, a int, m mood, s text);
`;

interface Case {
  sql: string;
  /** Whether it is also tried without a transaction, where the tool has such a switch. */
  without?: true;
  /** Whether it is tried with slow tools, too. */
  always?: true;
  /** Whether each tool says it in its own words. */
  inOwnWords?: true;
}

const CASES: Readonly<Record<string, Case>> = {
  index: { sql: 'CREATE INDEX CONCURRENTLY i ON t (a);', without: true, always: true },
  'index behind a table': {
    sql: 'CREATE TABLE u (id int);\nCREATE INDEX CONCURRENTLY i ON t (a);',
    without: true,
  },
  'value of an enum': {
    sql: "ALTER TYPE mood ADD VALUE 'glad';\nINSERT INTO t (id, m) VALUES (1, 'glad');",
    without: true,
    always: true,
  },
  block: {
    sql: "DO $$\nDECLARE\n  n int;\nBEGIN\n  IF to_regclass('u') IS NULL THEN\n    CREATE TABLE u (id int);\n  END IF;\nEND $$;",
    always: true,
  },
  lock: { sql: 'LOCK TABLE t;\nCREATE TABLE u (id int);' },
  'body of statements': {
    sql: 'CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC\n  SELECT 1;\n  SELECT 2;\nEND;\nCREATE TABLE u (id int);',
  },
  variable: { sql: "INSERT INTO t (id, s) VALUES (1, '${name}');" },
  rows: { sql: 'COPY t (id, a) FROM stdin;\n1\t2\n\\.\nCREATE TABLE u (id int);', inOwnWords: true },
  mistake: { sql: 'CREATE TABLE u (id int);\nCREATE TABLE t (id int);' },
};

/** The folders of a project that holds a migration in each. */
function foldersOf({ files, alwaysIn, isSlow }: RealTool): { folder: string; of: Case; files: Files }[] {
  const cases = Object.entries(CASES).filter(([, { always }]) => !isSlow || always);
  return cases.flatMap(([name, of]) => [
    { folder: slug(name), of, files: files(of.sql, false) },
    ...(of.without && !alwaysIn ? [{ folder: `${slug(name)}_without`, of, files: files(of.sql, true) }] : []),
  ]);
}

if (whyNone !== undefined) console.warn(`\n  SKIPPED: no real tool runs the examples, because ${whyNone}.\n`);
else {
  const absent = REAL_TOOLS.flatMap((tool) => {
    const missing = absence(tool);
    return missing === undefined ? [] : [`${tool.name} needs ${missing}`];
  });
  const others = 'Atlas, diesel, Flyway, golang-migrate, goose, Hasura, Prisma, refinery, sqlx and tern';
  console.warn(`\n  SKIPPED: ${[...absent, `npm and Debian do not have the programs of ${others}`].join('; ')}.\n`);
}

describe.skipIf(whyNone !== undefined)('the tools themselves', () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer(PORT, [], '127.0.0.1');
  });
  afterAll(() => server.stop());

  const here = REAL_TOOLS.filter((tool) => absence(tool) === undefined);
  it.each(here.map((tool) => [tool.name, tool] as const))('%s runs what is fixed, twice', async (name, tool) => {
    const project = createProject({ '.git/HEAD': '' });
    try {
      cpSync(join('examples', tool.example), project.path, { recursive: true });
      const [before, after] = [
        await createDatabase(server, PORT, `${slug(name)}_1`),
        await createDatabase(server, PORT, `${slug(name)}_2`),
      ];
      for (const database of [before, after]) if (tool.environment) await ask(database, tool.environment);
      tool.arrange?.(project);
      tool.configure?.(project.write, before);
      runAll(tool, before, project.path);
      await ask(before, tool.forget);
      expect(() => runAll(tool, before, project.path), 'the original cannot run twice').toThrow();
      project.lint('--fix', ...(tool.fixes === undefined ? [] : [tool.fixes]));
      tool.configure?.(project.write, after);
      runAll(tool, after, project.path);
      const once = await ask(after, STATE);
      expect(once.length).toBeGreaterThan(3);
      await ask(after, tool.forget);
      runAll(tool, after, project.path);
      expect(await ask(after, STATE)).toEqual(once);
      // The tool may have made its own table again in the database of the original, so its rows are left out there too.
      const ofOriginal = (await ask(before, STATE)).filter((line) => !OWN.test(line));
      expect(once.filter((line) => !OWN.test(line))).toEqual(ofOriginal);
    } finally {
      project.remove();
    }
  });

  const recorded = here.filter(({ runner }) => records[runner.split('@', 1)[0] as ToolName] !== undefined);
  it.each(recorded.map((tool) => [tool.name, tool] as const))(
    '%s takes what is adopted for done',
    async (name, tool) => {
      const project = createProject({ '.git/HEAD': '' });
      try {
        cpSync(join('examples', tool.example), project.path, { recursive: true });
        const database = await createDatabase(server, PORT, `${slug(name)}_adopted`);
        if (tool.environment) await ask(database, tool.environment);
        tool.arrange?.(project);
        tool.configure?.(project.write, database);
        if (tool.fixes !== undefined) project.lint('--fix', tool.fixes);
        runAll(tool, database, project.path);
        const once = await ask(database, STATE);
        const at = ['--database-url', database.url, ...(tool.environment ? ['--environment', 'before.sql'] : [])];
        if (tool.environment) project.write('before.sql', tool.environment);
        const first = project.lint('status', ...at);
        expect(first.stdout).not.toMatch(/not applied|partly|not recorded/);
        await ask(database, tool.forgetRecords ?? tool.forget);
        expect(project.lint('status', ...at).status).toBe(1);
        const { stdout } = project.lint('adopt', ...at, '--write', ...onlyUnknown(first.stdout));
        expect(stdout).toContain('-- Written to');
        // The original cannot run twice, so that the tool must have found it done.
        runAll(tool, database, project.path);
        expect(await ask(database, STATE)).toEqual(once);
      } finally {
        project.remove();
      }
    },
  );

  /** What the tool says of each folder; undefined where it runs what is there. */
  const ofTool = async (tool: RealTool, folder: string, project: Project): Promise<string | undefined> => {
    const database = await createDatabase(server, PORT, `${slug(tool.name)}_${folder}`);
    await ask(database, BEFORE);
    tool.configure?.((file, text) => project.write(join(folder, file), text), database);
    try {
      runAll(tool, database, join(project.path, folder));
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  };

  it.each(here.map((tool) => [tool.name, tool] as const))('%s and verify say the same of a file', async (_, tool) => {
    const project = createProject({ '.git/HEAD': '', 'before.sql': BEFORE });
    try {
      const folders = foldersOf(tool);
      for (const { folder, files } of folders)
        for (const [path, text] of Object.entries(files)) project.write(join(folder, path), text);
      const options = ['--environment', 'before.sql', '--database-url', server.url(), '--format', 'json'];
      const { stdout } = project.lint(
        'verify',
        '--runner',
        tool.runner,
        ...options,
        ...folders.map(({ folder }) => folder),
      );
      const verdicts = JSON.parse(stdout) as FileVerdict[];
      for (const { folder, of } of folders) {
        const verdict = verdicts.find(({ path }) => path.startsWith(`${folder}/`));
        const said = await ofTool(tool, folder, project);
        const inOwnWords = tool.hasOwnWords ?? of.inOwnWords;
        if (verdict?.verdict !== 'fails') expect.soft(said, folder).toBeUndefined();
        else expect.soft(said, folder).toContain(inOwnWords ? '' : verdict.failure.message.split(' at or near ')[0]);
      }
    } finally {
      project.remove();
    }
  });
});
