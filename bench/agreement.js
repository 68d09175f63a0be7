// Compares `sql-lint verify --fixed` with an oracle that shares no code with it: rows of JSON, one a file, each with
// `repo`, `file` and `verdict` ("ok", "second run fails", "second run changes", "BROKEN: …" or "not runnable").
// node bench/agreement.js CORPUS ROWS.jsonl [REPO…]
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const [corpus, rowsPath, ...only] = process.argv.slice(2);
if (!corpus || !rowsPath) {
  console.error('usage: node bench/agreement.js CORPUS ROWS.jsonl [REPO…]');
  process.exit(2);
}
const cli = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const rows = readFileSync(rowsPath, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line));
const repos = [...new Set(rows.map((r) => r.repo))].filter((repo) => only.length === 0 || only.includes(repo));

/** What of each file the embedded PostgreSQL cannot say, or has not to. */
const OUT_OF_SCOPE = new Set(['fails', 'not-verifiable']);

const sums = { both: 0, agree: 0, 'the oracle alone': 0, 'verify alone': 0, neither: 0 };
const apart = [];
for (const repo of repos) {
  const cwd = resolve(corpus, repo);
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [cli, 'verify', '--fixed', '--environment', 'supabase', '--format', 'json', '.'],
    { cwd, encoding: 'utf8', maxBuffer: 1 << 30 },
  );
  let verdicts;
  try {
    verdicts = new Map(JSON.parse(stdout).map((v) => [v.path, v]));
  } catch {
    console.error(`${repo}: ${stderr.trim().split('\n')[0]}`);
    continue;
  }
  const before = { ...sums };
  for (const { file, verdict, second, error } of rows.filter((r) => r.repo === repo)) {
    const own = verdicts.get(file) ?? verdicts.get(join('.', file));
    if (!own) continue;
    const runs = { oracle: verdict !== 'not runnable', verify: !OUT_OF_SCOPE.has(own.verdict) };
    if (!runs.oracle || !runs.verify) {
      sums[runs.oracle ? 'the oracle alone' : runs.verify ? 'verify alone' : 'neither']++;
      continue;
    }
    sums.both++;
    if ((verdict === 'ok') === (own.verdict === 'ok')) sums.agree++;
    else
      apart.push({
        repo,
        file,
        oracle: verdict === 'ok' ? 'ok' : `${verdict}: ${second ?? error ?? ''}`,
        verify: own.verdict === 'ok' ? 'ok' : `${own.verdict}: ${own.failure?.message ?? own.diff ?? ''}`,
      });
  }
  console.log(`${repo}: ${sums.agree - before.agree} of ${sums.both - before.both} agree`);
}
const line = (text) => text.replace(/\s+/g, ' ').slice(0, 240);
for (const { repo, file, oracle, verify } of apart)
  console.log(`- ${repo} ${file}\n    oracle: ${line(oracle)}\n    verify: ${line(verify)}`);
console.log(
  `\n${sums.agree} of the ${sums.both} files that both can run agree (${((100 * sums.agree) / (sums.both || 1)).toFixed(1)} %). The oracle alone runs ${sums['the oracle alone']}, verify alone ${sums['verify alone']}, neither of them ${sums.neither}.`,
);
