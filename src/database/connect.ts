/** Connections to a server. */
import type Pg from 'pg';
import { UserError } from '../errors.ts';

const CONNECT_TIMEOUT_MS = 10_000;

/** The driver; a static import would load it at every start of the bundled command. */
export const loadDriver = async (): Promise<typeof Pg> => (await import('pg')).default;

/**
 * How to connect to the database of a URL.
 * @param name what the server shows as the name of the application
 * @throws UserError where the text is no URL of a database
 */
export function connection(url: string, name: string): Pg.ClientConfig {
  try {
    // Only to find out whether it is one; pg reads the rest.
    if (!/^postgres(ql)?:$/.test(new URL(url).protocol)) throw new Error('not a postgresql:// address');
  } catch {
    throw new UserError('The database URL must look like postgresql://user:password@host:5432/database.');
  }
  return { connectionString: url, application_name: name, connectionTimeoutMillis: CONNECT_TIMEOUT_MS };
}

/** Connects. @throws UserError that says in one line why that cannot be done, without the password */
export async function connect(config: Pg.ClientConfig): Promise<Pg.Client> {
  const { database, connectionString, ...rest } = config;
  const pg = await loadDriver();
  const client = new pg.Client(
    database === undefined ? config : { ...rest, connectionString: withDatabase(connectionString!, database) },
  );
  // A lost connection shows in the query that needs it.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    const where = `${client.host}:${client.port}`;
    if (code === '28P01' || /password/i.test(message))
      throw new UserError(`The server at ${where} refuses the password of ${client.user}.`);
    if (code === '28000') throw new UserError(`The server at ${where} does not let ${client.user} in: ${message}.`);
    if (code === '3D000') throw new UserError(`The server at ${where} has no database ${client.database}.`);
    throw new UserError(
      `No PostgreSQL server answers at ${where}${message ? ` (${message})` : code ? ` (${code})` : ''}.`,
    );
  }
}

function withDatabase(url: string, database: string): string {
  const address = new URL(url);
  address.pathname = `/${database}`;
  return address.href;
}
