// Counts the blocks of this project's code that run while it lints. The number is the same on every machine, so it
// shows what is done more than once for each statement. A process of its own: nothing may be compiled before. It prints
// what runs for a text of each shape, and for one that is twice as long: blocks for each byte, and the growth.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeTexts } from './inputs.js';
import { mixedTexts } from './mix.js';
import { pieces } from './shapes.js';

const session = new Session();
session.connect();
await session.post('Profiler.enable');
// Before anything of it is compiled.
await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
const { lintText, loadParser, openWorkspace, presetRules } = await import('../dist/index.js');
await loadParser();
const rules = { ...presetRules('recommended'), ...presetRules('supabase'), ...presetRules('safety') };
const folder = mkdtempSync(join(tmpdir(), 'sql-lint-blocks-'));

const taken = async () => {
  const { result } = await session.post('Profiler.takePreciseCoverage');
  const own = result.filter(({ url }) => url.endsWith('/dist/index.js'));
  const ranges = own.flatMap(({ functions }) => functions.flatMap((one) => one.ranges));
  return ranges.reduce((sum, { count }) => sum + count, 0);
};
const blocksOf = async (work) => {
  await taken();
  await work();
  return taken();
};
const ofPieces = (piece) => async (count) => {
  const text = Array.from({ length: count }, (_, k) => piece(k + 1)).join('');
  return { bytes: text.length, blocks: await blocksOf(() => lintText(text, '1_all.sql', { rules })) };
};
const ofMix = async (count) => {
  const texts = mixedTexts(count);
  const place = join(folder, String(count), 'migrations');
  mkdirSync(place, { recursive: true });
  const paths = writeTexts(place, texts);
  const workspace = openWorkspace();
  const blocks = await blocksOf(async () => {
    for (const path of paths) await workspace.diagnostics(path);
  });
  return { bytes: texts.reduce((sum, text) => sum + text.length, 0), blocks };
};

const found = {};
const compare = async (name, count, of) => {
  // The first time, what is made once is made.
  await of(2);
  const [one, two] = [await of(count), await of(2 * count)];
  const perByte = [one, two].map(({ blocks, bytes }) => blocks / bytes);
  found[name] = { blocks: Number(perByte[0].toFixed(1)), growth: Number(((2 * perByte[1]) / perByte[0]).toFixed(2)) };
};
for (const [name, piece] of Object.entries(pieces)) await compare(name, 15, ofPieces(piece));
await compare('mix', 40, ofMix);
rmSync(folder, { recursive: true, force: true });
session.disconnect();
console.log(JSON.stringify(found));
