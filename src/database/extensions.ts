import { lookup } from '../lookup.ts';
import type { Step } from './types.ts';

/** Extensions that PGlite packs together with another one. */
const PACKED_WITH = lookup<string>({
  autoinc: 'moddatetime',
  insert_username: 'moddatetime',
  refint: 'moddatetime',
});

/** What an extension rests on; CASCADE creates it too. */
const RESTS_ON = lookup<string>({ earthdistance: 'cube' });

/** The extensions that the steps ask for by name, also from inside a DO block, and what has to be at hand for them. */
export function requestedExtensions(steps: readonly Step[]): string[] {
  const names = new Set<string>();
  for (const { sql } of steps) {
    for (const [, written] of sql.matchAll(/\bcreate\s+extension\s+(?:if\s+not\s+exists\s+)?"?([\w-]+)/gi)) {
      const name = written!.toLowerCase();
      names.add(PACKED_WITH[name] ?? name);
      if (RESTS_ON[name]) names.add(RESTS_ON[name]);
    }
  }
  return [...names];
}
