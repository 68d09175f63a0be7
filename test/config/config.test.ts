/** Configurations as people write them, through the command. */
import { ConfigFinder } from '../../src/config/load.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { createProject, type Project } from '../support/project.ts';

const BARE = 'create table a (id int primary key);\ndrop table b;\n';
let project: Project | undefined;
afterEach(() => project?.remove());

const setUp = (files: Record<string, string>) => (project = createProject(files));
const said = (p: Project, ...args: string[]) =>
  p
    .lint('--format', 'compact', ...args)
    .stdout.split('\n')
    .flatMap((line) => /^(\S+?):(\d+).*: (error|warning): .*\[([\w-]+)\]$/.exec(line)?.slice(1).join(' ') ?? []);
const json = (value: unknown) => JSON.stringify(value);

describe('a configuration', () => {
  const config = { rules: { 'no-bare-create': 'warn', 'no-bare-drop': 'off' } };
  it.each([
    ['sql-lint.config.json', json(config)],
    ['sql-lint.config.mjs', `export default ${json(config)};`],
    ['sql-lint.config.js', `module.exports = ${json(config)};`],
    ['sql-lint.config.cjs', `module.exports = ${json(config)};`],
    ['sql-lint.config.json', json(config).replace('{', '// why\n{ /* "," */').replace(/\}$/, ', }')],
    ['sql-lint.config.jsonc', `/* "of */ ${json(config)} // tomorrow`],
    ['package.json', json({ name: 'x', sqlLint: config })],
  ])('is found as %s, in a folder above', (name, content) => {
    expect(
      said(setUp({ 'package.json': '{}', [name]: content, 'db/migrations/1.sql': BARE }), 'db/migrations'),
    ).toEqual(['db/migrations/1.sql 1 warning no-bare-create']);
  });

  it.each(['mjs', 'js', 'cjs'])('in a .%s file is read again after a change', async (type) => {
    const p = setUp({ 'package.json': '{}' });
    const file = `sql-lint.config.${type}`;
    const levels: unknown[] = [];
    for (const level of ['warn', 'off']) {
      p.write(
        file,
        `${type === 'mjs' ? 'export default' : 'module.exports ='} { rules: { 'no-bare-drop': '${level}' } };`,
      );
      levels.push((await new ConfigFinder().ofFolder(p.path))?.layers.at(-1)?.settings.rules);
    }
    expect(levels).toEqual([{ 'no-bare-drop': 'warn' }, { 'no-bare-drop': 'off' }]);
  });

  it('in TypeScript needs a Node.js that reads it, or jiti, and says so', () => {
    const p = setUp({
      'sql-lint.config.ts': `const config: { rules: object } = ${json(config)};\nexport default config;\n`,
      '1.sql': BARE,
      'package.json': '{"type":"module"}',
    });
    const { stderr, status } = p.lint('1.sql');
    if ('typescript' in process.features && process.features.typescript) expect(status).toBe(0);
    else expect(stderr).toContain('Install jiti beside it');
    p.write('node_modules/jiti/package.json', '{"name":"jiti","main":"index.cjs"}');
    p.write('node_modules/jiti/index.cjs', `exports.createJiti = () => ({ import: async () => (${json(config)}) });`);
    expect(said(p, '1.sql')).toEqual(['1.sql 1 warning no-bare-create']);
  });

  it('of the nearest folder counts', () => {
    const p = setUp({
      'package.json': json({ sqlLint: { rules: { 'no-bare-create': 'off' } } }),
      'a/sql-lint.config.json': json(config),
      'a/1.sql': BARE,
      'b/1.sql': BARE,
      'b/package.json': '{}',
    });
    expect(said(p, 'a', 'b')).toEqual(['a/1.sql 1 warning no-bare-create', 'b/1.sql 2 error no-bare-drop']);
  });

  it('can be named', () => {
    const p = setUp({
      'sql-lint.config.json': json({ rules: { 'no-bare-create': 'off' } }),
      'other.json': json(config),
      '1.sql': BARE,
    });
    expect(said(p, '--config', 'other.json', '1.sql')).toEqual(['1.sql 1 warning no-bare-create']);
  });

  it('extends presets, files and packages', () => {
    const p = setUp({
      'sql-lint.config.json': json({ extends: ['development', './base.json', 'shared-config'] }),
      'base.json': json({ rules: { 'no-bare-create': 'error', 'no-bare-drop': 'error' } }),
      'node_modules/shared-config/package.json': '{"name":"shared-config","main":"index.js"}',
      'node_modules/shared-config/index.js': `module.exports = { rules: { 'no-bare-drop': 'warn' } };`,
      '1.sql': BARE,
    });
    expect(said(p, '1.sql')).toEqual(['1.sql 1 error no-bare-create', '1.sql 2 warning no-bare-drop']);
    p.write('sql-lint.config.json', json({ extends: [] }));
    expect(said(p, '1.sql')).toEqual([]);
  });

  it('has other settings for some folders', () => {
    const p = setUp({
      'sql-lint.config.json': json({
        ...config,
        overrides: [
          { files: ['old'], rules: { 'no-bare-create': 'off' } },
          { files: ['*/2*.sql'], rules: { 'no-bare-drop': 'error' } },
        ],
      }),
      'old/1.sql': BARE,
      'old/2.sql': 'create table c (id int primary key);\ndrop table d;\n',
      'new/1.sql': BARE,
    });
    expect(said(p, 'old', 'new')).toEqual(['new/1.sql 1 warning no-bare-create', 'old/2.sql 2 error no-bare-drop']);
  });

  it('names what is linted and what is not', () => {
    const p = setUp({
      'sql-lint.config.json': json({ files: ['db/*.sql', 'more'], ignores: ['**/seed.sql', 'more/old'] }),
      'db/1.sql': BARE,
      'db/seed.sql': BARE,
      'more/1.sql': BARE,
      'more/old/1.sql': BARE,
      'migrations/1.sql': BARE,
    });
    expect(new Set(said(p).map((line) => line.split(' ')[0]))).toEqual(new Set(['db/1.sql', 'more/1.sql']));
    expect(said(p, 'db/seed.sql')).toEqual([]);
  });

  it('sets how fixes look', () => {
    const policy = 'create policy p on a using (true);\n';
    const p = setUp({
      'sql-lint.config.json': json({ extends: ['recommended'], styles: { policies: 'guard' } }),
      '1.sql': policy,
    });
    p.lint('--fix', '1.sql');
    expect(p.read('1.sql')).toContain('pg_polic');
    p.write('1.sql', policy);
    p.write('sql-lint.config.json', '{}');
    p.lint('--fix', '1.sql');
    expect(p.read('1.sql')).toBe(`drop policy if exists p on a;\n${policy}`);
  });

  it("says which schemas are exposed, and that a project is one of Supabase's", () => {
    const p = setUp({
      'sql-lint.config.json': json({ environment: 'supabase', exposedSchemas: ['api'] }),
      '1.sql':
        'create table if not exists a (id int primary key);\ncreate table if not exists api.b (id int primary key);\n',
    });
    expect(said(p, '1.sql')).toContain('1.sql 2 error require-rls');
    expect(said(p, '1.sql')).not.toContain('1.sql 1 error require-rls');
  });

  it('gives way to the command line', () => {
    const p = setUp({ 'sql-lint.config.json': json(config), '1.sql': BARE });
    expect(said(p, '--rule', 'no-bare-drop: warn', '1.sql')).toEqual([
      '1.sql 1 warning no-bare-create',
      '1.sql 2 warning no-bare-drop',
    ]);
  });

  it('is printed for a file', () => {
    const p = setUp({ 'sql-lint.config.json': json({ ...config, postgresVersion: 16 }), 'db/1.sql': BARE });
    expect(JSON.parse(p.lint('--print-config', 'db/1.sql').stdout)).toMatchObject({
      config: 'sql-lint.config.json',
      ignored: false,
      postgresVersion: 16,
      exposedSchemas: ['public'],
      rules: { 'no-bare-create': 'warn', 'no-bare-drop': 'off', 'no-bare-add': 'error' },
    });
  });
});

