/** What Vite needs to bundle the playground. */
import { readFileSync } from 'node:fs';
import { definitions, inBrowsers } from '../../scripts/browser.js';

/** Files of SQL are text, as in the command. */
const sqlAsText = () => ({
  name: 'sql-as-text',
  enforce: 'pre' as const,
  load: (id: string) =>
    id.endsWith('.sql') ? `export default ${JSON.stringify(readFileSync(id, 'utf8'))}` : undefined,
});

/** Settings for Vite. */
export const bundling = {
  resolve: { alias: inBrowsers },
  define: definitions,
  plugins: [sqlAsText()],
  worker: { format: 'es' as const, plugins: () => [sqlAsText()] },
  optimizeDeps: { exclude: ['@electric-sql/pglite'] },
};
