/** Where a new migration of a project lies, and what its tool wants around its statements. */
import { UserError } from '../errors.ts';
import { nextPath } from '../project/new.ts';
import { tools } from '../project/tools/index.ts';
import type { Project, ToolName } from '../project/types.ts';

export interface NewMigration {
  path: string;
  /** The statements, with what the tool wants around them. */
  wrap: (sql: string) => string;
}

/** Tools that find a file by its name alone. */
const BY_NAME: ReadonlySet<ToolName> = new Set<ToolName>(['psql', 'supabase', 'dbmate', 'prisma', 'flyway']);

/**
 * @param said what the migration is called, or a path that ends in `.sql`
 * @throws UserError where the tool keeps a list of its files
 */
export function newMigration(project: Project, said: string): NewMigration {
  const { name, title, begins } = project.tool ?? tools.psql;
  const isByName = BY_NAME.has(name) && typeof begins !== 'string';
  const frame = isByName ? begins.frame : undefined;
  const wrap = (sql: string): string => (frame ? `${frame.above}\n${sql}\n${frame.below ?? ''}\n` : sql);
  if (said.endsWith('.sql')) return { path: said, wrap };
  if (!isByName) throw new UserError(`${title} makes its own new files: make one, and give its path to --migration`);
  return { path: nextPath(project, begins, nameFor(said), new Date()), wrap };
}

/** Words as names of files have them. @throws UserError where they have nothing for it */
export function nameFor(said: string): string {
  const name = said
    .trim()
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '');
  if (name === '') throw new UserError(`"${said}" has no letter or digit that a file can be named by`);
  return name;
}
