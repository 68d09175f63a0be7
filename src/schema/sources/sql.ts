/** A dump of a schema, or a folder of files that declare one: they are played on the embedded PostgreSQL. */
import { flatMap } from '../../lists.ts';
import { playChain, type ChainOptions } from '../chain.ts';
import type { Source } from '../drift.ts';

/** @param files in the order in which they run */
export async function readSql(
  title: string,
  files: readonly { path: string; text: string }[],
  options: Pick<ChainOptions, 'environment' | 'cache' | 'timeout'>,
): Promise<Source & { owners: readonly string[] }> {
  const roles = new Map<string, number>();
  const owners = new Map<string, number>();
  for (const { text } of files) {
    count(roles, text, NAMED);
    count(owners, text, OWNER);
  }
  // Who made the dump owns most of it.
  const [owner] = [...owners].sort((a, b) => b[1] - a[1]);
  const own = owner ? [owner[0]] : [];
  const made = [...roles.keys()].map((role) => role.replaceAll("'", "''"));
  const prelude = {
    path: 'roles.sql',
    text: made
      .map(
        (role) => `DO $$ BEGIN EXECUTE format('CREATE ROLE %I', '${role}'); EXCEPTION WHEN OTHERS THEN NULL; END $$;`,
      )
      .join('\n'),
  };
  const chain = await playChain([prelude, ...files], { ...options, owners: own, each: false });
  const notes = flatMap(chain.files, ({ path, failure }) =>
    failure === undefined || path === prelude.path
      ? []
      : [
          failure.verdict === 'fails'
            ? `${path}:${failure.failure.line} does not run here: ${failure.failure.message}`
            : `${path} cannot be run here: ${failure.reason}`,
        ],
  );
  return { title, objects: chain.end, notes, owners: own };
}

/** Roles that statements name: those that a dump needs are not in it. */
const NAMED =
  /\b(?:OWNER TO|FOR ROLE|(?:GRANT|REVOKE)\b[^;]*?\b(?:TO|FROM)|CREATE POLICY\b[^;]*?\bTO) ("(?:[^"]|"")+"|\w+)/gi;
const OWNER = /\bOWNER TO ("(?:[^"]|"")+"|\w+)/gi;
const NO_ROLES = new Set(['public', 'current_user', 'session_user', 'current_role', 'group']);

function count(counts: Map<string, number>, text: string, pattern: RegExp): void {
  for (const [, written] of text.matchAll(pattern)) {
    const name = written!.startsWith('"') ? written!.slice(1, -1).replaceAll('""', '"') : written!.toLowerCase();
    if (!NO_ROLES.has(name) && !name.startsWith('pg_')) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
}
