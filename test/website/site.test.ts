/** The documentation site, as `npm run website` has built it: what it loads, where its links lead, and who can use it. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, sep } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anchorOf } from '../../website/anchors.ts';
import { deadLinks, policyOf } from '../../website/finish.ts';
import { decode } from '../../website/playground/link.ts';
import { chromiumPath, closeBrowser, openPage, seriousProblems, serveFolder } from '../support/browser.ts';

const SITE = 'website/build/site';

/** A page of each kind. */
const KINDS = [
  'index.html',
  'guide.html',
  'rules/index.html',
  'rules/no-bare-create.html',
  'statements/index.html',
  'statements/create-index-concurrently.html',
  'tools/drizzle.html',
  'gallery/whole-files.html',
  'comparison.html',
  '404.html',
];

if (!existsSync(SITE)) throw new Error(`there is no ${SITE}; npm run website builds it`);
const files = readdirSync(SITE, { recursive: true, encoding: 'utf8' }).map((name) => name.split(sep).join('/'));
const pages = files.filter((name) => name.endsWith('.html'));
const read = (name: string): string => readFileSync(join(SITE, name), 'utf8');

describe('the pages', () => {
  it('are one for each guide, rule, statement and tool', () => {
    const rules = readdirSync('docs/rules').map((name) => `rules/${name.replace(/md$/, 'html')}`);
    const tools = readdirSync('docs/tools').filter((name) => name !== 'README.md');
    const statements = [...readFileSync('docs/statements.md', 'utf8').matchAll(/\]\(gallery\.md#([^)]+)\)/g)];
    expect(statements.length).toBeGreaterThan(100);
    expect(pages).toEqual(
      expect.arrayContaining([
        ...rules,
        ...tools.map((name) => `tools/${name.replace(/md$/, 'html')}`),
        ...statements.map(([, id]) => `statements/${id!}.html`),
        'changelog.html',
        'architecture.html',
        'hooks.html',
      ]),
    );
  });

  it('show every document of docs and bench', () => {
    const all = read('llms-full.txt');
    const documents = ['docs', 'bench'].flatMap((folder) =>
      readdirSync(folder)
        .filter((name) => name.endsWith('.md'))
        .map((name) => `${folder}/${name}`),
    );
    expect(documents.length).toBeGreaterThan(20);
    const titleOf = (path: string) => /^# .*$/m.exec(readFileSync(path, 'utf8'))![0];
    expect(documents.filter((path) => !all.includes(`\n${titleOf(path)}\n`))).toEqual([]);
  });

  it('load nothing but what is beside them, and run no script but their own', () => {
    for (const name of pages) {
      const html = read(name);
      const policy = /<meta http-equiv="Content-Security-Policy" content="([^"]*)">/.exec(html)?.[1];
      expect(policy, name).toBe(policyOf(html, name === 'playground.html'));
      expect(policy).toMatch(/^default-src 'none'; script-src 'self' /);
      expect(policy).not.toMatch(/unsafe-eval(?<!wasm-unsafe-eval)|https?:|\*/);
      expect(policy!.includes('wasm-unsafe-eval')).toBe(name === 'playground.html');
    }
  });

  it('link to what is there', () => {
    expect(deadLinks(new Map(pages.map((name) => [name, read(name)])), new Set(files), '/')).toEqual([]);
  });

  it('open the example of a rule in the playground', async () => {
    const [, fragment] = /href="\.\.\/playground\.html#([^"]+)"/.exec(read('rules/no-bare-create.html'))!;
    expect((await decode(fragment!))?.files).toEqual([
      { name: '001.sql', text: expect.stringMatching(/^CREATE TABLE notes .*;\nCREATE TYPE mood .*;\n/) as string },
    ]);
  });

  it('are listed for programs that read', () => {
    const list = read('llms.txt');
    expect(list).toMatch(/^# sql-lint\n\n> Finds the statements/);
    const linked = [...list.matchAll(/\]\(([^)]+)\): \S/g)].map(([, link]) => link!);
    const missing = pages.filter((name) => !['index.html', '404.html', 'playground.html', ...linked].includes(name));
    expect(missing).toEqual([]);
    expect(read('llms-full.txt')).toContain('# no-bare-create');
  });
});

