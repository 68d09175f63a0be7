/** What does in a shell what the page does. */
import type { PlayState } from './link.ts';

const quoted = (word: string): string => (/^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

/** A word that is on no line of a text of its own. */
function ending(text: string): string {
  let word = 'SQL';
  while (text.split('\n').includes(word)) word += '_END';
  return word;
}

/** Where a file of the page lies. */
export const pathOf = (name: string): string => (name.includes('/') ? name : `migrations/${name}`);

/** Commands that write the files, and prove what `--fix` makes of them. */
export function commandOf({ files, preset, rules, postgres, tool, environment }: PlayState): string {
  const config = {
    ...(preset && { extends: preset }),
    ...(rules && { rules }),
    ...(postgres !== undefined && { postgresVersion: postgres }),
    ...(tool && { tool }),
    ...(environment === 'supabase' && { environment }),
  };
  const all = files.map(({ name, text }) => ({ path: pathOf(name), text }));
  const written =
    Object.keys(config).length > 0
      ? [...all, { path: 'sql-lint.config.json', text: `${JSON.stringify(config, null, 2)}\n` }]
      : all;
  const folders = new Set(all.map(({ path }) => path.replace(/\/[^/]*$/, '')));
  const lines = [`mkdir -p ${[...folders].map(quoted).join(' ')}`];
  for (const { path, text } of written) {
    const end = ending(text);
    lines.push(`cat > ${quoted(path)} <<'${end}'`, text.replace(/\n$/, ''), end);
  }
  const sql = all.filter(({ path }) => path.endsWith('.sql'));
  const named = [...new Set(sql.map(({ path }) => path.replace(/\/[^/]*$/, '')))].map(quoted).join(' ');
  lines.push(
    `npx --package idempotent-sql-lint sql-lint --diff ${named}`,
    `npx --package idempotent-sql-lint sql-lint verify --fixed --resume ${named}`,
  );
  return `${lines.join('\n')}\n`;
}
