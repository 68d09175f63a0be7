import { expect, test } from 'vitest';
import { locate, planSteps } from '../../src/verify/steps.ts';

const placeOf = (text: string, blockLine: number) => {
  const { steps } = planSteps(text, 'migration.sql');
  const { line, column } = locate(text, steps, { step: 0, code: '42P01', message: 'no such table', blockLine });
  return `${line}:${column}`;
};

test('an error in a DO block is placed at the line of its body', () => {
  expect(placeOf('DO $$\nBEGIN\n  DROP TABLE t;\nEND $$;\n', 3)).toBe('3:3');
});

test('a body with escapes has other lines than the text, so the statement is the place', () => {
  expect(placeOf(String.raw`DO E'BEGIN\n DROP TABLE t;\n END';`, 2)).toBe('1:1');
});
