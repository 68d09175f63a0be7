/**
 * 120 policies: what is proven of each, what the rules say, and what PostgreSQL does with SET ROLE. The result is
 * bench/access.md.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ANONYMOUS, SIGNED_IN } from '../../src/access/callers.ts';
import { policiesAt, rowsFor, SIDES, tableAt } from '../../src/access/policies.ts';
import { COMMANDS, type Command } from '../../src/access/rights.ts';
import type { Rows } from '../../src/access/condition.ts';
import { Environments } from '../../src/history/environment.ts';
import { play } from '../../src/history/play.ts';
import { lintText } from '../../src/linter/linter.ts';
import { loadParser } from '../../src/syntax/parser.ts';
import { Script } from '../../src/syntax/script.ts';
import { readEnvironment } from '../../src/verify/environment.ts';
import type { Engine, Session } from '../../src/database/types.ts';
import { run, startIn } from '../support/database.ts';

const PATH = '/project/supabase/migrations/20250101000000_policy.sql';
const ANNA = '11111111-1111-1111-1111-111111111111';
const BEN = '22222222-2222-2222-2222-222222222222';
const CLEO = '33333333-3333-3333-3333-333333333333';

const SETUP = `CREATE TABLE members (user_id uuid NOT NULL, org_id int NOT NULL);
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid, org_id int NOT NULL, is_public boolean, editors uuid[], body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE FUNCTION is_mine(owner uuid) RETURNS boolean LANGUAGE sql STABLE AS 'SELECT owner = auth.uid()';
`;
/** Two rows of Anna's, one of Ben's, and one of nobody's. */
const ROWS = `INSERT INTO members VALUES ('${ANNA}', 1), ('${BEN}', 2);
INSERT INTO notes VALUES (gen_random_uuid(), '${ANNA}', 1, true, '{${ANNA}}', 'a'), (gen_random_uuid(), '${ANNA}', 1, false, '{}', 'b'),
  (gen_random_uuid(), '${BEN}', 2, false, '{${ANNA},${BEN}}', 'c'), (gen_random_uuid(), NULL, 3, NULL, NULL, NULL);`;
const ROW_COUNT = 4;

const CONDITIONS = [
  'true',
  'false',
  'NULL::boolean',
  'NOT false',
  '1 = 1',
  'id = id',
  'user_id = user_id',
  'id IS NOT NULL',
  'user_id IS NOT NULL',
  'user_id IS NULL OR user_id IS NOT NULL',
  'is_public',
  'is_public OR NOT is_public',
  'is_public IS NOT TRUE OR is_public',
  'user_id = NULL',
  'user_id = auth.uid()',
  '(SELECT auth.uid()) = user_id',
  'is_mine(user_id)',
  'user_id IS DISTINCT FROM (SELECT auth.uid())',
  'id IS DISTINCT FROM (SELECT auth.uid())',
  'user_id IS NOT DISTINCT FROM (SELECT auth.uid())',
  'coalesce((SELECT auth.uid()) = user_id, true)',
  'coalesce((SELECT auth.uid()) = user_id, false)',
  'NOT coalesce((SELECT auth.uid()) = user_id, false)',
  '((SELECT auth.uid()) = user_id) IS NOT TRUE',
  'auth.uid() IS NOT NULL',
  'auth.uid() IS NULL',
  "auth.role() = 'authenticated'",
  "auth.role() = 'anon'",
  "auth.role() IN ('anon', 'authenticated')",
  "auth.role() = 'service_role'",
  "auth.role() <> 'anon'",
  "(auth.jwt() ->> 'role') = 'authenticated'",
  "(auth.jwt() ->> 'sub')::uuid = user_id",
  "current_setting('request.jwt.claims', true)::json ->> 'sub' = user_id::text",
  "current_user = 'authenticated'",
  "CASE WHEN auth.role() = 'anon' THEN false ELSE true END",
  'CASE WHEN is_public THEN true ELSE auth.uid() = user_id END',
  'auth.uid() = ANY (editors)',
  'auth.uid() <> ALL (editors)',
  'auth.uid() IN (user_id, id)',
  'auth.uid() = user_id OR is_public',
  'auth.uid() = user_id AND is_public',
  'EXISTS (SELECT FROM members AS m WHERE m.user_id = auth.uid() AND m.org_id = notes.org_id)',
  'NOT EXISTS (SELECT FROM members AS m WHERE m.user_id = auth.uid())',
  'org_id IN (SELECT m.org_id FROM members AS m WHERE m.user_id = auth.uid())',
  'org_id NOT IN (SELECT m.org_id FROM members AS m WHERE m.user_id = auth.uid())',
  'org_id = ANY (ARRAY(SELECT m.org_id FROM members AS m WHERE m.user_id = auth.uid()))',
  '(SELECT count(*) FROM members AS m WHERE m.user_id = auth.uid()) > 0',
  'EXISTS (SELECT count(*) FROM members AS m WHERE m.user_id = auth.uid())',
  '(SELECT m.org_id FROM members AS m WHERE m.user_id = auth.uid()) = org_id',
];

