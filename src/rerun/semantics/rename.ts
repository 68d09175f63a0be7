import type { Effect } from '../../catalog/effects.ts';
import { kindInfo } from '../../catalog/objects.ts';
import type { FirstRun } from '../first-run.ts';
import { present, type Semantics } from './types.ts';
import { secondRunError } from './words.ts';

type Rename = Extract<Effect, { action: 'rename' }>;

export const rename: Semantics<Rename> = {
  judge({ effect, unit, step }, { world, first }) {
    const source = world.has(effect.object);
    if (source === true && isSwapped(effect, step, first))
      return {
        kind: 'redefines',
        consequence: 'a second run gives the names back, since another object has this name by then',
      };
    if (source === true)
      return world.has(effect.to) === true ? { kind: 'fails', cause: 'name-taken', sqlstate: '42P07' } : undefined;
    if (effect.mode === 'if-exists') return undefined;
    return { kind: 'fails', cause: 'missing', sqlstate: secondRunError(unit) ?? '42704' };
  },
  mentions: ({ object, to }) => [object, to],
  pending: ({ object }) => present(kindInfo(object.kind).existence?.(object)),
};

/**
 * Whether the renamed object still exists at the end under another name, and another object has been renamed to its
 * first name: a second run renames that one.
 */
function isSwapped({ object }: Rename, step: number, { occurrences, base, after }: FirstRun): boolean {
  let isTaken = false;
  let current = base.key(object);
  let isDropped = false;
  for (const { effect } of occurrences.slice(step).flat()) {
    if (effect.action === 'drop') isDropped ||= base.key(effect.object) === current;
    if (effect.action !== 'rename') continue;
    if (base.key(effect.object) === current) current = base.key(effect.to);
    else if (base.key(effect.to) === base.key(object)) isTaken = true;
  }
  return isTaken && !isDropped && after.existsKey(current) === true && after.has(object) === true;
}
