import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { UserError } from '../errors.ts';

/** Where projects keep their migrations, tried in this order when no path is given. */
export const USUAL_FOLDERS = ['supabase/migrations', 'drizzle', 'prisma/migrations', 'migrations', 'db/migrations', 'db/migrate', 'sql/migrations'];

const isGlob = (path: string) => /[*?{}[\]]|^!/.test(path);

function kindOf(path: string): 'file' | 'folder' | undefined {
  try {
    const stat = statSync(path);
    return stat.isDirectory() ? 'folder' : 'file';
  } catch {
    return undefined;
  }
}

/**
 * The SQL files that the arguments name: files, folders and globs; without arguments, those of the usual folders.
 * @throws UserError for a path that is not there, and for a folder or glob without SQL
 */
export async function findFiles(args: readonly string[], cwd: string): Promise<string[]> {
  const named = args.length > 0 ? args : USUAL_FOLDERS.filter((f) => kindOf(resolve(cwd, f)) === 'folder');
  if (named.length === 0) throw new UserError(`no migrations found: none of ${USUAL_FOLDERS.join(', ')} exists here. Name the files or the folder: sql-lint path/to/migrations`);
  const found = new Set<string>();
  for (const path of named) {
    const kind = kindOf(resolve(cwd, path));
    if (kind === 'file') {
      found.add(resolve(cwd, path));
      continue;
    }
    if (!kind && !isGlob(path)) throw new UserError(`${path}: no such file or folder`);
    const { default: glob } = await import('fast-glob');
    const options = { cwd, absolute: true, followSymbolicLinks: false, ignore: ['**/node_modules/**', '**/.git/**'], onlyFiles: true };
    const files = kind === 'folder' ? await glob('**/*.sql', { ...options, cwd: resolve(cwd, path) }) : await glob(path, options);
    if (files.length === 0) throw new UserError(kind === 'folder' ? `${path}: the folder holds no .sql file` : `${path}: no file matches`);
    for (const file of files) found.add(resolve(file));
  }
  return [...found];
}
