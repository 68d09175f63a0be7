/** What a run keeps must never make the next one say anything else than it would say without. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { cacheFolder } from '../../src/cli/cache.ts';
import { packedCommand } from '../support/project.ts';

const CLI = packedCommand();
let folder: string;
let cache: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'sql-lint-cache-')));
  cache = join(folder, 'cache');
});
afterEach(() => rmSync(folder, { recursive: true }));

const put = (path: string, text: string | Uint8Array) => {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), text);
};
const run = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, '--format', 'json', ...args], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 1e8,
  });
  return { status, stdout, stderr };
};
const kept = (...args: string[]) => run('--cache-location', cache, ...args);
const anew = (...args: string[]) => run('--no-cache', ...args);

/** The files in the cache whose names end so. */
const files = (end: string) =>
  (existsSync(cache) ? readdirSync(cache, { recursive: true }) : [])
    .map((name) => join(cache, String(name)))
    .filter((path) => path.endsWith(end) && statSync(path).isFile());

const MIGRATIONS = {
  'supabase/migrations/1_a.sql':
    'CREATE TABLE a (id int PRIMARY KEY);\nCREATE TRIGGER t BEFORE INSERT ON a EXECUTE FUNCTION f();\n',
  'supabase/migrations/2_b.sql':
    'CREATE TABLE b (id int PRIMARY KEY, a int REFERENCES a);\nINSERT INTO b VALUES (1);\n',
  'supabase/migrations/3_c.sql': 'ALTER TABLE a RENAME TO c;\nCREATE TABLE IF NOT EXISTS b (x int);\n',
  'environment.sql': 'CREATE TABLE before (id int PRIMARY KEY);\n',
  'sql-lint.config.json': '{ "environment": "supabase" }',
};

describe('results', () => {
  beforeEach(() => Object.entries(MIGRATIONS).forEach(([path, text]) => put(path, text)));

  it('are kept, and taken', () => {
    const first = kept('supabase');
    expect(first).toEqual(anew('supabase'));
    const [file] = files('.results');
    writeFileSync(file!, readFileSync(file!, 'latin1').replaceAll('a second run', 'a sekond run'), 'latin1');
    const second = kept('supabase');
    expect(second.stdout).not.toBe(first.stdout);
    expect(second.stdout.replaceAll('a sekond run', 'a second run')).toBe(first.stdout);
    expect(second.status).toBe(first.status);
  });

  const change = (path: string, text: string) => () => put(path, text);
  it.each<[string, () => void, string[]]>([
    ['the file', change('supabase/migrations/2_b.sql', 'DROP TABLE a;\n'), []],
    [
      'a file before it',
      change('supabase/migrations/1_a.sql', 'CREATE TABLE a (id int PRIMARY KEY);\nCREATE TABLE b (id int);\n'),
      [],
    ],
    [
      'a file after it, for which a rule asks',
      change(
        'supabase/migrations/3_c.sql',
        'ALTER TABLE a ENABLE ROW LEVEL SECURITY;\nALTER TABLE b ENABLE ROW LEVEL SECURITY;\n',
      ),
      [],
    ],
    ['the files after it', change('supabase/migrations/4_d.sql', 'ALTER TABLE b ENABLE ROW LEVEL SECURITY;\n'), []],
    [
      'the name of a file before it',
      () => {
        put('supabase/migrations/9_a.sql', MIGRATIONS['supabase/migrations/1_a.sql']);
        rmSync(join(folder, 'supabase/migrations/1_a.sql'));
      },
      [],
    ],
    [
      'the configuration',
      change('sql-lint.config.json', '{ "environment": "supabase", "rules": { "no-bare-create": "off" } }'),
      [],
    ],
    ['the environment', change('sql-lint.config.json', '{ "environment": "environment.sql" }'), []],
    ['a rule on the command line', () => undefined, ['--rule', 'no-bare-create: warn']],
    ['the version of PostgreSQL', () => undefined, ['--postgres-version', '12']],
    ['history', () => undefined, ['--no-history']],
    ['what is reported', () => undefined, ['--quiet']],
    [
      'the largest size',
      change(
        'supabase/migrations/1_a.sql',
        `${MIGRATIONS['supabase/migrations/1_a.sql']}-- ${'x'.repeat(1_000_000)}\n`,
      ),
      ['--max-file-size', '1'],
    ],
  ])('are found anew where %s is another', (_, make, args) => {
    const before = kept('supabase').stdout;
    make();
    const after = kept(...args, 'supabase');
    expect(after.stdout).not.toBe(before);
    expect(after).toEqual(anew(...args, 'supabase'));
    expect(kept(...args, 'supabase')).toEqual(after);
  });

  it('are found anew where the file of an environment changes', () => {
    put('sql-lint.config.json', '{ "environment": "environment.sql" }');
    put('supabase/migrations/4_d.sql', 'CREATE TABLE IF NOT EXISTS before (id text PRIMARY KEY);\n');
    const before = kept('supabase');
    expect(before).toEqual(anew('supabase'));
    put('environment.sql', 'CREATE TABLE other (id int PRIMARY KEY);\n');
    const after = kept('supabase');
    expect(after.stdout).not.toBe(before.stdout);
    expect(after).toEqual(anew('supabase'));
  });

  it('are those of a file that can be read', () => {
    kept('supabase');
    put('supabase/migrations/2_b.sql', Buffer.from([0x2d, 0x2d, 0xe4, 0x0a]));
    const { status, stderr } = kept('supabase');
    expect(status).toBe(2);
    expect(stderr).toContain('is not UTF-8');
  });

  it('are not taken where something is fixed', () => {
    kept('supabase');
    expect(kept('--fix-dry-run', 'supabase')).toEqual(anew('--fix-dry-run', 'supabase'));
    expect(kept('--fix', 'supabase').status).toBe(kept('supabase').status);
    expect(kept('supabase')).toEqual(anew('supabase'));
  });

  it('of files that are gone are not kept', () => {
    kept('supabase');
    rmSync(join(folder, 'supabase/migrations/3_c.sql'));
    put('supabase/migrations/4_d.sql', 'SELECT 1;\n');
    kept('supabase');
    expect(readFileSync(files('.results')[0]!, 'utf8')).not.toContain('3_c.sql');
  });
});

