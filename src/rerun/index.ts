import { obstacleInDo } from '../catalog/do-block.ts';
import { kindInfo, RELKINDS, type ObjectRef } from '../catalog/objects.ts';
import { nameOfRange, nodeAs } from '../catalog/nodes.ts';
import { isThere } from '../history/guards.ts';
import { stepsOf, type Step } from '../history/play.ts';
import type { World } from '../history/world.ts';
import type { Statement } from '../syntax/script.ts';
import { flatMap } from '../lists.ts';
import { runFirst, type FirstRun as First } from './first-run.ts';
import type { Finding } from './finding.ts';
import type { SequenceEnd, Tangle } from './lineage.ts';
import { Replay } from './replay.ts';

interface FirstRun extends First {
  worldBefore(step: number): World;
  settings(step: number): readonly string[];
}
interface Sequence {
  from: number;
  to: number;
  end: SequenceEnd;
}
interface SecondRun {
  findings: Finding[];
  tangles: Tangle[];
  reached: number;
}
export interface Rerun {
  findings: Finding[];
  after: World;
}
function perStep<T>(find: (step: number) => T): (step: number) => T {
  const known = new Map<number, T>();
  return (step) => {
    let found = known.get(step);
    if (found === undefined) known.set(step, (found = find(step)));
    return found;
  };
}
function runAgain(first: FirstRun, sequences: readonly Sequence[]): SecondRun {
  const replay = new Replay(first, first.after);
  let reached = 0;
  for (let k = 0; k < first.steps.length; k++) {
    const sequence = sequences.find((s) => s.from === k);
    if (
      sequence &&
      ('made' in sequence.end
        ? isThere(sequence.end.made, replay.world) === true
        : replay.world.has(sequence.end.removed) === false)
    ) {
      reached++;
      k = sequence.to;
      continue;
    }
    replay.run(first.steps[k]!, k);
  }
  replay.end();
  return { findings: replay.findings, tangles: replay.tangles, reached };
}
export function rerun(statements: readonly Statement[], base: World): Rerun {
  const f = runFirst(stepsOf(statements), base);
  const first: FirstRun = {
    ...f,
    worldBefore: perStep((step) => {
      const world = base.fork();
      for (let k = 0; k < step; k++) for (const { effect } of f.occurrences[k]!) world.apply(effect);
      return world;
    }),
    settings: perStep((step) => settingsOf(f.steps[step]!, base)),
  };
  let second = runAgain(first, []);
  const sequences: Sequence[] = [];
  const given = new Set<number>();
  const budget = { steps: STEPS };
  for (let tangle = second.tangles[0]; tangle; tangle = second.tangles.find((t) => !given.has(t.step))) {
    const solved = solve(first, second, sequences, tangle, budget);
    if (solved) {
      sequences.push(solved.sequence);
      second = solved.second;
    } else given.add(tangle.step);
  }
  const leftovers = second.tangles
    .filter((t) => given.has(t.step) && t.leftover !== undefined)
    .map((t): Finding => {
      const os = first.occurrences[t.step]!;
      const at =
        os.find((a) => 'object' in a.effect && first.base.key(a.effect.object) === t.leftover) ??
        os.find((a) => 'object' in a.effect) ??
        os[0]!;
      return {
        kind: 'end-state-differs',
        at,
        after: first.after,
        wrongCondition: false,
        object: (at.effect as { object: ObjectRef }).object,
      };
    });
  const tangled = sequences.map((sequence): Finding => ({
    kind: 'needs-shared-guard',
    at: first.occurrences[sequence.to]!.at(-1)!,
    after: first.after,
    wrongCondition: false,
    guard: { statements: first.steps.slice(sequence.from, sequence.to + 1).map((s) => s.statement), end: sequence.end },
  }));
  return {
    findings: [...second.findings, ...tangled, ...leftovers].sort((a, b) => a.at.unit.start - b.at.unit.start),
    after: first.after,
  };
}
/** How many ranges are tried for one tangle before it is given up, so that a long file does not take for ever. */
const ATTEMPTS = 300;
/** The same for all tangles of a file together, counted in statements played: about a second. */
const STEPS = 200_000;

/** The smallest range around a step that untangles it when it is skipped as a whole in the second run. */
function solve(
  first: FirstRun,
  second: SecondRun,
  known: readonly Sequence[],
  { step, table }: Tangle,
  budget: { steps: number },
): { sequence: Sequence; second: SecondRun } | undefined {
  let attempts = 0;
  for (let length = 0; length < first.steps.length; length++) {
    for (let from = Math.min(step, first.steps.length - 1 - length); from >= Math.max(0, step - length); from--) {
      const to = from + length;
      if (known.some((s) => s.from <= to && from <= s.to)) continue;
      if (budget.steps < 0) return undefined;
      budget.steps -= to;
      if (settlesEarlier(first, from, to)) continue;
      const end = endOf(first, from, to);
      if (!end || (table !== undefined && first.base.key(tableOf(end)) !== table)) continue;
      if (++attempts > ATTEMPTS) return undefined;
      budget.steps -= first.steps.length;
      const sequence: Sequence = { from, to, end };
      const tried = runAgain(first, [...known, sequence]);
      const settled =
        tried.tangles.length < second.tangles.length &&
        !tried.tangles.some((t) => speaksOfSame(first, t.step, from, to));
      if (tried.reached === known.length + 1 && settled) return { sequence, second: tried };
    }
  }
  return undefined;
}