describe('a configuration that cannot be used', () => {
  it.each([
    ['sql-lint.config.json', '{ "rules": ', 'sql-lint.config.json: is not JSON'],
    ['sql-lint.config.json', '', 'sql-lint.config.json: is empty; write {} for a configuration without settings'],
    ['sql-lint.config.mjs', ' \n', 'sql-lint.config.mjs: is empty'],
    [
      'sql-lint.config.yaml',
      'rules: {}',
      'sql-lint.config.yaml: is not read; a configuration is named sql-lint.config.js,',
    ],
    ['.sql-lintrc', '{}', '.sql-lintrc: is not read'],
    ['.sql-lintrc.json', '{}', '.sql-lintrc.json: is not read'],
    ['sql-lint.config.json', '{ // a\n "rulez": {}, }', 'unknown key "rulez"'],
    ['sql-lint.config.json', '{ "rulez": {} }', 'sql-lint.config.json: unknown key "rulez"; did you mean "rules"?'],
    ['sql-lint.config.mjs', 'export const x = 1;', 'sql-lint.config.mjs: exports no configuration'],
    ['sql-lint.config.mjs', 'throw new Error("no")', 'sql-lint.config.mjs: cannot be loaded: no'],
    ['sql-lint.config.json', '{ "extends": "recomended" }', 'did you mean "recommended"?'],
    [
      'sql-lint.config.json',
      '{ "extends": "./sql-lint.config.json" }',
      '"extends" goes in a circle: sql-lint.config.json → sql-lint.config.json',
    ],
    ['sql-lint.config.json', '{ "extends": "./none.json" }', 'none.json: cannot be read (ENOENT)'],
  ])('%s: %s', (name, content, message) => {
    const { status, stderr } = setUp({ [name]: content, '1.sql': BARE }).lint('1.sql');
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('bug of sql-lint');
    expect(status).toBe(2);
  });
});

