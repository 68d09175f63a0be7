import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import Draft04 from 'ajv-draft-04';
import { ESLint } from 'eslint';
import type { Log } from 'sarif';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import { lintText, type LintResult } from '../../src/linter/linter.ts';
import { reporters } from '../../src/reporters/index.ts';
import { loadParser } from '../../src/syntax/parser.ts';
import { createProject, type Project } from '../support/project.ts';

const FILE = '/project/db/1 & "two".sql';
const SQL = `create table "<a> 100%" (id int);
drop table b;
  create table c (); -- sql-lint-disable-line no-bare-create -- by hand
-- sql-lint-disable-next-line no-bare-drop
this is no sql;
`;

let results: LintResult[];
beforeAll(async () => {
  await loadParser();
  vi.stubEnv('GITHUB_WORKSPACE', undefined);
  vi.stubEnv('CI_PROJECT_DIR', undefined);
  const rules = { 'no-bare-create': 'error', 'no-bare-drop': 'warn', 'no-syntax-error': 'error' } as const;
  results = [lintText(SQL, FILE, { rules }), lintText('select 1;', '/project/db/3.sql', { rules })];
});
afterAll(() => {
  vi.unstubAllEnvs();
});

const render = async (name: string, of = results) => (await reporters[name]!())(of, { cwd: '/project', color: false });

/** A page is looked at elsewhere (html.test.ts). */
const FORMATS = Object.keys(reporters).filter((name) => name !== 'html');

describe('every format', () => {
  it.each(FORMATS)('%s', async (name) => expect(await render(name)).toMatchSnapshot());
  it.each(FORMATS)('%s of nothing', async (name) => expect(await render(name, [])).toMatchSnapshot());
});

describe('formats that others define', () => {
  it('SARIF validates against its schema', async () => {
    const schema = JSON.parse(
      readFileSync(
        createRequire(import.meta.url).resolve('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json'),
        'utf8',
      ),
    ) as object;
    const check = new Draft04.default({ strict: false, validateFormats: false, unicodeRegExp: false }).compile(schema);
    for (const of of [results, []]) {
      check(JSON.parse(await render('sarif', of)));
      expect(check.errors).toBeNull();
    }
    const { results: found } = (JSON.parse(await render('sarif')) as Log).runs[0]!;
    expect(found?.filter((r) => r.suppressions).map((r) => r.suppressions![0]!.justification)).toEqual(['by hand']);
  });

  it('JUnit validates against its XSD', async () => {
    const xsd = readFileSync('test/reporters/junit.xsd', 'utf8');
    const nasty: LintResult = {
      ...results[0]!,
      messages: results[0]!.messages.map((m) => ({ ...m, message: 'a\u0000b\u001b[31m <&"\'>]]> \n\t 🦣 \uffff' })),
    };
    for (const of of [results, [], [nasty]]) {
      const xml = { fileName: 'report.xml', contents: await render('junit', of) };
      expect((await validateXML({ xml: [xml], schema: [xsd] })).errors).toEqual([]);
    }
  });

  it("JSON is printed by ESLint's own formatter", async () => {
    const json = JSON.parse(await render('json')) as ESLint.LintResult[];
    const eslint = new ESLint({ cwd: '/project', overrideConfigFile: true });
    const stylish = await (await eslint.loadFormatter('stylish')).format(json);
    expect(stylish).toContain('4 problems (2 errors, 2 warnings)');
    expect(stylish).toMatch(/1:1\s+error\s+Table "<a> 100%" .*no-bare-create/);
  });

  it("GitLab's fingerprints are different, and stay when lines move", async () => {
    const prints = async (text: string) => {
      const of = [lintText(text, FILE, { rules: { 'no-bare-drop': 'error' } })];
      return (JSON.parse(await render('gitlab', of)) as { fingerprint: string }[]).map((f) => f.fingerprint);
    };
    const before = await prints('drop table a; drop table a;');
    expect(new Set(before).size).toBe(2);
    expect(await prints('\n\ndrop table a;\n drop table a;')).toEqual(before);
  });
});

describe('--format', () => {
  let project: Project | undefined;
  afterEach(() => project?.remove());

  it('takes several, each into its file', () => {
    project = createProject({ '1.sql': 'create table a (id int);' });
    const { stdout, status } = project.lint('--format', 'sarif=out/a.sarif', '--format=junit=b.xml', '1.sql');
    expect(status).toBe(1);
    expect(stdout).toContain('✖ 1 error');
    expect(JSON.parse(project.read('out/a.sarif'))).toHaveProperty('version', '2.1.0');
    expect(project.read('b.xml')).toContain('<testsuites');
    expect(project.lint('--format', 'compact', '--format', 'json=c.json', '1.sql').stdout).toMatch(
      /^1\.sql:1:1: error: .*\n$/,
    );
    expect(existsSync(join(project.path, 'c.json'))).toBe(true);
  });

  it.each([
    [['--format', 'sariff'], 'unknown format "sariff"; did you mean "sarif"?'],
    [['--format', 'json', '--format', 'compact'], 'cannot both go to standard output'],
    [['--format', 'json='], 'needs the name of a file'],
  ])('%j', (args, message) => {
    project = createProject({ '1.sql': '' });
    const { status, stderr } = project.lint(...args, '1.sql');
    expect([status, stderr]).toEqual([2, expect.stringContaining(message)]);
  });
});