describe('what the migrations before a file come to', () => {
  const migration = (n: number) =>
    `CREATE TABLE t_${n} (id int PRIMARY KEY, parent int REFERENCES t_${n - 1});\nINSERT INTO t_${n} VALUES (1, NULL);\n${n % 7 === 0 ? `DROP TABLE t_${n - 1} CASCADE;\n` : ''}-- ${'x'.repeat(5000)}\n`;
  const name = (n: number) => `m/${String(n).padStart(2, '0')}_step.sql`;
  beforeEach(() => {
    for (let n = 1; n <= 20; n++) put(name(n), migration(n));
  });

  it('is kept, and the next file goes on from there', () => {
    expect(kept(name(20))).toEqual(anew(name(20)));
    expect(files('.world')).toHaveLength(1);
    put(name(21), 'CREATE TABLE IF NOT EXISTS t_5 (id int, x int);\nDROP TABLE t_6;\n');
    const honest = kept(name(21));
    expect(honest).toEqual(anew(name(21)));
    // What is kept says that there is another table, and is believed.
    const [file] = files('.world');
    writeFileSync(file!, readFileSync(file!, 'latin1').replaceAll('t_5', 'u_5'), 'latin1');
    put(name(21), 'CREATE TABLE IF NOT EXISTS t_5 (id int, x int);\nDROP TABLE t_6; \n');
    expect(kept(name(21)).stdout).not.toBe(anew(name(21)).stdout);
  });

  it('is found anew where one of them has changed', () => {
    kept(name(20));
    put(name(3), 'CREATE TABLE u (id int);\n');
    put(name(21), 'CREATE TABLE IF NOT EXISTS t_5 (id int, x int);\nCREATE TABLE IF NOT EXISTS u (id int, x int);\n');
    expect(kept(name(21))).toEqual(anew(name(21)));
    expect(kept(name(15))).toEqual(anew(name(15)));
    put(name(22), 'DROP TABLE u;\n');
    expect(kept('--fix-dry-run', 'm')).toEqual(anew('--fix-dry-run', 'm'));
  });

  it('serves standard input too', () => {
    const ask = (...args: string[]) =>
      spawnSync(process.execPath, [CLI, '--stdin', '--stdin-filename', name(21), ...args], {
        cwd: folder,
        encoding: 'utf8',
        input: 'DROP TABLE t_5;\n',
      }).stdout;
    const first = ask('--cache-location', cache);
    expect(files('.world')).toHaveLength(1);
    expect(ask('--cache-location', cache)).toBe(first);
    expect(ask('--no-cache')).toBe(first);
  });

  it('goes on from fixed files where files are fixed', () => {
    kept('--fix', 'm');
    expect(files('.world')).toHaveLength(1);
    expect(kept('m')).toEqual(anew('m'));
    put(name(21), 'DROP TABLE t_5;\n');
    expect(kept(name(21))).toEqual(anew(name(21)));
  });
});

