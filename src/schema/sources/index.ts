/** What is not a live database, by what it is: one file a kind of source. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { UserError } from '../../errors.ts';
import type { ChainOptions } from '../chain.ts';
import type { Source } from '../drift.ts';

export type ReadOptions = Pick<ChainOptions, 'environment' | 'cache' | 'timeout'>;

/** Reads what the migrations are compared with. @throws UserError where it is not there, or of no kind that is known */
export async function readSource(path: string, options: ReadOptions): Promise<Source & { owners?: readonly string[] }> {
  if (!existsSync(path)) throw new UserError(`--against names ${path}, which is not there`);
  const title = relative(process.cwd(), path) || path;
  if (statSync(path).isDirectory()) {
    const names = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.sql'));
    if (names.length === 0) throw new UserError(`--against names ${title}, a folder without SQL files`);
    const { readSql } = await import('./sql.ts');
    return readSql(
      title,
      names.sort().map((name) => ({ path: join(title, name), text: readFileSync(join(path, name), 'utf8') })),
      options,
    );
  }
  const text = readFileSync(path, 'utf8');
  if (path.endsWith('.sql')) return (await import('./sql.ts')).readSql(title, [{ path: title, text }], options);
  if (path.endsWith('.prisma')) {
    const { readPrismaItself } = await import('./orm.ts');
    const own = await readPrismaItself(title, path, options);
    return own ?? (await import('./prisma.ts')).readPrisma(title, text);
  }
  if (/\bdrizzle-orm\/pg-core\b/.test(text)) return (await import('./orm.ts')).readDrizzle(title, path, options);
  if (/\bexport\s+(?:type|interface)\s+Database\b/.test(text))
    return (await import('./supabase-types.ts')).readSupabaseTypes(title, text);
  throw new UserError(
    `--against takes an SQL file, a folder of them, schema.prisma, a Drizzle schema or the types of supabase gen types; ` +
      `${basename(path)} is none of these`,
  );
}
