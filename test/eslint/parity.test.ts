/** ESLint and the command must say the same and fix the same, though ESLint applies fixes in its own way. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import glob from 'fast-glob';
import { Linter } from 'eslint';
import { describe, expect, it } from 'vitest';
import plugin from '../../src/eslint/index.ts';
import { nodeDisk } from '../../src/disk/node.ts';
import { History } from '../../src/history/files.ts';
import { fixText } from '../../src/linter/fix.ts';
import { lintText, type LintMessage } from '../../src/linter/linter.ts';
import { presetRules } from '../../src/linter/presets.ts';

const linter = new Linter({ configType: 'flat', cwd: '/' });
const config: Linter.Config[] = [{ ...plugin.configs.strict, linterOptions: { reportUnusedDisableDirectives: 'off' } }];

type Comparable = Pick<LintMessage, 'ruleId' | 'severity' | 'message' | 'line' | 'column' | 'fix' | 'suggestions'> & {
  endLine?: number | undefined;
  endColumn?: number | undefined;
};
const essence = ({ ruleId, severity, message, line, column, endLine, endColumn, fix, suggestions }: Comparable) =>
  JSON.stringify({
    line,
    column,
    endLine,
    endColumn,
    ruleId: ruleId?.replace('idempotent-sql/', ''),
    severity,
    message,
    fix,
    suggestions: suggestions?.map((s) => ({ desc: s.desc, fix: s.fix })),
  });

const history = new History({ disk: nodeDisk });
const files = glob.sync(['examples/**/*.sql', 'test/fixtures/**/*.sql'], { absolute: true });

describe.each(files.map((path) => [path.replace(join(process.cwd(), '/'), ''), path]))('%s', (_, path) => {
  const text = readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  const options = () => ({ rules: presetRules('strict'), ...history.placeOf(path) });

  it('is linted alike', () => {
    const ours = lintText(text, path, options()).messages.map(essence).sort();
    const theirs = linter
      .verify(text, config, { filename: path })
      .map((m) => essence(m as Comparable))
      .sort();
    expect(theirs).toEqual(ours);
  });

  it('is fixed alike', () => {
    const { output } = linter.verifyAndFix(text, config, { filename: path });
    expect(output).toBe(fixText(text, path, options()).output ?? text);
  });
});
