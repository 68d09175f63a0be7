/** What a project is recognised by, which of its files run, and in which order. */
import { join, relative, sep } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { nodeDisk } from '../../src/disk/node.ts';
import { positionIn, Projects, roleIn } from '../../src/project/find.ts';
import { tools } from '../../src/project/tools/index.ts';
import { TOOL_NAMES, type ToolName } from '../../src/project/types.ts';
import { createProject, type Project } from '../support/project.ts';

let project: Project;
afterEach(() => project.remove());

const make = (files: Readonly<Record<string, string>>) => {
  // A repository ends the search for what lies above.
  project = createProject({ '.git/HEAD': '', ...files });
  return new Projects(nodeDisk);
};
const local = (path: string) => relative(project.path, path).split(sep).join('/');
const at = (path: string) => join(project.path, path);

interface Case {
  tool: ToolName | undefined;
  /** A text of SQL stands for each file that has none here. */
  files: Readonly<Record<string, string>>;
  /** The files that run forward, in their order. */
  forward: readonly string[];
  /** What the others are. */
  others?: Readonly<Record<string, string>>;
}

const sql = (...paths: string[]): Record<string, string> =>
  Object.fromEntries(paths.map((path) => [path, 'SELECT 1;\n']));

const CASES: Readonly<Record<string, Case>> = {
  'Supabase sorts names as text, and fills in rows last': {
    tool: 'supabase',
    files: {
      'supabase/config.toml': '[db]\n',
      ...sql(
        'supabase/migrations/20240102_b.sql',
        'supabase/migrations/20240102000000_a.sql',
        'supabase/migrations/20240101000000_first.sql',
        'supabase/migrations/notes.sql',
        'supabase/seed.sql',
        'supabase/schemas/tables.sql',
      ),
    },
    forward: [
      'supabase/migrations/20240101000000_first.sql',
      'supabase/migrations/20240102000000_a.sql',
      'supabase/migrations/20240102_b.sql',
      'supabase/seed.sql',
    ],
    others: { 'supabase/migrations/notes.sql': 'skipped', 'supabase/schemas/tables.sql': 'other' },
  },
  'Supabase takes the seeds that its configuration names': {
    tool: 'supabase',
    files: {
      'supabase/config.toml': "[db.seed]\nsql_paths = ['./seeds/*.sql']\n",
      ...sql('supabase/migrations/1_a.sql', 'supabase/seeds/b.sql', 'supabase/seeds/a.sql', 'supabase/seed.sql'),
    },
    forward: ['supabase/migrations/1_a.sql', 'supabase/seeds/a.sql', 'supabase/seeds/b.sql'],
  },
  'Drizzle goes by its journal': {
    tool: 'drizzle',
    files: {
      'drizzle/meta/_journal.json': JSON.stringify({ entries: [{ tag: '0001_b' }, { tag: '0000_a' }] }),
      ...sql('drizzle/0000_a.sql', 'drizzle/0001_b.sql', 'drizzle/0002_c.sql'),
    },
    forward: ['drizzle/0001_b.sql', 'drizzle/0000_a.sql'],
    others: { 'drizzle/0002_c.sql': 'skipped' },
  },
  'Drizzle 1.0 has a folder for each': {
    tool: 'drizzle',
    files: {
      'drizzle/20250102000000_b/snapshot.json': '{}',
      'drizzle/20250101000000_a/snapshot.json': '{}',
      ...sql('drizzle/20250102000000_b/migration.sql', 'drizzle/20250101000000_a/migration.sql'),
    },
    forward: ['drizzle/20250101000000_a/migration.sql', 'drizzle/20250102000000_b/migration.sql'],
  },
  Prisma: {
    tool: 'prisma',
    files: {
      'db/migrations/migration_lock.toml': 'provider = "postgresql"\n',
      ...sql('db/migrations/20250102000000_b/migration.sql', 'db/migrations/20250101000000_a/migration.sql'),
    },
    forward: ['db/migrations/20250101000000_a/migration.sql', 'db/migrations/20250102000000_b/migration.sql'],
  },
  'goose sorts numbers': {
    tool: 'goose',
    files: {
      'm/10_b.sql': '-- +goose Up\nSELECT 1;\n',
      'm/9_a.sql': '-- +goose Up\nSELECT 1;\n',
      'm/20240101000000_c.sql': '-- +goose Up\nSELECT 1;\n',
    },
    forward: ['m/9_a.sql', 'm/10_b.sql', 'm/20240101000000_c.sql'],
  },
  'dbmate sorts names as text': {
    tool: 'dbmate',
    files: {
      'db/migrations/20240102_b.sql': '-- migrate:up\nSELECT 1;\n-- migrate:down\n',
      'db/migrations/20240102000000_a.sql': '-- migrate:up\nSELECT 1;\n-- migrate:down\n',
    },
    forward: ['db/migrations/20240102000000_a.sql', 'db/migrations/20240102_b.sql'],
  },
  'golang-migrate': {
    tool: 'golang-migrate',
    files: sql('m/10_b.up.sql', 'm/10_b.down.sql', 'm/9_a.up.sql', 'm/9_a.down.sql', 'm/readme.sql'),
    forward: ['m/9_a.up.sql', 'm/10_b.up.sql'],
    others: { 'm/9_a.down.sql': 'down', 'm/10_b.down.sql': 'down', 'm/readme.sql': 'skipped' },
  },
  'sqlx below a Cargo.toml': {
    tool: 'sqlx',
    files: {
      'Cargo.toml': '[dependencies]\nsqlx = { version = "0.8" }\n',
      ...sql('migrations/2_b.up.sql', 'migrations/2_b.down.sql', 'migrations/1_a.sql'),
    },
    forward: ['migrations/1_a.sql', 'migrations/2_b.up.sql'],
    others: { 'migrations/2_b.down.sql': 'down' },
  },
  diesel: {
    tool: 'diesel',
    files: {
      'diesel.toml': '[migrations_directory]\ndir = "db"\n',
      ...sql('db/2024-01-02-000000_b/up.sql', 'db/2024-01-01-000000_a/up.sql', 'db/2024-01-01-000000_a/down.sql'),
    },
    forward: ['db/2024-01-01-000000_a/up.sql', 'db/2024-01-02-000000_b/up.sql'],
    others: { 'db/2024-01-01-000000_a/down.sql': 'down' },
  },
  'refinery, whose U is not the way back': {
    tool: 'refinery',
    files: {
      'Cargo.toml': '[dependencies]\nrefinery = "0.8"\n',
      ...sql('migrations/V1__a.sql', 'migrations/U3__c.sql', 'migrations/V2__b.sql'),
    },
    forward: ['migrations/V1__a.sql', 'migrations/V2__b.sql', 'migrations/U3__c.sql'],
  },
  'Flyway looks into all folders': {
    tool: 'flyway',
    files: sql(
      'src/main/resources/db/migration/V1_10__c.sql',
      'src/main/resources/db/migration/core/V1_9__b.sql',
      'src/main/resources/db/migration/core/V1__a.sql',
      'src/main/resources/db/migration/R__views.sql',
      'src/main/resources/db/migration/U1__a.sql',
      'src/main/resources/db/migration/B1_9__baseline.sql',
    ),
    forward: [
      'src/main/resources/db/migration/core/V1__a.sql',
      'src/main/resources/db/migration/core/V1_9__b.sql',
      'src/main/resources/db/migration/V1_10__c.sql',
      'src/main/resources/db/migration/R__views.sql',
    ],
    others: {
      'src/main/resources/db/migration/U1__a.sql': 'down',
      'src/main/resources/db/migration/B1_9__baseline.sql': 'skipped',
    },
  },
  'Liquibase goes by its changelog': {
    tool: 'liquibase',
    files: {
      'db/db.changelog-master.yaml':
        'databaseChangeLog:\n  - include:\n      file: changes/z.sql\n      relativeToChangelogFile: true\n  - include:\n      file: changes/a.sql\n',
      'db/changes/z.sql': '--liquibase formatted sql\n--changeset me:1\nSELECT 1;\n',
      'db/changes/a.sql': '--liquibase formatted sql\n--changeset me:2\nSELECT 1;\n',
      'db/changes/b.sql': '--liquibase formatted sql\n--changeset me:3\nSELECT 1;\n',
    },
    forward: ['db/changes/z.sql', 'db/changes/a.sql'],
    others: { 'db/changes/b.sql': 'skipped' },
  },
  'graphile-migrate ends with current.sql': {
    tool: 'graphile-migrate',
    files: {
      '.gmrc': '{}',
      ...sql(
        'migrations/current.sql',
        'migrations/committed/000002.sql',
        'migrations/committed/000001-init.sql',
        'migrations/fixtures/f.sql',
      ),
    },
    forward: ['migrations/committed/000001-init.sql', 'migrations/committed/000002.sql', 'migrations/current.sql'],
    others: { 'migrations/fixtures/f.sql': 'other' },
  },
  'node-pg-migrate': {
    tool: 'node-pg-migrate',
    files: {
      'package.json': '{ "dependencies": { "node-pg-migrate": "^8.0.0" } }',
      ...sql('migrations/1700000000000_a.sql', 'migrations/1800000000000_b.sql'),
    },
    forward: ['migrations/1700000000000_a.sql', 'migrations/1800000000000_b.sql'],
  },
  postgrator: {
    tool: 'postgrator',
    files: sql('m/002.do.b.sql', 'm/002.undo.b.sql', 'm/001.do.sql', 'm/001.undo.p.sql'),
    forward: ['m/001.do.sql', 'm/002.do.b.sql'],
    others: { 'm/001.undo.p.sql': 'down', 'm/002.undo.b.sql': 'down' },
  },
  'sqitch goes by its plan': {
    tool: 'sqitch',
    files: {
      'sqitch.conf': '[core]\n\tengine = pg\n',
      'sqitch.plan':
        '%syntax-version=1.0.0\n%project=p\n\nz 2024-01-01T00:00:00Z me <me@x> # first\na [z] 2024-01-02T00:00:00Z me <me@x>\n@v1 2024-01-03T00:00:00Z me <me@x>\n\nz [z@v1] 2024-01-04T00:00:00Z me <me@x>\n',
      ...sql('deploy/a.sql', 'deploy/z.sql', 'deploy/z@v1.sql', 'verify/a.sql', 'revert/a.sql'),
    },
    forward: ['deploy/z@v1.sql', 'deploy/a.sql', 'deploy/z.sql'],
    others: { 'verify/a.sql': 'other', 'revert/a.sql': 'other' },
  },
  Atlas: {
    tool: 'atlas',
    files: { 'm/atlas.sum': 'h1:x=\n', ...sql('m/20240102000000_b.sql', 'm/20240101000000_a.sql') },
    forward: ['m/20240101000000_a.sql', 'm/20240102000000_b.sql'],
  },
  Hasura: {
    tool: 'hasura',
    files: {
      'config.yaml': 'version: 3\n',
      'metadata/version.yaml': 'version: 3\n',
      ...sql('migrations/default/2_b/up.sql', 'migrations/default/10_c/up.sql', 'migrations/default/10_c/down.sql'),
    },
    forward: ['migrations/default/2_b/up.sql', 'migrations/default/10_c/up.sql'],
    others: { 'migrations/default/10_c/down.sql': 'down' },
  },
  'sql-migrate': {
    tool: 'sql-migrate',
    files: {
      'dbconfig.yml': 'development:\n  dialect: postgres\n  dir: sql\n',
      'sql/2_b.sql': '-- +migrate Up\nSELECT 1;\n',
      'sql/1_a.sql': '-- +migrate Up\nSELECT 1;\n',
    },
    forward: ['sql/1_a.sql', 'sql/2_b.sql'],
  },
  tern: {
    tool: 'tern',
    files: { 'm/tern.conf': '', ...sql('m/002_b.sql', 'm/001_a.sql', 'm/shared/part.sql') },
    forward: ['m/001_a.sql', 'm/002_b.sql'],
  },
  'files of no tool, by version': {
    tool: undefined,
    files: sql('m/1.10.0.sql', 'm/1.9.0.sql', 'm/2.0.SQL', 'm/1.9.0.down.sql'),
    forward: ['m/1.9.0.sql', 'm/1.10.0.sql', 'm/2.0.SQL'],
    others: { 'm/1.9.0.down.sql': 'down' },
  },
  'files of no tool, by number': {
    tool: undefined,
    files: sql('m/m10.sql', 'm/m9.sql'),
    forward: ['m/m9.sql', 'm/m10.sql'],
  },
  'files of no tool, by day and time': {
    tool: undefined,
    files: sql('m/20240103_c.sql', 'm/20240102120000_b.sql', 'm/20240101_a.sql'),
    forward: ['m/20240101_a.sql', 'm/20240102120000_b.sql', 'm/20240103_c.sql'],
  },
};

