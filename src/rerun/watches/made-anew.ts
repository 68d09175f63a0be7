/** Watches for what a second run makes anew from what later statements have changed by then. */
import type { Effect } from '../../catalog/effects.ts';
import { defaultsOf, GRANTED_KINDS } from '../../catalog/settings.ts';
import { describe, type Kind, type ObjectRef } from '../../catalog/objects.ts';
import type { Step } from '../../history/play.ts';
import type { World } from '../../history/world.ts';
import { flatMap } from '../../lists.ts';
import type { Judgement } from '../finding.ts';
import type { FirstRun } from '../first-run.ts';

/** How an object that is made anew at a step differs from that of the first run. */
export function differsAnew(object: ObjectRef, step: number, first: FirstRun, world: World): Judgement | undefined {
  const defaults = first.defaultPrivileges.find((set) => set.step > step && applies(set, object, world));
  if (defaults) {
    const why = 'with the default privileges that a later statement sets';
    return { kind: 'undecidable', reason: `a second run makes ${describe(object)} anew, ${why}` };
  }
  return object.kind === 'materialized view' ? showsLater(object, step, first) : undefined;
}

/** A statement that sets the privileges of objects which are made later, of some kinds and in some schemas. */
export interface DefaultPrivileges {
  step: number;
  kinds: readonly Kind[];
  schemas: readonly (string | undefined)[];
}

export const defaultPrivilegesIn = (steps: readonly Step[]): DefaultPrivileges[] =>
  flatMap([...steps.entries()], ([step, { statement }]): DefaultPrivileges | [] => {
    const node = statement.as('AlterDefaultPrivilegesStmt');
    return node ? { step, kinds: GRANTED_KINDS[node.action?.objtype ?? ''] ?? [], schemas: defaultsOf(node) } : [];
  });

function applies({ kinds, schemas }: DefaultPrivileges, object: ObjectRef, world: World): boolean {
  const own = world.schemaOf(object);
  return kinds.includes(object.kind) && schemas.some((schema) => schema === undefined || schema === (own ?? schema));
}

/** A materialized view that is filled before a later statement changes rows of the tables that it reads. */
export function showsLater(view: ObjectRef, step: number, first: FirstRun): Judgement | undefined {
  const isChanged = [...sourcesOf(view, first.after)].some((key) => (first.lastChanges.get(key) ?? -1) > step);
  if (!isChanged || isFilledLater(view, step, first)) return undefined;
  const reason = `a second run fills ${describe(view)} with rows that a later statement changes`;
  return { kind: 'undecidable', reason };
}

/** The keys of the tables that a view reads, also through other views. */
function sourcesOf(view: ObjectRef, world: World, seen = new Set<string>()): Set<string> {
  for (const need of world.get(view)?.ref.detail?.needs ?? []) {
    const key = world.key(need);
    if (need.kind !== 'table' || seen.has(key)) continue;
    seen.add(key);
    sourcesOf(need, world, seen);
  }
  return seen;
}

/** Whether a later REFRESH fills the view again, after the rows have been changed. */
function isFilledLater(view: ObjectRef, step: number, { occurrences, lastChanges, after }: FirstRun): boolean {
  const last = Math.max(...[...sourcesOf(view, after)].map((key) => lastChanges.get(key) ?? -1));
  const fills = (effect: Effect) => effect.action === 'fill' && after.key(effect.object) === after.key(view);
  const later = occurrences.slice(Math.max(step, last) + 1);
  return flatMap(later, (all) => [...all]).some(({ effect }) => fills(effect));
}
