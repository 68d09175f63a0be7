// Lints and fixes every SQL file under the folders named, and checks what must hold for each:
// npm run robustness -- DIR…
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

/** What the threads have found in a folder. */
class Sums {
  files = 0;
  refused = 0;
  fixed = 0;
  violated = 0;
  counted = { bytes: 0, statements: 0, parsed: 0, findings: 0 };
  slowest = { ms: 0, path: '' };
  /** @type {Record<string, number>} */
  stepped = {};

  constructor(folder) {
    this.folder = folder;
  }

  take({ path, refused, violations, steppedOver, ...counts }) {
    const name = relative(this.folder, path);
    this.files++;
    if (refused) {
      this.refused++;
      console.log(`${name}: refused: ${refused}`);
      return;
    }
    for (const key of Object.keys(this.counted)) this.counted[key] += counts[key] ?? 0;
    if (counts.fixed) this.fixed++;
    if (counts.ms > this.slowest.ms) this.slowest = { ms: counts.ms, path: name };
    /** @type {[string, number][]} */
    const stepped = Object.entries(steppedOver ?? {});
    for (const [why, count] of stepped) this.stepped[why] = (this.stepped[why] ?? 0) + count;
    if (values.verbose) {
      const over = stepped.filter(([, n]) => n > 0).map(([why, n]) => `${n} ${why}`);
      const parsed = `${counts.parsed}/${counts.statements} parsed`;
      console.log(
        [name, parsed, over.join(', ') || '—', `${counts.findings} findings`, milliseconds(counts)].join('\t'),
      );
    }
    if (violations.length > 0) this.violated++;
    for (const violation of violations) console.log(`${name}: VIOLATED: ${violation}`);
  }

  table(ms) {
    const rows = [
      ['files', this.files],
      ['bytes', this.counted.bytes],
      ['statements', this.counted.statements],
      ['statements parsed', this.counted.parsed],
      ...Object.entries(this.stepped).map(([why, count]) => [`stepped over: ${why}`, count]),
      ['findings', this.counted.findings],
      ['files that --fix changes', this.fixed],
      ['files refused (not UTF-8)', this.refused],
      ['slowest file', `${basename(this.slowest.path)}, ${milliseconds(this.slowest)}`],
      ['wall time', `${(ms / 1000).toFixed(0)} s`],
      ['files with a violated invariant', this.violated],
    ];
    return rows.map(([name, value]) => `| ${name} | ${value.toLocaleString('en')} |`).join('\n');
  }
}

/** @param {{ ms?: number }} counts */
const milliseconds = ({ ms = 0 }) => `${ms.toFixed(0)} ms`;

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
  const chains = groupBy(files, dirname);
  // Whole folders go to one thread, which then reads their history once.
  const queue = [...chains.values()].sort((a, b) => b.length - a.length);
  const sums = new Sums(folder);
  const started = performance.now();
  await Promise.all(
    Array.from({ length: Number(values.jobs ?? availableParallelism()) }, async () => {
      let worker = await start();
      for (let chain = queue.shift(); chain; chain = queue.shift()) {
        for (const [k, path] of chain.entries()) {
          const answer = await ask(worker, { path, alone: chain.length <= ALONE || k % 10 === 0 });
          if (answer.died) worker = await start();
          sums.take(answer);
        }
      }
      await worker.terminate();
    }),
  );

  console.log(`\n${folder}\n${sums.table(performance.now() - started)}\n`);
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
