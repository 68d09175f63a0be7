/** How drift is printed: grouped by object, with the statement that brings one side into step. */
import { plural } from '../plural.ts';
import { printable } from '../printable.ts';
import { annotation } from '../reporters/github.ts';
import type { Audit } from '../schema/audits.ts';
import type { Drifted } from '../schema/drift.ts';
import type { LiveObject } from '../schema/objects.ts';
import type { Statement } from '../schema/repair.ts';

export const DRIFT_FORMATS = ['text', 'json', 'github', 'markdown'] as const;
export type DriftFormat = (typeof DRIFT_FORMATS)[number];

export interface DriftReport {
  /** The project, as it is called. */
  project: string;
  /** What it is compared with. */
  against: string;
  /** The same, in few words. */
  there: string;
  notes: readonly string[];
  found: readonly Drifted[];
  audits: readonly Audit[];
  /** Which side the statements that are shown would change. */
  toward: 'migrations' | 'database';
}

export function renderDrift(report: DriftReport, format: DriftFormat): string {
  if (format === 'json') return `${JSON.stringify(forPrograms(report), null, 2)}\n`;
  return `${printable(RENDERERS[format](report))}\n`;
}

const RENDERERS: Readonly<Record<Exclude<DriftFormat, 'json'>, (report: DriftReport) => string>> = {
  text,
  github,
  markdown,
};

const statementsOf = ({ toward }: DriftReport, drifted: Drifted): readonly Statement[] =>
  toward === 'database' ? drifted.toDatabase : drifted.toMigrations;

const objectOf = ({ expected, actual }: Drifted): LiveObject => (expected ?? actual)!;

/** What is said of a difference, in a line. */
function headline(report: DriftReport, drifted: Drifted): string {
  const { kind, name } = objectOf(drifted);
  if (drifted.kind === 'missing') return `${kind} ${name} is missing in ${report.there}`;
  if (drifted.kind === 'unexpected') return `${kind} ${name} is only in ${report.there}`;
  const { expected, actual, properties = [] } = drifted;
  const values = properties.map(
    (property) =>
      `${property} ${short(actual!.properties[property])}, expected ${short(expected!.properties[property])}`,
  );
  return `${kind} ${name}: ${values.join('; ')}`;
}

const MOST_CHARACTERS = 120;

function short(value: string | null | undefined): string {
  if (value === null || value === undefined) return 'none';
  const line = value.replaceAll(/\s+/g, ' ').trim();
  return line.length > MOST_CHARACTERS ? `${line.slice(0, MOST_CHARACTERS)}…` : line;
}

const written = ({ sql, why }: Statement): string[] =>
  why === undefined
    ? `${sql};`.split('\n')
    : [`-- not run, since ${why}:`, ...sql.split('\n').map((line) => `-- ${line}`)];

/** More lines of one statement are in the file that --fix-out or --migration writes. */
const MOST_LINES = 6;

const cut = (lines: readonly string[]): string[] =>
  lines.length > MOST_LINES ? [...lines.slice(0, MOST_LINES - 1), '…'] : [...lines];

/** What is left to say where an object is not there at all: its columns, grants and comments are not either. */
function toShow(found: readonly Drifted[]): Drifted[] {
  const whole = new Set(found.filter(({ kind }) => kind !== 'different').map((drifted) => objectOf(drifted).name));
  return found.filter((drifted) => {
    const { of, name, kind } = objectOf(drifted);
    const isPart = of !== undefined && of !== name && whole.has(of);
    return (
      drifted.kind === 'different' || !(isPart || ((kind === 'grant' || kind === 'comment') && whole.has(of ?? '')))
    );
  });
}

function groupsOf(found: readonly Drifted[]): Map<string, Drifted[]> {
  const groups = new Map<string, Drifted[]>();
  for (const drifted of toShow(found)) groups.set(drifted.group, [...(groups.get(drifted.group) ?? []), drifted]);
  return new Map([...groups].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function count({ found, audits, against, there }: DriftReport): string {
  if (found.length === 0 && audits.length === 0) return `In step with ${against}.`;
  const of = (kind: Drifted['kind']) => found.filter((drifted) => drifted.kind === kind).length;
  const words = [
    [of('missing'), 'missing'],
    [of('unexpected'), `only in ${there}`],
    [of('different'), 'different'],
  ].filter(([number]) => number !== 0);
  const parts = words.length === 0 ? '' : `: ${words.map(([number, word]) => `${number} ${word}`).join(', ')}`;
  const audited = audits.length > 0 ? `; ${plural(audits.length, 'finding')}` : '';
  return `${plural(found.length, 'difference')}${parts}${audited}`;
}

function text(report: DriftReport): string {
  const lines = [`${report.project}, against ${report.against}`, ...report.notes.map((note) => `note: ${note}`)];
  for (const [group, drifted] of groupsOf(report.found)) {
    lines.push('', group);
    for (const one of drifted) {
      lines.push(`  ${headline(report, one)}`);
      for (const statement of statementsOf(report, one))
        lines.push(...cut(written(statement)).map((line) => `      ${line}`));
    }
  }
  if (report.audits.length > 0) lines.push('', ...report.audits.map(({ message }) => `  ${message}`));
  return [...lines, '', count(report)].join('\n');
}

const TITLE = { title: 'sql-lint drift' };

function github(report: DriftReport): string {
  return [
    ...report.notes.map((note) => annotation('warning', TITLE, note)),
    ...toShow(report.found).map((drifted) => annotation('error', TITLE, headline(report, drifted))),
    ...report.audits.map(({ message }) => annotation('warning', TITLE, message)),
    count(report),
  ].join('\n');
}

function markdown(report: DriftReport): string {
  const cell = (content: string) => content.replaceAll('|', '\\|').replaceAll('\n', ' ');
  const rows = toShow(report.found).map((drifted) => {
    const sql = statementsOf(report, drifted)
      .map((statement) => written(statement).join(' '))
      .join(' ');
    const code = sql === '' ? '' : `\`${cell(short(sql))}\``;
    return `| ${cell(drifted.group)} | ${cell(headline(report, drifted))} | ${code} |`;
  });
  return [
    `### ${report.project}, against ${report.against}`,
    '',
    count(report),
    ...report.notes.map((note) => `- ${note}`),
    ...(rows.length === 0 ? [] : ['', '| object | difference | statement |', '|---|---|---|', ...rows]),
    ...report.audits.map(({ message }) => `- ${message}`),
  ].join('\n');
}

const forPrograms = (report: DriftReport) => ({
  project: report.project,
  against: report.against,
  notes: report.notes,
  differences: report.found.map((drifted) => ({
    kind: drifted.kind,
    group: drifted.group,
    object: { kind: objectOf(drifted).kind, name: objectOf(drifted).name },
    ...(drifted.properties && {
      properties: Object.fromEntries(
        drifted.properties.map((property) => [
          property,
          { expected: drifted.expected!.properties[property], actual: drifted.actual!.properties[property] },
        ]),
      ),
    }),
    toDatabase: drifted.toDatabase.map(({ sql, why }) => ({ sql, ...(why !== undefined && { why }) })),
    toMigrations: drifted.toMigrations.map(({ sql, why }) => ({ sql, ...(why !== undefined && { why }) })),
  })),
  audits: report.audits,
});
