/** Chromium, for tests that look at pages: opened once for a process that runs tests. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, resolve, sep } from 'node:path';
import axe, { type AxeResults } from 'axe-core';
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Where Chromium is; undefined where there is none. `CHROMIUM` names another one. */
export const chromiumPath = [process.env.CHROMIUM ?? '', ...PLACES].find((path) => path !== '' && existsSync(path));

/** Says aloud that pages are not looked at. */
if (chromiumPath === undefined)
  console.warn(
    'NOT TESTED: pages are not opened, for there is no Chromium on this machine. Install it (apt-get install chromium), ' +
      'or name it in the environment variable CHROMIUM.',
  );

let opening: Promise<Browser> | undefined;

/** Starts Chromium where it does not run yet. */
function openBrowser(): Promise<Browser> {
  return (opening ??= chromium.launch({
    executablePath: chromiumPath!,
    // Containers have no room for shared memory, and no sandbox in a sandbox.
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  }));
}

/** Ends Chromium where it runs. */
export async function closeBrowser(): Promise<void> {
  await (await opening)?.close();
  opening = undefined;
}

/** A page, and what went wrong on it. */
export interface Visit {
  page: Page;
  context: BrowserContext;
  /** Errors and warnings of the console, and exceptions. */
  complaints: string[];
  /** What the page has asked for, besides itself and what it holds in it. */
  requests: string[];
}

/** A page in a profile of its own. */
export async function openPage(options: BrowserContextOptions = {}): Promise<Visit> {
  const context = await (await openBrowser()).newContext(options);
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    if (!/^(?:data|blob):/.test(request.url())) requests.push(request.url());
  });
  return { page, context, complaints, requests };
}

/** What axe-core finds on a page that is serious or critical: the rule, and the elements. */
export async function seriousProblems(page: Page): Promise<string[]> {
  // The policy of a page forbids scripts that are added to it, so axe-core comes from outside.
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<AxeResults>("axe.run(document, { resultTypes: ['violations'] })");
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, nodes }) =>
        `${id}: ${nodes
          .slice(0, 5)
          .map(({ html }) => html.slice(0, 200))
          .join(' | ')}`,
    );
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
};

/** Serves a folder as a simple host does. @returns its address, with a slash at the end, and what ends it */
export async function serveFolder(folder: string): Promise<{ url: string; close: () => void }> {
  const root = resolve(folder);
  const server: Server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url!, 'http://localhost').pathname);
    let file = join(root, path);
    if (path.endsWith('/')) file = join(file, 'index.html');
    if (!file.startsWith(root + sep) || !existsSync(file) || statSync(file).isDirectory()) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' });
    response.end(readFileSync(file));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, close: () => server.close() };
}
