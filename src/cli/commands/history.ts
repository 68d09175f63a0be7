import { relative } from 'node:path';
import { kindInfo, ownerKind } from '../../catalog/objects.ts';
import { unitsOf } from '../../catalog/units.ts';
import { ConfigFinder } from '../../config/load.ts';
import { UserError } from '../../errors.ts';
import { lineagesOf, namesIn, type Deed, type Lineage, type Step } from '../../history/lineage.ts';
import { Lines } from '../../lines.ts';
import { proposal } from '../../nearest.ts';
import { plural } from '../../plural.ts';
import { printable } from '../../printable.ts';
import { openWorkspace } from '../../workspace/open.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import { readArguments } from '../arguments.ts';
import { say, type Command } from '../command.ts';
import { liveProject } from '../live-project.ts';

const HELP = `sql-lint history shows what the migrations have done to one object, statement by statement.

Usage
  sql-lint history NAME [PATH]      a table, view, function, type, index, policy, …: notes, app.notes
  sql-lint history TABLE.COLUMN     a column, a policy or another part of a table

Examples
  npx sql-lint history notes
  npx sql-lint history notes.title --full

  --full                    whole statements, not only their first lines
  --uses                    also the statements that only name it: a view that reads it, a key that points to it
  --kind NAME               only objects of this kind, where several have the name: table, function, index, …
  --format NAME             text (default) or json

An object is followed through RENAME and SET SCHEMA. What is done to its columns, keys, indexes, policies, triggers,
rights, comments and rows is shown with it. The text of the migrations is read, and no database is needed. Statements
of which the text does not tell what they do are counted at the end.
Exit codes: 0 shown, 2 a mistake in the call, or no such object`;

