/** The report as a page: what it says, that it is text whatever stands in a migration, and how a browser takes it. */
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parse, type DefaultTreeAdapterMap } from 'parse5';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lintText, type LintResult } from '../../src/linter/linter.ts';
import { reporters } from '../../src/reporters/index.ts';
import type { ReporterContext } from '../../src/reporters/types.ts';
import { loadParser } from '../../src/syntax/parser.ts';
import { verdictsPage } from '../../src/verify/html.ts';
import type { FileVerdict } from '../../src/verify/index.ts';
import { chromiumPath, closeBrowser, openPage, seriousProblems } from '../support/browser.ts';
import { createProject, type Project } from '../support/project.ts';

type Element = DefaultTreeAdapterMap['element'];
type Node = DefaultTreeAdapterMap['node'];

/** The elements of a page, and its words. @throws Error where it is no valid HTML */
function read(page: string): { elements: Element[]; words: string } {
  const problems: string[] = [];
  const document = parse(page, {
    sourceCodeLocationInfo: true,
    onParseError: ({ code, startLine }) => problems.push(`${code} in line ${startLine}`),
  });
  expect(problems).toEqual([]);
  const elements: Element[] = [];
  let words = '';
  const visit = (node: Node): void => {
    if ('tagName' in node) elements.push(node);
    if (node.nodeName === '#text') words += (node as DefaultTreeAdapterMap['textNode']).value;
    if ('childNodes' in node && node.nodeName !== 'style') node.childNodes.forEach(visit);
  };
  visit(document);
  return { elements, words };
}

const attribute = ({ attrs }: Element, name: string): string | undefined =>
  attrs.find((one) => one.name === name)?.value;

/** What a report may be made of: nothing that runs or loads. */
const ALLOWED = new Set(
  `html head meta title style body header main section h1 h2 p ul li b i a br span div table thead tbody tr th td details
  summary article pre code mark del ins`.split(/\s+/),
);

