/** Measures who can read and write what: with SET ROLE, on tables that hold rows. */
import { accessIn, type Access } from '../access/table.ts';
import { COMMANDS, type Command } from '../access/rights.ts';
import { quoteLiteral } from '../catalog/names.ts';
import type { Session } from '../database/types.ts';
import { UserError } from '../errors.ts';
import type { World } from '../history/world.ts';
import { flatMap } from '../lists.ts';
import { fill } from './states.ts';

/** Who asks. An owner is the user to whom the first rows belong, by their foreign keys to auth.users. */
export const REQUESTS = ['anon', 'authenticated', 'owner'] as const;
export type Request = (typeof REQUESTS)[number];

/** What one kind of request reached of one relation, in rows; null where PostgreSQL refused it. */
export interface Reached extends Readonly<Record<Command, number | null>> {
  relation: string;
  request: Request;
  /** How many rows there are. */
  total: number;
}

/** A cell of the table that the migrations prove, and what PostgreSQL did instead. */
export interface Contradiction {
  relation: string;
  role: string;
  command: Command;
  proven: string;
  reached: number | null;
  total: number;
}

/** The SQLSTATE with which the measurement ends: its result is the message, and nothing of it stays. */
const RESULT = 'ZZ001';
/** The SQLSTATE with which it ends where there is no role to ask as. */
const NO_ROLES = 'ZZ002';

/**
 * Fills the tables that are empty, and asks PostgreSQL what each request reaches.
 * @throws UserError where the roles of the API are not there
 */
export async function measureAccess(session: Session, schemas: readonly string[]): Promise<Reached[]> {
  // It fails where there is nothing to fill.
  await session.run([fill(undefined)], 'stop');
  const list = `ARRAY[${schemas.map(quoteLiteral).join(', ')}]::text[]`;
  const failure = await session.run([{ sql: MEASURE.replace('SCHEMAS', () => list), offset: 0 }], 'stop');
  if (failure?.code === RESULT) return JSON.parse(failure.message) as Reached[];
  if (failure?.code === NO_ROLES)
    throw new UserError(
      'there are no roles anon and authenticated to ask as; --access needs --environment supabase, or migrations that ' +
        'create them',
    );
  throw new UserError(`the access cannot be measured: ${failure?.message ?? 'PostgreSQL gave no result'}`);
}

/** What is proven from the text and did not come about. Where nothing is decided, nothing can be wrong. */
export function contradictionsIn(
  reached: readonly Reached[],
  world: World,
  schemas: readonly string[],
): Contradiction[] {
  const proven = new Map(accessIn(world, schemas).map((row) => [`${row.relation} ${row.role}`, row]));
  return flatMap(reached, (row) => {
    const role = row.request === 'anon' ? 'anon' : 'authenticated';
    const own = proven.get(`${row.relation} ${role}`);
    return own && row.total > 0 ? flatMap(COMMANDS, (command) => contradiction(own, row, command) ?? []) : [];
  });
}

function contradiction(own: Access, row: Reached, command: Command): Contradiction | undefined {
  const { relation, role } = own;
  const { total } = row;
  const reached = row[command];
  const isWrong =
    own[command] === 'nothing'
      ? (reached ?? 0) > 0
      : own[command] === 'all rows' && (reached ?? 0) < (command === 'insert' ? 1 : total);
  return isWrong ? { relation, role, command, proven: own[command], reached, total } : undefined;
}

const MEASURE = `DO $access$
DECLARE
  t record; r record; command text; col text; cols text; total bigint; n bigint; sample jsonb; samples jsonb[]; reached jsonb;
  owner text; result jsonb := '[]';
BEGIN
  IF to_regrole('anon') IS NULL OR to_regrole('authenticated') IS NULL THEN
    RAISE EXCEPTION USING ERRCODE = '${NO_ROLES}';
  END IF;
  IF to_regclass('auth.users') IS NOT NULL THEN
    EXECUTE 'SELECT id FROM auth.users ORDER BY id LIMIT 1' INTO owner;
  END IF;
  FOR t IN
    SELECT c.oid, c.relkind, format('%s.%s', s.nspname, c.relname) AS label, format('%I.%I', s.nspname, c.relname) AS name
    FROM pg_class AS c JOIN pg_namespace AS s ON s.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm') AND NOT c.relispartition AND s.nspname = ANY (SCHEMAS)
      -- What an extension brings is not the migrations' own.
      AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.objid = c.oid AND d.classid = 'pg_class'::regclass AND d.deptype = 'e')
    ORDER BY 3
  LOOP
    BEGIN
      EXECUTE format('SELECT count(*), ARRAY(SELECT to_jsonb(x) FROM %1$s AS x LIMIT 5) FROM %1$s', t.name)
        INTO total, samples;
    EXCEPTION WHEN OTHERS THEN CONTINUE;
    END;
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum), min(quote_ident(attname)) INTO cols, col
    FROM pg_attribute
    WHERE attrelid = t.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND attidentity <> 'a';
    FOR r IN SELECT * FROM (VALUES
      ('anon', 'anon', NULL),
      ('authenticated', 'authenticated', gen_random_uuid()::text),
      ('owner', 'authenticated', owner)) AS v (request, role, sub)
    LOOP
      reached := jsonb_build_object('relation', t.label, 'request', r.request, 'total', total);
      FOREACH command IN ARRAY ARRAY['select', 'insert', 'update', 'delete'] LOOP
        n := NULL;
        BEGIN
          PERFORM set_config('request.jwt.claims', json_build_object('sub', r.sub, 'role', r.role)::text, true);
          PERFORM set_config('request.jwt.claim.sub', coalesce(r.sub, ''), true);
          PERFORM set_config('request.jwt.claim.role', r.role, true);
          EXECUTE format('SET LOCAL ROLE %I', r.role);
          IF command = 'select' THEN
            EXECUTE format('SELECT count(*) FROM %s', t.name) INTO n;
          ELSIF command = 'insert' THEN
            FOREACH sample IN ARRAY samples LOOP
              BEGIN
                EXECUTE format('INSERT INTO %1$s (%2$s) SELECT %2$s FROM jsonb_populate_record(NULL::%1$s, $1)', t.name, cols)
                  USING sample;
                n := 1;
              EXCEPTION
                WHEN integrity_constraint_violation THEN n := 1;
                WHEN OTHERS THEN NULL;
              END;
            END LOOP;
          ELSIF command = 'update' THEN
            EXECUTE format('UPDATE %1$s SET %2$s = %2$s', t.name, col);
            GET DIAGNOSTICS n = ROW_COUNT;
          ELSE
            EXECUTE format('DELETE FROM %s', t.name);
            GET DIAGNOSTICS n = ROW_COUNT;
          END IF;
          RAISE EXCEPTION USING ERRCODE = '${RESULT}';
        EXCEPTION
          WHEN SQLSTATE '${RESULT}' THEN NULL;
          -- Policies are asked before keys and constraints are: the row would have been let through.
          WHEN integrity_constraint_violation THEN n := total;
          WHEN OTHERS THEN n := NULL;
        END;
        reached := reached || jsonb_build_object(command, n);
      END LOOP;
      result := result || reached;
    END LOOP;
  END LOOP;
  RAISE EXCEPTION USING ERRCODE = '${RESULT}', MESSAGE = result::text;
END $access$`;
