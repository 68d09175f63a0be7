// Draws the pictures of the README and of the pages: what the packed command prints, and the playground of the built
// site, where there is a Chromium. A test says where the first are stale; npm run build and npm run website come
// before.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle } from './bundle.js';

const FOLDER = 'docs/pictures';
mkdirSync(FOLDER, { recursive: true });

const caches = (process.env.XDG_CACHE_HOME = mkdtempSync(join(tmpdir(), 'sql-lint-pictures-')));
const { drawPictures } = await import((await bundle('test/support/pictures.ts')).href);
for (const [name, svg] of drawPictures()) writeFileSync(join(FOLDER, name), svg);
rmSync(caches, { recursive: true });

const { chromiumPath, closeBrowser, openPage, serveFolder } = await import(
  (await bundle('test/support/browser.ts')).href
);
const site = 'website/build/site';
if (chromiumPath !== undefined && existsSync(site)) {
  const { url, close } = await serveFolder(site);
  const { page } = await openPage({ viewport: { width: 1200, height: 620 }, colorScheme: 'light' });
  await page.goto(`${url}playground.html`);
  await page.getByText('no-bare-create').first().waitFor();
  await page.screenshot({ path: join(FOLDER, 'playground.png') });
  await closeBrowser();
  close();
} else console.warn(`docs/pictures/playground.png is left as it is: it needs Chromium, and ${site}.`);
