/** What an editor shows of the place under the pointer. */
import { relative, dirname } from 'node:path';
import { MarkupKind, type Hover } from 'vscode-languageserver/node';
import { secondRunOf, remedyOf } from '../cli/explain-catalog.ts';
import { describe } from '../catalog/objects.ts';
import { unitsOf } from '../catalog/units.ts';
import type { Mention, Places } from '../history/places.ts';
import { flatMap } from '../lists.ts';
import { readDirectives, type Directive } from '../linter/directives.ts';
import type { SqlSource } from '../rules/api/source.ts';
import { rules } from '../rules/index.ts';
import type { Script, Statement } from '../syntax/script.ts';
import type { Atlas } from './navigation.ts';
import { lineageOf } from './navigation.ts';
import type { Sheet } from './documents.ts';

/** The rule that a comment names at a place. */
export function ruleAt(script: Script, offset: number): Directive['names'][number] | undefined {
  return flatMap(readDirectives(script), ({ names }) => [...names]).find(
    ({ start, end }) => start <= offset && offset <= end,
  );
}

/** What a rule is about, with its page. */
export function hoverOfRule({ name, start, end }: Directive['names'][number], sheet: Sheet): Hover | undefined {
  const docs = rules[name]?.meta.docs;
  if (!docs) return undefined;
  const page = docs.url === undefined ? '' : `\n\n[The page of ${name}](${docs.url})`;
  return hover(`**${name}**: ${docs.description}.${page}`, sheet, { start, end });
}

/** The innermost statement at a place. */
export const statementAt = (script: Script, offset: number): Statement | undefined =>
  script.all().findLast(({ start, stop }) => start <= offset && offset <= stop);

/** What a second run does with a statement, which locks it takes, and what has become of its objects before it. */
export function hoverOfStatement(
  source: SqlSource,
  statement: Statement,
  places: Places,
  sheet: Sheet,
  atlas: Atlas,
): Hover {
  const sections = [
    secondRunHere(source, statement),
    locksHere(source, statement),
    lineageHere(statement, places, sheet, atlas),
  ];
  return hover(sections.filter((section) => section !== '').join('\n\n'), sheet, {
    start: statement.start,
    end: statement.stop,
  });
}

function secondRunHere(source: SqlSource, statement: Statement): string {
  if (statement.problem) return `PostgreSQL does not accept it: ${statement.problem.message}`;
  const units = unitsOf(statement);
  if (units.length === 0) return 'Nothing is known of what a second run does with it.';
  const failing = source.secondRun.filter(({ finding }) => finding.at.unit.statement === statement);
  const entries = [...new Set(units.map(({ entry }) => entry))];
  return entries
    .map((entry) =>
      [
        `**${entry.statement}**`,
        failing.length > 0 || entry.secondRun === 'harmless'
          ? `${capital(secondRunOf(entry))}.`
          : `As it stands here, it can run twice. By itself, ${secondRunOf(entry)}.`,
        ...(failing.length > 0 ? [`Made repeatable by ${remedyOf(entry)}.`] : []),
      ].join('  \n'),
    )
    .join('\n\n');
}

function locksHere(source: SqlSource, statement: Statement): string {
  const taken = new Map<string, string>();
  for (const { statement: other, touch, lock } of source.locks.locked)
    if (other === statement) taken.set(describe(touch.relation), lock);
  if (taken.size === 0) return 'It locks nothing that was there before the file.';
  return `Locks: ${[...taken].map(([relation, lock]) => `\`${lock}\` on ${relation}`).join(', ')}.`;
}

/** At most so many objects of a statement are told of. */
const MOST = 5;

const DONE: Readonly<Record<Mention['doing'], string>> = {
  makes: 'made',
  changes: 'changed',
  renames: 'renamed',
  drops: 'dropped',
  'writes rows': 'written',
  uses: 'used',
};

/** Where the objects of a statement come from. */
function lineageHere(statement: Statement, places: Places, sheet: Sheet, atlas: Atlas): string {
  const lines = flatMap(places.inStatement(sheet.path, statement), (mention): string | [] => {
    const before = lineageOf(places, mention);
    if (before.length === 0) return [];
    const steps = before.map((step) => `${DONE[step.doing]} in ${link(step, sheet, atlas)}`);
    const shown = steps.length > MOST ? [steps[0]!, '…', ...steps.slice(2 - MOST)] : steps;
    return `- ${mention.kind} \`${mention.name}\`: ${shown.join(', ')}`;
  });
  return lines.slice(0, MOST).join('\n');
}

function link({ path, start }: Mention, sheet: Sheet, atlas: Atlas): string {
  const { uri, range } = atlas.locationOf(path, { start, end: start });
  const line = range.start.line + 1;
  const name = path === sheet.path ? `line ${line}` : `${relative(dirname(sheet.path), path)}:${line}`;
  return `[${name}](${uri}#L${line})`;
}

const capital = (text: string): string => text[0]!.toUpperCase() + text.slice(1);

const hover = (value: string, sheet: Sheet, range: { start: number; end: number }): Hover => ({
  contents: { kind: MarkupKind.Markdown, value },
  range: sheet.rangeOf(range),
});