const OPTIONS = {
  full: { type: 'boolean' },
  uses: { type: 'boolean' },
  kind: { type: 'string' },
  format: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** For completion. */
export const HISTORY_OPTION_NAMES: readonly string[] = Object.keys(OPTIONS);

const FORMATS = ['text', 'json'];

/** A statement, with its place and its text. */
interface Shown {
  path: string;
  line: number;
  endLine: number;
  deeds: readonly Deed[];
  /** How the table of statements calls it. */
  statements: readonly string[];
  sql: string;
}

/** Shows what the migrations have done to one object. */
export const history: Command = async (argv) => {
  const { values, positionals } = readArguments('history', argv, OPTIONS);
  if (values.help) return say(HELP);
  const { format = 'text' } = values;
  if (!FORMATS.includes(format)) throw new UserError(`unknown format "${format}"; there are ${FORMATS.join(', ')}`);
  const [name, ...given] = positionals;
  if (name === undefined || given.length > 1)
    throw new UserError('history takes the name of an object, and perhaps a folder');
  const { paths, project } = await liveProject(given, new ConfigFinder());
  const last = project.forward.at(-1) ?? paths[0]!;
  const workspace = openWorkspace();
  const places = await workspace.objectsOf(last, () => Promise.resolve());
  const all = lineagesOf(places, name);
  const found = all.filter(({ kind }) => values.kind === undefined || kind === values.kind);
  if (all.length === 0)
    throw new UserError(`the migrations do nothing to an object called "${name}"${proposal(name, namesIn(places))}`);
  if (found.length === 0)
    throw new UserError(
      `no ${values.kind!} is called "${name}"; there is ${all.map(({ kind }) => `a ${kind}`).join(', ')}`,
    );
  const texts = new Texts(workspace);
  const untold = [...places.untold()].map(({ path, start, why }) => ({
    path: relative(process.cwd(), path) || path,
    line: texts.lineAt(path, start),
    why,
  }));
  const shown: ShownLineage[] = [];
  for (const lineage of found) shown.push({ lineage, steps: await texts.of(lineage.steps) });
  if (format === 'json') return say(JSON.stringify(forPrograms(shown, untold), null, 2));
  const parts = shown.map((one) => textOf(one, values.full === true, values.uses === true));
  return say(printable([...parts, ...notTold(untold)].join('\n\n')));
};

/** Reads the statements in their files, each file once. */
class Texts {
  private readonly workspace: Workspace;
  private readonly lines = new Map<string, Lines>();

  constructor(workspace: Workspace) {
    this.workspace = workspace;
  }

  lineAt(path: string, offset: number): number {
    let lines = this.lines.get(path);
    if (!lines) this.lines.set(path, (lines = new Lines(this.workspace.textOf(path))));
    return lines.locate(offset).line;
  }

  async of(steps: readonly Step[]): Promise<Shown[]> {
    const shown: Shown[] = [];
    for (const { path, start, end, deeds } of steps) {
      const script = await this.workspace.scriptOf(path);
      const statement = script.all().find((one) => one.start === start);
      shown.push({
        path: relative(process.cwd(), path) || path,
        line: this.lineAt(path, start),
        endLine: this.lineAt(path, Math.max(start, end - 1)),
        deeds,
        statements: statement ? [...new Set(unitsOf(statement).map(({ entry }) => entry.statement))] : [],
        sql: script.text.slice(start, end).trim(),
      });
    }
    return shown;
  }
}

interface ShownLineage {
  lineage: Lineage;
  steps: readonly Shown[];
}

const titleOf = ({ kind, schema, of, name }: Lineage): string =>
  `${kindInfo(kind).label} ${schema === undefined ? '' : `${schema}.`}${name}${of === undefined ? '' : ` of ${of}`}`;

function textOf({ lineage, steps }: ShownLineage, isFull: boolean, withUses: boolean): string {
  const touching = steps.filter(({ deeds }) => deeds.length > 0);
  const naming = steps.length - touching.length;
  const said = [
    `${plural(touching.length, 'statement')} in ${plural(new Set(touching.map(({ path }) => path)).size, 'migration')}`,
    ...(lineage.isDropped ? ['it is gone after the last one'] : []),
    ...(naming > 0 && !withUses ? [`${naming} more only name${naming === 1 ? 's' : ''} it (--uses)`] : []),
  ];
  const listed = withUses ? steps : touching;
  const done = listed.map((step) => doneIn(step));
  const wide = Math.min(MOST_WIDE, Math.max(0, ...done.map(({ length }) => length)));
  const digits = Math.max(1, ...listed.map(({ line }) => String(line).length));
  const lines = [titleOf(lineage), `  ${said.join('; ')}`];
  for (const [k, { path, line, sql }] of listed.entries()) {
    if (path !== listed[k - 1]?.path) lines.push('', path);
    const head = `  ${String(line).padStart(digits)}  ${done[k]!.padEnd(wide)}  `;
    const [first, ...others] = sql.split(/\r?\n/);
    if (isFull) lines.push(`${head}${first!}`, ...others.map((other) => `${' '.repeat(head.length)}${other}`));
    else lines.push(`${head}${cut(first!)}${others.length > 0 && !first!.endsWith('…') ? ' …' : ''}`);
  }
  return lines.join('\n');
}

/** What is done in a statement is no wider than this, unless one needs more. */
const MOST_WIDE = 40;
const MOST_CHARACTERS = 100;

const cut = (line: string): string => (line.length > MOST_CHARACTERS ? `${line.slice(0, MOST_CHARACTERS)}…` : line);

const DONE: Readonly<Record<Deed['doing'], string>> = {
  makes: 'made',
  changes: 'changed',
  renames: 'renamed',
  drops: 'dropped',
  'writes rows': 'rows',
  uses: 'named',
};

/** What a statement does, in few words: `made`, `column due made`. */
function doneIn({ deeds, statements }: Shown): string {
  if (deeds.length === 0) return 'named';
  // Such as COMMENT ON, which changes nothing that history keeps.
  if (deeds.every(({ doing }) => doing === 'uses')) return (statements[0] ?? '').toLowerCase();
  const said = deeds.filter(({ doing }) => doing !== 'uses');
  const renamed = said.filter(({ doing, isPart }) => doing === 'renames' && !isPart);
  const words = said.map((deed) => (renamed.includes(deed) ? newNameIn(renamed) : wordsOf(deed)));
  const [first, second, ...more] = [...new Set(words)];
  const others = more.length > 0 ? [`${more.length} more`] : [];
  return [first, ...(second === undefined ? [] : [second]), ...others].join(', ');
}

function wordsOf({ doing, kind, name, of, isPart }: Deed): string {
  if (!isPart) return DONE[doing];
  const { label, removedVerb } = kindInfo(kind);
  // A member is there without what lists it.
  if (removedVerb === 'removed' && of !== undefined)
    return `${doing === 'drops' ? 'removed from' : 'added to'} ${ownerKind(kind)!} ${of}`;
  return `${label} ${name} ${DONE[doing]}`.replace('  ', ' ');
}

/** An object is mentioned under its old name, and under its new one. */
function newNameIn(renamed: readonly Deed[]): string {
  const [from, to] = [renamed[0]!, renamed.at(-1)!];
  return from.name === to.name && to.schema !== undefined ? `moved to ${to.schema}` : `renamed to ${to.name}`;
}

interface ShownUntold {
  path: string;
  line: number;
  why: string;
}

/** What is listed of the statements that may do more than their text tells. */
const MOST_UNTOLD = 5;

/** What the text does not tell may touch the object too. */
function notTold(untold: readonly ShownUntold[]): string[] {
  if (untold.length === 0) return [];
  const places = untold.slice(0, MOST_UNTOLD).map(({ path, line, why }) => `  ${path}:${line}  ${why}`);
  const more = untold.length > MOST_UNTOLD ? [`  and ${untold.length - MOST_UNTOLD} more`] : [];
  const count = plural(untold.length, 'statement');
  const head = `Of ${count}, the text does not tell what is done; it may touch the object too:`;
  return [[head, ...places, ...more].join('\n')];
}

const forPrograms = (shown: readonly ShownLineage[], untold: readonly ShownUntold[]) => ({
  objects: shown.map(({ lineage: { kind, schema, name, of, isDropped }, steps }) => ({
    kind,
    ...(schema !== undefined && { schema }),
    name,
    ...(of !== undefined && { of }),
    dropped: isDropped,
    statements: steps.map(({ path, line, endLine, deeds, statements, sql }) => ({
      file: path,
      line,
      endLine,
      statement: statements,
      does: deeds.map(({ doing, kind: what, name: called, isPart }) => ({
        doing,
        kind: what,
        name: called,
        part: isPart,
      })),
      sql,
    })),
  })),
  notTold: untold.map(({ path, line, why }) => ({ file: path, line, why })),
});
