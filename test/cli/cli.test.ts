/** The built command, from the outside: what it prints, what it writes, and what it exits with. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { LintResult } from '../../src/linter/linter.ts';
import { packedCommand } from '../support/project.ts';

const CLI = packedCommand();
const isRoot = process.getuid?.() === 0;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sql-lint-test-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function write(path: string, content: string | Buffer): string {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
  return join(folder, path);
}
const read = (path: string) => readFileSync(join(folder, path), 'utf8');

function run(args: string[], input?: string | Buffer) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], {
    cwd: folder,
    input,
    encoding: 'utf8',
    env: { ...process.env, FORCE_COLOR: '', NO_COLOR: '1' },
  });
  return { status, stdout, stderr, results: () => JSON.parse(stdout) as LintResult[] };
}

const BARE = 'CREATE TABLE notes (id int);\n';
const FIXED = 'CREATE TABLE IF NOT EXISTS notes (id int);\n';
const CALL = 'SELECT do_something();\n';

describe('exit codes', () => {
  test('0 where there is nothing to say', () => {
    write('a.sql', FIXED);
    expect(run(['a.sql'])).toMatchObject({ status: 0, stderr: '' });
  });

  test('1 where findings are left', () => {
    write('a.sql', BARE);
    const { status, stdout, stderr } = run(['a.sql']);
    expect([status, stderr]).toEqual([1, '']);
    expect(stdout).toMatch(/^a\.sql\n {2}1:1 {2}error {4}Table "notes" /m);
    expect(stdout).toContain('no-bare-create');
    expect(stdout).toContain('42P07');
    expect(read('a.sql')).toBe(BARE);
  });

  test.each<[string, string[], string]>([
    ['a path that is not there', ['nowhere.sql'], 'nowhere.sql: no such file or folder'],
    ['a folder without SQL', ['empty'], 'empty: the folder holds no .sql file'],
    ['a glob that matches nothing', ['*.psql'], '*.psql: no file matches'],
    ['an unknown option', ['--fixx'], 'unknown option --fixx; did you mean --fix?'],
    [
      'an unknown rule',
      ['--rule', 'no-bare-creat: off', 'a.sql'],
      'unknown rule "no-bare-creat"; did you mean "no-bare-create"?',
    ],
    ['an unknown severity', ['--rule', 'no-bare-create: fatal', 'a.sql'], 'unknown severity "fatal"'],
    ['an unknown format', ['--format', 'jsn', 'a.sql'], 'unknown format "jsn"; did you mean "json"?'],
    [
      'a version that there is not',
      ['--postgres-version', '9', 'a.sql'],
      '--postgres-version takes a whole number from 12 to 18',
    ],
    ['a number that is none', ['--max-warnings', 'few', 'a.sql'], '--max-warnings takes a whole number'],
    [
      'a number of jobs that is none',
      ['verify', '--jobs', '2.5', 'a.sql'],
      '--jobs takes a whole number from 1 to 256',
    ],
    [
      'too many jobs, also where no file is run',
      ['verify', '--jobs', '1000', 'empty'],
      '--jobs takes a whole number from 1 to 256, not "1000"',
    ],
    ['a proof of nothing', ['--prove', 'a.sql'], '--prove needs --fix, --fix-dry-run, --check or --diff'],
    ['a proof and none', ['--fix', '--prove', '--no-prove', 'a.sql'], '--prove and --no-prove exclude each other'],
    ['no usual folder', [], 'no migrations found'],
  ])('2 and one clear line for %s', (_, args, message) => {
    mkdirSync(join(folder, 'empty'));
    write('a.sql', FIXED);
    const { status, stdout, stderr } = run(args);
    expect(stderr).toContain(`sql-lint: ${message}`);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect([status, stdout]).toEqual([2, '']);
  });

  test('2 for a file that is not UTF-8, which stays as it is; the others are linted', () => {
    const bytes = Buffer.from([...Buffer.from("INSERT INTO t VALUES ('M"), 0xfc, ...Buffer.from("nchen');\n")]);
    write('a.sql', bytes);
    write('b.sql', BARE);
    const { status, stderr } = run(['--fix', '.']);
    expect(status).toBe(2);
    expect(stderr).toMatch(/a\.sql: is not UTF-8/);
    expect(readFileSync(join(folder, 'a.sql'))).toEqual(bytes);
  });

  test.each([
    ['UTF-16 with a mark', [0xff, 0xfe, ...Buffer.from(BARE, 'utf16le')], 'a.sql: is UTF-16 and not UTF-8'],
    ['UTF-16 without one', [...Buffer.from(BARE, 'utf16le')], 'a.sql: is UTF-16LE and not UTF-8'],
    ['the other UTF-16', [...Buffer.from(BARE, 'utf16le').swap16()], 'a.sql: is UTF-16BE and not UTF-8'],
    ['Latin 1', [...Buffer.from(`${BARE}-- caf`), 0xe9], 'a.sql: is not UTF-8, from line 2 on'],
  ])('2 for a file that is %s', (_, bytes, message) => {
    write('a.sql', Buffer.from(bytes));
    expect(run(['a.sql']).stderr).toContain(message);
  });

  test('warnings count only above --max-warnings, and --quiet leaves them out', () => {
    write('a.sql', CALL);
    expect(run(['a.sql'])).toMatchObject({ status: 0 });
    expect(run(['a.sql', '--max-warnings', '0'])).toMatchObject({ status: 1 });
    expect(run(['a.sql', '--max-warnings', '1'])).toMatchObject({ status: 0 });
    expect(run(['a.sql', '--quiet', '--format', 'json']).results()[0]!.messages).toEqual([]);
    expect(run(['a.sql', '--rule', 'no-unknown-effect: error'])).toMatchObject({ status: 1 });
    expect(run(['a.sql', '--rule', 'no-unknown-effect: off', '--max-warnings', '0'])).toMatchObject({ status: 0 });
  });
});

describe('which files', () => {
  test('a path given twice is linted once', () => {
    write('sql/a.sql', BARE);
    expect(run(['sql/a.sql', 'sql', './sql/a.sql', 'sql/*.sql', '--format', 'json']).results()).toHaveLength(1);
  });

  test('without a path, the usual folders', () => {
    write('supabase/migrations/20250101000000_a.sql', BARE);
    write('other/b.sql', BARE);
    expect(
      run(['--format', 'json'])
        .results()
        .map((r) => r.filePath),
    ).toEqual([join(folder, 'supabase/migrations/20250101000000_a.sql')]);
  });

  test('earlier files are the history of a file, unless --no-history', () => {
    write('m/1.sql', 'CREATE TABLE notes (id int PRIMARY KEY);\n');
    write('m/2.sql', 'INSERT INTO notes (id) VALUES (1);\n');
    expect(run(['m/2.sql', '--format', 'json']).results()[0]!.messages[0]).toMatchObject({
      ruleId: 'no-bare-insert',
      fix: { text: expect.stringContaining('ON CONFLICT DO NOTHING') as string },
    });
    expect(run(['m/2.sql', '--format', 'json', '--no-history']).results()[0]!.messages[0]!.fix).toBeUndefined();
  });

  test('what needs no fix is not written', () => {
    const path = write('a.sql', FIXED);
    const before = statSync(path);
    expect(run(['--fix', 'a.sql'])).toMatchObject({ status: 0 });
    expect(statSync(path)).toMatchObject({ ino: before.ino, mtimeMs: before.mtimeMs });
  });
});

describe('writing', () => {
  test('--fix writes; a second one changes nothing', () => {
    write('a.sql', BARE);
    expect(run(['--fix', 'a.sql'])).toMatchObject({ status: 0 });
    expect(read('a.sql')).toBe(FIXED);
    expect(run(['--fix', 'a.sql'])).toMatchObject({ status: 0 });
    expect(read('a.sql')).toBe(FIXED);
    expect(readdirSync(folder)).toEqual(['a.sql']);
  });

  test('--fix-dry-run and --diff write nothing', () => {
    write('a.sql', BARE);
    expect(run(['--fix-dry-run', '--format', 'json', 'a.sql']).results()[0]).toMatchObject({
      output: FIXED,
      messages: [],
    });
    const { stdout } = run(['--diff', 'a.sql']);
    expect(stdout).toContain(`--- a/a.sql\n+++ b/a.sql`);
    expect(stdout).toContain(`-${BARE}+${FIXED}`);
    expect(read('a.sql')).toBe(BARE);
  });

  test('a byte order mark and CRLF stay', () => {
    write('a.sql', "\uFEFF-- größer 😀\r\nCREATE TYPE mood AS ENUM (\r\n  'good'\r\n);\r\n");
    expect(run(['--fix', 'a.sql'])).toMatchObject({ status: 0 });
    expect(read('a.sql')).toMatch(/^\uFEFF-- größer 😀\r\nDO \$\$ BEGIN\r\n/);
    expect(read('a.sql').replaceAll('\r\n', '')).not.toContain('\n');
  });

  test('the mode stays, and a link goes on pointing to its file', () => {
    const path = write('real/a.sql', BARE);
    chmodSync(path, 0o640);
    symlinkSync('real/a.sql', join(folder, 'link.sql'));
    expect(run(['--fix', 'link.sql'])).toMatchObject({ status: 0 });
    expect(lstatSync(join(folder, 'link.sql')).isSymbolicLink()).toBe(true);
    expect(read('real/a.sql')).toBe(FIXED);
    expect(statSync(path).mode & 0o777).toBe(0o640);
  });

  test('a second name of a file keeps its content', () => {
    const path = write('a.sql', BARE);
    linkSync(path, join(folder, 'b.sql'));
    expect(run(['--fix', 'a.sql'])).toMatchObject({ status: 0 });
    expect(read('a.sql')).toBe(FIXED);
  });

  test.skipIf(isRoot)('a file that may not be written stays, with a clear line', () => {
    const path = write('a.sql', BARE);
    chmodSync(path, 0o444);
    const { status, stderr } = run(['--fix', 'a.sql']);
    expect([status, read('a.sql')]).toEqual([2, BARE]);
    expect(stderr).toMatch(/a\.sql: cannot be written \(EACCES\); it was left as it is/);
  });

  test.skipIf(isRoot)('a file that may not be read is named', () => {
    chmodSync(write('a.sql', BARE), 0o000);
    expect(run(['a.sql'])).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/a\.sql: cannot be read \(EACCES\)/) as string,
    });
  });

  test('a syntax error in the middle is said, and what stands around it is fixed', () => {
    write('a.sql', `${BARE}NO SUCH STATEMENT;\nDROP TABLE old;\n`);
    const { status, stdout } = run(['--fix', 'a.sql', '--format', 'json']);
    expect(status).toBe(1);
    expect((JSON.parse(stdout) as LintResult[])[0]!.messages).toMatchObject([
      { ruleId: 'no-syntax-error', line: 2, column: 1, fatal: true },
    ]);
    expect(read('a.sql')).toBe(`${FIXED}NO SUCH STATEMENT;\nDROP TABLE IF EXISTS old;\n`);
  });

  test('5 MB in one file', { timeout: 60_000 }, () => {
    const count = 50_000;
    write(
      'a.sql',
      Array.from(
        { length: count },
        (_, k) =>
          `CREATE TABLE notes_${k} (id int PRIMARY KEY, body text, author text, at timestamptz DEFAULT now());\n`,
      ).join(''),
    );
    expect(statSync(join(folder, 'a.sql')).size).toBeGreaterThan(5_000_000);
    expect(run(['--fix', 'a.sql'])).toMatchObject({ status: 0 });
    expect(read('a.sql').match(/IF NOT EXISTS/g)).toHaveLength(count);
  });
});

describe('standard input', () => {
  test('must be UTF-8', () => {
    expect(run(['--stdin'], Buffer.from([0x2d, 0x2d, 0xfc]))).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringContaining('standard input: is not UTF-8') as string,
    });
    expect(run(['--stdin', '--fix'], '-- \uFFFD\n')).toMatchObject({ status: 0, stdout: '-- \uFFFD\n' });
  });

  test('is linted', () => {
    const { status, stdout } = run(['--stdin', '--stdin-filename', 'm/2.sql', '--format', 'json'], BARE);
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject([{ filePath: join(folder, 'm/2.sql'), errorCount: 1 }]);
  });

  test('is printed fixed, with what is left on the other stream', () => {
    expect(run(['--stdin', '--fix'], BARE)).toEqual({
      status: 0,
      stdout: FIXED,
      stderr: '',
      results: expect.any(Function) as unknown,
    });
    const { status, stdout, stderr } = run(['--stdin', '--fix'], `${BARE}UPDATE notes SET id = id + 1;\n`);
    expect([status, stdout]).toEqual([1, `${FIXED}UPDATE notes SET id = id + 1;\n`]);
    expect(stderr).toContain('no-repeated-change');
  });

  test('keeps its byte order mark and line ends', () => {
    expect(run(['--stdin', '--fix'], `\uFEFF${BARE.replace('\n', '\r\n')}`).stdout).toBe(
      `\uFEFF${FIXED.replace('\n', '\r\n')}`,
    );
  });
});

test('--version and --help', () => {
  expect(run(['--version']).stdout.trim()).toBe(
    (JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }).version,
  );
  expect(run(['--help'])).toMatchObject({ status: 0, stdout: expect.stringContaining('--changed') as string });
});

test('text of a file does not reach the terminal as commands', () => {
  write('a.sql', 'CREATE TABLE "a\u001b[2Jb" (id int);\n');
  expect(run(['a.sql']).stdout).not.toContain('\u001b');
});

test("ESLint's shape of the JSON", () => {
  write('a.sql', BARE);
  expect(run(['--format', 'json', 'a.sql']).results()).toMatchObject([
    {
      filePath: join(folder, 'a.sql'),
      messages: [
        {
          ruleId: 'no-bare-create',
          severity: 2,
          message: expect.stringContaining('Table "notes"') as string,
          messageId: 'bare',
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 28,
          fix: { range: [12, 12], text: ' IF NOT EXISTS' },
        },
      ],
      errorCount: 1,
      warningCount: 0,
      fixableErrorCount: 1,
      fixableWarningCount: 0,
    },
  ]);
});
