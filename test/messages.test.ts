/** Every message and description, as somebody reads it whose second language is English. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { rules } from '../src/rules/index.ts';
import { readFixtures } from './support/fixtures.ts';

/** More words than this are two sentences. */
const MAX_WORDS = 25;

/** Words that say less than they seem to, from the trials; `npm run prose` looks for them in the guides. */
const RIDDLES = new RegExp((JSON.parse(readFileSync('scripts/riddles.json', 'utf8')) as string[]).join('|'), 'i');

/** The sentences of a text; a full stop in quotes or in a name ends none. */
const sentencesOf = (text: string): string[] => text.split(/(?<=[.!?;:])\s+(?=["{(\p{Lu}]|[a-z]+ )/u);

const texts = Object.entries(rules).flatMap(([name, { meta }]) => [
  ...Object.entries(meta.messages).map(([id, text]) => [`${name} ${id}`, text] as const),
  [`${name} description`, `${meta.docs.description}.`] as const,
]);

describe.each(texts)('%s', (id, text) => {
  it('is short, ends with a full stop, and is no riddle', () => {
    for (const sentence of sentencesOf(text))
      expect(sentence.split(/\s+/).length, sentence).toBeLessThanOrEqual(MAX_WORDS);
    // Suggestions are titles in a menu, without a full stop.
    if (!/[a-z] (?:suggest|correct|write|enable|add)\w*$/.test(id))
      expect(text).toMatch(/(?:[.?]"?|\{\{ ?\w+ ?\}\}\)?)$/);
    expect(text).not.toMatch(RIDDLES);
  });
});

it('the SQL of a guard is in the fix, and not in the message', () => {
  const found = (['statements', 'files', 'sequences'] as const)
    .flatMap((folder) => readFixtures(folder))
    .flatMap((f) => f.findings);
  expect(found.length).toBeGreaterThan(700);
  // A condition that stands in the file already has to be written anew by hand.
  const queries = found.filter((finding) => /\(SELECT |to_reg\w+\(/.test(finding) && !/\. Ask .*\.$/.test(finding));
  expect(queries).toEqual([]);
});
