import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import type Pg from 'pg';
import { UserError } from '../errors.ts';
import { loadParser } from '../syntax/parser.ts';
import { connect, connection, loadDriver } from './connect.ts';
import { Crash } from './crash.ts';
import { normalizeDump } from './dump.ts';
import { reachesOutside } from './outside.ts';
import { baseOf, baseQuery, readingOnly, readState, textOf, type Ask as AskForRows } from './state.ts';
import type { Engine, Environment, Mark, Session, Step, StepFailure } from './types.ts';
import { answersOf, endOfPipeline, isRefusal, sendTo } from './wire.ts';
import { flatMap } from '../lists.ts';

const PREFIX = 'sql_lint_verify_';
const OLDEST = 12;

/** Settings whose stored value is a list of quoted names, to be written as it stands. */
const NAME_LISTS = new Set(['search_path', 'temp_tablespaces', 'local_preload_libraries', 'session_preload_libraries']);

const run = promisify(execFile);

let pg: typeof Pg;

/**
 * A server of the user's. Everything happens in scratch databases beside the one named, and they are dropped at the
 * end, with the roles that the migrations made; what an earlier run had to leave, because it was killed, is dropped at
 * the start.
 *
 * @throws UserError where the server cannot be reached or does not let the role create databases.
 */
// eslint-disable-next-line max-lines-per-function -- its functions share the connection of the administrator
export async function startServer(
  url: string,
  environment: Environment,
  steps: readonly Step[],
  options: { timeout: number },
): Promise<Engine> {
  const name = `${PREFIX}${process.pid}_${randomBytes(4).toString('hex')}`;
  pg = await loadDriver();
  const config = connection(url, name);
  let admin = await connect(config);
  const databases = new Set<string>();
  const sessions = new Set<Pg.Client>();
  let closed: Promise<void> | undefined;
  let count = 0;
  /** Whether everything is cleared up: a connection made from then on would keep the process alive. */
  let gone = false;

  const ask = async <T extends Pg.QueryResultRow>(sql: string, values?: unknown[]): Promise<T[]> => {
    try {
      return (await admin.query<T>(sql, values)).rows;
    } catch (error) {
      if (isRefusal(error) || gone) throw error;
      // The connection was lost: what is left to do, most of all dropping the scratch databases, needs another.
      admin = await connect(config);
      return (await admin.query<T>(sql, values)).rows;
    }
  };
  const [server] = await ask<{ version: number; may: boolean }>(
    "SELECT current_setting('server_version_num')::int / 10000 AS version, rolsuper OR rolcreatedb AS may FROM pg_roles WHERE rolname = current_user",
  );
  const { version, may } = server!;
  if (version < OLDEST || !may) {
    await admin.end();
    throw new UserError(
      version < OLDEST
        ? `The server is PostgreSQL ${version}; verifying needs ${OLDEST} or later.`
        : `The role ${admin.user} may not create databases on ${admin.host}: verifying works in a scratch database. ALTER ROLE ${admin.user} CREATEDB lets it.`,
    );
  }

  const rolesBefore = new Set(
    (await ask<{ rolname: string }>('SELECT rolname FROM pg_roles')).map((role) => role.rolname),
  );
  const text = [...environment.steps, ...steps].map((step) => step.sql.toLowerCase()).join('\n');
  const rolesMade = async () =>
    (await ask<{ rolname: string }>("SELECT rolname FROM pg_roles WHERE rolname !~ '^pg_'"))
      .map((role) => role.rolname)
      // Others use the server too: a role that no migration names is not ours.
      .filter((role) => !rolesBefore.has(role) && text.includes(role.toLowerCase()));
  const drop = async (database: string) => {
    await ask('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [database]);
    await ask(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(database)}`);
    databases.delete(database);
  };
  const dropRoles = async (keep: ReadonlySet<string>) => {
    for (const role of await rolesMade()) {
      // What still depends on it goes with a later database.
      if (!keep.has(role)) await ask(`DROP ROLE ${pg.escapeIdentifier(role)}`).catch(() => undefined);
    }
  };
  let noted = '';
  /** Writes down which roles there are to drop, for a run that clears up after this one, should this one be killed. */
  const noteRoles = async (database: string) => {
    noted = JSON.stringify(await rolesMade());
    await ask(`COMMENT ON DATABASE ${pg.escapeIdentifier(database)} IS ${pg.escapeLiteral(noted)}`);
  };
  const create = async (template?: string): Promise<string> => {
    if (closed) throw new Error('The verification was ended.');
    const database = `${name}_${count++}`;
    databases.add(database);
    await ask(
      `CREATE DATABASE ${pg.escapeIdentifier(database)} TEMPLATE ${template ? pg.escapeIdentifier(template) : 'template0'}`,
    );
    await noteRoles(database);
    if (template) await copySettings(ask, template, database);
    return database;
  };

  await clearLeftovers(ask, drop);
  const dumper = await findPgDump(version);
  await loadParser();
  // A copy has the first transaction of its template.
  const { rows } = await admin.query<unknown[]>({ text: baseQuery("'template0'"), rowMode: 'array' });
  const base = baseOf([rows]);

  /** What works in every database that is not broken. */
  const working = async <T>(task: () => Promise<T>): Promise<T> => {
    try {
      return await task();
    } catch (error) {
      throw closed ? error : new Crash((error as Error).message.trim().split('\n').at(-1)!);
    }
  };

  // eslint-disable-next-line max-lines-per-function -- the methods of a session share its connection
  const openOn = async (first: string, roles: ReadonlySet<string>, origin?: Place): Promise<Session> => {
    let database = first;
    /** What the database is a copy of, while nothing has been run in it. */
    let place = origin;
    let current: Pg.Client | undefined;
    const connected = async () => {
      if (closed) throw new Error('The verification was ended.');
      if (!current) {
        current = await working(() => connect({ ...config, database }));
        sessions.add(current);
      }
      return current;
    };
    const disconnect = async () => {
      const old = current;
      current = undefined;
      if (!old) return;
      sessions.delete(old);
      await old.end().catch(() => undefined);
    };
    const send: AskForRows = async (sql) => answersOf(await connected(), sql);
    const session: Session = {
      async run(steps, onError): Promise<StepFailure | undefined> {
        let failure: StepFailure | undefined;
        place = undefined;
        for (let end = 0; end < steps.length;) {
          const index = end;
          end = endOfPipeline(steps, index);
          const sent = steps.slice(index, end);
          const client = await connected().catch((error: unknown) => {
            if (!(error instanceof Crash)) throw error;
            return error;
          });
          if (client instanceof Crash) return failure ?? { step: index, code: 'crash', message: client.message };
          const refusal = await sendTo(client, sent, options.timeout, (pid) =>
            ask('SELECT pg_terminate_backend($1)', [pid]),
          );
          if (!refusal) {
            if (sent.some(({ sql }) => MAKES_ROLES.test(sql)) && JSON.stringify(await rolesMade()) !== noted)
              await noteRoles(database);
            continue;
          }
          const { done, ...refused } = refusal;
          const step = sent.length === 1 ? index : Math.min(index + done, end - 1);
          failure ??= { step, ...refused, ...(steps[step]!.statements && { statement: done }) };
          if (refused.code === 'timeout' || refused.code === 'crash') {
            await disconnect();
            break;
          }
          if (onError === 'stop') break;
        }
        if (failure && onError === 'stop') await session.reset();
        return failure;
      },
      // What is stored for the database, perhaps by an earlier migration, is in force in a new connection.
      reset: disconnect,
      state: () =>
        working(async () => {
          await disconnect();
          const made = new Set(await rolesMade());
          const { state } = await readState(send, { base, isOurs: (role) => made.has(role) });
          await disconnect();
          return state;
        }),
      ask: (sql) =>
        working(async () => {
          await disconnect();
          const answers = await send(readingOnly(sql));
          await disconnect();
          return answers;
        }),
      dump: () =>
        working(async () => {
          await disconnect();
          if (!dumper) return textOf(await session.state());
          return normalizeDump(await dump(dumper, await connected(), database));
        }),
      async mark() {
        await disconnect();
        const marked = (place ??= { template: await create(database), roles: new Set(await rolesMade()), marks: 0 });
        marked.marks++;
        const mark: ServerMark = {
          place: marked,
          release: async () => {
            if (--marked.marks > 0) return;
            if (place === marked) place = undefined;
            await drop(marked.template);
          },
        };
        return mark;
      },
      async rewind(mark) {
        const { place: wanted } = mark as ServerMark;
        await disconnect();
        if (place === wanted) return;
        await drop(database);
        await dropRoles(wanted.roles);
        database = await create(wanted.template);
        place = wanted;
      },
      async close() {
        await disconnect();
        await drop(database);
        await dropRoles(roles);
      },
    };
    return session;
  };
  const clearUp = async () => {
    await Promise.all([...sessions].map((client) => client.end().catch(() => undefined)));
    for (const database of databases) await drop(database);
    await dropRoles(new Set());
    gone = true;
    await admin.end().catch(() => undefined);
  };
  const close = () => (closed ??= clearUp());

  try {
    const template = await create();
    const session = await openOn(template, new Set());
    // The extensions that this server lacks show where a migration asks for them.
    const failure = await session.run(environment.steps, 'continue');
    if (failure && !failure.message.includes('extension'))
      throw new UserError(`The environment ${environment.name} does not run: ${failure.message} (${failure.code}).`);
    await session.reset();
    const start: Place = { template, roles: new Set(await rolesMade()), marks: 1 };
    return {
      name: `PostgreSQL ${version}`,
      jobs: 1,
      sharesRoles: true,
      open: async () => openOn(await create(template), new Set(await rolesMade()), start),
      refuse: (asked) => reachesOutside(asked, rolesBefore),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What a database was like at one time; several marks may stand for it. */
interface Place {
  /** The database that is a copy of what there was. */
  readonly template: string;
  /** The roles that migrations had made. */
  readonly roles: ReadonlySet<string>;
  /** The marks that have not been released. */
  marks: number;
}

interface ServerMark extends Mark {
  readonly place: Place;
}

/** Statements after which there may be a role more; one that was made in a transaction is there after COMMIT. */
const MAKES_ROLES = /\b(role|user|group|commit|end)\b/i;

type Ask = <T extends Pg.QueryResultRow>(sql: string, values?: unknown[]) => Promise<T[]>;

/** Drops what runs of this role's that were killed have left behind: their databases, and the roles noted on them. */
async function clearLeftovers(ask: Ask, drop: (database: string) => Promise<void>): Promise<void> {
  const left = await ask<{ datname: string; made: string | null }>(`
    SELECT datname, shobj_description(d.oid, 'pg_database') AS made FROM pg_database d
    WHERE datname ~ '^${PREFIX}\\d+_[0-9a-f]{8}_\\d+$' AND datdba = (SELECT oid FROM pg_roles WHERE rolname = current_user)
      AND NOT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = substring(datname FROM '^${PREFIX}\\d+_[0-9a-f]{8}'))`);
  for (const { datname } of left) await drop(datname);
  for (const role of new Set(flatMap(left, ({ made }) => JSON.parse(made ?? '[]') as string[]))) {
    await ask(`DROP ROLE IF EXISTS ${pg.escapeIdentifier(role)}`).catch(() => undefined);
  }
}

/** CREATE DATABASE copies everything but the settings that are stored for the database. */
async function copySettings(ask: Ask, from: string, to: string): Promise<void> {
  const settings = await ask<{ role: string | null; name: string; value: string }>(
    `
    SELECT rolname AS role, split_part(setting, '=', 1) AS name, substr(setting, strpos(setting, '=') + 1) AS value
    FROM pg_db_role_setting JOIN pg_database d ON d.oid = setdatabase LEFT JOIN pg_roles r ON r.oid = setrole, unnest(setconfig) AS setting
    WHERE datname = $1`,
    [from],
  );
  const database = pg.escapeIdentifier(to);
  for (const { role, name, value } of settings) {
    const target = role === null ? `DATABASE ${database}` : `ROLE ${pg.escapeIdentifier(role)} IN DATABASE ${database}`;
    const setting = name
      .split('.')
      .map((part) => pg.escapeIdentifier(part))
      .join('.');
    await ask(`ALTER ${target} SET ${setting} TO ${NAME_LISTS.has(name) ? value || "''" : pg.escapeLiteral(value)}`);
  }
}

/** The machine's pg_dump, if it is new enough: it refuses servers of a later major version. */
async function findPgDump(serverVersion: number): Promise<string | undefined> {
  try {
    const { stdout } = await run('pg_dump', ['--version']);
    const major = Number(/\) (\d+)/.exec(stdout)?.[1]);
    return major >= serverVersion ? 'pg_dump' : undefined;
  } catch {
    return undefined;
  }
}

async function dump(program: string, client: Pg.Client, database: string): Promise<string> {
  const { stdout } = await run(program, ['--inserts', '--no-sync'], {
    maxBuffer: 2 ** 30,
    // In the environment, because the list of processes shows arguments to everyone.
    env: {
      ...process.env,
      PGHOST: client.host,
      PGPORT: String(client.port),
      PGDATABASE: database,
      ...(client.user && { PGUSER: client.user }),
      ...(typeof client.password === 'string' && { PGPASSWORD: client.password }),
    },
  });
  return stdout;
}
