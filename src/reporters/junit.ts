import type { LintMessage, LintResult } from '../linter/linter.ts';
import { ruleOf, slashPath, type Reporter } from './types.ts';
import { element, xml, type Attributes } from './xml.ts';

/** A suite of tests. */
export interface TestSuite {
  /** Its name, and how many tests there are of each kind. */
  numbers: Attributes;
  /** Each is an element. */
  cases: readonly string[];
}

/** JUnit's XML. @param numbers of all suites */
export const testReport = (numbers: Attributes, suites: readonly TestSuite[]): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n${element('testsuites', numbers, lines('', suites.map(suiteXml)))}`;

const suiteXml = ({ numbers, cases }: TestSuite): string => element('testsuite', numbers, lines('  ', cases));

/** Elements in another one that stands behind so many spaces. */
const lines = (indent: string, elements: readonly string[]): string =>
  `\n${elements.map((one) => `${indent}  ${one}\n`).join('')}${indent}`;

function testCase(path: string, message: LintMessage): string {
  const { line, column } = message;
  const rule = ruleOf(message);
  const type = message.severity === 2 ? 'error' : 'warning';
  return element(
    'testcase',
    { name: `${rule} (${line}:${column})`, classname: path, file: path, line, time: 0 },
    element('failure', { type, message: message.message }, xml(`${path}:${line}:${column} ${rule}`)),
  );
}

function testSuite(path: string, { messages }: LintResult): TestSuite {
  const cases =
    messages.length > 0
      ? messages.map((m) => testCase(path, m))
      : [element('testcase', { name: 'sql-lint', classname: path, file: path, time: 0 })];
  return {
    numbers: { name: path, tests: cases.length, failures: messages.length, errors: 0, skipped: 0, time: 0 },
    cases,
  };
}

/** JUnit's XML: a suite a file, a failed test a finding, and one test that passes for a file without any. */
export const junit: Reporter = (results, { cwd }) =>
  testReport(
    {
      name: 'sql-lint',
      tests: results.reduce((n, r) => n + Math.max(1, r.messages.length), 0),
      failures: results.reduce((n, r) => n + r.messages.length, 0),
      errors: 0,
      time: 0,
    },
    results.map((r) => testSuite(slashPath(cwd, r.filePath), r)),
  );
