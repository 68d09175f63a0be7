/**
 * What a finding means, and what its suggestion changes: what the API's roles can read and write, asked with SET ROLE
 * before and after.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Environments } from '../../src/history/environment.ts';
import { fixText } from '../../src/linter/fix.ts';
import { lintText } from '../../src/linter/linter.ts';
import { loadParser } from '../../src/syntax/parser.ts';
import { readEnvironment } from '../../src/verify/environment.ts';
import type { Engine, Session } from '../../src/database/types.ts';
import { run, startIn } from '../support/database.ts';

const environments = new Environments();
const PATH = '/project/supabase/migrations/20250101000000_access.sql';
const ANNA = '11111111-1111-1111-1111-111111111111';
const BEN = '22222222-2222-2222-2222-222222222222';

/** Rows of Anna's and of Ben's, as the service role writes them. */
const ROWS = `INSERT INTO auth.users (id, email, raw_user_meta_data) VALUES ('${ANNA}', 'anna@example.com', '{"role": "admin"}'), ('${BEN}', 'ben@example.com', '{}') ON CONFLICT DO NOTHING;
INSERT INTO notes (id, user_id, body) VALUES ('${ANNA}', '${ANNA}', 'a'), ('${BEN}', '${BEN}', 'b');`;
const TABLE = 'CREATE TABLE IF NOT EXISTS notes (id uuid PRIMARY KEY, user_id uuid, body text);\n';
const SECURED = `${TABLE}ALTER TABLE notes ENABLE ROW LEVEL SECURITY;\n`;
const OWN =
  'DROP POLICY IF EXISTS own ON notes;\nCREATE POLICY own ON notes TO authenticated USING (user_id = (SELECT auth.uid()));\n';

let engine: Engine;
beforeAll(async () => {
  await loadParser();
  engine = await startIn(readEnvironment('supabase'), ['pgcrypto', 'uuid-ossp']);
}, 120_000);
afterAll(() => engine.close());

/** The requests that are asked: by nobody, and by Ben, who owns one of two rows. */
const REQUESTS = {
  'anon reads': ['anon', '', (relation: string) => `SELECT FROM ${relation}`],
  'Ben reads': ['authenticated', BEN, (relation: string) => `SELECT FROM ${relation}`],
  'anon writes': ['anon', '', () => 'UPDATE notes SET body = body RETURNING 1'],
  'Ben writes': ['authenticated', BEN, () => 'UPDATE notes SET body = body RETURNING 1'],
} as const;

type Access = Partial<Record<keyof typeof REQUESTS, number | string>>;

/** How many rows each request gets, or the SQLSTATE with which it is refused. */
async function access(session: Session, relation: string): Promise<Access> {
  const result: Access = {};
  for (const [name, [role, user, sql]] of Object.entries(REQUESTS)) {
    if (name.endsWith('writes') && relation !== 'notes') continue;
    const claims = JSON.stringify({ role, ...(user && { sub: user }) });
    // A failing assertion carries the number out: the session gives no rows back.
    const failure = await session.run(
      [
        { sql: 'BEGIN', offset: 0 },
        { sql: `SELECT set_config('request.jwt.claims', '${claims}', true)`, offset: 0 },
        { sql: `SET LOCAL ROLE ${role}`, offset: 0 },
        { sql: `DO $$ DECLARE n int; BEGIN ${count(sql(relation))} RAISE EXCEPTION 'rows: %', n; END $$`, offset: 0 },
      ],
      'stop',
    );
    await session.reset();
    result[name as keyof Access] = failure?.message.startsWith('rows: ')
      ? Number(failure.message.slice(6))
      : (failure?.code ?? 'nothing');
  }
  return result;
}

const count = (sql: string) =>
  sql.startsWith('SELECT')
    ? `SELECT count(*) INTO n FROM (${sql}) AS r;`
    : `WITH r AS (${sql}) SELECT count(*) INTO n FROM r;`;

async function accessAfter(migration: string, relation: string): Promise<Access> {
  const session = await engine.open();
  try {
    expect(await run(session, migration)).toBeUndefined();
    expect(await run(session, ROWS)).toBeUndefined();
    return await access(session, relation);
  } finally {
    await session.close();
  }
}

