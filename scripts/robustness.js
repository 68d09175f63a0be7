// Lints and fixes every SQL file under the folders named, and checks what must hold for each: npm run robustness -- DIR…
// Prints a line for every file with --verbose, one for every file in which something does not hold, and the sums.
import glob from 'fast-glob';
import { rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, dirname, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { bundle } from './bundle.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { verbose: { type: 'boolean' }, seconds: { type: 'string', default: '60' }, jobs: { type: 'string' } },
});
if (positionals.length === 0) {
  console.error('usage: npm run robustness -- [--verbose] [--seconds N] [--jobs N] DIR…');
  process.exit(2);
}
const limit = 1000 * Number(values.seconds);
/** Up to this many files of a folder, each is also linted by itself. */
const ALONE = 40;

const script = await bundle('test/robustness/folder-worker.ts');
let worst = 0;
try {
  for (const folder of positionals) worst = Math.max(worst, await examineFolder(resolve(folder)));
} finally {
  rmSync(script);
}
process.exitCode = worst;

async function examineFolder(folder) {
  const files = (await glob('**/*.sql', { cwd: folder, absolute: true, followSymbolicLinks: false })).sort();
  const chains = Map.groupBy ? Map.groupBy(files, dirname) : groupBy(files, dirname);
  // Whole folders go to one thread, which then reads their history once.
  const queue = [...chains.values()].sort((a, b) => b.length - a.length);
  const sums = {
    files: 0,
    bytes: 0,
    statements: 0,
    parsed: 0,
    findings: 0,
    fixed: 0,
    violated: 0,
    refused: 0,
    ms: 0,
    slowest: { ms: 0, path: '' },
  };
  const stepped = {};
  const started = performance.now();

  const take = ({ path, refused, violations, steppedOver, ...counts }) => {
    const name = relative(folder, path);
    sums.files++;
    if (refused) {
      sums.refused++;
      console.log(`${name}: refused: ${refused}`);
      return;
    }
    for (const key of ['bytes', 'statements', 'parsed', 'findings', 'ms']) sums[key] += counts[key] ?? 0;
    if (counts.fixed) sums.fixed++;
    if (counts.ms > sums.slowest.ms) sums.slowest = { ms: counts.ms, path: name };
    for (const [why, count] of Object.entries(steppedOver ?? {})) stepped[why] = (stepped[why] ?? 0) + count;
    if (values.verbose)
      console.log(
        `${name}\t${counts.parsed}/${counts.statements} parsed\t${
          Object.entries(steppedOver)
            .filter(([, n]) => n > 0)
            .map(([why, n]) => `${n} ${why}`)
            .join(', ') || '—'
        }\t${counts.findings} findings\t${counts.ms.toFixed(0)} ms`,
      );
    if (violations.length > 0) sums.violated++;
    for (const violation of violations) console.log(`${name}: VIOLATED: ${violation}`);
  };

  await Promise.all(
    Array.from({ length: Number(values.jobs ?? availableParallelism()) }, async () => {
      let worker = await start();
      for (let chain = queue.shift(); chain; chain = queue.shift()) {
        for (const [k, path] of chain.entries()) {
          const answer = await ask(worker, { path, alone: chain.length <= ALONE || k % 10 === 0 });
          if (answer.died) worker = await start();
          take(answer);
        }
      }
      await worker.terminate();
    }),
  );

  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  const table = [
    ['files', sums.files],
    ['bytes', sums.bytes],
    ['statements', sums.statements],
    ['statements parsed', sums.parsed],
    ...Object.entries(stepped).map(([why, count]) => [`stepped over: ${why}`, count]),
    ['findings', sums.findings],
    ['files that --fix changes', sums.fixed],
    ['files refused (not UTF-8)', sums.refused],
    ['slowest file', `${basename(sums.slowest.path)}, ${sums.slowest.ms.toFixed(0)} ms`],
    ['wall time', `${seconds} s`],
    ['files with a violated invariant', sums.violated],
  ];
  console.log(
    `\n${folder}\n${table.map(([name, value]) => `| ${name} | ${typeof value === 'number' ? value.toLocaleString('en') : value} |`).join('\n')}\n`,
  );
  return sums.violated > 0 ? 1 : 0;
}

function groupBy(items, key) {
  const groups = new Map();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return groups;
}

function start() {
  return new Promise((done, fail) => {
    const worker = new Worker(script);
    worker.once('message', () => done(worker));
    worker.once('error', fail);
  });
}

/** Hands a file to a thread; one that does not answer in time, or dies, is given up. */
function ask(worker, question) {
  return new Promise((done) => {
    const died = (why) => {
      void worker.terminate();
      finish({
        path: question.path,
        died: true,
        violations: [why],
        steppedOver: {},
        parsed: 0,
        statements: 0,
        findings: 0,
        ms: 0,
      });
    };
    const onError = (error) => died(`the thread died: ${error.message}`);
    const onExit = () => died('the thread ended');
    const timer = setTimeout(() => died(`no answer within ${limit / 1000} s`), limit);
    const finish = (answer) => {
      clearTimeout(timer);
      worker.off('message', finish).off('error', onError).off('exit', onExit);
      done(answer);
    };
    worker.on('message', finish).on('error', onError).on('exit', onExit);
    worker.postMessage(question);
  });
}
