// Writes the way back of every migration of some projects, and judges those that are there.
// node bench/down.js [--check] [--json FILE] FOLDER…
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const cli = join(dirname(fileURLToPath(import.meta.url)), '..', 'dist', 'cli.js');
const { values, positionals } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    json: { type: 'string' },
    limit: { type: 'string', default: '1800' },
  },
  allowPositionals: true,
});

/** @type {Record<string, Record<string, number>>} */
const counts = {};
/** @type {object[]} */
const all = [];
for (const folder of positionals) {
  const args = ['down', ...(values.check ? ['--check'] : []), folder, '--format', 'json'];
  const { stdout, stderr } = spawnSync(process.execPath, [cli, ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 30,
    timeout: Number(values.limit) * 1000,
  });
  /** @type {{ waysBack: { verdict: string }[] }} */
  let found;
  try {
    found = JSON.parse(stdout);
  } catch {
    console.log(`${folder}: ${stderr.trim() || 'it took too long'}`);
    continue;
  }
  const own = (counts[folder] = /** @type {Record<string, number>} */ ({}));
  for (const one of found.waysBack) own[one.verdict] = (own[one.verdict] ?? 0) + 1;
  all.push(...found.waysBack.map((one) => ({ folder, ...one })));
  console.log(
    `${folder}: ${Object.entries(own)
      .map(([verdict, count]) => `${count} ${verdict}`)
      .join(', ')}`,
  );
  if (values.json !== undefined) writeFileSync(values.json, JSON.stringify(all, null, 1));
}
/** @type {Record<string, number>} */
const sum = {};
for (const own of Object.values(counts))
  for (const [verdict, count] of Object.entries(own)) sum[verdict] = (sum[verdict] ?? 0) + count;
console.log(sum);
