/** Watches for what a second run makes anew from what later statements have changed by then. */
import type { Effect } from '../../catalog/effects.ts';
import { defaultsOf, GRANTED_KINDS } from '../../catalog/settings.ts';
import { describe, type Kind, type ObjectRef } from '../../catalog/objects.ts';
import { namesIn } from '../../catalog/needs.ts';
import type { Step } from '../../history/play.ts';
import type { World } from '../../history/world.ts';
import { flatMap } from '../../lists.ts';
import type { Statement } from '../../syntax/script.ts';
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
function isFilledLater(view: ObjectRef, step: number, { fills, lastChanges, after }: FirstRun): boolean {
  const last = Math.max(step, ...[...sourcesOf(view, after)].map((key) => lastChanges.get(key) ?? -1));
  return (fills.get(after.key(view)) ?? []).some((at) => at > last);
}

/**
 * A statement about rows that reads a materialized view before a later statement fills it again: a second run reads
 * what that has filled in. Where the file fills the view before the statement too, every run does.
 */
export function readsBeforeFill(statement: Statement, step: number, first: FirstRun): Judgement | undefined {
  const { fills, after } = first;
  if (fills.size === 0) return undefined;
  const read = new Set<string>();
  for (const { name } of namesIn([statement.node]).relations) {
    const relation: ObjectRef = { kind: 'table', ...name };
    read.add(after.key(relation));
    sourcesOf(relation, after, read);
  }
  const older = [...fills].find(([key, steps]) => read.has(key) && steps[0]! > step);
  const view = older && after.refOfKey(older[0]);
  if (!view || isTheSame(view, older[1].at(-1)!, first)) return undefined;
  const reason = `it reads ${describe(view)}, which a later statement fills again`;
  return {
    kind: 'undecidable',
    reason: `${reason}, and the text does not tell whether the same comes out`,
    why: 'fill the view before this statement too',
  };
}

/** Whether the file itself makes a view, of rows that it does not change until it fills the view again. */
function isTheSame(view: ObjectRef, filled: number, { occurrences, lastChanges, after }: FirstRun): boolean {
  const key = after.key(view);
  const isMaking = ({ action, ...effect }: Effect) =>
    action === 'create' && 'object' in effect && after.key(effect.object) === key;
  const made = occurrences.findIndex((all) => all.some(({ effect }) => isMaking(effect)));
  const changes = [...sourcesOf(view, after)].map((source) => lastChanges.get(source) ?? -1);
  return made >= 0 && made < filled && changes.every((at) => at < made || at > filled);
}
