/** The examples on the pages of the rules are what the linter says they are. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Place, Refusal } from '../src/history/files.ts';
import { lintText, type LintMessage } from '../src/linter/linter.ts';
import { rules } from '../src/rules/index.ts';
import { loadParser } from '../src/syntax/parser.ts';
import { Script } from '../src/syntax/script.ts';
import { refusalOf, verify } from '../src/verify/index.ts';
import { worldAfter } from './support/fixtures.ts';

/** What the examples take for granted: tables that a reader knows from the text. */
const SETUP = `
  CREATE TABLE orders (id int, customer text, total numeric, note text);
  CREATE TABLE settings (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, key text, value text);
  CREATE TABLE plans (name text PRIMARY KEY, price numeric);`;

const KIND = { role: 'up' } as const;

/** The files in the SQL below a heading; an example of several has their names in comments. */
function example(page: string, heading: string): string[] | undefined {
  const section = page.split(/^## /m).find((s) => s.startsWith(heading));
  const sql = /^```sql\n([^]*?)^```/m.exec(section ?? '')?.[1];
  return sql?.split(/^-- \d+\.sql\n/m).filter((file, k) => k > 0 || file !== '');
}

/** What PostgreSQL refuses of some files, by their texts. */
async function refusalsOf(texts: readonly string[]): Promise<[string, Refusal][]> {
  const verdicts = await verify(texts.map((text, k) => ({ path: `${k}.sql`, text })));
  return verdicts.flatMap((verdict, k) => {
    const refusal = refusalOf(texts[k]!, verdict);
    return refusal ? [[refusal.text, refusal]] : [];
  });
}

beforeAll(loadParser);

describe.each(Object.keys(rules).filter((name) => existsSync(`docs/rules/${name}.md`)))('%s', (name) => {
  const page = readFileSync(`docs/rules/${name}.md`, 'utf8');
  /** What is found in any of the files, of which those from before the example are history. */
  const found = async (files: readonly string[], before: readonly string[] = []): Promise<LintMessage[]> => {
    const refusals = new Map(rules[name]!.meta.needsRun ? await refusalsOf(files) : []);
    const base = /CREATE TABLE (orders|settings|plans)/.test([...before, ...files].join('')) ? '' : SETUP;
    const all = files.map((text, k) => ({ path: resolve(`${k}.sql`), script: new Script(text, '', KIND) }));
    const whole: Place['whole'] = (make) => make(all, worldAfter(base + before.join('')));
    return all.flatMap(({ path, script: { text } }, k) => {
      const world = worldAfter(base + [...before, ...files.slice(0, k)].join(''));
      return lintText(text, path, { rules: { [name]: 'error' }, world, whole, kind: KIND, refusal: refusals.get(text) })
        .messages;
    });
  };
  const problem = example(page, 'The problem');
  const solution = example(page, 'The fix') ?? example(page, 'What to write');

  test.skipIf(!problem)('reports its problem', async () => {
    expect(await found(problem!)).not.toEqual([]);
  });

  test.skipIf(!problem || !solution)('has nothing to say of what to write instead', async () => {
    expect(solution!.flatMap((sql) => new Script(sql).statements.flatMap((s) => s.problem ?? []))).toEqual([]);
    expect(await found(solution!, solution!.length > 1 ? [] : problem!.slice(0, -1))).toEqual([]);
  });
});