/** What a statement sets of a table or a column that the table of statements has no object for: a default, a trigger that is off. */
function settingsOf({ statement }: Step, world: World): string[] {
  const alter = statement.as('AlterTableStmt');
  const table = alter?.relation && world.key({ kind: 'table', ...nameOfRange(alter.relation) });
  return flatMap(alter?.cmds ?? [], (node) => {
    const cmd = nodeAs(node, 'AlterTableCmd');
    const setting =
      /^AT_(?:(ColumnDefault)|(?:Set|Drop)(NotNull)|(?:Enable|Disable)\w*(Trig|Rule)\w*|(?:Enable|Disable)(RowSecurity)|(?:No)?(ForceRowSecurity)|(ReplicaIdentity))$/
        .exec(cmd?.subtype ?? '')
        ?.slice(1)
        .find(Boolean);
    return setting ? [`${table} ${setting} ${setting === 'Trig' ? '' : (cmd?.name ?? '')}`] : [];
  });
}

/** Whether a range sets what a statement before it has set otherwise: that runs again, and the range does not. */
function settlesEarlier({ settings }: FirstRun, from: number, to: number): boolean {
  const inside = new Set<string>();
  for (let k = from; k <= to; k++) for (const setting of settings(k)) inside.add(setting);
  if (inside.size > 0)
    for (let k = 0; k < from; k++) if (settings(k).some((setting) => inside.has(setting))) return true;
  return false;
}

/** The table that tells whether a sequence has run, or of which a part does. */
function tableOf(end: SequenceEnd): ObjectRef {
  const object = 'made' in end ? end.made : end.removed;
  return object.of ? { kind: 'table', ...object.of } : object;
}

/** Whether a step speaks of an object that the range speaks of too: then the range has not untangled it. */
function speaksOfSame({ occurrences, base }: FirstRun, step: number, from: number, to: number): boolean {
  const keys = (k: number) =>
    flatMap(occurrences[k]!, ({ effect }) =>
      effect.action === 'rename'
        ? [base.key(effect.object), base.key(effect.to)]
        : effect.action === 'create' || effect.action === 'drop'
          ? [base.key(effect.object)]
          : [],
    );
  const own = new Set(keys(step));
  for (let k = from; k <= to; k++) if (keys(k).some((key) => own.has(key))) return true;
  return false;
}

/** Objects by how well they tell that a range has run: the plainest question first. */
const TELLING: readonly ObjectRef['kind'][] = [
  'table',
  'view',
  'materialized view',
  'sequence',
  'index',
  'type',
  'domain',
  'function',
  'procedure',
  'schema',
  'column',
  'constraint',
];

/** What tells that a range has run: something that is there at its end and was not before, or the other way round. */
function endOf(
  { steps, occurrences, after, worldBefore }: FirstRun,
  from: number,
  to: number,
): SequenceEnd | undefined {
  for (let k = from; k <= to; k++) {
    const { statement } = steps[k]!;
    if (statement.embedded || statement.placeholders || statement.type === 'DoStmt' || obstacleInDo(statement))
      return undefined;
  }
  const start = worldBefore(from);
  const end = start.fork();
  /** What a bare CREATE or RENAME makes cannot have been there, or the first run would have failed. */
  const surelyNew = new Set<string>();
  for (let k = from; k <= to; k++) {
    for (const { effect } of occurrences[k]!) {
      if (effect.action === 'create' && effect.mode === 'bare') surelyNew.add(end.key(effect.object));
      end.apply(effect);
      if (effect.action === 'rename') surelyNew.add(end.key(effect.to));
    }
  }
  const rank = (ref: ObjectRef) => (TELLING.includes(ref.kind) ? TELLING.indexOf(ref.kind) : TELLING.length);
  const changes = [...end.changes()]
    .map(([key, exists]) => ({ key, exists, ref: end.refOfKey(key)! }))
    // A temporary table is gone with its session, and says nothing of what has run.
    .filter(
      ({ key, exists, ref }) =>
        after.existsKey(key) === exists &&
        kindInfo(ref.kind).existence?.(ref) !== undefined &&
        (ref.of?.schema ?? ref.schema) !== 'pg_temp',
    )
    .sort((a, b) => rank(a.ref) - rank(b.ref));
  const made =
    changes.findLast(({ key, exists, ref }) => exists && rank(ref) === 0 && isNew(key, ref)) ??
    changes.find(({ key, exists, ref }) => exists && isNew(key, ref));
  if (made) return { made: made.ref };
  // A view where a table was: only what kind of relation it is tells the two apart.
  const turned = changes.find(
    ({ key, exists, ref }) =>
      exists &&
      RELKINDS[ref.kind] !== undefined &&
      start.existsKey(key) === true &&
      start.refOfKey(key)?.kind !== ref.kind,
  );
  if (turned) return { made: { ...turned.ref, detail: { ...turned.ref.detail, relkind: RELKINDS[turned.ref.kind]! } } };
  // A column in the place of another: only its type tells the two apart.
  const converted = changes.find(
    ({ key, exists, ref }) => exists && ref.kind === 'column' && typesDiffer(start.refOfKey(key), ref),
  );
  if (converted) return { made: { ...converted.ref, kind: 'column type' } };
  const removed = changes.find(({ key, exists }) => !exists && start.existsKey(key) === true);
  return removed && { removed: removed.ref };

  function isNew(key: string, ref: ObjectRef): boolean {
    return start.existsKey(key) === true ? false : surelyNew.has(key) || start.has(ref) === false;
  }
}

const typesDiffer = (a: ObjectRef | undefined, b: ObjectRef): boolean =>
  a?.detail?.type !== undefined && b.detail?.type !== undefined && a.detail.type !== b.detail.type;
