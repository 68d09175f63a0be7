import type { Step } from './types.ts';

/** The extensions that the steps ask for by name, also from inside a DO block or a function. */
export function requestedExtensions(steps: Step[]): string[] {
  const names = new Set<string>();
  for (const { sql } of steps) {
    for (const [, name] of sql.matchAll(/\bcreate\s+extension\s+(?:if\s+not\s+exists\s+)?"?([\w-]+)/gi)) names.add(name!.toLowerCase());
    // CASCADE brings what an extension rests on, which PGlite has to be given beforehand.
    if (names.has('earthdistance')) names.add('cube');
  }
  return [...names];
}
