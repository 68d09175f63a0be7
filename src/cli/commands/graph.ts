import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { quoteName } from '../../catalog/names.ts';
import { ConfigFinder } from '../../config/load.ts';
import { UserError } from '../../errors.ts';
import { schemaOfKey } from '../../history/world.ts';
import { flatMap } from '../../lists.ts';
import { proposal } from '../../nearest.ts';
import type { Chain } from '../../schema/chain.ts';
import type { GraphChoice, SchemaGraph } from '../../schema/graph/model.ts';
import type { Project } from '../../project/types.ts';
import { endOf } from '../access-tables.ts';
import { readArguments } from '../arguments.ts';
import { EXIT, say, type Command } from '../command.ts';
import { notesOf, projectToPlay } from '../playing.ts';

const HELP = `sql-lint graph draws the schema that the migrations lead to: tables, columns, keys, row level security.

Usage
  sql-lint graph [PATH]              print a diagram for Mermaid, which GitHub, GitLab and editors draw
  sql-lint graph [PATH] --out FILE   write it into a file; a picture, where its name ends in .svg

Examples
  npx sql-lint graph --out docs/schema.svg
  npx sql-lint graph --table orders --table customers

  --format NAME             mermaid or svg (default: what the name of the file says, or mermaid)
  --out FILE                write the diagram into this file
  --schema NAME             only relations of this schema; may be repeated
  --table NAME              only this table or view, and what its keys point to; may be repeated
  --keys-only               of each table, only the columns of keys
  --environment NAME        supabase, plain, or an SQL file: what exists before the first migration

The migrations are played on the embedded PostgreSQL, and the diagram shows what is in it then. A statement that does
not run there is named on standard error, and in the diagram. The picture needs no network, and follows the light or
dark colours of the page that it stands in.
Exit codes: 0 drawn, 2 a mistake in the call`;

const OPTIONS = {
  format: { type: 'string' },
  out: { type: 'string' },
  schema: { type: 'string', multiple: true },
  table: { type: 'string', multiple: true },
  'keys-only': { type: 'boolean' },
  environment: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** For completion. */
export const GRAPH_OPTION_NAMES: readonly string[] = Object.keys(OPTIONS);

const FORMATS = ['mermaid', 'svg'] as const;
type Format = (typeof FORMATS)[number];

type Values = ReturnType<typeof readArguments<typeof OPTIONS>>['values'];

/** Draws the schema that the migrations lead to. */
export const graph: Command = async (argv) => {
  const { values, positionals } = readArguments('graph', argv, OPTIONS);
  if (values.help) return say(HELP);
  const format = formatOf(values);
  const { live, files, options } = await projectToPlay(positionals, values.environment);
  const { playChain } = await import('../../schema/chain.ts');
  const chain = await playChain(files, { ...options, each: false });
  const { graphOf } = await import('../../schema/graph/model.ts');
  const choice = choiceOf(values, graphOf(chain.end, chain.base));
  const drawn = graphOf(chain.end, chain.base, choice);
  const notes = [...(await missingIn(chain, live.project)), ...notesOf(chain, 'drawn')];
  const text = await render(drawn, format, live.title, notes);
  for (const note of notes) process.stderr.write(`sql-lint: ${note}\n`);
  if (values.out === undefined) process.stdout.write(text);
  else write(values.out, text);
  return EXIT.clean;
};

/** @throws UserError where no such format is known */
function formatOf({ format, out }: Values): Format {
  if (format === undefined) return out !== undefined && /\.svg$/i.test(out) ? 'svg' : 'mermaid';
  const known = FORMATS.find((name) => name === format);
  if (!known) throw new UserError(`unknown format "${format}"; there are ${FORMATS.join(', ')}`);
  return known;
}

/** What is to be drawn. @throws UserError where a schema or a relation is named that is not there */
function choiceOf(values: Values, { relations }: SchemaGraph): GraphChoice {
  const own = relations.filter(({ isOutside }) => !isOutside);
  const schemas = new Set(own.map(({ schema }) => schema));
  for (const schema of values.schema ?? [])
    if (!schemas.has(schema)) throw unknown('the migrations make no relation in a schema', schema, schemas);
  const wanted = flatMap(values.table ?? [], (table) => {
    const found = own.filter(({ id, schema, name }) => [id, name, `${schema}.${name}`].includes(table));
    const names = flatMap(own, ({ schema, name }) => [name, `${schema}.${name}`]);
    if (found.length === 0) throw unknown('the migrations make no table or view', table, names);
    return found.map(({ id }) => id);
  });
  return {
    ...(values.schema && { schemas: values.schema }),
    ...(values.table && { relations: wanted }),
    keysOnly: values['keys-only'] === true,
  };
}

const unknown = (what: string, name: string, names: Iterable<string>): UserError =>
  new UserError(`${what} "${name}"${proposal(name, names)}`);

/** Where a file did not run: the tables that its text makes, and that are not there. */
async function missingIn({ files, end }: Chain, project: Project): Promise<string[]> {
  if (files.every(({ failure }) => failure === undefined)) return [];
  const { world } = await endOf(project, new ConfigFinder());
  const there = new Set(flatMap([...end.values()], ({ kind, name }) => (kind === 'table' ? name : [])));
  const made = world.ofKind('table').map((ref) => quoteName({ schema: schemaOfKey(world.key(ref)), name: ref.name }));
  const missing = made.filter((name) => !there.has(name)).sort();
  return missing.length === 0 ? [] : [`not drawn, although the migrations make them: ${missing.join(', ')}`];
}

async function render(drawn: SchemaGraph, format: Format, title: string, notes: readonly string[]): Promise<string> {
  if (format === 'mermaid') return (await import('../../schema/graph/mermaid.ts')).mermaidOf(drawn, notes);
  return (await import('../../schema/graph/svg.ts')).svgOf(drawn, { title, notes });
}

function write(path: string, text: string): void {
  mkdirSync(dirname(resolve(path)), { recursive: true });
  writeFileSync(path, text);
  say(`${relative(process.cwd(), resolve(path))} was written`);
}
