/** A PostgreSQL server of the machine's, for the length of a test file. */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { vi } from 'vitest';

/** The folder of a server's programs: that of SQL_LINT_SERVER, or the newest; they need not be in the PATH. */
const installed = '/usr/lib/postgresql';
const programs = process.env.SQL_LINT_SERVER
  ? process.env.SQL_LINT_SERVER
  : existsSync(installed)
    ? readdirSync(installed)
        .sort((a, b) => Number(b) - Number(a))
        .map((version) => join(installed, version, 'bin'))
        .find((folder) => existsSync(join(folder, 'initdb')))
    : undefined;

export const hasServer = programs !== undefined;

/** Its major version; undefined where there is none, or where it is not known from the folder. */
export const serverMajor = /\/(\d+)\/bin$/.exec(programs ?? '')?.[1];

export interface Server {
  admin: pg.Client;
  url(user?: string, password?: string, database?: string): string;
  /** The databases and roles that there are. */
  names(): Promise<string[]>;
  /** What the server has written down. */
  log: string;
  stop(): Promise<void>;
}

/**
 * Starts a server with the database `app`.
 * @param more lines for pg_hba.conf, before the one that trusts everybody
 * @param addresses where it listens besides its socket
 */
export async function startServer(port: number, more: readonly string[] = [], addresses = ''): Promise<Server> {
  // PostgreSQL refuses to be started by root.
  const asServer = (program: string, ...args: string[]) => {
    const command = [join(programs!, program), ...args];
    if (process.getuid?.() !== 0) execFileSync(command[0]!, command.slice(1), { stdio: 'ignore' });
    else
      execFileSync('su', ['postgres', '-c', command.map((part) => `'${part}'`).join(' ')], {
        stdio: 'ignore',
        cwd: '/',
      });
  };
  const folder = mkdtempSync(join(tmpdir(), 'sql-lint-pg-'));
  if (process.getuid?.() === 0) execFileSync('chown', ['postgres', folder]);
  chmodSync(folder, 0o755);
  const data = join(folder, 'data');
  asServer('initdb', '-D', data, '-U', 'postgres', '-A', 'trust', '--no-sync');
  if (more.length > 0)
    execFileSync('sed', ['-i', ...more.flatMap((line) => ['-e', `1i ${line}`]), join(data, 'pg_hba.conf')]);
  asServer(
    'pg_ctl',
    '-D',
    data,
    '-w',
    '-o',
    `-F -k ${folder} -p ${port} -c listen_addresses=${addresses}`,
    '-l',
    join(folder, 'log'),
    'start',
  );
  const url = (user = 'postgres', password = 'secret', database = 'app') =>
    `postgresql://${user}:${password}@${encodeURIComponent(folder)}:${port}/${database}`;
  const admin = new pg.Client({ connectionString: url('postgres', 'secret', 'postgres') });
  await admin.connect();
  await admin.query('CREATE DATABASE app');
  return {
    admin,
    url,
    log: join(folder, 'log'),
    async names() {
      const { rows } = await admin.query<{ name: string }>(
        "SELECT datname AS name FROM pg_database UNION ALL SELECT rolname FROM pg_roles WHERE rolname !~ '^pg_' ORDER BY 1",
      );
      return rows.map((row) => row.name);
    },
    async stop() {
      await admin.end();
      asServer('pg_ctl', '-D', data, '-m', 'immediate', 'stop');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Ends the connections of `verify` while a statement of it sleeps, and once more when it sleeps again: a file that loses
 * its connection is run a second time, for the files behind it.
 */
export async function loseConnections(admin: pg.Client): Promise<void> {
  const ours = "FROM pg_stat_activity WHERE application_name LIKE 'sql_lint_verify_%'";
  const lost: number[] = [];
  for (let k = 0; k < 2; k++) {
    // Only once the statement runs: how soon that is depends on the machine.
    await vi.waitUntil(
      async () =>
        (await admin.query(`SELECT ${ours} AND query LIKE '%pg_sleep%' AND pid <> ALL ($1)`, [lost])).rowCount,
      { timeout: 60_000 },
    );
    const { rows } = await admin.query<{ pid: number }>(`SELECT pid, pg_terminate_backend(pid) ${ours}`);
    lost.push(...rows.map(({ pid }) => pid));
  }
}
