import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { ConfigFinder } from '../../config/load.ts';
import { nodeDisk } from '../../disk/node.ts';
import { UserError } from '../../errors.ts';
import { nearest } from '../../nearest.ts';
import { Projects } from '../../project/find.ts';
import { nextPath } from '../../project/new.ts';
import { tools } from '../../project/tools/index.ts';
import type { Project } from '../../project/types.ts';
import { readArguments } from '../arguments.ts';
import { say, type Command } from '../command.ts';
import { nameFor } from '../new-migration.ts';
import { defaultPaths, foldersIn } from '../paths.ts';
import { TEMPLATES, migrationText } from '../templates.ts';

const HELP = `sql-lint new begins a migration: it is called as the project's tool calls its files, and lies where the
tool looks for them.

Usage
  sql-lint new NAME [FOLDER]    begin a migration, in the folder of the others

Options
  --template NAME               empty, or validated: checks before and after the change end the migration with an
                                error where something is not as it should be
  --print                       print it, and write nothing

Examples
  npx sql-lint new add_due_date
  npx sql-lint new split_names --template validated`;

/** Begins a migration. */
export const begin: Command = async (argv) => {
  const { values, positionals } = readArguments('new', argv, {
    template: { type: 'string' },
    print: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values.help) return say(HELP);
  const [said, folder] = positionals;
  if (said === undefined || positionals.length > 2) throw new UserError('new takes a name, and perhaps a folder');
  const template = values.template ?? 'empty';
  if (!Object.hasOwn(TEMPLATES, template)) {
    const meant = nearest(template, Object.keys(TEMPLATES));
    const hint = meant === undefined ? `there are ${Object.keys(TEMPLATES).join(', ')}` : `did you mean "${meant}"?`;
    throw new UserError(`there is no template "${template}"; ${hint}`);
  }
  const project = await projectIn(process.cwd(), folder);
  const tool = project.tool ?? tools.psql;
  if (typeof tool.begins === 'string')
    throw new UserError(`a migration of ${tool.title} begins with ${tool.begins.replace('NAME', nameFor(said))}`);
  const path = nextPath(project, tool.begins, nameFor(said), new Date());
  const text = migrationText(said, TEMPLATES[template]!, tool);
  if (values.print) return say(text.trimEnd());
  if (existsSync(path)) throw new UserError(`${relative(process.cwd(), path)} is there already`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { flag: 'wx' });
  return say(
    `${relative(process.cwd(), path)}: begun, as ${project.tool?.title ?? 'the other files'} would call it.` +
      (tool.begins.then === undefined ? '' : ` Run ${tool.begins.then} once it is written.`),
  );
};

/** An SQL file in a folder, or else in one below it: where the tool has its migrations. */
function fileBelow(root: string): string | undefined {
  for (const folder of foldersIn(root)) {
    const own = [...nodeDisk.list(folder).files].find((name) => /\.sql$/i.test(name));
    if (own !== undefined) return join(folder, own);
  }
  return undefined;
}

/** The project of a folder; without one, that of the usual folders. */
async function projectIn(cwd: string, folder: string | undefined): Promise<Project> {
  const configs = new ConfigFinder();
  const projects = new Projects(nodeDisk);
  const of = async (path: string) =>
    projects.of(fileBelow(path) ?? join(path, 'x.sql'), (await configs.ofFolder(path))?.tool);
  if (folder !== undefined) return of(resolve(cwd, folder));
  const { paths, base } = await defaultPaths(cwd, configs);
  const found = new Map<string, Project>();
  for (const path of paths) {
    const project = await of(resolve(base, path.endsWith('.sql') ? dirname(path) : path));
    found.set(project.site.folder, project);
  }
  const [first, ...others] = found.values();
  if (!first) throw new UserError('no folder of migrations is found; name one: sql-lint new NAME FOLDER');
  if (others.length > 0) {
    const folders = [...found.keys()].map((path) => relative(cwd, path)).join(', ');
    throw new UserError(`there are several folders of migrations; name one: ${folders}`);
  }
  return first;
}