it('as an ES module in a project that npm init made says what to name it', () => {
  const p = setUp({
    'package.json': json({ type: 'commonjs' }),
    'sql-lint.config.js': `import { defineConfig } from 'idempotent-sql-lint';\nexport default defineConfig({});\n`,
    '1.sql': BARE,
  });
  const { stderr, status } = p.lint('1.sql');
  expect(stderr).toBe(
    `sql-lint: ${p.path}/sql-lint.config.js: is written as an ES module, and package.json says "type": "commonjs"; ` +
      'name it sql-lint.config.mjs\n',
  );
  expect(status).toBe(2);
});

it('with patterns that match nothing says so, where all files are linted', () => {
  const p = setUp({
    'sql-lint.config.json': json({ overrides: [{ files: ['migratons', 'migrations/1*', '!x'], rules: {} }] }),
    'migrations/1.sql': BARE,
  });
  const note = 'The pattern "migratons" of overrides[0] in sql-lint.config.json matches no file';
  expect(p.lint().stdout).toContain(`\n  ${note}\n`);
  expect(p.lint().stdout.match(/matches no file/g)).toHaveLength(1);
  expect(p.lint('migrations/1.sql').stdout).not.toContain('matches no file');
  p.write('sql-lint.config.json', json({ files: ['migratons'] }));
  expect(p.lint().stderr).toContain(
    '"files" of sql-lint.config.json: migratons: no such file or folder; did you mean migrations?',
  );
});

it('may call a rule by its name of before, and is told the new one', () => {
  const p = setUp({
    'sql-lint.config.json': json({ rules: { 'no-bare-sequence': 'warn' } }),
    '1.sql': 'create table a (id int);\nalter table a rename to b;\n',
    '2.sql':
      '-- sql-lint-disable-file no-bare-sequence -- once\ncreate table c (id int);\nalter table c rename to d;\n',
  });
  expect(said(p, '.')).toEqual(['1.sql 1 warning require-shared-guard']);
  expect(p.lint('.').stdout).toContain(
    'The rule "no-bare-sequence" in sql-lint.config.json is called "require-shared-guard" now',
  );
  expect(said(p, '1.sql', '--rule', 'no-bare-sequence: off')).toEqual([]);
  expect(p.lint('explain', 'no-bare-sequence').stdout).toMatch(/^# require-shared-guard\n/);
});

describe('ignore files', () => {
  it('are .gitignore in a repository, and .sqllintignore everywhere', () => {
    const p = setUp({
      '.gitignore': 'build/\n*.tmp.sql\n!keep.tmp.sql\n',
      '.sqllintignore': 'generated\n',
      'a/.gitignore': 'local.sql\n',
      'a/1.sql': BARE,
      'a/local.sql': BARE,
      'a/x.tmp.sql': BARE,
      'a/keep.tmp.sql': BARE,
      'build/1.sql': BARE,
      'generated/1.sql': BARE,
    });
    const files = () => [...new Set(said(p, '.').map((line) => line.split(' ')[0]))];
    expect(files()).toEqual(['a/1.sql', 'a/keep.tmp.sql', 'a/local.sql', 'a/x.tmp.sql', 'build/1.sql']);
    p.run('git', 'init', '-q');
    expect(files()).toEqual(['a/1.sql', 'a/keep.tmp.sql']);
    expect(said(p, 'build/1.sql')).not.toEqual([]);
    expect(p.lint('generated/1.sql').status).toBe(0);
  });
});
