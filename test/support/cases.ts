/** Reads and writes the cases of the rules: `test/rules/RULE.sql` holds several, each with what is found and written. */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';

export interface Case {
  name: string;
  /** Options of the rule, as JSON behind the name. */
  options: unknown[];
  /** Why PostgreSQL does not run it. */
  notRun: string | undefined;
  /** Whether PostgreSQL refuses each statement that has a finding, as the finding says. */
  refused: boolean;
  setup: string;
  input: string;
  found: string[];
  /** What the fix makes of it, or the suggestions. */
  written: string | undefined;
}

/** Everything that reads the cases runs from the project's root. */
const FOLDER = 'test/rules/';

/** The rules that have a file of cases. */
export const caseNames = (): string[] =>
  readdirSync(FOLDER)
    .filter((f) => f.endsWith('.sql'))
    .map((f) => f.slice(0, -4));

export function readCases(rule: string): Case[] {
  const text = readFileSync(`${FOLDER}${rule}.sql`, 'utf8');
  return text
    .split(/^--- case /m)
    .slice(1)
    .map((part) => {
      const [title, ...rest] = part.split('\n');
      const [name, ...more] = title!.split(' | ');
      const sections = new Map<string, string>();
      let section = 'input';
      for (const line of rest) {
        const mark = /^--- (setup|input|found|written)$/.exec(line);
        if (mark) section = mark[1]!;
        else sections.set(section, `${sections.get(section) ?? ''}${line}\n`);
      }
      const trimmed = (key: string) => (sections.has(key) ? `${sections.get(key)!.trimEnd()}\n` : '');
      const notRun = more.find((m) => m.startsWith('not run: '));
      return {
        name: name!,
        options: more.filter((m) => m !== notRun && m !== 'refused').map((m) => JSON.parse(m) as unknown),
        notRun: notRun?.slice('not run: '.length),
        refused: more.includes('refused'),
        setup: trimmed('setup'),
        input: trimmed('input'),
        found: trimmed('found').split('\n').filter(Boolean),
        written: sections.has('written') ? trimmed('written') : undefined,
      };
    });
}

export function writeCases(rule: string, cases: readonly Case[]): void {
  const parts = cases.map((c) => {
    const title = [
      c.name,
      ...c.options.map((o) => JSON.stringify(o)),
      ...(c.notRun === undefined ? [] : [`not run: ${c.notRun}`]),
      ...(c.refused ? ['refused'] : []),
    ].join(' | ');
    const body = [
      c.setup && `--- setup\n${c.setup}--- input\n`,
      c.input,
      c.found.length > 0 && `--- found\n${c.found.join('\n')}\n`,
      c.written !== undefined && `--- written\n${c.written}`,
    ];
    return `--- case ${title}\n${body.filter(Boolean).join('')}`;
  });
  writeFileSync(`${FOLDER}${rule}.sql`, parts.join('\n'));
}
