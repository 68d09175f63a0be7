import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import type { LintResult } from '../../src/linter/linter.ts';
import { isProven, proveFile, type Failure, type FileVerdict, type Proposal } from '../../src/verify/index.ts';
import { createProject, type Project } from '../support/project.ts';

vi.setConfig({ testTimeout: 60_000 });

const HOW = { path: 'a.sql', subject: 'fixed', engine: '', sent: '', seconds: 0 } as const;
const OK: FileVerdict = { ...HOW, verdict: 'ok' };
const OTHER: FileVerdict = { ...HOW, verdict: 'not-preserved', diff: '-a' };

describe('what keeps a file from being proven is left out', () => {
  /** Proves a file with so many fixes, of which some are wrong; each fix is a line of the text. */
  const prove = async (count: number, isWrong: (text: string) => boolean) => {
    let judged = 0;
    const propose = (refused: ReadonlySet<string>): Proposal => {
      const fixes = Array.from({ length: count }, (_, k) => `fix ${k}`).filter((fix) => !refused.has(fix));
      return { text: fixes.join('\n'), fixes, open: [] };
    };
    const { refused, verdict } = await proveFile('', propose, async (text) => {
      judged++;
      return Promise.resolve(isWrong(text) ? OTHER : OK);
    });
    return { refused: [...refused.keys()], verdict: verdict.verdict, judged };
  };

  it('and nothing else', async () => {
    expect(await prove(8, () => false)).toEqual({ refused: [], verdict: 'ok', judged: 1 });
    expect(await prove(1, (text) => text !== '')).toMatchObject({ refused: ['fix 0'], verdict: 'ok' });
    const one = await prove(32, (text) => /^fix 17$/m.test(text));
    expect(one).toMatchObject({ refused: ['fix 17'], verdict: 'ok' });
    expect(one.judged).toBeLessThan(16);
    // Two that are only wrong together: one of them stays.
    expect(await prove(4, (text) => /fix 0/.test(text) && /fix 3/.test(text))).toMatchObject({ refused: ['fix 3'] });
  });

  it('after so many attempts, all that has not been proven', async () => {
    const { refused, verdict, judged } = await prove(500, (text) => text !== '');
    expect({ count: refused.length, verdict }).toEqual({ count: 500, verdict: 'ok' });
    expect(judged).toBeLessThan(80);
  });

  /** Proves a file with one fix. */
  const proveOne = (judge: (text: string) => FileVerdict, open: Proposal['open'] = []) =>
    proveFile(
      UNFIXED,
      (refused) => ({ text: refused.size > 0 ? UNFIXED : FIXED, fixes: refused.size > 0 ? [] : ['fix'], open }),
      (text) => Promise.resolve(judge(text)),
    );
  const UNFIXED = 'CREATE TABLE a ();\nCREATE TABLE b ();';
  const FIXED = 'CREATE TABLE IF NOT EXISTS a ();\nCREATE TABLE b ();';
  const fails = (text: string, more: Partial<Failure> = {}, rest: Partial<FileVerdict> = {}): FileVerdict => {
    const statement = 'CREATE TABLE b ()';
    const failure = { code: '42P07', message: 'b', offset: text.indexOf(statement), line: 2, column: 1, statement };
    return { ...HOW, verdict: 'second-run-fails', failure: { ...failure, frame: [], ...more }, ...rest } as FileVerdict;
  };

  it('a second run may fail where something is left to say, and nowhere else', async () => {
    const judge = (text: string) => (text === FIXED ? fails(text) : OK);
    expect(await proveOne(judge, [{ line: 2, endLine: 2 }])).toMatchObject({ refused: new Map(), doubt: 'reported' });
    const off = { line: 2, endLine: 2, isSwitchedOff: true };
    expect(await proveOne(judge, [off])).toMatchObject({ refused: new Map(), doubt: 'switched-off' });
    expect(await proveOne(judge, [off, { line: 2, endLine: 2 }])).toMatchObject({ doubt: 'reported' });
    expect(await proveOne(judge, [{ line: 1, endLine: 1 }])).toMatchObject({
      refused: new Map([['fix', fails(FIXED)]]),
      text: UNFIXED,
      doubt: undefined,
    });
  });

  it('no fix is to blame for what goes wrong without it', async () => {
    const blamed = async (unfixed: FileVerdict, fixed: FileVerdict) => {
      const proof = await proveOne((text) => (text === FIXED ? fixed : unfixed));
      expect(isProven(proof)).toBe(unfixed.verdict === 'ok');
      return proof.refused.size > 0 ? 'the fix' : proof.doubt;
    };
    const first: Partial<FileVerdict> = { verdict: 'fails' };
    const timeout = { code: 'timeout', message: 'it did not end' };
    const broken: Partial<FileVerdict> = { verdict: 'not-preserved' };
    expect(await blamed(OK, OK)).toBe(undefined);
    // In the first run.
    expect(await blamed(fails(UNFIXED, timeout, first), fails(FIXED, timeout, broken))).toBe('not-run');
    expect(await blamed(fails(UNFIXED, {}, first), fails(FIXED, timeout, broken))).toBe('the fix');
    expect(await blamed(OK, fails(FIXED, timeout, broken))).toBe('the fix');
    // The database itself.
    const crash = { code: 'crash', message: 'memory' };
    expect(await blamed(fails(UNFIXED, crash, first), fails(FIXED, crash, first))).toBe('not-run');
    expect(await blamed(OK, fails(FIXED, crash, first))).toBe('the fix');
    // In a second run, by the same statement, from the same state.
    expect(await blamed(fails(UNFIXED), fails(FIXED))).toBe('without-fixes');
    expect(await blamed(fails(UNFIXED, { statement: 'CREATE TABLE a ()' }), fails(FIXED))).toBe('the fix');
    expect(await blamed(fails(UNFIXED), fails(FIXED, {}, { state: 'filled' }))).toBe('the fix');
    expect(await blamed(fails(UNFIXED), fails(FIXED, {}, broken))).toBe('the fix');
    // By what it leaves.
    const changes = (diff: string): FileVerdict => ({ ...HOW, verdict: 'second-run-changes', diff });
    expect(await blamed(changes('+a'), changes('+a'))).toBe('without-fixes');
    expect(await blamed(changes('+a'), changes('+b'))).toBe('the fix');
  });

  it('where a file runs only with some of its fixes, the others are held against what it does with these', async () => {
    const proveMended = (guarded: (original: string) => FileVerdict) => {
      const texts: string[] = [];
      const propose = (refused: ReadonlySet<string>): Proposal => {
        const fixes = ['mend', 'guard'].filter((fix) => !refused.has(fix));
        return { text: fixes.join(), fixes, mending: fixes.filter((fix) => fix === 'mend'), open: [] };
      };
      const proof = proveFile('', propose, (text, original) => {
        texts.push(`${text} as ${original || 'nothing'}`);
        const isMended = original.startsWith('mend');
        return Promise.resolve(
          !isMended ? fails('', {}, { verdict: 'fails' }) : text === 'mend' ? OK : guarded(original),
        );
      });
      return proof.then(({ refused, text, doubt }) => ({ refused: [...refused.keys()], text, doubt, texts }));
    };
    const ran = ['mend,guard as nothing', 'mend,guard as mend'];
    expect(await proveMended(() => OK)).toEqual({ refused: [], text: 'mend,guard', doubt: undefined, texts: ran });
    expect(await proveMended(() => OTHER)).toMatchObject({ refused: ['guard'], text: 'mend', doubt: undefined });
    const broken = await proveMended(() => fails('', {}, { verdict: 'fails' }));
    expect(broken).toMatchObject({ refused: [], doubt: 'not-run', texts: [...ran, 'mend,guard as mend,guard'] });
  });

  it('a file that cannot be run is not proven', async () => {
    const needs: FileVerdict = { ...HOW, verdict: 'not-verifiable', reason: 'it needs the extension postgis' };
    expect(await proveOne(() => needs)).toMatchObject({ refused: new Map(), text: FIXED, doubt: 'not-run' });
    expect(await proveOne((text) => fails(text, {}, { verdict: 'fails' }))).toMatchObject({ doubt: 'not-run' });
  });
});

