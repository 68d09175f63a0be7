import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import glob from 'fast-glob';
import { configDefaults, defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const include = ['test/**/*.test.ts'];
const { exclude } = configDefaults;
/** Whoever replaces a module must not do so for others. */
const alone = glob.sync(include, { ignore: exclude }).filter((path) => readFileSync(path, 'utf8').includes('vi.mock('));

/** Files that take 15 s or more, the longest first. */
const LONG = [
  ...['tools/tools', 'robustness/difficult', 'schema/live', 'website/playground', 'fixtures', 'first-hour/first-hour'],
  ...['verify/hostile', 'cli/cache', 'examples', 'new', 'website/site', 'schema/drift', 'hooks/hooks', 'cli/commands'],
  ...['database/rewind', 'cli/every-day', 'verify/prove', 'eslint/parity', 'down/statements', 'squash/live'],
  ...['eslint/packed', 'verify/server', 'robustness/properties', 'interrupted', 'mcp/mcp', 'cli/cli'],
  ...[
    'robustness/faults',
    'down/command',
    'lsp/session',
    'cli/threads',
    'schema/graph',
    'schema/sources',
    'squash/docs',
  ],
];

/** One of two processes must not wait in the end for a long file. In a new clone Vitest knows only how large files are. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId, project }: TestSpecification) => {
      const place = LONG.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
      if (project.config.isolate) return -1;
      return place < 0 ? LONG.length : place;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  plugins: [
    {
      // As in the build: SQL files and style sheets are text.
      name: 'files-as-text',
      enforce: 'pre',
      load(id) {
        return /\.(?:sql|css)$/.test(id) ? `export default ${JSON.stringify(readFileSync(id, 'utf8'))}` : undefined;
      },
    },
  ],
  test: {
    projects: [
      // A process keeps its modules from one file to the next, with what V8 has compiled of them and of PostgreSQL.
      { extends: true, test: { name: 'together', include, exclude: [...exclude, ...alone], isolate: false } },
      { extends: true, test: { name: 'alone', include: alone } },
    ],
    globalSetup: 'test/support/caches.ts',
    sequence: { sequencer: LongestFirst },
    // Generous, since a PostgreSQL starts in most of them, on machines that do other things besides.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // On two cores Vitest takes one of them by itself, which leaves the other idle while a test waits.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // Concurrent tests each hold a database of their own.
    maxConcurrency: Math.max(2, availableParallelism()),
  },
});
