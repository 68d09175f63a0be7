import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { tell } from './tell.ts';

it('docs/first-hour.md is what a new user sees', { timeout: 600_000 }, async () => {
  expect(await tell(), 'run npm run first-hour').toBe(readFileSync('docs/first-hour.md', 'utf8'));
});
