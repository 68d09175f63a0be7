/** The pictures of the README and of the pages are what the command prints. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { drawPictures } from './support/pictures.ts';

it('the pictures in docs/pictures are those of this version', { timeout: 300_000 }, () => {
  const pictures = drawPictures();
  expect([...pictures.keys()]).toEqual(['found.svg', 'proven.svg', 'back.svg', 'squashed.svg']);
  for (const [name, svg] of pictures)
    expect(readFileSync(`docs/pictures/${name}`, 'utf8'), 'run npm run pictures').toBe(svg);
});
