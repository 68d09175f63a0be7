/** The order of the rooms in docs/architecture.md is the order in which they may use one another. */
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, normalize, sep } from 'node:path';
import { expect, test } from 'vitest';

/** The folders and files of the table of rooms, with the number of their row. */
function roomsOfPage(): Map<string, number> {
  const page = readFileSync('docs/architecture.md', 'utf8');
  const table = page.split(/^## /m).find((section) => section.startsWith('The rooms'))!;
  const rows = table.split('\n').filter((line) => line.startsWith('| `'));
  return new Map(
    rows.flatMap((row, k) => [...row.split('|')[1]!.matchAll(/`([^`]+)`/g)].map(([, name]) => [name!, k] as const)),
  );
}

const rooms = roomsOfPage();

/** The room of a file: the longest folder of the table that it lies in. */
const roomOf = (path: string): string | undefined =>
  [...rooms.keys()]
    .filter((room) => path === room || path.startsWith(`${room}/`))
    .sort((a, b) => b.length - a.length)[0];

const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .map((path) => path.split(sep).join('/'))
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'));

const importsOf = (path: string): string[] =>
  [...readFileSync(`src/${path}`, 'utf8').matchAll(/(?:from|import\() ?'(\.[^']+\.ts)'/g)].map(([, to]) =>
    normalize(join(dirname(path), to!))
      .split(sep)
      .join('/'),
  );

test('every file is in a room of the page', () => {
  expect(files.filter((path) => roomOf(path) === undefined)).toEqual([]);
  expect(files.length).toBeGreaterThan(100);
});

test('a room uses only those above it', () => {
  const upwards = files.flatMap((path) =>
    importsOf(path)
      .filter((to) => rooms.get(roomOf(to)!)! > rooms.get(roomOf(path)!)!)
      .map((to) => `${path} uses ${to}`),
  );
  // A text is cut as its tool cuts it; the page says so.
  expect(upwards.filter((use) => !/^syntax\/\S+ uses project\/(format|types)\.ts$/.test(use))).toEqual([]);
});
