// Squashes the projects of a folder, and says what comes of each.
// node bench/squash.js [--json FILE] [--texts FOLDER] FOLDER [NAME…]
// Each folder below FOLDER is one checkout; NAME picks some. A project without a second migration is passed over.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'string' }, texts: { type: 'string' } },
});
const [folder, ...only] = positionals;
if (!folder) {
  console.error('usage: node bench/squash.js [--json FILE] [--texts FOLDER] FOLDER [NAME…]');
  process.exit(2);
}
const cli = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
if (values.texts) mkdirSync(values.texts, { recursive: true });

const rows = [];
for (const name of readdirSync(folder).sort()) {
  if (only.length > 0 && !only.includes(name)) continue;
  const cwd = resolve(folder, name);
  const first = squash(cwd, name, '.');
  // A checkout with several folders of migrations.
  const several = /several projects here \((.*)\)/.exec(first.error ?? '')?.[1];
  for (const row of several ? several.split(', ').map((path) => squash(cwd, name, path)) : [first]) {
    rows.push(row);
    console.log(inWords(row));
    if (values.json) writeFileSync(values.json, JSON.stringify(rows, null, 1));
  }
}

function squash(cwd, repo, path) {
  const name = path === '.' ? repo : `${repo}/${path}`;
  const began = Date.now();
  const { stdout, stderr, status } = spawnSync(process.execPath, [cli, 'squash', '--format', 'json', path], {
    cwd,
    encoding: 'utf8',
    maxBuffer: 1 << 30,
    timeout: 900_000,
  });
  const seconds = (Date.now() - began) / 1000;
  try {
    const { text, ...said } = JSON.parse(stdout);
    if (values.texts) writeFileSync(join(values.texts, `${name.replaceAll('/', '+')}.sql`), text);
    return { name, seconds, ...said };
  } catch {
    return { name, seconds, status, error: stderr.trim().split('\n').slice(0, 3).join(' ') };
  }
}

function inWords({ name, seconds, error, proven, unproven, failures, files, before, after }) {
  if (error !== undefined) return `${name}: ${error} (${seconds.toFixed(1)} s)`;
  const size = `${files} files, ${before.statements} statements, ${before.bytes} bytes → ${after.statements} (${after.own} own), ${after.bytes}`;
  const broken = failures.length > 0 ? `; ${failures.length} files do not run` : '';
  return `${proven ? 'PROVEN' : 'NOT PROVEN'} ${name}: ${size}${broken} (${seconds.toFixed(1)} s)${unproven ? `\n  ${unproven.replaceAll('\n', '\n  ').slice(0, 700)}` : ''}`;
}