describe.each(Object.entries(CASES))('%s', (_, { tool, files, forward, others = {} }) => {
  it('is found, with its files in order', () => {
    const projects = make(files);
    const found = projects.of(at(forward[0]!));
    expect(found.tool?.name).toBe(tool);
    expect(found.forward.map(local)).toEqual(forward);
    const roles = Object.fromEntries([...found.roles].map(([path, role]) => [local(path), role]));
    expect(roles).toMatchObject(others);
    for (const path of forward) expect(projects.of(at(path))).toBe(found);
  });

  it('says of each file how many run before it', () => {
    const found = make(files).of(at(forward[0]!));
    expect(forward.map((path) => positionIn(found, at(path)))).toEqual(forward.map((_, k) => k));
  });
});

it('every tool but psql, which only the configuration names, has a case', () => {
  project = createProject();
  const tried = new Set(Object.values(CASES).map(({ tool }) => tool));
  expect(TOOL_NAMES.filter((name) => !tried.has(name))).toEqual(['psql']);
  for (const name of TOOL_NAMES) expect(tools[name].name).toBe(name);
});

it('believes the configuration', () => {
  const projects = make(sql('m/20240102_b.sql', 'm/20240102000000_a.sql'));
  const found = projects.of(at('m/20240102_b.sql'), { name: 'dbmate' });
  expect([found.tool?.name, ...found.forward.map(local)]).toEqual([
    'dbmate',
    'm/20240102000000_a.sql',
    'm/20240102_b.sql',
  ]);
});

it('knows where a file will stand that does not exist yet', () => {
  const found = make(sql('supabase/migrations/1_a.sql', 'supabase/migrations/3_c.sql')).of(
    at('supabase/migrations/1_a.sql'),
  );
  expect(positionIn(found, at('supabase/migrations/2_b.sql'))).toBe(1);
  expect(roleIn(found, at('supabase/migrations/2_b.sql'))).toBe('up');
});

it('has nothing run before a baseline', () => {
  const found = make(sql('db/migration/V1__a.sql', 'db/migration/B2__b.sql')).of(at('db/migration/V1__a.sql'));
  expect(positionIn(found, at('db/migration/B2__b.sql'))).toBe(0);
});

it('leaves what lies in folders that the tool does not look into to themselves', () => {
  const projects = make(sql('supabase/migrations/2_a.sql', 'supabase/migrations/archive/1_old.sql'));
  expect(projects.of(at('supabase/migrations/archive/1_old.sql')).forward.map(local)).toEqual([
    'supabase/migrations/archive/1_old.sql',
  ]);
});
