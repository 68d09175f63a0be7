// Draws the icon, and takes the pictures of the README and of the walkthrough in VS Code itself, with the extension
// that npm run package has made. It needs Chromium, and code-server, which npm has: CODE_SERVER is its
// out/node/entry.js, and NODE the Node.js that it wants. The pictures are kept in git.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';

const HOME = fileURLToPath(new URL('..', import.meta.url));
const MEDIA = join(HOME, 'media');
const { CHROMIUM = 'chromium', CODE_SERVER = '', NODE = process.execPath } = process.env;
const [PORT, DEBUG_PORT] = [8493, 9333];
const [WIDTH, HEIGHT] = [900, 570];
const FILE = 'supabase/migrations/20250501090000_notes.sql';
const SQL = `create table notes (
  id bigint primary key generated always as identity,
  author uuid not null,
  body text not null
);
alter table notes enable row level security;
create index on notes (author);

create policy if not exists "read own" on notes
  for select to authenticated using (author = (select auth.uid()));
`;
/** As little of VS Code as there can be, besides the file. */
const SETTINGS = {
  'breadcrumbs.enabled': false,
  'chat.disableAIFeatures': true,
  'editor.fontSize': 14,
  'editor.hover.above': false,
  'editor.minimap.enabled': false,
  'editor.occurrencesHighlight': 'off',
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'window.commandCenter': false,
  'window.menuBarVisibility': 'hidden',
  'workbench.activityBar.location': 'hidden',
  'workbench.colorTheme': 'Default Dark Modern',
  'workbench.layoutControl.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
};

/** Two rounds, and a mark: it has run twice. */
const ICON = `<!doctype html><meta charset=utf-8><style>body { margin: 0; background: transparent }</style>
<svg xmlns="http://www.w3.org/2000/svg" width="256" height="256" viewBox="0 0 256 256">
  <rect width="256" height="256" rx="48" fill="#1f3a5f"/>
  <g fill="none" stroke="#ffffff" stroke-width="16" stroke-linecap="round" stroke-linejoin="round">
    <path d="M60 116a70 70 0 0 1 124-36"/><path d="M188 44v38h-38"/>
    <path d="M196 140a70 70 0 0 1-124 36"/><path d="M68 212v-38h38"/>
  </g>
  <path d="M98 130l22 22 42-46" fill="none" stroke="#5fd38d" stroke-width="18" stroke-linecap="round"
    stroke-linejoin="round"/>
</svg>`;

const folder = mkdtempSync(join(tmpdir(), 'sql-lint-pictures-'));
const own = (name, text) => {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
};

function drawIcon() {
  const screenshot = `--screenshot=${join(MEDIA, 'icon.png')}`;
  const page = pathToFileURL(own('icon.html', ICON)).href;
  const looks = ['--hide-scrollbars', '--default-background-color=00000000', '--window-size=256,256'];
  execFileSync(CHROMIUM, ['--headless', '--no-sandbox', '--disable-gpu', ...looks, screenshot, page], {
    stdio: 'ignore',
  });
}

/** Starts VS Code with the extension, and answers how it is stopped. */
async function startCode() {
  own('data/User/settings.json', JSON.stringify(SETTINGS));
  const places = ['--extensions-dir', join(folder, 'extensions'), '--user-data-dir', join(folder, 'data')];
  const env = { ...process.env, HOME: folder };
  const vsix = join(HOME, 'build', 'sql-lint.vsix');
  execFileSync(NODE, [CODE_SERVER, ...places, '--install-extension', vsix], { env, stdio: 'ignore' });
  const args = ['--auth', 'none', '--bind-addr', `127.0.0.1:${PORT}`, '--disable-telemetry', '--disable-update-check'];
  const server = spawn(NODE, [CODE_SERVER, ...places, ...args], { env, stdio: 'ignore', detached: true });
  return () => process.kill(-server.pid);
}