const POLICIES = [
  ...CONDITIONS.map((condition) => `FOR SELECT USING (${condition})`),
  ...CONDITIONS.filter((_, k) => k % 3 !== 1).map((condition) => `FOR INSERT WITH CHECK (${condition})`),
  ...CONDITIONS.filter((_, k) => k % 4 === 0).map((condition) => `FOR DELETE TO authenticated USING (${condition})`),
  ...CONDITIONS.filter((_, k) => k % 4 === 2).map((condition) => `FOR UPDATE USING (${condition})`),
  'USING (true)',
  'TO authenticated USING (auth.uid() = user_id) WITH CHECK (true)',
  'FOR UPDATE TO authenticated USING (auth.uid() = user_id) WITH CHECK (true)',
  'FOR UPDATE USING (true) WITH CHECK (false)',
  'FOR UPDATE USING (true) WITH CHECK (auth.uid() = user_id)',
  'FOR ALL USING (is_public) WITH CHECK (auth.uid() = user_id)',
  'FOR UPDATE WITH CHECK (auth.uid() = user_id)',
  'FOR SELECT',
  'FOR SELECT TO anon USING (auth.uid() = user_id)',
  'FOR SELECT TO service_role USING (true)',
  'FOR DELETE TO anon, authenticated USING (1 = 1)',
  'FOR ALL USING (auth.uid() = user_id)',
];

/** The callers: a request without a user, a user without rows, and the owner of two rows. */
const REQUESTS = [
  { name: 'anon', caller: ANONYMOUS, claims: { role: 'anon' } },
  { name: 'authenticated', caller: SIGNED_IN, claims: { role: 'authenticated', sub: CLEO } },
  { name: 'owner', caller: SIGNED_IN, claims: { role: 'authenticated', sub: ANNA } },
] as const;

/** What is sent for each command: every row is asked for. The owner inserts a row of her own, the others one of Ben's. */
const SENT: Readonly<Record<Command, string>> = {
  select: 'SELECT FROM notes',
  insert: `INSERT INTO notes VALUES (gen_random_uuid(), '${BEN}', 2, true, '{}', 'x')`,
  // Reading a column would take the right to SELECT.
  update: "UPDATE notes SET body = 'x'",
  delete: 'DELETE FROM notes',
};

const sentBy = (name: string, command: Command): string =>
  name === 'owner' ? SENT[command].replace(`'${BEN}', 2`, `'${ANNA}', 1`) : SENT[command];

let engine: Engine;
let session: Session;
const environments = new Environments();
beforeAll(async () => {
  await loadParser();
  engine = await startIn(readEnvironment('supabase'), ['pgcrypto', 'uuid-ossp']);
  session = await engine.open();
  expect(await run(session, SETUP + ROWS)).toBeUndefined();
}, 120_000);
afterAll(async () => {
  await session.close();
  await engine.close();
});

/** How many rows each request gets or writes under a policy; undefined where it is refused. */
async function measure(policy: string, commands: readonly Command[]): Promise<(number | undefined)[][]> {
  const quoted = (sql: string) => `'${sql.replaceAll("'", "''")}'`;
  const blocks = REQUESTS.flatMap(({ name, caller, claims }) =>
    commands.map(
      (command) => `PERFORM set_config('request.jwt.claims', ${quoted(JSON.stringify(claims))}, true);
    BEGIN
      EXECUTE 'SET LOCAL ROLE ${caller.role}';
      EXECUTE ${quoted(sentBy(name, command))};
      GET DIAGNOSTICS n = ROW_COUNT;
      RAISE EXCEPTION USING ERRCODE = 'ZZ000';
    EXCEPTION WHEN SQLSTATE 'ZZ000' THEN found := found || n::text; WHEN insufficient_privilege THEN found := found || '-'::text;
    END;`,
    ),
  );
  const failure = await session.run(
    [
      {
        sql: `DO $do$ DECLARE n int; found text[] := '{}'; BEGIN ${policy}; ${blocks.join('\n')}
          RAISE EXCEPTION 'found %', array_to_string(found, ','); END $do$`,
        offset: 0,
      },
    ],
    'stop',
  );
  await session.reset();
  expect(failure?.message).toMatch(/^found /);
  const values = failure!.message
    .slice(6)
    .split(',')
    .map((text) => (text === '-' ? undefined : Number(text)));
  return REQUESTS.map((_, k) => values.slice(k * commands.length, (k + 1) * commands.length));
}

interface Judged {
  /** What is proven of each request and command. */
  proven: string[][];
  /** What the rules say. */
  said: string[];
}

