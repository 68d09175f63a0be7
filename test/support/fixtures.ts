/** Reads and writes the fixtures: a migration, what came before it, what is found in it, and what `--fix` makes of it. */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { World } from '../../src/history/world.ts';
import { play } from '../../src/history/play.ts';
import type { LintMessage, RuleSettings } from '../../src/linter/linter.ts';
import { rules } from '../../src/rules/index.ts';
import { Script } from '../../src/syntax/script.ts';

/** One fixture. Its file consists of sections that begin with a line `--- NAME`, in this order; see CONTRIBUTING.md. */
export interface Fixture {
  /** The name of its file, without `.sql`; in `statements/`, the id of an entry of the table. */
  id: string;
  path: string;
  /** An earlier migration. */
  setup: string;
  /** The migration under test. */
  input: string;
  /** A finding a line: where, by which rule, and the message. Empty where the migration is repeatable as it is. */
  findings: string[];
  /** What `--fix` makes of the input; undefined where it leaves the input alone. */
  fixed: string | undefined;
  /** Why the embedded PostgreSQL cannot run it. */
  notRun: string | undefined;
}

/** Everything that reads the fixtures runs from the project's root. */
const ROOT = 'test/fixtures/';
const SECTION = /^--- (setup|not run|input|findings|fixed|harmless)(?:: (.*))?\n/gm;

export function readFixtures(folder: 'statements' | 'files' | 'sequences'): Fixture[] {
  return readdirSync(ROOT + folder)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => parseFixture(name.slice(0, -4), `${ROOT}${folder}/${name}`));
}

function parseFixture(id: string, path: string): Fixture {
  const text = readFileSync(path, 'utf8');
  const marks = [...text.matchAll(SECTION)];
  const sections = new Map(
    marks.map((mark, k) => [
      mark[1]!,
      { note: mark[2], body: text.slice(mark.index + mark[0].length, marks[k + 1]?.index) },
    ]),
  );
  return {
    id,
    path,
    setup: sections.get('setup')?.body ?? '',
    input: sections.get('input')?.body ?? '',
    findings: sections.get('findings')?.body.split('\n').filter(Boolean) ?? [],
    fixed: sections.get('fixed')?.body,
    notRun: sections.get('not run')?.note,
  };
}

/** Writes a fixture back, with what the linter makes of its input now. */
export function writeFixture(fixture: Fixture): void {
  const { setup, input, findings, fixed, notRun } = fixture;
  const out = [
    ...(notRun === undefined ? [] : [`--- not run: ${notRun}\n`]),
    ...(setup === '' ? [] : [`--- setup\n${setup}`]),
    `--- input\n${input}`,
    findings.length === 0 ? '--- harmless\n' : `--- findings\n${findings.join('\n')}\n`,
    ...(fixed === undefined ? [] : [`--- fixed\n${fixed}`]),
  ];
  writeFileSync(fixture.path, out.join(''));
}

/** What is known after the setup. */
export function worldAfter(setup: string): World {
  const world = new World();
  play(new Script(setup, 'setup.sql').statements, world);
  return world;
}

/** The rules about a second run, and those about SQL that cannot run at all: the ones that read the table of statements. */
export const secondRunRules: RuleSettings = Object.fromEntries(
  Object.entries(rules)
    .filter(
      ([name, { meta }]) =>
        'bare' in meta.messages ||
        [
          'require-shared-guard',
          'no-syntax-error',
          'no-misspelled-type',
          'no-clean-slate',
          'no-silent-collision',
        ].includes(name),
    )
    .map(([name]) => [name, 'error']),
);

export const findingLine = ({ line, column, ruleId, message }: LintMessage): string =>
  `${line}:${column} ${ruleId ?? ''}: ${message}`;
