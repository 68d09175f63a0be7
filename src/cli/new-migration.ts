/** Where a new migration of a project lies, and what its tool wants around its statements. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../errors.ts';
import type { Project, ToolName } from '../project/types.ts';

export interface NewMigration {
  path: string;
  /** The statements, with what the tool wants around them. */
  wrap: (sql: string) => string;
}

const as = (sql: string): string => sql;

/** What stands around the statements of a file, for tools that ask for it. */
const WRAPPED: Partial<Record<ToolName, (sql: string) => string>> = {
  dbmate: (sql) => `-- migrate:up\n${sql}\n-- migrate:down\n`,
};

/** Tools that find a file by its name alone. */
const BY_NAME: ReadonlySet<ToolName> = new Set<ToolName>(['psql', 'supabase', 'dbmate', 'prisma', 'flyway']);

/**
 * @param name what the migration is called, or a path that ends in `.sql`
 * @throws UserError where the tool keeps a list of its files
 */
export function newMigration({ tool, site }: Project, name: string): NewMigration {
  const wrap = (tool && WRAPPED[tool.name]) ?? as;
  if (name.endsWith('.sql')) return { path: name, wrap };
  if (tool && !BY_NAME.has(tool.name))
    throw new UserError(`${tool.title} makes its own new files: make one, and give its path to --migration`);
  const words = name.trim().toLowerCase().replaceAll(/\W+/g, '_');
  const last = existsSync(site.folder)
    ? readdirSync(site.folder)
        .filter((file) => /^V?\d/.test(file))
        .sort()
        .at(-1)
    : undefined;
  if (tool?.name === 'prisma') return { path: join(site.folder, `${timestamp()}_${words}`, 'migration.sql'), wrap };
  if (tool?.name === 'flyway') return { path: join(site.folder, `V${timestamp()}__${words}.sql`), wrap };
  return { path: join(site.folder, `${versionAfter(last)}_${words}.sql`), wrap };
}

const timestamp = (): string => new Date().toISOString().replaceAll(/\D/g, '').slice(0, 14);

/** A number where the last file has one, otherwise the time. */
function versionAfter(last: string | undefined): string {
  const digits = /^(\d{1,8})(?=\D)/.exec(last ?? '')?.[1];
  return digits === undefined ? timestamp() : String(Number(digits) + 1).padStart(digits.length, '0');
}