function judged(policy: string, commands: readonly Command[]): Judged {
  const before = environments.of(PATH).fork();
  play(new Script(SETUP).statements, before);
  const { messages } = lintText(`${policy};`, PATH, {
    world: before,
    rules: { 'no-always-true-policy': 'error', 'require-policy-role': 'error', 'no-impassable-policy': 'error' },
  });
  const after = before.fork();
  play(new Script(policy).statements, after);
  const table = after.key({ kind: 'table', schema: 'public', name: 'notes' });
  const policies = policiesAt(after, table);
  return {
    proven: REQUESTS.map(({ caller }) =>
      commands.map((command) =>
        together(SIDES[command].map((side) => rowsFor(policies, command, side, caller, tableAt(after, table)))),
      ),
    ),
    said: messages.map(({ message }) => message),
  };
}

/** The two sides of an UPDATE. */
const together = (rows: readonly Rows[]): Rows =>
  rows.includes('none') ? 'none' : rows.every((found) => found === 'all') ? 'all' : rows.length > 1 ? 'some' : rows[0]!;

/** Whether PostgreSQL does what is proven. */
function agrees(proven: string, command: Command, count: number | undefined): boolean {
  const all = command === 'insert' ? 1 : ROW_COUNT;
  if (proven === 'all') return count === all;
  if (proven === 'most') return count !== undefined && count >= Math.min(all, ROW_COUNT - 1);
  return proven !== 'none' || count === undefined || count === 0;
}

/** Whether PostgreSQL does what the rules say. */
function holds(said: string, counts: (number | undefined)[][], commands: readonly Command[]): boolean {
  const [anon, authenticated] = counts;
  const reached = (request: (number | undefined)[], command: Command) => request[commands.indexOf(command)] ?? 0;
  if (said.includes('never lets them through')) return anon!.every((count) => !count);
  if (said.includes('lets nobody through')) return counts.every((request) => request.every((count) => !count));
  if (said.includes('give any values')) return reached(counts[2]!, 'update') > 0;
  const request = said.includes('lets everyone') ? anon! : authenticated!;
  const least = said.includes('with itself') ? ROW_COUNT - 1 : ROW_COUNT;
  return COMMANDS.every((command) => {
    const verb = command === 'insert' ? 'insert any row' : `${command} every row`;
    if (!said.includes(verb)) return true;
    return reached(request, command) >= (command === 'insert' ? 1 : least);
  });
}

const cell = (value: string) => value.replaceAll('|', '\\|');

test('PostgreSQL does what is proven of 120 policies', async () => {
  const lines: string[] = [];
  const wrong: string[] = [];
  let [cells, decided] = [0, 0];
  for (const shape of POLICIES) {
    const policy = `CREATE POLICY p ON notes ${shape}`;
    const named = /FOR (\w+)/.exec(shape)?.[1]?.toLowerCase();
    const commands = COMMANDS.filter((command) => named === undefined || named === 'all' || named === command);
    const counts = await measure(policy, commands);
    const { proven, said } = judged(policy, commands);
    const columns = REQUESTS.map((_, r) =>
      commands
        .map((command, c) => {
          const [rows, count] = [proven[r]![c]!, counts[r]![c]];
          cells++;
          if (rows !== 'some') decided++;
          if (!agrees(rows, command, count)) wrong.push(`${shape}: ${REQUESTS[r]!.name} ${command}: ${rows}, ${count}`);
          return `${commands.length > 1 ? `${command} ` : ''}${rows} (${count ?? 'refused'})`;
        })
        .join('; '),
    );
    for (const message of said) if (!holds(message, counts, commands)) wrong.push(`${shape}: ${message}`);
    const short = said.map(
      (message) =>
        /(lets (everyone|every signed-in user) [^"]*?) (of|to the rows of) "|(never lets them through|lets nobody through)/
          .exec(message)
          ?.slice(1)
          .find(Boolean) ?? message,
    );
    lines.push(`| \`${cell(shape)}\` | ${columns.map(cell).join(' | ')} | ${cell(short.join('; '))} |`);
  }
  expect(wrong).toEqual([]);
  expect(POLICIES.length).toBeGreaterThanOrEqual(120);
  const share = Math.round((100 * decided) / cells);
  await expect(`# Access

What is proven of ${POLICIES.length} policies on a table with ${ROW_COUNT} rows, two of them the owner's: for \`all\` rows, for \`none\`, for \`most\` (those in which a column that is compared with itself is not null), or for \`some\`, which is not decided. In parentheses is how many rows PostgreSQL reads or writes with \`SET ROLE\` for a request without a user, for a user without rows, and for the owner of two (who inserts a row of her own, while the others insert one of somebody else); a write that it refuses is \`refused\`. ${share} % of ${cells} cells are decided, and none contradicts PostgreSQL. The last column is what \`no-always-true-policy\`, \`require-policy-role\` and \`no-impassable-policy\` say.

\`npx vitest run test/access/policies.test.ts -u\` writes this page, and the tests check it.

| policy | anon | authenticated | owner | the rules say |
| --- | --- | --- | --- | --- |
${lines.join('\n')}
`).toMatchFileSnapshot('../../bench/access.md');
}, 240_000);
