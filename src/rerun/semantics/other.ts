/** Effects on the session, on everything of a schema, and those that the text does not tell. */
import type { Effect, SetEffect } from '../../catalog/effects.ts';
import { describe } from '../../catalog/objects.ts';
import type { Semantics } from './types.ts';

export const reach: Semantics<Extract<Effect, { action: 'reach' }>> = {
  before: ({ kinds, schemas }, world) => ({ reached: [...world.madeIn(kinds, schemas).keys()] }),
  judge({ effect, before }, { first }) {
    const made = [...first.after.madeIn(effect.kinds, effect.schemas)];
    const late = made.find(([key]) => !before.reached.includes(key))?.[1];
    if (!late) return undefined;
    const which = `a second run applies to ${describe(late)} too, which the migration creates later`;
    return { kind: 'undecidable', reason: `${effect.why}: ${which}` };
  },
  mentions: () => [],
};

/** A second run gives the object the same value again. */
export const set: Semantics<SetEffect> = { mentions: () => [] };

export const searchPath: Semantics<Extract<Effect, { action: 'search-path' }>> = { mentions: () => [] };

export const session: Semantics<Extract<Effect, { action: 'session' }>> = { mentions: () => [] };

const undecidable = {
  judge: ({ effect }: { effect: { why: string } }) => ({ kind: 'undecidable', reason: effect.why }) as const,
  mentions: () => [],
};

export const call: Semantics<Extract<Effect, { action: 'call' }>> = {
  judge({ effect }, { world }) {
    if (effect.onlyIfItActs && world.settings(effect.object).acts !== true) return undefined;
    return { kind: 'undecidable', reason: effect.why };
  },
  mentions: () => [],
};
export const unknown: Semantics<Extract<Effect, { action: 'unknown' }>> = undecidable;
