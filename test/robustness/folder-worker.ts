/** A thread of `npm run robustness`: examines one file after the other as the main thread hands them over. */
import { parentPort } from 'node:worker_threads';
import { nodeDisk } from '../../src/disk/node.ts';
import { Environments } from '../../src/history/environment.ts';
import { History, type Place } from '../../src/history/files.ts';
import { readSnapshot, writeSnapshot } from '../../src/history/snapshot.ts';
import { World } from '../../src/history/world.ts';
import { lintText } from '../../src/linter/linter.ts';
import { loadParser } from '../../src/syntax/parser.ts';
import { readSource } from '../../src/cli/files.ts';
import { everyRule, examine } from './invariants.ts';

/** Histories of all files so far, so that each chain is read once. */
const environments = new Environments();
const inOrder = new History({ disk: nodeDisk });

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
  const place = inOrder.placeOf(path);
  const { output, ...examination } = examine(text, path, place);
  if (alone) {
    // Named alone, a file has the same findings as among the others.
    const findings = (from: Place = place) =>
      JSON.stringify(lintText(text, path, { rules: everyRule, ...from }).messages);
    if (findings() !== findings(new History({ disk: nodeDisk }).placeOf(path)))
      examination.violations.push('the findings depend on which files are named');
    const kept = new World(environments.of(path), readSnapshot(writeSnapshot(place.world!.state)));
    if (findings() !== findings({ ...place, world: kept }))
      examination.violations.push('the findings depend on whether what was before was kept');
  }
  parentPort!.postMessage({
    path,
    bytes: Buffer.byteLength(text),
    fixed: output !== undefined,
    ms: performance.now() - started,
    ...examination,
  });
});
parentPort!.postMessage({ ready: true });
