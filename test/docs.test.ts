/** The examples on the pages of the rules are what the linter says they are. */
import { existsSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { lintText } from '../src/linter/linter.ts';
import { rules } from '../src/rules/index.ts';
import { loadParser } from '../src/syntax/parser.ts';
import { Script } from '../src/syntax/script.ts';
import { worldAfter } from './support/fixtures.ts';

/** What the examples take for granted: tables that a reader knows from the text. */
const SETUP = `
  CREATE TABLE orders (id int, customer text, total numeric, note text);
  CREATE TABLE settings (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, key text, value text);
  CREATE TABLE plans (name text PRIMARY KEY, price numeric);`;

/** The SQL below a heading; an example of several files has their names in comments. */
function example(page: string, heading: string): { before: string; sql: string } | undefined {
  const section = page.split(/^## /m).find((s) => s.startsWith(heading));
  const sql = /^```sql\n([^]*?)^```/m.exec(section ?? '')?.[1];
  if (sql === undefined) return undefined;
  const files = sql.split(/^-- \d+\.sql\n/m);
  return { before: files.slice(0, -1).join(''), sql: files.at(-1)! };
}

beforeAll(loadParser);

describe.each(Object.keys(rules).filter((name) => existsSync(`docs/rules/${name}.md`)))('%s', (name) => {
  const page = readFileSync(`docs/rules/${name}.md`, 'utf8');
  const found = (sql: string, before: string) =>
    lintText(sql, '20250101000000_example.sql', {
      rules: { [name]: 'error' },
      world: worldAfter(/CREATE TABLE (orders|settings|plans)/.test(sql + before) ? before : SETUP + before),
    }).messages;
  const problem = example(page, 'The problem');
  const solution = example(page, 'The fix') ?? example(page, 'What to write');

  test.skipIf(!problem)('reports its problem', () => {
    expect(found(problem!.sql, problem!.before)).not.toEqual([]);
  });

  test.skipIf(!problem || !solution)('has nothing to say of what to write instead', () => {
    expect(new Script(solution!.sql).statements.flatMap((s) => s.problem ?? [])).toEqual([]);
    expect(found(solution!.sql, solution!.before || problem!.before)).toEqual([]);
  });
});
