/** The inputs of `npm run differential`: what the tests and pages of this repository hold, and generated migrations. */
import fc from 'fast-check';
import { readFileSync, readdirSync } from 'node:fs';
import { inputs } from '../robustness/inputs.ts';
import { chains } from '../robustness/generate.ts';
import { caseNames, readCases } from './cases.ts';
import { readFixtures } from './fixtures.ts';

/** A folder of migrations that run one after the other. */
export interface InputFolder {
  /** Where it goes, relative to the folder of all inputs. */
  path: string;
  /** The texts in the order in which they run. Empty ones are left out. */
  texts: readonly string[];
  /** Rules that have options here. */
  rules?: Record<string, unknown>;
}

/**
 * @param count how many migrations are generated, and a tenth as many chains of them
 * @param seed where the generator begins
 */
export function inputFolders(count: number, seed: number): InputFolder[] {
  return [
    ...(['statements', 'files', 'sequences'] as const).flatMap((folder) =>
      readFixtures(folder).map(({ id, setup, input }) => ({ path: `fixtures/${folder}/${id}`, texts: [setup, input] })),
    ),
    ...caseNames().flatMap((rule) =>
      readCases(rule).map(({ setup, input, options }, k) => ({
        // Supabase's folder, so that what Supabase provides is there, as in the test of the cases.
        path: `cases/${rule}-${k + 1}/supabase/migrations`,
        texts: [setup, input],
        ...(options.length > 0 && { rules: { [rule]: ['error', ...options] } }),
      })),
    ),
    ...filesIn('test/robustness/inputs', '.sql').map((path) => ({ path, texts: [readFileSync(path, 'utf8')] })),
    ...['README.md', ...filesIn('docs', '.md')].flatMap((page) =>
      [...readFileSync(page, 'utf8').matchAll(/^```sql\n([^]*?)^```/gm)].map((block, k) => ({
        path: `pages/${page}-${k + 1}`,
        // An example of several files has their names in comments.
        texts: block[1]!.split(/^-- \d+\.sql\n/m),
      })),
    ),
    ...fc.sample(inputs, { seed, numRuns: count }).map(({ setup, migration }, k) => ({
      path: `generated/${k + 1}`,
      texts: [setup, migration],
    })),
    ...fc.sample(chains, { seed, numRuns: Math.ceil(count / 10) }).map((texts, k) => ({
      path: `chains/${k + 1}`,
      texts,
    })),
  ];
}

const filesIn = (folder: string, ending: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => `${folder}/${name}`);
