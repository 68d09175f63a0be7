// Runs this project and its peers on the same inputs, in turn, and prints how long each takes compared with squawk.
// npm run bench [-- --runs N] [--case NAME]…
import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { writeFiles, writeLarge, writeSmall, writeStatements, writeTexts } from './inputs.js';
import { languageServer } from './lsp.js';
import { mixedTexts } from './mix.js';
import { pieces } from './shapes.js';

const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    case: { type: 'string', multiple: true },
    limit: { type: 'string', default: '120' },
  },
});
const runs = Number(values.runs);
const LIMIT_MS = Number(values.limit) * 1000;

const bin = (name) => join(here, 'node_modules', '.bin', name);
const ours = join(here, '..', 'dist', 'cli.js');
const sql = (paths) =>
  paths.flatMap((path) => (path.endsWith('.sql') ? [path] : readdirSync(path).map((name) => join(path, name))));

const tools = {
  'squawk, JSON': (paths) => [bin('squawk'), '--reporter', 'json', ...sql(paths)],
  squawk: (paths) => [bin('squawk'), ...sql(paths)],
  'postgres-language-server': (paths) => [
    bin('postgres-language-server'),
    'check',
    '--files-max-size=100000000',
    ...paths,
  ],
  pgfence: (paths) => [bin('pgfence'), 'analyze', ...sql(paths)],
  'sql-lint': (paths) => [ours, ...paths],
  'sql-lint, JSON': (paths) => [ours, '--format', 'json', ...paths],
  'sql-lint --no-cache': (paths) => [ours, '--no-cache', ...paths],
  'sql-lint, JSON, --no-cache': (paths) => [ours, '--no-cache', '--format', 'json', ...paths],
  // No result is kept of it; what the migrations before it come to is.
  'sql-lint, a new migration behind it': ([path]) => {
    const added = join(dirname(path), '002001_new.sql');
    appendFileSync(added, readFileSync(path));
    return [ours, added];
  },
  'sql-lint --no-history, --no-cache': (paths) => [ours, '--no-history', '--no-cache', ...paths],
  'libpg-query, parsing all of them': ([path]) => [process.execPath, join(here, 'parse.js'), ...sql([dirname(path)])],
  'sql-lint in ESLint': (paths) => [bin('eslint'), '--config', join(here, 'eslint.config.js'), ...paths],
};
const PEERS = [
  'squawk, JSON',
  'squawk',
  'postgres-language-server',
  'pgfence',
  'sql-lint in ESLint',
  'sql-lint',
  'sql-lint, JSON',
  'sql-lint, JSON, --no-cache',
];

const folder = join(tmpdir(), 'sql-lint-bench');
mkdirSync(folder, { recursive: true });
/** What earlier runs of sql-lint have kept; the first round of each case fills it. */
const cache = join(folder, 'cache');
rmSync(cache, { recursive: true, force: true });
const cases = {
  small: { title: 'One small file', paths: () => [writeSmall(join(folder, 'small'))], tools: PEERS, runs: runs * 3 },
  '500-files': { title: '500 files of 2 KB', paths: () => [writeFiles(join(folder, '500'), 500)], tools: PEERS },
  '5000-files': {
    title: '5,000 files of 2 KB',
    paths: () => [writeFiles(join(folder, '5000'), 5000)],
    tools: PEERS.filter((t) => t !== 'squawk'),
  },
  large: {
    title: 'One file of 5 MB',
    paths: () => [writeLarge(file('large'), 5e6)],
    tools: PEERS.filter((t) => t !== 'squawk'),
  },
  statements: {
    title: 'One file with 100,000 statements',
    paths: () => [writeStatements(file('statements'), 100_000)],
    tools: PEERS.filter((t) => t !== 'squawk'),
  },
  mix: {
    title: '1,600 files of the shape of public ones',
    paths: () => [mixed(1600)],
    tools: PEERS.filter((t) => t !== 'squawk'),
  },
  ...Object.fromEntries(
    Object.entries(pieces).map(([name, piece]) => [
      name,
      {
        title: `One file of 5 MB: ${name}`,
        paths: () => [writeLarge(file(name), 5e6, piece)],
        tools: ['squawk, JSON', 'sql-lint, JSON', 'sql-lint, JSON, --no-cache'],
      },
    ]),
  ),
  history: {
    title: 'The last of 2,000 migrations',
    paths: () => [join(writeFiles(join(folder, 'history'), 2000), '002000_feature.sql')],
    tools: [
      'squawk, JSON',
      'libpg-query, parsing all of them',
      'sql-lint',
      'sql-lint, a new migration behind it',
      'sql-lint --no-cache',
      'sql-lint --no-history, --no-cache',
    ],
  },
};