/** A rule, a migration in which it finds something, and who gets how many of the two rows, before and after. */
const TABLE_OF_ACCESS: [rule: string, migration: string, relation: string, before: Access, after: Access][] = [
  [
    'require-rls',
    TABLE,
    'notes',
    { 'anon reads': 2, 'Ben reads': 2, 'anon writes': 2, 'Ben writes': 2 },
    { 'anon reads': 0, 'Ben reads': 0, 'anon writes': 0, 'Ben writes': 0 },
  ],
  [
    'no-policy-without-rls',
    TABLE + OWN,
    'notes',
    { 'anon reads': 2, 'Ben reads': 2, 'anon writes': 2, 'Ben writes': 2 },
    { 'anon reads': 0, 'Ben reads': 1, 'anon writes': 0, 'Ben writes': 1 },
  ],
  [
    'require-security-invoker',
    `${SECURED}${OWN}CREATE OR REPLACE VIEW all_notes AS SELECT * FROM notes;\n`,
    'all_notes',
    { 'anon reads': 2, 'Ben reads': 2 },
    { 'anon reads': 0, 'Ben reads': 1 },
  ],
  [
    'no-unwrapped-auth-call',
    `${SECURED}DROP POLICY IF EXISTS own ON notes;\nCREATE POLICY own ON notes TO authenticated USING (user_id = auth.uid());\n`,
    'notes',
    { 'anon reads': 0, 'Ben reads': 1, 'anon writes': 0, 'Ben writes': 1 },
    { 'anon reads': 0, 'Ben reads': 1, 'anon writes': 0, 'Ben writes': 1 },
  ],
  [
    'require-policy-role',
    `${SECURED}DROP POLICY IF EXISTS own ON notes;\nCREATE POLICY own ON notes USING (user_id = (SELECT auth.uid()));\n`,
    'notes',
    { 'anon reads': 0, 'Ben reads': 1, 'anon writes': 0, 'Ben writes': 1 },
    { 'anon reads': 0, 'Ben reads': 1, 'anon writes': 0, 'Ben writes': 1 },
  ],
  [
    'no-deprecated-auth-role',
    `${SECURED}DROP POLICY IF EXISTS signed_in ON notes;\nCREATE POLICY signed_in ON notes FOR SELECT USING (auth.role() = 'authenticated');\n`,
    'notes',
    { 'anon reads': 0, 'Ben reads': 2, 'anon writes': 0, 'Ben writes': 0 },
    { 'anon reads': 0, 'Ben reads': 2, 'anon writes': 0, 'Ben writes': 0 },
  ],
];

describe('what a suggestion changes', () => {
  test.each(TABLE_OF_ACCESS)(
    '%s',
    async (rule, migration, relation, before, after) => {
      const options = { rules: { [rule]: 'error' as const }, world: environments.of(PATH), suggestions: true };
      const { output } = fixText(migration, PATH, options);
      expect(output).toBeDefined();
      expect([await accessAfter(migration, relation), await accessAfter(output!, relation)]).toEqual([before, after]);
    },
    60_000,
  );
});

/** Findings that only their author can mend: what they let through, and what the form that the rule's page shows does. */
const OPEN: [rule: string, migration: string, relation: string, before: Access, mended: string, after: Access][] = [
  [
    'no-always-true-policy',
    `${SECURED}CREATE POLICY everyone ON notes USING (true);\n`,
    'notes',
    { 'anon reads': 2, 'Ben reads': 2, 'anon writes': 2, 'Ben writes': 2 },
    `${SECURED}${OWN}`,
    { 'anon reads': 0, 'Ben reads': 1, 'anon writes': 0, 'Ben writes': 1 },
  ],
  [
    'no-exposed-auth-users',
    `${TABLE}CREATE VIEW people AS SELECT id, email FROM auth.users;\n`,
    'people',
    { 'anon reads': 2, 'Ben reads': 2 },
    `${TABLE}CREATE VIEW people AS SELECT id, email FROM auth.users;\nREVOKE ALL ON people FROM anon, authenticated;\n`,
    { 'anon reads': '42501', 'Ben reads': '42501' },
  ],
  [
    'require-policy',
    SECURED,
    'notes',
    { 'anon reads': 0, 'Ben reads': 0, 'anon writes': 0, 'Ben writes': 0 },
    `${SECURED}${OWN}`,
    { 'anon reads': 0, 'Ben reads': 1, 'anon writes': 0, 'Ben writes': 1 },
  ],
];

describe('what only the author can mend', () => {
  test.each(OPEN)(
    '%s',
    async (rule, migration, relation, before, mended, after) => {
      const findings = (sql: string) =>
        lintText(sql, PATH, { rules: { [rule]: 'error' }, world: environments.of(PATH) }).messages.length;
      expect([findings(migration), findings(mended)]).toEqual([1, 0]);
      expect([await accessAfter(migration, relation), await accessAfter(mended, relation)]).toEqual([before, after]);
    },
    60_000,
  );
});

describe('metadata that users write themselves', () => {
  test('make Ben an administrator', async () => {
    const policy =
      "CREATE POLICY admins ON notes USING ((SELECT auth.jwt()) -> 'user_metadata' ->> 'role' = 'admin');\n";
    expect(
      lintText(SECURED + policy, PATH, { rules: { 'no-user-metadata-in-policy': 'error' } }).messages,
    ).toHaveLength(1);
    const session = await engine.open();
    try {
      expect(await run(session, SECURED + policy + ROWS)).toBeUndefined();
      const asked = async (claims: object) =>
        (
          await session.run(
            [
              { sql: 'BEGIN', offset: 0 },
              { sql: `SELECT set_config('request.jwt.claims', '${JSON.stringify(claims)}', true)`, offset: 0 },
              { sql: 'SET LOCAL ROLE authenticated', offset: 0 },
              { sql: "DO $$ BEGIN RAISE EXCEPTION '% rows', (SELECT count(*) FROM notes); END $$", offset: 0 },
            ],
            'stop',
          )
        )?.message;
      expect(await asked({ sub: BEN, role: 'authenticated' })).toBe('0 rows');
      await session.reset();
      expect(await asked({ sub: BEN, role: 'authenticated', user_metadata: { role: 'admin' } })).toBe('2 rows');
    } finally {
      await session.close();
    }
  }, 60_000);
});
