import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import glob from 'fast-glob';
import { configDefaults, defineConfig } from 'vitest/config';

const include = ['test/**/*.test.ts'];
const { exclude } = configDefaults;
/** Whoever replaces a module must not do so for others. */
const alone = glob.sync(include, { ignore: exclude }).filter((path) => readFileSync(path, 'utf8').includes('vi.mock('));

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
    // Generous, since a PostgreSQL starts in most of them, on machines that do other things besides.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // On two cores Vitest takes one of them by itself, which leaves the other idle while a test waits.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // Concurrent tests each hold a database of their own.
    maxConcurrency: Math.max(2, availableParallelism()),
  },
});