/** A browser, and what is asked of it. */
async function startBrowser() {
  const size = `--window-size=${WIDTH},${HEIGHT}`;
  const data = `--user-data-dir=${join(folder, 'browser')}`;
  const looks = ['--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', size];
  const browser = spawn(CHROMIUM, [...looks, `--remote-debugging-port=${DEBUG_PORT}`, data, 'about:blank'], {
    stdio: 'ignore',
  });
  let page;
  for (let tries = 0; !page && tries < 60; tries++) {
    await sleep(500);
    const pages = await globalThis.fetch(`http://127.0.0.1:${DEBUG_PORT}/json`).then(
      (answer) => answer.json(),
      () => [],
    );
    page = pages.find(({ type }) => type === 'page');
  }
  const socket = new globalThis.WebSocket(page.webSocketDebuggerUrl);
  await new Promise((done) => (socket.onopen = done));
  let id = 0;
  const waiting = new Map();
  socket.onmessage = ({ data: text }) => {
    const message = JSON.parse(text);
    waiting.get(message.id)?.(message.result);
  };
  const ask = (method, params = {}) =>
    new Promise((done) => {
      waiting.set(++id, done);
      socket.send(JSON.stringify({ id, method, params }));
    });
  return { ask, stop: () => (socket.close(), browser.kill()) };
}

/** Does in VS Code what people do there, and takes a picture of each. */
async function takePictures(ask) {
  const look = async (expression) => (await ask('Runtime.evaluate', { expression, returnByValue: true })).result.value;
  const until = async (words) => {
    for (let tries = 0; tries < 60; tries++, await sleep(1000))
      if (words.test(await look('[...document.querySelectorAll(".statusbar-item")].map((e) => e.innerText).join(" ")')))
        return;
    throw new Error(`the status bar does not say ${words}`);
  };
  const shoot = async (name) => {
    const { data } = await ask('Page.captureScreenshot', { format: 'png' });
    writeFileSync(join(MEDIA, `${name}.png`), Buffer.from(data, 'base64'));
  };
  const press = async (key, windowsVirtualKeyCode, text) => {
    await ask('Input.dispatchKeyEvent', { type: 'keyDown', key, code: key, windowsVirtualKeyCode, text });
    await ask('Input.dispatchKeyEvent', { type: 'keyUp', key, code: key, windowsVirtualKeyCode });
  };
  const run = async (command) => {
    await press('F1', 112);
    await sleep(1000);
    await ask('Input.insertText', { text: command });
    await sleep(1500);
    await press('Enter', 13, '\r');
    await sleep(1500);
  };
  const root = join(folder, 'project');
  const file = own(join('project', FILE), SQL);
  const payload = JSON.stringify([['openFile', `vscode-remote://127.0.0.1:${PORT}${file}`]]);
  const query = `folder=${encodeURIComponent(root)}&payload=${encodeURIComponent(payload)}`;
  await ask('Page.navigate', { url: `http://127.0.0.1:${PORT}/?${query}` });
  await until(/sql-lint: [1-9]/);
  await run('View: Close Primary Side Bar');
  const at = await look(
    `(() => { const { x, y, width } = [...document.querySelectorAll('.squiggly-error')].at(-1).getBoundingClientRect();
      return { x: x + width / 2, y: y + 8 }; })()`,
  );
  await ask('Input.dispatchMouseEvent', { type: 'mouseMoved', ...at });
  await sleep(2000);
  await shoot('findings');
  await ask('Input.dispatchMouseEvent', { type: 'mouseMoved', x: WIDTH - 100, y: HEIGHT - 100 });
  await run('sql-lint: Fix all problems of this file');
  await shoot('fixed');
  await run('sql-lint: Prove this file: run it twice');
  await until(/proven/);
  await sleep(1500);
  await shoot('proven');
}

drawIcon();
if (CODE_SERVER === '') console.log('Only the icon is drawn: CODE_SERVER does not say where code-server is.');
else {
  const stopCode = await startCode();
  const { ask, stop } = await startBrowser();
  try {
    await ask('Page.enable');
    await takePictures(ask);
  } finally {
    stop();
    stopCode();
  }
}
rmSync(folder, { recursive: true, force: true });
