import type { LintMessage, LintResult } from '../linter/linter.ts';
import { xml, xmlAttribute } from './escape.ts';
import { ruleOf, slashPath, type Reporter } from './types.ts';

function testCase(path: string, message: LintMessage): string {
  const place = `${path}:${message.line}:${message.column}`;
  const rule = ruleOf(message);
  const type = message.severity === 2 ? 'error' : 'warning';
  const name = xmlAttribute(`${rule} (${message.line}:${message.column})`);
  const file = xmlAttribute(path);
  return (
    `    <testcase name="${name}" classname="${file}" file="${file}" line="${message.line}" time="0">` +
    `<failure type="${type}" message="${xmlAttribute(message.message)}">${xml(`${place} ${rule}`)}</failure></testcase>`
  );
}

function testSuite(path: string, { messages }: LintResult): string {
  const cases =
    messages.length > 0
      ? messages.map((m) => testCase(path, m))
      : [`    <testcase name="sql-lint" classname="${xmlAttribute(path)}" file="${xmlAttribute(path)}" time="0"/>`];
  return [
    `  <testsuite name="${xmlAttribute(path)}" tests="${cases.length}" failures="${messages.length}" ` +
      'errors="0" skipped="0" time="0">',
    ...cases,
    '  </testsuite>',
  ].join('\n');
}

/** JUnit's XML: a suite a file, a failed test a finding, and one test that passes for a file without any. */
export const junit: Reporter = (results, { cwd }) => {
  const failures = results.reduce((n, r) => n + r.messages.length, 0);
  const tests = results.reduce((n, r) => n + Math.max(1, r.messages.length), 0);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="sql-lint" tests="${tests}" failures="${failures}" errors="0" time="0">`,
    ...results.map((r) => testSuite(slashPath(cwd, r.filePath), r)),
    '</testsuites>',
  ].join('\n');
};