describe('the check of links', () => {
  const found = (html: string): string[] =>
    deadLinks(
      new Map([
        ['a/b.html', html],
        ['c.html', '<h2 id="here">'],
      ]),
      new Set(['a/b.html', 'c.html', 'd.js']),
      '/x/',
    );

  it('passes links to pages, headings and files', () => {
    const links = ['../c.html', '../c.html#here', '/x/c.html#here', '#own', '../d.js', 'https://example.com/'];
    expect(found(`<p id="own">${links.map((link) => `<a href="${link}">`).join('')}`)).toEqual([]);
  });

  it.each([
    ['<a href="../d.html">', 'a/b.html links to ../d.html'],
    ['<a href="../c.html#there">', 'a/b.html links to ../c.html#there, which has no such heading'],
    ['<a class="x" href="#there">', 'a/b.html links to #there, which has no such heading'],
    ['<img src="https://example.com/a.png">', 'a/b.html loads https://example.com/a.png'],
    ['<script src="//example.com/a.js"></script>', 'a/b.html loads //example.com/a.js'],
  ])('reports %s', (html, said) => expect(found(html)).toEqual([said]));

  it.each([
    ['What `--fix` writes', 'what---fix-writes'],
    ['ALTER TABLE … ADD COLUMN', 'alter-table--add-column'],
    ['Größe (in %)', 'größe-in-'],
  ])('takes the anchors that GitHub makes: %s', (title, anchor) =>
    expect(anchorOf(title.replaceAll('`', ''))).toBe(anchor),
  );
});

describe.skipIf(chromiumPath === undefined)('in Chromium', () => {
  let site: Awaited<ReturnType<typeof serveFolder>>;
  beforeAll(async () => {
    site = await serveFolder(SITE);
  });
  afterAll(async () => {
    await closeBrowser();
    site.close();
  });

  it.each(['light', 'dark'] as const)('every kind of page can be used by all, %s', async (colorScheme) => {
    const { page, context, complaints, requests } = await openPage({ colorScheme });
    const problems: string[] = [];
    for (const name of KINDS) {
      await page.goto(site.url + name);
      await page.locator('#VPContent, .NotFound').first().waitFor();
      problems.push(...(await seriousProblems(page)).map((problem) => `${name}: ${problem}`));
    }
    expect(problems).toEqual([]);
    expect(complaints).toEqual([]);
    expect(requests.filter((url) => !url.startsWith(site.url))).toEqual([]);
    await context.close();
  });

  it('no page is wider than a phone', async () => {
    const { page, context } = await openPage({ viewport: { width: 390, height: 844 } });
    const wide: string[] = [];
    for (const name of KINDS) {
      await page.goto(site.url + name);
      const width = await page.evaluate<number>('document.documentElement.scrollWidth');
      if (width > 390) wide.push(`${name}: ${width}`);
    }
    expect(wide).toEqual([]);
    await context.close();
  });

  it('search finds a rule by its words, without a server, by keyboard alone', async () => {
    const { page, context, complaints, requests } = await openPage();
    await page.goto(`${site.url}guide.html`);
    await page.locator('#VPContent').waitFor();
    await page.keyboard.press('Control+k');
    await page.locator('#localsearch-input').pressSequentially('security invoker');
    await page.locator('#localsearch-list a').first().waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(/require-security-invoker/);
    expect(complaints).toEqual([]);
    expect(requests.filter((url) => !url.startsWith(site.url))).toEqual([]);
    await context.close();
  });

  it('remembers whether it is dark', async () => {
    const { page, context } = await openPage({ colorScheme: 'light' });
    await page.goto(`${site.url}guide.html`);
    await page.locator('.VPSwitchAppearance:visible').first().click();
    await page.reload();
    expect(await page.locator('html.dark').count()).toBe(1);
    await context.close();
  });
});
