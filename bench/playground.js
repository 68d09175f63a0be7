// Measures the playground in Chromium, and writes what it finds into README.md: node bench/playground.js
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { bundle } from '../scripts/bundle.js';

const RUNS = 5;
const KEYS = 40;
const STEP_MS = 120_000;
const here = dirname(fileURLToPath(import.meta.url));
const BEGIN = '<!-- measured by bench/playground.js -->\n';
const END = '<!-- /measured -->';

const support = await bundle('test/support/browser.ts');
const { chromiumPath, closeBrowser, openPage, serveFolder } = await import(support.href);
rmSync(support);
const site = join(here, '..', 'website', 'build', 'site');
if (chromiumPath === undefined || !existsSync(site))
  throw new Error('it takes Chromium, and the site: npm run website');
const server = await serveFolder(site);
const address = `${server.url}playground.html`;

const median = (times) => times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)];

/** Opens the page anew, with nothing in the browser's cache. */
async function open(size = 0) {
  const { page, context } = await openPage({ viewport: { width: 1280, height: 860 } });
  page.setDefaultTimeout(STEP_MS);
  const responses = [];
  context.on('response', (response) => responses.push(response));
  const began = performance.now();
  await page.goto(address);
  await page.locator('.finding').first().waitFor();
  const ms = performance.now() - began;
  if (size > 0) await fill(page, size);
  return { page, context, responses, ms };
}

/** Puts a long file into the editor. */
async function fill(page, lines) {
  const text = Array.from({ length: lines / 2 }, (_, k) => `create table t${k} (\n  id int);`).join('\n');
  await page.locator('.editor .cm-content').click();
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText(text);
  await settled(page);
}

const settled = (page) => page.locator('.play[data-settled=true]').waitFor();

async function compressed(responses) {
  let bytes = 0;
  for (const response of responses.splice(0)) if (response.ok()) bytes += gzipSync(await response.body()).length;
  return bytes;
}

async function proof(page) {
  const began = performance.now();
  await page.locator('#play-run').click();
  await page.locator('.banner.running').waitFor({ state: 'attached' });
  await page.locator('.banner:not(.running)').waitFor();
  return performance.now() - began;
}

const first = await open();
const untilFindings = await compressed(first.responses);
await first.page.getByRole('tab', { name: 'Proof' }).click();
const firstProof = await proof(first.page);
const database = await compressed(first.responses);
const proofs = [];
for (let k = 0; k < RUNS; k++) proofs.push(await proof(first.page));
await first.context.close();

const starts = [first.ms];
for (let k = 1; k < RUNS; k++) {
  const { ms, context } = await open();
  starts.push(ms);
  await context.close();
}

const long = await open(500);
await long.page.keyboard.press('Control+End');
await long.page.evaluate(() => performance.clearMeasures());
for (let k = 0; k < KEYS; k++) {
  await long.page.keyboard.type('x');
  await settled(long.page);
}
const keys = await long.page.evaluate(() => performance.getEntriesByName('play-findings').map((one) => one.duration));
const version = long.context.browser()?.version();
await closeBrowser();
server.close();

const kilobytes = (bytes) => `${Math.round(bytes / 1000)} kB`;
const ms = (time) => `${Math.round(time)} ms`;
const rows = [
  ['loaded until findings show, compressed', kilobytes(untilFindings), '1,200 kB'],
  ['from the address to the findings, nothing cached', ms(median(starts)), ''],
  [
    'from a key to its findings, 500 lines',
    `${ms(median(keys))} (slowest of ${keys.length}: ${ms(Math.max(...keys))})`,
    '100 ms',
  ],
  ['PostgreSQL and what runs it, loaded at the first proof, compressed', kilobytes(database), ''],
  ['the first proof, with loading and starting PostgreSQL', ms(firstProof), ''],
  [
    'a proof of the first example once it is loaded',
    `${ms(median(proofs))} (slowest of ${RUNS}: ${ms(Math.max(...proofs))})`,
    '3,000 ms',
  ],
];
const table = [
  `${new Date().toISOString().slice(0, 10)}, Chromium ${version}, ${cpus().length} × ${cpus()[0].model.split(' ').slice(0, 2).join(' ')}; medians`,
  '',
  '| | measured | budget |',
  '|---|--:|--:|',
  ...rows.map((row) => `| ${row.join(' | ')} |`),
  '',
].join('\n');
console.log(table);
const readme = join(here, 'README.md');
const text = readFileSync(readme, 'utf8');
const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
if (from < 0 || to < 0) throw new Error(`${readme} has no place for it`);
writeFileSync(readme, `${text.slice(0, from + BEGIN.length)}\n${table}\n${text.slice(to)}`);
