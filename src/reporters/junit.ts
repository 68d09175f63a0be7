import type { LintMessage, LintResult } from '../linter/linter.ts';
import { ruleOf, slashPath, type Reporter } from './types.ts';

/** XML has no place for most control characters. */
const escape = (text: string) =>
  text
    // eslint-disable-next-line no-control-regex
    .replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, '\ufffd')
    .replace(/[&<>"'\t\n\r]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' })[c] ?? `&#${c.charCodeAt(0)};`);

function testCase(path: string, message: LintMessage): string {
  const place = `${path}:${message.line}:${message.column}`;
  const failure = `<failure type="${message.severity === 2 ? 'error' : 'warning'}" message="${escape(message.message)}">${escape(`${place} ${ruleOf(message)}`)}</failure>`;
  return `    <testcase name="${escape(`${ruleOf(message)} (${message.line}:${message.column})`)}" classname="${escape(path)}" file="${escape(path)}" line="${message.line}" time="0">${failure}</testcase>`;
}

function testSuite(path: string, { messages }: LintResult): string {
  const cases = messages.length > 0 ? messages.map((m) => testCase(path, m)) : [`    <testcase name="sql-lint" classname="${escape(path)}" file="${escape(path)}" time="0"/>`];
  return [`  <testsuite name="${escape(path)}" tests="${cases.length}" failures="${messages.length}" errors="0" skipped="0" time="0">`, ...cases, '  </testsuite>'].join('\n');
}

/** JUnit's XML: a suite a file, a failed test a finding, and one test that passes for a file without any. */
export const junit: Reporter = (results, { cwd }) => {
  const failures = results.reduce((n, r) => n + r.messages.length, 0);
  const tests = results.reduce((n, r) => n + Math.max(1, r.messages.length), 0);
  return ['<?xml version="1.0" encoding="UTF-8"?>', `<testsuites name="sql-lint" tests="${tests}" failures="${failures}" errors="0" time="0">`, ...results.map((r) => testSuite(slashPath(cwd, r.filePath), r)), '</testsuites>'].join('\n');
};
