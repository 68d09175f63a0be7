import type { Effect } from '../../catalog/effects.ts';
import { kindInfo } from '../../catalog/objects.ts';
import { present, type Semantics } from './types.ts';
import { secondRunError } from './words.ts';

export const rename: Semantics<Extract<Effect, { action: 'rename' }>> = {
  judge({ effect, unit }, { world }) {
    const source = world.has(effect.object);
    if (source === true)
      return world.has(effect.to) === true ? { kind: 'fails', cause: 'name-taken', sqlstate: '42P07' } : undefined;
    if (effect.mode === 'if-exists') return undefined;
    return { kind: 'fails', cause: 'missing', sqlstate: secondRunError(unit) ?? '42704' };
  },
  mentions: ({ object, to }) => [object, to],
  pending: ({ object }) => present(kindInfo(object.kind).existence?.(object)),
};
