/** Effects on the session, on everything of a schema, and those that the text does not tell. */
import { namesIn } from '../../catalog/needs.ts';
import { isHandled, isRun } from '../../history/guards.ts';
import { flatMap } from '../../lists.ts';
import { parseFragment } from '../../syntax/parse.ts';
import type { Embedded } from '../../syntax/plpgsql.ts';
import type { Statement } from '../../syntax/script.ts';
import type { FirstRun } from '../first-run.ts';
import { showsLater } from '../watches/made-anew.ts';
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

/** What history remembers of an object is the same after every run. */
export const learn: Semantics<Extract<Effect, { action: 'learn' }>> = { mentions: () => [] };

export const searchPath: Semantics<Extract<Effect, { action: 'search-path' }>> = {
  judge({ unit: { statement, effects }, unit }, { world, first }) {
    const isAsked = statement.guards.some(({ kind }) => kind === 'if');
    if (!isAsked || effects.length > 1 || isRun(statement, [unit], world, first.filled, new Map()) !== undefined)
      return undefined;
    const reason = 'the text does not tell whether it runs, so that names behind it may mean something else';
    return { kind: 'undecidable', reason, why: 'set search_path outside of the condition' };
  },
  mentions: () => [],
};

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

export const fill: Semantics<Extract<Effect, { action: 'fill' }>> = {
  judge: ({ effect: { object }, step }, { first }) => showsLater(object, step, first),
  mentions: () => [],
};

/** RAISE whose condition holds by then, or is about rows that a later statement changes. */
export const raise: Semantics<Extract<Effect, { action: 'raise' }>> = {
  judge({ effect: { at }, unit: { statement }, step }, { world, first }) {
    const place = { guards: at.guards, parent: statement, placeholders: statement.placeholders };
    const runs = isRun(place, [], world, first.filled, new Map());
    if (isHandled(place, 'P0001')) return undefined;
    if (runs === true)
      return { kind: 'undecidable', reason: 'RAISE ends a second run, since its condition holds by then' };
    if (runs === false || !asksForChanged(at, statement, step, first)) return undefined;
    const reason =
      'RAISE ends a second run if its condition holds by then, and later statements change what it asks for';
    return { kind: 'undecidable', reason };
  },
  mentions: () => [],
};

/** Whether the conditions around a RAISE, or the queries before it, read tables that later statements change. */
function asksForChanged(at: Embedded, block: Statement, step: number, first: FirstRun): boolean {
  const conditions = flatMap(at.guards, (guard) => (guard.kind === 'if' ? parseFragment(`SELECT ${guard.text}`) : []));
  const queries = (block.children ?? []).filter(({ type, start }) => type === 'SelectStmt' && start < at.start);
  const trees = [
    ...conditions.map((parsed) => (parsed.ok ? parsed.node : undefined)),
    ...queries.map(({ node }) => node),
  ];
  return namesIn(trees).relations.some(({ name }) => {
    const key = first.after.key({ kind: 'table', ...name });
    return (first.lastChanges.get(key) ?? -1) > step;
  });
}

export const unknown: Semantics<Extract<Effect, { action: 'unknown' }>> = undecidable;