/** A large file has a folder to itself: what lies beside it would be its history. */
function file(name) {
  mkdirSync(join(folder, name), { recursive: true });
  return join(folder, name, '000001_all.sql');
}

/** A folder with so many migrations. */
function mixed(count) {
  const place = join(folder, `mix${count}`);
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place, { recursive: true });
  writeTexts(place, mixedTexts(count));
  return place;
}

const GNU_TIME = '/usr/bin/time';

/** @returns the wall time and the time of the processors in ms, and the peak memory in MB, those of child processes included; undefined where it takes too long */
function measure([command, ...args]) {
  const timed = existsSync(GNU_TIME) ? [GNU_TIME, '-f', '@@%M %U %S', command, ...args] : [command, ...args];
  const start = performance.now();
  const { error, signal, stderr } = spawnSync(timed[0], timed.slice(1), {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    timeout: LIMIT_MS,
    maxBuffer: 1e9,
    cwd: folder,
    env: { ...process.env, XDG_CACHE_HOME: cache },
  });
  const ms = performance.now() - start;
  if ((error && 'code' in error && error.code === 'ETIMEDOUT') || signal) return undefined;
  if (error) throw error;
  const [kb = NaN, user = NaN, system = NaN] = (/@@(\d+) ([\d.]+) ([\d.]+)/.exec(stderr) ?? []).slice(1).map(Number);
  return { ms, mb: kb / 1024, cpu: (user + system) * 1000 };
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];

function compare({ title, paths, tools: names, runs: rounds = runs }) {
  const targets = paths();
  const times = new Map(names.map((name) => [name, []]));
  const late = new Set();
  for (let round = 0; round <= rounds; round++) {
    for (const name of names) {
      if (late.has(name)) continue;
      const result = measure(tools[name](targets));
      if (!result) late.add(name);
      // The first round only fills the caches, that of the disk and ours.
      else if (round > 0) times.get(name).push(result);
    }
  }
  const reference = times.get(names[0]);
  console.log(
    `\n### ${title}\n\n| | median, ms | ratio to ${names[0]} (lowest to highest) | time of the processors, ms | peak memory, MB |\n|---|--:|--:|--:|--:|`,
  );
  for (const name of names) {
    const own = times.get(name);
    if (late.has(name)) console.log(`| ${name} | over ${LIMIT_MS.toLocaleString('en')} | | | |`);
    else {
      const ratios = own.map(({ ms }, k) => ms / reference[k].ms);
      const ms = median(own.map((o) => o.ms));
      console.log(
        `| ${name} | ${ms.toFixed(0)} | ${(ms / median(reference.map((o) => o.ms))).toFixed(2)} (${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}) | ${median(own.map((o) => o.cpu)).toFixed(0)} | ${Math.max(...own.map((o) => o.mb)).toFixed(0)} |`,
      );
    }
  }
}

/** After so many rounds V8 has optimised what it will; as many are measured, since each takes no longer than it takes to start a process. */
const WARM_UP = 40;