/** Asserts that a page is nothing but text. */
function expectHarmless(page: string): string {
  const { elements, words } = read(page);
  expect(elements.map(({ tagName }) => tagName).filter((name) => !ALLOWED.has(name))).toEqual([]);
  const attributes = elements.flatMap(({ attrs }) => attrs.map(({ name }) => name));
  expect([...new Set(attributes)].filter((name) => /^on|^(?:src|style|action)$/.test(name))).toEqual([]);
  const ids = elements.flatMap((element) => attribute(element, 'id') ?? []);
  expect(new Set(ids).size).toBe(ids.length);
  const links = elements.flatMap((element) => attribute(element, 'href') ?? []);
  expect(links.filter((link) => !/^https:\/\/github\.com\//.test(link) && !ids.includes(link.slice(1)))).toEqual([]);
  return words;
}

const NASTY = `"><img src=x onerror=alert(1)></style></pre><script>alert(2)</script><!-- {{ 7 * 7 }} ]]> &amp; 'x'`;
const HOSTILE = [
  `create table "${NASTY.replaceAll('"', '""')}" (id int); -- ${NASTY}`,
  `create function f() returns text language sql as $x$ select '${NASTY.replaceAll("'", "''")}' $x$;\r`,
  '\tdrop table b /* \u202e turned around \u0000 \ud800 */;',
  `create policy p on notes using (a = $$ ${NASTY}`,
].join('\n');

const context = (more: Partial<ReporterContext> = {}): ReporterContext => ({ cwd: '/project', color: false, ...more });
const page = async (results: readonly LintResult[], more: Partial<ReporterContext> = {}): Promise<string> =>
  (await reporters.html!())(results, context(more));

beforeAll(loadParser);

describe('a page of findings', () => {
  it('is text, whatever stands in a migration, its name and its messages', async () => {
    const rules = { 'no-bare-create': 'error', 'no-bare-drop': 'warn', 'no-syntax-error': 'error' } as const;
    const result = lintText(HOSTILE, `/project/${NASTY}.sql`, { rules });
    expect(result.messages.length).toBeGreaterThan(2);
    const said = { ...result.messages[0]!, message: NASTY, ruleId: NASTY };
    const results = [{ ...result, messages: [said, ...result.messages] }];
    const lock = { line: 1, relation: NASTY, lock: 'SHARE', waiting: 'writes', work: NASTY };
    const words = expectHarmless(
      await page(results, {
        projects: [NASTY],
        notes: [NASTY],
        fixed: new Map([[result.filePath, `${HOSTILE}\n-- ${NASTY}`]]),
        locks: new Map([[result.filePath, [lock]]]),
      }),
    );
    expect(words.split(NASTY).length).toBeGreaterThan(8);
    expect(words).toContain('\\u202e turned around \\u0000 \ufffd');
  });

  it('shows each finding with its lines, its fix and its rule', async () => {
    const sql = "create table a (id int);\n\ncreate type mood as enum (\n  'sad'\n);\nselect 1;\n";
    const result = lintText(sql, '/project/1.sql', { rules: { 'no-bare-create': 'error' } });
    const { elements, words } = read(await page([result, lintText('select 1;', '/project/2.sql', { rules: {} })]));
    expect(words).toContain('2 errors and 0 warnings in 2 files');
    expect(words).toContain('+create table if not exists a (id int);');
    expect(elements.filter(({ tagName }) => tagName === 'article')).toHaveLength(2);
    expect(elements.filter(({ tagName }) => tagName === 'mark')).toHaveLength(2);
    expect(elements.map((element) => attribute(element, 'href'))).toContain('#f1-2');
    expect(words).toMatch(/Without a finding\s+1 file\s*2\.sql/);
  });

  it('of nothing says so', async () => {
    expect(expectHarmless(await page([]))).toContain('No problems in 0 files');
  });

  it('stays small: about ten times the SQL that it speaks of, at the most', async () => {
    const sql = Array.from({ length: 300 }, (_, k) => `create table t${k} (id int primary key, name text);`).join('\n');
    const result = lintText(sql, '/project/1.sql', { rules: { 'no-bare-create': 'error' } });
    const fixed = new Map([['/project/1.sql', sql.replaceAll('create table', 'create table if not exists')]]);
    expect((await page([result], { fixed })).length).toBeLessThan(70 * sql.length);
  });
});

const FAILURE = {
  code: '42P07',
  message: `relation "${NASTY}" already exists`,
  detail: NASTY,
  offset: 0,
  line: 2,
  column: 3,
  statement: `create table "${NASTY}" (id int)`,
  frame: [
    { line: 1, text: `-- ${NASTY}` },
    { line: 2, text: `  create table "${NASTY}" (id int);` },
  ],
};
const HOW = { subject: 'fixed', engine: 'embedded PostgreSQL 18', sent: NASTY, seconds: 0.42 } as const;
const VERDICTS: FileVerdict[] = [
  { ...HOW, path: `${NASTY}.sql`, verdict: 'second-run-fails', failure: FAILURE },
  { ...HOW, path: '2.sql', verdict: 'second-run-changes', diff: `@@\n-${NASTY}\n+x`, behind: NASTY },
  { ...HOW, path: '3.sql', verdict: 'not-verifiable', reason: NASTY, line: 7 },
  { ...HOW, path: '4.sql', verdict: 'ok' },
];

describe('a page of verdicts', () => {
  it('is text as well, and shows the statement that failed', () => {
    const words = expectHarmless(verdictsPage(VERDICTS));
    expect(words).toContain('4 files: 1 can run twice, 2 failed, 1 not verifiable');
    expect(words).toContain(`42P07: relation "${NASTY}" already exists`);
    expect(words).toContain(FAILURE.statement);
    expect(words).toContain('3.sql:7');
  });
});

describe('the command', () => {
  let project: Project;
  beforeAll(() => {
    project = createProject();
    cpSync('examples/supabase', project.path, { recursive: true });
  });
  afterAll(async () => {
    await closeBrowser();
    project.remove();
  });

  it('writes the page of a project, with what --fix would write and with locks', () => {
    const { status, stdout } = project.lint('--format', 'html=out/report.html', '--format', 'summary');
    expect(status).toBe(1);
    expect(stdout).toContain('By rule');
    const words = expectHarmless(project.read('out/report.html'));
    expect(words).toContain('Supabase project, 8 migrations');
    expect(words).toContain('Before and after: what --fix would write');
    expect(words).toMatch(/\d+ locks? on what was there before/);
    expect(words).toContain('ACCESS EXCLUSIVE');
  });

  it('writes the page of a proof beside its text', () => {
    project.write('other/1.sql', 'create table notes (id int);');
    const { stdout } = project.lint('verify', 'other', '--format', 'text', '--format', 'html=out/proof.html');
    expect(stdout).toContain('1 file: 0 can run twice, 1 failed, in');
    expect(expectHarmless(project.read('out/proof.html'))).toContain('42P07: relation "notes" already exists');
  });

  it.each([
    [['verify', '--format', 'htm'], 'unknown format "htm"; did you mean "html"?'],
    [['verify', '--format', 'html', '--format', 'json'], 'cannot both go to standard output'],
    [['verify', '--locks', '--format', 'html'], '--locks is printed as text or json, to standard output'],
    [['verify', '--locks', '--format', 'json=locks.json'], '--locks is printed as text or json, to standard output'],
  ])('%j is a mistake', (args, said) => {
    const { status, stderr } = project.lint(...args);
    expect(status).toBe(2);
    expect(stderr).toContain(said);
  });

  describe.skipIf(chromiumPath === undefined)('in Chromium', () => {
    it.each(['report', 'proof'])('its %s has no error, loads nothing and can be used by all', async (name) => {
      for (const colorScheme of ['light', 'dark'] as const) {
        const { page: shown, context: profile, complaints, requests } = await openPage({ colorScheme });
        const url = pathToFileURL(join(project.path, `out/${name}.html`)).href;
        await shown.goto(url);
        expect(await seriousProblems(shown)).toEqual([]);
        expect(complaints).toEqual([]);
        expect(requests).toEqual([url]);
        await profile.close();
      }
    });

    it('prints what is closed on the screen', async () => {
      const { page: shown, context: profile } = await openPage();
      await shown.goto(pathToFileURL(join(project.path, 'out/report.html')).href);
      const closed = shown.locator('details:not([open]) > pre').first();
      expect(await closed.isVisible()).toBe(false);
      await shown.emulateMedia({ media: 'print' });
      expect(await closed.isVisible()).toBe(true);
      await profile.close();
    });

    it('shows the text of hostile migrations', async () => {
      const { page: shown, context: profile, complaints, requests } = await openPage();
      const path = join(project.path, 'hostile.html');
      writeFileSync(
        path,
        await page([lintText(HOSTILE, `/project/${NASTY}.sql`, { rules: { 'no-bare-create': 'error' } })]),
      );
      await shown.goto(pathToFileURL(path).href);
      expect(await shown.locator('.path').first().textContent()).toBe(`${NASTY}.sql`);
      expect([complaints, requests.length]).toEqual([[], 1]);
      await profile.close();
    });
  });
});
