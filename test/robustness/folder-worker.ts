/** A thread of `npm run robustness`: examines one file after the other as the main thread hands them over. */
import { parentPort } from 'node:worker_threads';
import { History } from '../../src/history/files.ts';
import { lintText } from '../../src/linter/linter.ts';
import { loadParser } from '../../src/syntax/parser.ts';
import { readSource } from '../../src/cli/files.ts';
import { everyRule, examine } from './invariants.ts';

/** Histories of all files so far, so that each chain is read once. */
const inOrder = new History();

await loadParser();
parentPort!.on('message', ({ path, alone }: { path: string; alone: boolean }) => {
  const started = performance.now();
  let text: string;
  try {
    ({ text } = readSource(path));
  } catch (error) {
    parentPort!.postMessage({ path, refused: (error as Error).message });
    return;
  }
  const world = inOrder.before(path);
  const { output, ...examination } = examine(text, path, world);
  if (alone) {
    // Named alone, a file has the same findings as among the others.
    const findings = (w = world) => JSON.stringify(lintText(text, path, { rules: everyRule, world: w }).messages);
    if (findings() !== findings(new History().before(path))) examination.violations.push('the findings depend on which files are named');
  }
  parentPort!.postMessage({ path, bytes: Buffer.byteLength(text), fixed: output !== undefined, ms: performance.now() - started, ...examination });
});
parentPort!.postMessage({ ready: true });
