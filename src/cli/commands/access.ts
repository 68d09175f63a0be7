import { accessIn, type Access } from '../../access/table.ts';
import { ConfigFinder } from '../../config/load.ts';
import { nodeDisk } from '../../disk/node.ts';
import { UserError } from '../../errors.ts';
import { printable } from '../../printable.ts';
import { Projects } from '../../project/find.ts';
import type { Project } from '../../project/types.ts';
import { loadParser } from '../../syntax/parser.ts';
import { endOf, provenTable } from '../access-tables.ts';
import { readArguments } from '../arguments.ts';
import { say, type Command } from '../command.ts';
import { findFiles } from '../paths.ts';

const HELP = `sql-lint access shows who can read and write what through an API, from the migrations alone.

Usage
  sql-lint access             all tables and views of the exposed schemas, after the last migration
  sql-lint access TABLE…      these only
  sql-lint access --path PATH the migrations of a file or folder (default: the usual folders); may be repeated
  sql-lint access --json      the same for programs

Examples
  npx sql-lint access notes profiles
  npx sql-lint access --path supabase/migrations --json

A cell says which rows a role can reach: all rows, nothing, or the rows that some policies let it reach where that
depends on the row or cannot be told from the text. Owners and the service role are not shown: no policy applies to
them.`;

/** A table of what each role can do with each table. */
export const access: Command = async (argv) => {
  const { values, positionals } = readArguments('access', argv, {
    path: { type: 'string', multiple: true },
    json: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values.help) return say(HELP);
  await loadParser();
  const configs = new ConfigFinder();
  const paths = await findFiles(values.path ?? [], process.cwd(), configs);
  const projects = new Projects(nodeDisk);
  const found = new Set<Project>();
  for (const path of paths) found.add(projects.of(path, (await configs.of(path))?.tool));
  const rows: Access[] = [];
  for (const project of found) rows.push(...(await accessOf(project, configs)));
  const asked = rows.filter(
    ({ relation }) => positionals.length === 0 || positionals.some((name) => names(name, relation)),
  );
  const missing = positionals.find((name) => !rows.some(({ relation }) => names(name, relation)));
  if (missing !== undefined) throw new UserError(`the migrations leave no table "${missing}" in an exposed schema`);
  return say(values.json ? JSON.stringify(asked, null, 2) : printable(provenTable(asked)));
};

/** Whether an argument names a relation, with or without its schema. */
const names = (argument: string, relation: string): boolean =>
  relation === argument || relation.endsWith(`.${argument}`);

async function accessOf(project: Project, configs: ConfigFinder): Promise<Access[]> {
  if (project.forward.length === 0) return [];
  const { world, schemas } = await endOf(project, configs);
  return accessIn(world, schemas);
}