/** Linting compared with parsing, in one process that is warm. */
async function inOneProcess() {
  const { loadModule, parseSync } = require('libpg-query');
  const { lintText, loadParser, presetRules } = await import('../dist/index.js');
  await loadModule();
  await loadParser();
  const texts = sql([writeFiles(join(folder, '500'), 500)]).map((path) => readFileSync(path, 'utf8'));
  const rules = presetRules('recommended');
  const time = (work) => {
    const start = performance.now();
    work();
    return performance.now() - start;
  };
  const rounds = Array.from({ length: 2 * WARM_UP }, (_, round) => {
    // What was parsed once is remembered by its text, so that every round gets other texts.
    const own = texts.map((text) =>
      text.replaceAll('orders', `orders_r${round}`).replaceAll('order_states', `states_r${round}`),
    );
    return {
      parse: time(() => own.forEach((text) => parseSync(text))),
      lint: time(() => own.forEach((text, k) => lintText(text, `${k}.sql`, { rules }))),
    };
  }).slice(WARM_UP);
  const ratios = rounds.map(({ parse, lint }) => lint / parse);
  console.log(
    `\n### In one process, 500 files of 2 KB\n\nLinting with the rules of \`recommended\`, compared with parsing by \`libpg-query\`: ${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}).`,
  );
}

/** What twice as much costs. */
function growth() {
  const double = (make) => {
    const [one, two] = [1, 2].map((factor) =>
      median(
        Array.from(
          { length: Math.min(runs, 3) },
          () => measure(/** @type {any} */ (tools)['sql-lint, JSON, --no-cache'](make(factor)))?.ms ?? NaN,
        ),
      ),
    );
    return (two / one).toFixed(2);
  };
  console.log('\n### Twice as much\n\n| | ratio |\n|---|--:|');
  console.log(
    `| 100,000 statements in a file, instead of 50,000 | ${double((f) => [writeStatements(file(`grow${f}`), 50_000 * f)])} |`,
  );
  for (const [name, piece] of Object.entries(pieces))
    console.log(
      `| 5 MB in a file instead of 2.5: ${name} | ${double((f) => [writeLarge(file(name), 2.5e6 * f, piece)])} |`,
    );
  console.log(`| 1,600 files instead of 800, mixed | ${double((f) => [mixed(800 * f)])} |`);
  console.log(
    `| 20,000 files, instead of 10,000 | ${double((f) => [writeFiles(join(folder, `files${f}`), 10_000 * f)])} |`,
  );
  console.log(
    `| 4,000 migrations before the one, instead of 2,000 | ${double((f) => [join(writeFiles(join(folder, `before${f}`), 2000 * f), `${String(2000 * f).padStart(6, '0')}_feature.sql`)])} |`,
  );
}

/** What it takes to run 100 migrations twice, as --fix would write them, each on the state that those before it leave. */
function proof() {
  const result = measure([
    ours,
    'verify',
    '--fixed',
    '--environment',
    'supabase',
    writeFiles(join(folder, 'proof'), 100),
  ]);
  console.log(
    `\n### Verifying 100 migrations\n\n${result ? `${(result.ms / 1000).toFixed(1)} s, ${result.mb.toFixed(0)} MB at most.` : `Over ${LIMIT_MS / 1000} s.`}`,
  );
}

const wanted = values.case ?? [...Object.keys(cases), 'process', 'growth', 'verify', 'lsp'];
const version = (name) => JSON.parse(readFileSync(join(here, 'node_modules', name, 'package.json'), 'utf8')).version;
const versions = ['squawk-cli', '@postgres-language-server/cli', '@flvmnt/pgfence', 'eslint'].map(
  (name) => `${name} ${version(name)}`,
);
console.log(
  `${new Date().toISOString().slice(0, 10)}, Node.js ${process.version}, ${cpus().length} × ${cpus()[0].model.trim()}; ${versions.join(', ')}; ${runs} runs, interleaved`,
);
for (const [name, one] of Object.entries(cases)) if (wanted.includes(name)) compare(one);
if (wanted.includes('process')) await inOneProcess();
if (wanted.includes('growth')) growth();
if (wanted.includes('verify')) proof();
if (wanted.includes('lsp')) await languageServer(join(folder, 'lsp'));