describe.each(['.results', '.world'])('a damaged file of %s', (end) => {
  it.each([
    ['cut off', (bytes: Buffer) => bytes.subarray(0, bytes.length / 2)],
    ['empty', () => Buffer.alloc(0)],
    ['something else', (bytes: Buffer) => Buffer.alloc(bytes.length, 'x')],
    ['a line of something else', (bytes: Buffer) => Buffer.concat([Buffer.from('{}\n'), bytes])],
  ])('is as good as none where it is %s', (_, damage) => {
    for (let n = 1; n <= 12; n++) put(`m/${n}_a.sql`, `CREATE TABLE t_${n} (id int); -- ${'x'.repeat(6000)}\n`);
    kept('m');
    const [file] = files(end);
    writeFileSync(file!, damage(readFileSync(file!)));
    if (end === '.world') for (const path of files('.results')) rmSync(path);
    expect(kept('m')).toEqual(anew('m'));
    expect(kept('m/12_a.sql')).toEqual(anew('m/12_a.sql'));
  });
});

describe('the folder', () => {
  beforeEach(() => put('a.sql', 'CREATE TABLE a (id int);\n'));

  test('is for its owner only', () => {
    kept('a.sql');
    expect(statSync(cache).mode & 0o777).toBe(0o700);
    for (const file of files('')) expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('stays away with --no-cache', () => {
    run('--no-cache', '--cache-location', cache, 'a.sql');
    expect(existsSync(cache)).toBe(false);
  });

  test.skipIf(process.getuid?.() === 0)('needs not be writable', () => {
    mkdirSync(cache, { mode: 0o500 });
    expect(kept('a.sql')).toEqual(anew('a.sql'));
    chmodSync(cache, 0o700);
  });

  test('may be a file, and then nothing is kept', () => {
    writeFileSync(cache, '');
    expect(kept('a.sql')).toEqual(anew('a.sql'));
  });

  test('is cleared of what is old', () => {
    kept('a.sql');
    const [file] = files('.results');
    const old = Date.now() / 1000 - 40 * 24 * 3600;
    put('cache/0.0.1/x.results', '');
    utimesSync(join(cache, '0.0.1', 'x.results'), old, old);
    put('cache/0.0.2/x.results', '');
    utimesSync(file!, old, old);
    put('a.sql', 'CREATE TABLE b (id int);\n');
    kept('a.sql');
    expect(existsSync(join(cache, '0.0.1'))).toBe(false);
    expect(existsSync(join(cache, '0.0.2', 'x.results'))).toBe(true);
  });

  test.each<[NodeJS.Platform, NodeJS.ProcessEnv, string]>([
    ['linux', {}, join(homedir(), '.cache', 'sql-lint')],
    ['darwin', {}, join(homedir(), 'Library', 'Caches', 'sql-lint')],
    ['win32', { LOCALAPPDATA: 'C:\\Local' }, join('C:\\Local', 'sql-lint')],
    ['darwin', { XDG_CACHE_HOME: '/cache' }, join('/cache', 'sql-lint')],
  ])('is the usual one of %s with %j', (platform, environment, expected) => {
    expect(cacheFolder(environment, platform)).toBe(expected);
  });
});
