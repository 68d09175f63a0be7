// Tries inputs that nobody has written:
// npm run fuzz -- [--seed N] [--seconds S] [--inputs N] [--runs N] [--sequences N]
// First texts (generated migrations, damaged fixtures) against the invariants, then generated migrations twice on the
// embedded PostgreSQL, then migrations whose statements undo one another, from several states, cut, and as one message.
// A part ends at its count, or when its third of the time is over. The same seed tries the same.
import { copyFileSync, readdirSync, rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { bundle } from './bundle.js';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 1e9) },
    seconds: { type: 'string', default: '60' },
    inputs: { type: 'string', default: 'Infinity' },
    runs: { type: 'string', default: 'Infinity' },
    sequences: { type: 'string', default: 'Infinity' },
  },
});
const seed = Number(values.seed);
const third = (1000 * Number(values.seconds)) / 3;
/** A batch, or a chain of migrations, takes a few seconds, and ten times as long on a machine that others use. */
const SILENCE_MS = 300_000;

const script = await bundle('test/robustness/fuzz-worker.ts');
// For every run the same file, so that one which ends first leaves it to the others.
for (const file of readdirSync('src/database').filter((name) => name.endsWith('.js')))
  copyFileSync(`src/database/${file}`, new URL(file, script));

/** @type {Worker | undefined} */
let worker;
let violated = 0;
try {
  console.log(`seed ${seed}`);
  const texts = { inputs: 0 };
  await until(
    'inputs',
    () => texts.inputs >= Number(values.inputs),
    ({ count, violations }) => {
      texts.inputs += count;
      tell(violations);
    },
  );
  console.log(`${texts.inputs.toLocaleString('en')} inputs`);
  const runs = { twice: 0, reported: 0, failed: 0 };
  await until(
    'chain',
    () => runs.twice >= Number(values.runs),
    ({ twice, reported, failed, violations }) => {
      runs.twice += twice;
      runs.reported += reported;
      runs.failed += failed.length;
      if (process.env.FUZZ_VERBOSE) for (const text of failed) console.log(`does not run once: ${text}\n`);
      tell(violations);
    },
  );
  console.log(
    `${runs.twice.toLocaleString('en')} migrations ran twice; ` +
      `of ${runs.reported} others something was left to say, ${runs.failed} did not run once`,
  );
  const sequences = { run: 0, reported: 0 };
  await until(
    'sequence',
    () => sequences.run >= Number(values.sequences),
    ({ run, reported, violations }) => {
      sequences.run += run;
      sequences.reported += reported;
      tell(violations);
    },
  );
  console.log(
    `${sequences.run.toLocaleString('en')} sequences from several states, cut and as one message; ` +
      `of ${sequences.reported} something was left to say`,
  );
  console.log(`${violated} violations`);
} finally {
  await worker?.terminate();
  rmSync(script);
}
process.exitCode = violated > 0 ? 1 : 0;

function tell(violations) {
  violated += violations.length;
  for (const violation of violations) console.log(`VIOLATED: ${violation}\n`);
}

async function until(what, enough, take) {
  const started = performance.now();
  for (let k = 0; performance.now() - started < third && !enough(); k++) {
    worker ??= await start();
    const answer = await ask({ what, seed: seed + k });
    if (answer.died) {
      worker = undefined;
      tell([`${answer.died} at ${what} of seed ${seed + k}`]);
    } else take(answer);
  }
}

function start() {
  return new Promise((done, fail) => {
    const thread = new Worker(script, { stderr: false });
    thread.once('message', () => done(thread));
    thread.once('error', fail);
  });
}

/** Asks the thread; one that does not answer in time, or dies, is given up. */
function ask(question) {
  return new Promise((done) => {
    const thread = /** @type {Worker} */ (worker);
    const finish = (answer) => {
      clearTimeout(timer);
      thread.off('message', finish).off('error', onError).off('exit', onExit);
      done(answer);
    };
    const giveUp = (died) => {
      void thread.terminate();
      finish({ died });
    };
    const onError = (error) => giveUp(`the thread died (${error.message})`);
    const onExit = () => giveUp('the thread ended');
    const timer = setTimeout(() => giveUp(`no answer within ${SILENCE_MS / 1000} s`), SILENCE_MS);
    thread.on('message', finish).on('error', onError).on('exit', onExit);
    thread.postMessage(question);
  });
}
