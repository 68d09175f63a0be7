import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [
    {
      // As in the build: SQL files are text.
      name: 'sql-as-text',
      enforce: 'pre',
      load(id) {
        return id.endsWith('.sql') ? `export default ${JSON.stringify(readFileSync(id, 'utf8'))}` : undefined;
      },
    },
  ],
  test: {
    include: ['test/**/*.test.ts'],
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
