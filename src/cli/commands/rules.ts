import pc from 'picocolors';
import { PRESETS } from '../../linter/presets.ts';
import type { RuleMeta } from '../../rules/api/rule.ts';
import { rules as all } from '../../rules/index.ts';
import { readArguments, wantsColor } from '../arguments.ts';
import { say, type Command } from '../command.ts';

const HELP = `sql-lint rules lists the rules.

Usage
  sql-lint rules              a table: name, what can be done, and the severity in each preset
  sql-lint rules --json       the same for programs
  sql-lint explain RULE       all about one of them

Examples
  npx sql-lint rules
  npx sql-lint rules --json | jq '.[] | select(.fixable) | .name'`;

const gradeOf = ({ fixable, hasSuggestions }: RuleMeta) => (fixable ? 'fix' : hasSuggestions ? 'suggest' : '');

/** A table of the rules. */
export const rules: Command = async (argv) => {
  const { values } = readArguments('rules', argv, { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } });
  if (values.help) return say(HELP);
  const entries = Object.entries(all);
  if (values.json) {
    return say(
      JSON.stringify(
        entries.map(([name, { meta }]) => ({
          name,
          description: meta.docs.description,
          type: meta.type,
          fixable: meta.fixable !== undefined,
          hasSuggestions: meta.hasSuggestions ?? false,
          presets: meta.docs.presets,
          schema: meta.schema,
        })),
        null,
        2,
      ),
    );
  }
  const c = pc.createColors(wantsColor(process.stdout));
  const heads = ['rule', '', ...PRESETS];
  const rows = entries.map(([name, { meta }]) => [
    name,
    gradeOf(meta),
    ...PRESETS.map((p) => meta.docs.presets[p] ?? '–'),
  ]);
  const widths = heads.map((head, k) => Math.max(head.length, ...rows.map((row) => row[k]!.length)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, k) => cell.padEnd(widths[k]!))
      .join('  ')
      .trimEnd();
  return say(
    [
      c.bold(line(heads)),
      ...rows.map((row, k) => `${line(row)}\n    ${c.dim(entries[k]![1].meta.docs.description)}`),
    ].join('\n'),
  );
};
