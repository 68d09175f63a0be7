/** The playground as it is built, driven in Chromium as people use it. */
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { BrowserContext, BrowserContextOptions, CDPSession, Page, Response } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { encode, type PlayState } from '../../website/playground/link.ts';
import { chromiumPath, closeBrowser, openPage, seriousProblems, serveFolder } from '../support/browser.ts';
import { createProject } from '../support/project.ts';

/** Generous: other tests run meanwhile. */
const SLOW_MS = 180_000;
const STEP_MS = 60_000;

let server: Awaited<ReturnType<typeof serveFolder>>;
let url: string;
/** What the pages have asked for, and what went wrong on them. */
const requested: string[] = [];
const wrong: string[] = [];

beforeAll(async () => {
  server = await serveFolder('website/build/site');
  url = `${server.url}playground.html`;
});

afterAll(async () => {
  server.close();
  await closeBrowser();
});

afterEach(() => {
  expect(wrong.splice(0)).toEqual([]);
});

interface Opened {
  context: BrowserContext;
  page: Page;
}

async function open(state?: PlayState, options: BrowserContextOptions = {}): Promise<Opened> {
  const visit = await openPage({ viewport: { width: 1280, height: 860 }, ...options });
  const { page, context, requests, complaints } = visit;
  page.setDefaultTimeout(STEP_MS);
  context.on('close', () => {
    requested.push(...requests);
    wrong.push(...complaints);
  });
  await page.goto(state ? `${url}#${await encode(state)}` : url);
  await settled(page);
  return { context, page };
}

/** The editor has what was found in its text. */
const settled = (page: Page) =>
  page.waitForFunction(() => document.querySelector('.play')?.getAttribute('data-settled') === 'true');

const textOf = (page: Page) =>
  page.evaluate(() => [...document.querySelectorAll('.editor .cm-line')].map((line) => line.textContent).join('\n'));

const found = (page: Page) => page.locator('.finding .rule').allTextContents();

/** The verdict, once the run that goes on has ended. */
async function verdict(page: Page): Promise<string> {
  await page.locator('#play-run', { hasText: 'Run twice' }).waitFor();
  return page.locator('.banner').innerText();
}

const CREATE: PlayState = { files: [{ name: '001_notes.sql', text: 'create table notes (id int);\n' }] };