describe('sql-lint --fix --prove', () => {
  const bare = (name: string) => `create table ${name} (id int);\n`;
  const fixed = (name: string) => `create table if not exists ${name} (id int);\n`;
  const ROW = 'insert into t (id) values (1);\n';
  const project = createProject({
    // No one can read what this makes without running it: a rule that writes down what is inserted, elsewhere.
    'migrations/1_log.sql': `create table if not exists t (id int primary key);
create table if not exists log (id int);
do $$ begin execute convert_from(decode('${Buffer.from('create or replace rule r as on insert to t do instead insert into log values (new.id)').toString('base64')}', 'base64'), 'UTF8'); end $$;
`,
    'migrations/2_rows.sql': `${bare('u')}${ROW}`,
    'migrations/3_needs.sql': `create extension if not exists postgis;\n${bare('v')}`,
    'migrations/4_wrong.sql': ROW,
    'migrations/5_by_hand.sql': `-- sql-lint-disable-next-line no-bare-create\n${bare('w')}${bare('x')}`,
    'migrations/6_without_rule.sql': `drop table u;\n${bare('y')}`,
    'migrations/7_good.sql': 'drop table v;\n',
    'migrations/8_typo.sql': `drop table w;\n${bare('z').replace('int', 'nosuch')}`,
    'migrations/9_mended.sql': `${bare('zz').replace('int', 'int AUTO_INCREMENT')}${bare('late')}`,
    'migrations/sql-lint.config.json': '{ "overrides": [{ "files": ["6_*"], "rules": { "no-bare-create": "off" } }] }',
  });
  afterAll(project.remove);

  it('writes what PostgreSQL finds sound, and says why it does not write the rest, or cannot be sure', () => {
    const { stdout, stderr } = project.lint('--fix', '--prove', 'migrations');
    expect(stderr).toBe('');
    expect(project.read('migrations/2_rows.sql')).toBe(`${fixed('u')}${ROW}`);
    expect(project.read('migrations/3_needs.sql')).toContain(fixed('v'));
    expect(project.read('migrations/4_wrong.sql')).toBe(ROW);
    expect(project.read('migrations/5_by_hand.sql')).toContain(`${bare('w')}${fixed('x')}`);
    expect(project.read('migrations/6_without_rule.sql')).toBe(`drop table if exists u;\n${bare('y')}`);
    expect(project.read('migrations/8_typo.sql')).toMatch(/^drop table if exists w;/);
    expect(stdout).toContain('Its fix was taken back, because on embedded PostgreSQL 18 it is not sound');
    expect(stdout.slice(stdout.indexOf('2 files fixed, proven')).split('\n')).toEqual([
      '2 files fixed, proven on embedded PostgreSQL 18',
      '  1 file fixed in part: what is still reported keeps it from running twice',
      '  2 files fixed in part: what comments or settings switch off keeps it from running twice',
      '  1 file fixed without proof: it needs the extension postgis',
      '  1 file fixed without proof: it does not run once (42704: type "nosuch" does not exist)',
      '  2 fixes taken back; --report-bug FILE writes what to report',
      '',
    ]);
  });

  it('writes the fewest statements that show why a fix was taken back', () => {
    project.write('migrations/2_rows.sql', `${bare('more')}-- a row\n${ROW}${bare('most')}`);
    const { stdout } = project.lint('--fix-dry-run', '--prove', '--report-bug', 'bug.md', 'migrations/2_rows.sql');
    expect(stdout).toContain('bug.md holds what to report; read it before you send it');
    const [title, ...lines] = project.read('bug.md').split('\n');
    expect(title).toMatch(/^# A fix of no-bare-insert that is not sound: /);
    expect(lines.join('\n')).toContain('1 of the project run before it');
    expect(lines.join('\n')).toContain(`\`\`\`sql\n-- a row\n${ROW}\`\`\`\n`);
    expect(lines.join('\n')).toContain(`\`\`\`sql\n-- a row\n${ROW.replace(';', ' on conflict do nothing;')}\`\`\`\n`);
    expect(project.read('bug.md')).not.toContain('create table');
  });

  it('and verify ends when it is told to, in the midst of a statement', () => {
    project.write('endless/1.sql', 'do $$ begin loop end loop; end $$;');
    const { stdout, stderr } = project.attempt(
      'sh',
      '-c',
      `"${process.execPath}" "${join(process.cwd(), 'dist', 'cli.js')}" verify endless --timeout 50 &
      sleep 4; kill -INT $!; wait $!; echo "code $?"`,
    );
    expect(stdout).toBe('code 130\n');
    expect(stderr).toContain('sql-lint: interrupted; nothing was left behind\n');
  });
});

describe('what PostgreSQL refuses at the first run is a finding', () => {
  let project: Project;
  afterEach(() => project.remove());
  const found = (...args: string[]) => {
    const { stdout } = project.lint('--fix-dry-run', '--prove', '--format', 'json', 'm', ...args);
    const results = JSON.parse(stdout) as LintResult[];
    return results.flatMap(({ filePath, messages }) =>
      messages.map(
        ({ ruleId, line, column, message }) => `${basename(filePath)}:${line}:${column} ${ruleId} ${message}`,
      ),
    );
  };
  const ELSEWHERE = 'If something other than these migrations makes it, name a file that does under "environment".';
  const refused = (at: string, words: string) =>
    `${at} no-refused-statement PostgreSQL refuses this when the migration runs: ${words}`;
  const TABLE = 'create table if not exists t (id int primary key);\n';

  it('at its place, in files that are fixed and in those that are not', () => {
    project = createProject({
      'm/1.sql': `${TABLE}-- ä 🙂\nalter table if exists t add column if not exists x int references nothere (id);\n`,
      'm/2.sql': `create table a (id int primary key);\n${TABLE}alter table if exists t add column if not exists y numeric(2000);\n`,
    });
    expect(found()).toEqual([
      refused('1.sql:3:67', `relation "nothere" does not exist (42P01). ${ELSEWHERE}`),
      refused('2.sql:3:52', 'NUMERIC precision 2000 must be between 1 and 1000 (22023).'),
    ]);
  });

  it('in a DO block, in its line', () => {
    project = createProject({
      'm/1.sql': `${TABLE}do language plpgsql $x$\ndeclare n int;\nbegin\n  n := 1;\n  select 1 / (id - id) into n from (select 1 as id) as s;\nend $x$;\n`,
    });
    expect(found()).toEqual([refused('1.sql:6:3', 'division by zero (22012).')]);
  });

  it('unless a rule says it already, or a comment wants nothing of it', () => {
    const numeric = 'alter table if exists t add column if not exists y numeric(2000);\n';
    project = createProject({
      'm/1.sql': `${TABLE}create index if not exists i on t (idd);\n`,
      'm/2.sql': `-- sql-lint-disable-next-line no-refused-statement -- on purpose\n${numeric}`,
      'm/3.sql': 'alter table if exists u add column if not exists y int;\nselect 1 from later;\n',
    });
    expect(found()).toEqual([
      expect.stringMatching(/^1\.sql:2:36 no-unknown-name Column "idd" of "t" does not exist/),
      refused(
        '3.sql:2:15',
        'relation "later" does not exist (42P01). It may be missing because 1.sql, which runs before, does not run in full.',
      ),
    ]);
    // Without a run, nobody knows whether the comment has a use.
    expect(project.lint('m/2.sql').stdout).toContain('no problems');
    expect(found('--rule', 'no-refused-statement: off')).toHaveLength(1);
  });
});

describe('sql-lint --fix --prove, beside other files', () => {
  let project: Project;
  afterEach(() => project.remove());
  const bare = (name: string) => `create table ${name} (id int);\n`;
  const fixed = (name: string) => `create table if not exists ${name} (id int);\n`;

  it('proves where the configuration says so, unless the command line does not want it', () => {
    project = createProject({ 'm/1.sql': bare('a'), 'm/sql-lint.config.json': '{ "prove": true }' });
    expect(project.lint('m').stdout).not.toContain('proven');
    expect(project.lint('--diff', '--no-prove', 'm').stdout).not.toContain('proven');
    expect(project.lint('--fix', 'm').stdout).toContain('1 file fixed, proven on embedded PostgreSQL 18');
    expect(project.read('m/1.sql')).toBe(fixed('a'));
    expect(project.lint('--fix', '--prove', '--no-prove', 'm').status).toBe(2);
  });

  it('proves no file behind one that cannot be read, and writes it', () => {
    project = createProject({ 'm/1.sql': bare('a'), 'm/3.sql': bare('b'), 'm/4.sql': bare('c') });
    writeFileSync(join(project.path, 'm/2.sql'), Buffer.from([0x2d, 0x2d, 0xfc]));
    const { status, stdout, stderr } = project.lint('--fix', '--prove', 'm/1.sql', 'm/3.sql', 'm/4.sql');
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(
      /1 file fixed, proven on embedded PostgreSQL 18\n {2}2 files fixed without proof: \S+2\.sql: is not UTF-8, from line 1 on; save it/,
    );
    expect(['1', '3', '4'].map((name) => project.read(`m/${name}.sql`))).toEqual(['a', 'b', 'c'].map(fixed));
  });

  it('with --staged, takes those from the index', () => {
    project = createProject({ 'm/1.sql': fixed('a'), 'm/2.sql': fixed('b') });
    project.run('git', 'init', '-q');
    project.run('git', 'add', '.');
    project.run('git', 'commit', '-q', '-m', 'begin');
    project.write('m/1.sql', fixed('other'));
    project.write('m/3.sql', 'create index a_id on a (id);\n');
    project.run('git', 'add', 'm/3.sql');
    const { status, stdout, stderr } = project.lint('--staged', '--fix', '--prove');
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/1 file fixed, proven on embedded PostgreSQL 18\n$/);
    expect(project.run('git', 'show', ':m/3.sql')).toBe('create index if not exists a_id on a (id);\n');
    expect(project.read('m/1.sql')).toBe(fixed('other'));
  });
});
