// Counts what does not depend on the machine, and compares it with what is recorded: npm run bench:check [-- --update]
import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lintText, loadParser, presetRules, rules } from '../dist/index.js';
import { writeFiles } from './inputs.js';

const ALLOWED = 1.1;
/** Where twice the text runs more than so many times the blocks, the time grows faster than the text. */
const MOST_GROWTH = 2.1;
const here = dirname(fileURLToPath(import.meta.url));
const cli = join(here, '..', 'dist', 'cli.js');
const recorded = join(here, 'counts.json');
const folder = mkdtempSync(join(tmpdir(), 'sql-lint-bench-'));

/** The size of what is read at every start, and how many modules linting one file asks for. */
function atStart(path) {
  const bytes = ['cli.js', 'command.cjs'].reduce((sum, name) => sum + statSync(join(dirname(cli), name)).size, 0);
  return { bytes, modules: run(['--no-history', path]).modules };
}

/** How often the command calls the parser, and with how much. */
function parsing(args, cache) {
  const { parses, bytes } = run(args, cache);
  return { parses, bytes };
}

function run(args, cache = ['--no-cache']) {
  const counts = join(folder, 'counts.json');
  // The name that src/syntax/pg-query/pg-query.ts has for it.
  const source = readFileSync(join(here, '..', 'src', 'syntax', 'pg-query', 'pg-query.ts'), 'utf8');
  const parse = /\bparse: ?'(\w)'/.exec(source)?.[1];
  const env = { ...process.env, SQL_LINT_BENCH_COUNTS: counts, SQL_LINT_BENCH_PARSE: parse };
  const { status, stderr } = spawnSync(process.execPath, ['--import', join(here, 'count.js'), cli, ...cache, ...args], {
    env,
    encoding: 'utf8',
  });
  if (status !== 0 && status !== 1) throw new Error(stderr);
  return JSON.parse(readFileSync(counts, 'utf8'));
}

/** How often a rule is asked about a statement, for all rules of `recommended`. */
async function visits(paths) {
  await loadParser();
  let count = 0;
  /** @type {Record<string, any>} */
  const rulesToCount = rules;
  const originals = Object.entries(rulesToCount).map(([name, rule]) => [name, rule.create]);
  for (const [name, create] of originals) {
    rulesToCount[name].create = (context) =>
      Object.fromEntries(
        Object.entries(create(context)).map(([type, listener]) => [type, (node) => (count++, listener(node))]),
      );
  }
  for (const path of paths) lintText(readFileSync(path, 'utf8'), path, { rules: presetRules('recommended') });
  return count;
}

/** How many blocks of our code run for each byte of a text, and how many times as many for twice the text. */
function countBlocks() {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(here, 'blocks.js')], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

const migrations = writeFiles(join(folder, 'migrations'), 40);
const paths = Array.from({ length: 40 }, (_, k) => join(migrations, `${String(k + 1).padStart(6, '0')}_feature.sql`));
const found = {
  'at the start': atStart(paths[39]),
  'one file without history': parsing(['--no-history', paths[39]]),
  'one file with 39 before it': parsing([paths[39]]),
  '40 files': parsing([migrations]),
  '40 files, with fixes': parsing(['--fix-dry-run', migrations]),
  rules: { visits: await visits(paths) },
};
const kept = ['--cache-location', join(folder, 'cache')];
run([migrations], kept);
found['40 files, once more'] = parsing([migrations], kept);
appendFileSync(paths[39], 'SELECT 1;\n');
found['40 files, of which the last has changed'] = parsing([migrations], kept);
rmSync(folder, { recursive: true, force: true });
for (const [shape, { blocks, growth }] of Object.entries(countBlocks())) {
  found[`a byte of ${shape}`] = { blocks };
  if (growth <= MOST_GROWTH) continue;
  console.error(
    `${shape}: twice the text runs ${growth} times the blocks, and may run ${MOST_GROWTH} times as many: something looks at all that is known for each statement.`,
  );
  process.exitCode = 1;
}

if (process.argv.includes('--update')) {
  writeFileSync(recorded, `${JSON.stringify(found, null, 2)}\n`);
} else {
  const expected = JSON.parse(readFileSync(recorded, 'utf8'));
  for (const [what, counts] of Object.entries(found)) {
    for (const [name, count] of Object.entries(counts)) {
      const before = expected[what]?.[name] ?? 0;
      if (count <= before * ALLOWED) continue;
      console.error(
        `${what}: ${name} rose from ${before} to ${count}, by more than 10 %. If there is no way around it, record it with npm run bench:check -- --update.`,
      );
      process.exitCode = 1;
    }
  }
}