describe.skipIf(chromiumPath === undefined)('the playground', { timeout: SLOW_MS }, () => {
  it('finds, fixes and proves what is typed, and comes back from its link', async () => {
    const { page, context } = await open({ files: [{ name: '001_notes.sql', text: '' }] });
    expect(await page.locator('.panel').innerText()).toContain('Nothing found');
    await page.locator('.editor .cm-content').click();
    await page.keyboard.type('create table notes (id int);');
    await page.locator('.finding').waitFor();
    await settled(page);
    expect(await found(page)).toEqual(['no-bare-create']);
    expect(await page.locator('.editor .cm-lintRange-error').count()).toBeGreaterThan(0);
    expect(await page.locator('.editor .cm-lint-marker-error').count()).toBe(1);

    await page.getByRole('tab', { name: 'Proof' }).click();
    await page.getByRole('button', { name: 'Run twice' }).click();
    expect(await verdict(page)).toMatch(/A second run fails.*42P07/s);
    expect(await page.locator('.walk td[data-column="First run"] .ok').count()).toBe(1);
    expect(await page.locator('.walk td[data-column="Second run"]').innerText()).toBe('42P07');

    await page.getByRole('tab', { name: /^Findings/ }).click();
    await page.getByRole('button', { name: /^Fix: no-bare-create/ }).click();
    await page.getByText('Nothing found').waitFor();
    expect(await textOf(page)).toBe('create table if not exists notes (id int);');
    await page.getByRole('tab', { name: 'Proof' }).click();
    expect(await page.locator('.banner').innerText()).toContain('The text has changed since');
    await page.getByRole('button', { name: 'Run twice' }).click();
    await page.locator('.banner.ok').waitFor();
    expect(await page.locator('.walk td[data-column="Second run"] .ok').count()).toBe(1);
    expect(await page.locator('.walk tfoot').innerText()).toContain('none');

    await page.waitForTimeout(500);
    const link = page.url();
    expect(link).toMatch(/#v1\./);
    await context.close();
    const again = await openPage();
    await again.page.goto(link);
    await again.page.getByText('Nothing found').waitFor();
    expect(await textOf(again.page)).toBe('create table if not exists notes (id int);');
    await again.context.close();
  });

  it('knows the files before one, proves what the fixes make of it, and measures locks', async () => {
    const { page, context } = await open({
      files: [
        { name: '001_notes.sql', text: 'create table if not exists notes (id int);\n' },
        { name: '002_more.sql', text: 'alter table notes add column body text;\ninsert into notes values (1);\n' },
      ],
      active: 1,
    });
    expect(await found(page)).toEqual(['no-bare-add', 'no-bare-insert']);
    await page.getByRole('tab', { name: 'Before and after' }).click();
    await page.locator('.merge .cm-content').first().waitFor();
    expect(await page.locator('.merge').innerText()).toContain('add column if not exists body');

    await page.getByRole('tab', { name: 'Proof' }).click();
    await page.getByRole('button', { name: 'Run twice' }).click();
    expect(await verdict(page)).toContain('42701');
    const rows = () => page.locator('.walk tbody tr:not(.notes)').allInnerTexts();
    expect((await rows())[1]).toMatch(/insert into notes/);
    expect(await page.locator('.walk tfoot').innerText()).toContain('ROWS OF public.notes: 2');
    await page.getByText('As fixed').click();
    await page.locator('.banner').filter({ hasText: 'It runs twice' }).waitFor();
    expect(await page.locator('.walk .sqlstate').count()).toBe(0);

    await page.getByRole('tab', { name: 'Locks' }).click();
    expect(await page.locator('table.locks').innerText()).toMatch(/ACCESS EXCLUSIVE on notes\s+reads and writes/);
    await page.getByRole('tab', { name: 'Files' }).click();
    expect(await page.locator('.files tbody tr').count()).toBe(2);
    await page.getByRole('button', { name: '001_notes.sql' }).click();
    expect(await textOf(page)).toContain('create table if not exists notes');
    await context.close();
  });

  it('takes a folder that is dropped onto it', async () => {
    const { page, context } = await open(CREATE);
    const project = createProject({
      'supabase/migrations/20260101000000_a.sql': 'create table public.a (id int);\n',
      'supabase/migrations/20260102000000_b.sql': 'alter table public.a add column b int;\n',
      'supabase/config.toml': 'project_id = "x"\n',
    });
    try {
      await drop(await context.newCDPSession(page), join(project.path, 'supabase'));
      await page.locator('.files tbody tr').nth(1).waitFor();
      await page.waitForFunction(() => !document.querySelector('.files')?.textContent.includes('…'));
      expect(await page.locator('.files tbody th').allInnerTexts()).toEqual([
        'supabase/migrations/20260101000000_a.sql',
        'supabase/migrations/20260102000000_b.sql',
      ]);
      expect(await page.locator('select[name=environment]').inputValue()).toBe('supabase');
      await page.getByRole('button', { name: /_b\.sql/ }).click();
      await page.getByRole('tab', { name: /^Findings/ }).click();
      await page.locator('.finding').first().waitFor();
      expect(await found(page)).toContain('no-bare-add');
    } finally {
      project.remove();
      await context.close();
    }
  });

  it('can be used by the keyboard alone', async () => {
    const { page, context } = await open(CREATE);
    const at = () =>
      page.evaluate(() => {
        const { activeElement: on } = document;
        return on?.getAttribute('aria-label') ?? on?.textContent.trim() ?? '';
      });
    const tabTo = async (wanted: RegExp) => {
      const seen: string[] = [];
      for (let k = 0; k < 80; k++) {
        await page.keyboard.press('Tab');
        seen.push(await at());
        if (wanted.test(seen.at(-1)!)) return;
      }
      throw new Error(`no way to ${String(wanted)} but ${seen.join(' | ')}`);
    };
    await tabTo(/SQL of the migration/);
    // In the editor Tab indents; Escape lets it out.
    await page.keyboard.press('Control+End');
    await page.keyboard.type('select 1;');
    await page.keyboard.press('Tab');
    expect(await at()).toMatch(/SQL of the migration/);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Tab');
    expect(await at()).not.toMatch(/SQL of the migration/);
    await tabTo(/^Fix: no-bare-create/);
    await page.keyboard.press('Enter');
    await page.getByText('Nothing found').waitFor();
    expect(await textOf(page)).toContain('if not exists');
    await page.keyboard.press('Shift+Tab');
    for (let k = 0; k < 12 && !/^Findings/.test(await at()); k++) await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    expect(await at()).toBe('Proof');
    await tabTo(/^Run twice$/);
    await page.keyboard.press('Enter');
    await page.locator('.banner.ok').waitFor();
    // Who was at the button is still there, and is told what came of it.
    expect(await at()).toBe('Run twice');
    expect(await page.locator('[role=status].hidden').innerText()).toContain('It runs twice');
    await context.close();
  });

  it.each(['light', 'dark'] as const)('has nothing serious for axe to say, %s', async (colors) => {
    const { page, context } = await open(undefined, { colorScheme: 'light' });
    const isLight = () =>
      page.evaluate(() => {
        const { backgroundColor } = getComputedStyle(document.querySelector('.play .side')!);
        return Number(/\d+/.exec(backgroundColor)![0]) > 128;
      });
    expect(await isLight()).toBe(true);
    if (colors === 'dark') {
      await page.getByRole('switch', { name: 'Switch to dark theme' }).first().click();
      await page.waitForFunction(() => document.documentElement.classList.contains('dark'));
    }
    expect(await isLight()).toBe(colors === 'light');
    for (const panel of [/^Findings/, 'Before and after', 'Proof', 'Locks', 'Files']) {
      await page.getByRole('tab', { name: panel }).click();
      if (panel === 'Before and after') await page.locator('.merge .cm-content').first().waitFor();
      expect(await seriousProblems(page), String(panel)).toEqual([]);
    }
    await page.getByRole('tab', { name: 'Proof' }).click();
    await page.getByRole('button', { name: 'Run twice' }).click();
    await verdict(page);
    expect(await seriousProblems(page), 'a proof').toEqual([]);
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await seriousProblems(page), 'on a phone').toEqual([]);
    // Nothing is wider than the screen of a phone.
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    await context.close();
  });

  it('says so where PostgreSQL cannot be loaded, and tries again', async () => {
    const { page, context, complaints } = await openPage();
    page.setDefaultTimeout(STEP_MS);
    let isBroken = true;
    await page.route('**/*.data', (route) => (isBroken ? route.fulfill({ status: 503 }) : route.continue()));
    await page.goto(`${url}#${await encode(CREATE)}`);
    await page.getByRole('tab', { name: 'Proof' }).click();
    await page.getByRole('button', { name: 'Run twice' }).click();
    await page.getByText('PostgreSQL cannot be loaded: the server answers 503').waitFor();
    isBroken = false;
    await page.getByRole('button', { name: 'Run twice' }).click();
    await page.locator('.banner').filter({ hasText: 'A second run fails' }).waitFor();
    expect(complaints.filter((complaint) => !complaint.includes('503'))).toEqual([]);
    await context.close();
  });

  it('says what is wrong with a link', async () => {
    const { page: first, context: own } = await openPage();
    await first.goto(`${url}#v1.broken`);
    await first.getByText('The link cannot be read').waitFor();
    await own.close();
    const { page, context } = await open();
    // The page writes its own first.
    await page.waitForURL(/#v1\./);
    await page.evaluate(() => (location.hash = '#v1.broken'));
    await page.getByText('The link cannot be read').waitFor();
    await page.evaluate(() => (location.hash = '#v9.x'));
    await page.getByText('newer version').waitFor();
    await context.close();
  });

  it('is light on a dark machine where somebody wants it light', async () => {
    const { page, context } = await open(undefined, { colorScheme: 'dark' });
    const side = () =>
      page.evaluate(() =>
        Number(/\d+/.exec(getComputedStyle(document.querySelector('.play .side')!).backgroundColor)![0]),
      );
    expect(await side()).toBeLessThan(128);
    await page.getByRole('switch', { name: 'Switch to light theme' }).first().click();
    await page.waitForFunction(() => !document.documentElement.classList.contains('dark'));
    expect(await side()).toBeGreaterThan(128);
    await context.close();
  });

  it('knows which text was proven, whatever is typed or chosen meanwhile', async () => {
    const { page, context } = await open(CREATE);
    await page.getByRole('tab', { name: 'Proof' }).click();
    await page.getByRole('button', { name: 'Run twice' }).click();
    await page.locator('.banner.running').waitFor();
    await page.locator('.editor .cm-content').click();
    await page.keyboard.type(' ');
    expect(await verdict(page)).toMatch(/A second run fails.*The text has changed since/s);
    await page.getByRole('button', { name: 'Run twice' }).click();
    await page.locator('.banner.running').waitFor();
    await page.getByText('As fixed').click();
    await page.locator('.banner.ok').waitFor();
    expect(await verdict(page)).toContain('It leaves what the file leaves');
    await context.close();
  });

  it('lists its examples once, and gives every file a name of its own', async () => {
    const { page, context } = await open(CREATE);
    await page.locator('select[name=example]').click();
    await page.locator('optgroup[label=Rules] option').first().waitFor({ state: 'attached' });
    await page.locator('select[name=preset]').focus();
    await page.locator('select[name=example]').focus();
    const groups = await page.locator('optgroup').evaluateAll((all) => all.map((one) => one.getAttribute('label')));
    expect(groups).toContain('Begin with');
    expect(new Set(groups).size).toBe(groups.length);

    const names = () =>
      page
        .getByRole('tablist', { name: /^Files/ })
        .getByRole('tab')
        .allInnerTexts();
    await page.getByRole('button', { name: 'Add a file' }).click();
    await page.getByRole('button', { name: 'Add a file' }).click();
    await page.getByRole('tab', { name: '001_notes.sql' }).click();
    await page.getByRole('button', { name: 'Remove this file' }).click();
    await page.getByRole('button', { name: 'Add a file' }).click();
    expect(await names()).toEqual(['002_next.sql', '003_next.sql', '004_next.sql']);
    await context.close();
  });

  it('is small until findings show, and quick', async () => {
    const { page, context } = await openPage();
    page.setDefaultTimeout(STEP_MS);
    const responses: Response[] = [];
    context.on('response', (response) => responses.push(response));
    await page.goto(url);
    await page.locator('.finding').first().waitFor();
    let bytes = 0;
    for (const response of responses.splice(0)) if (response.ok()) bytes += gzipSync(await response.body()).length;
    expect(bytes).toBeLessThan(1_200_000);
    await context.close();

    const statements = Array.from({ length: 250 }, (_, k) => `create table t${k} (\n  id int);`);
    const long = await open({ files: [{ name: '001.sql', text: `${statements.join('\n')}\n` }] });
    await long.page.locator('.editor .cm-content').click();
    await long.page.keyboard.press('Control+End');
    for (const key of 'select 1;') {
      await long.page.keyboard.type(key);
      await settled(long.page);
    }
    const times = await long.page.evaluate(() =>
      performance.getEntriesByName('play-findings').map((one) => one.duration),
    );
    const quickest = Math.min(...times.slice(1));
    console.log(`playground: ${bytes} bytes until findings show, ${quickest.toFixed(0)} ms from a key to its findings`);
    // So slow only where much else runs.
    expect(quickest).toBeLessThan(1000);
    await long.context.close();
  });

  it('asks its own origin alone', () => {
    expect(requested.length).toBeGreaterThan(20);
    expect(requested.filter((request) => !request.startsWith(server.url))).toEqual([]);
  });
});

/** Drops files or folders of the disk, as a file manager does. */
async function drop(session: CDPSession, path: string): Promise<void> {
  const data = { items: [], files: [path], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', { type, x: 640, y: 500, data });
}
