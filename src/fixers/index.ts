/** Chooses a technique for every verdict of a file, and lets neighbouring statements share one DO block. */
import type { Technique } from '../catalog/effects.ts';
import { kindInfo, RELKINDS } from '../catalog/objects.ts';
import type { SequenceEnd, Verdict } from '../history/rerun.ts';
import type { Statement } from '../syntax/script.ts';
import { concurrentIndex } from './concurrent-index.ts';
import { dropAdd } from './drop-add.ts';
import { dropFirst } from './drop-first.ts';
import type { Edit } from './edits.ts';
import { conditionFor, guard, guardFor, plpgsqlEdits } from './guard.ts';
import { guardEach } from './guard-each.ts';
import { insert } from './insert.ts';
import { keyword } from './keyword.ts';
import { allOf, guardEdits, type Guarded } from './layout.ts';
import { name } from './name.ts';
import { selectInto } from './select-into.ts';
import type { Fix, FixOptions, Fixer } from './types.ts';
import { flatMap } from '../lists.ts';

const fixers: { [T in Technique['technique']]: Fixer<T> } = {
  keyword,
  'drop-first': dropFirst,
  guard,
  name,
  'concurrent-index': concurrentIndex,
  'select-into': selectInto,
  'drop-add': dropAdd,
  'guard-each': guardEach,
  insert,
};

/** What can be done about a verdict: edits, with the technique that they carry out, or the reason why nothing can. */
export type Outcome = { edits: readonly Edit[]; technique: Technique } | { why: string };

/** Which techniques are tried, in order, given what the user prefers. */
function techniquesFor(verdict: Verdict, options: FixOptions): readonly Technique[] {
  const { effect, unit } = verdict;
  if (effect.action === 'use') {
    // ALTER INDEX has IF EXISTS, but not before ATTACH PARTITION.
    const alter =
      unit.statement.type === 'AlterTableStmt' &&
      effect.object.kind === 'table' &&
      unit.entry.id !== 'attach-index-partition';
    return alter
      ? [
          {
            technique: 'keyword',
            keywords: 'IF EXISTS',
            after: 'ALTER TABLE|VIEW|INDEX|SEQUENCE|MATERIALIZED|FOREIGN [VIEW|TABLE]',
          },
        ]
      : [{ technique: 'guard' }];
  }
  const own = unit.entry.techniques ?? [];
  if (options.constraints === 'drop-add' && effect.action === 'create' && effect.object.kind === 'constraint')
    return [{ technique: 'drop-add' }, ...own];
  const style =
    effect.action === 'create'
      ? { policy: options.policies, trigger: options.triggers }[effect.object.kind as 'policy']
      : undefined;
  if (style === 'guard') return own.map((t) => (t.technique === 'drop-first' ? { technique: 'guard' } : t));
  return own;
}

function choose(verdict: Verdict, options: FixOptions): { fix: Fix; technique: Technique } | { why: string } {
  const { unit, problem } = verdict;
  if (problem === 'collides')
    return {
      why: 'IF NOT EXISTS or OR REPLACE would hide that the two differ; drop or alter the old one, or choose another name',
    };
  if (verdict.misasked) return { why: 'correct the condition that stands around it' };
  if (verdict.error === '22P02' && verdict.effect.action === 'use' && verdict.effect.object.kind !== 'column value')
    return { why: 'when it runs again, the value is no longer one of its type; compare the column as text' };
  if (problem === 'leftover')
    return {
      why: 'no single guard around the statements can be found; put them into one DO block that asks whether they have run',
    };
  if (problem === 'remade') return { why: 'whether what was written in between may go, only its author knows' };
  if (problem === 'turned') return turned(verdict);
  if (problem === 'blocked')
    return {
      why: 'a later statement makes something that depends on it; replace it in place, or ask whether it still is the old one before it is dropped',
    };
  if (problem === 'taken' || problem === 'changed')
    return {
      why: 'a later statement has put something else in its place, and no single guard around them can be found',
    };
  if (problem === 'changes') return { why: unit.entry.unfixable ?? 'the statement is not repeatable by its nature' };
  if (problem === 'unknown') return { why: unit.entry.unfixable ?? 'what it does is not in the text of the migration' };
  let why: string | undefined;
  for (const technique of techniquesFor(verdict, options)) {
    if (unit.statement.placeholders && technique.technique !== 'keyword') {
      why = 'a placeholder stands in the statement, so the names that the database will see are not known';
      continue;
    }
    const fix = (fixers[technique.technique] as Fixer<Technique['technique']>)(verdict, technique as never, options);
    if (fix && 'why' in fix) why ??= fix.why;
    else if (fix) return { fix, technique };
  }
  return { why: why ?? unit.entry.unfixable ?? 'no form of it is known that can run twice' };
}

/** A DROP of what becomes another kind of relation later: only while it still is what it is called. */
function turned({ unit, effect }: Verdict): { fix: Fix; technique: Technique } | { why: string } {
  const relkind = effect.action === 'drop' && unit.effects.length === 1 ? RELKINDS[effect.object.kind] : undefined;
  const object =
    relkind !== undefined && effect.action === 'drop'
      ? { ...effect.object, detail: { ...effect.object.detail, relkind } }
      : undefined;
  const fix = object && guardFor(unit.statement, kindInfo(object.kind).existence?.(object)?.exists);
  return fix ? { fix, technique: { technique: 'guard' } } : { why: 'drop each of them in a statement of its own' };
}

/** Whether two guarded statements can stand in one DO block: next to each other, and about the same table. */
function areNeighbours(
  a: { statement: Statement; table: string | undefined },
  b: { statement: Statement; table: string | undefined },
): boolean {
  if (a.table === undefined || a.table !== b.table || a.statement.parent !== b.statement.parent || a.statement.embedded)
    return false;
  if (a.statement.stop === a.statement.end) return false;
  const { text } = a.statement.script;
  const between = text.slice(a.statement.stop, b.statement.start);
  // A comment that switches rules off must go on speaking of the one statement alone.
  if (/(?:sql-lint|eslint)-(?:dis|en)able/.test(between + /^.*/.exec(text.slice(b.statement.start))![0])) return false;
  return !/-->|--[ \t]*\+|\{\{|^\s*\\/m.test(between) && a.statement.script.next(a.statement) === b.statement;
}

/** One guard around all statements of a sequence, which asks for its end. */
function sequenceOutcome({ statements, end }: NonNullable<Verdict['sequence']>): Outcome {
  const condition = sequenceCondition(end);
  if (condition === undefined) return { why: 'the catalog cannot be asked whether the statements have run' };
  const edits = guardEdits(
    statements.map((statement, k) => ({
      statement,
      condition: k === 0 ? condition : undefined,
      edits: plpgsqlEdits(statement),
    })),
  );
  return { edits, technique: { technique: 'guard' } };
}

/** SQL that is true until a sequence has run to its end. */
export function sequenceCondition(end: SequenceEnd): string | undefined {
  return 'made' in end
    ? kindInfo(end.made.kind).existence?.(end.made)?.missing
    : kindInfo(end.removed.kind).existence?.(end.removed)?.exists;
}

/**
 * PostgreSQL's own forms for what a statement makes. Where it is guarded only because something that it needs goes
 * later, a run that stops before that must find the statement repeatable too.
 */
function ownForms(verdict: Verdict, verdicts: readonly Verdict[], options: FixOptions): Edit[] {
  const { unit } = verdict;
  return flatMap(unit.effects, (effect) => {
    if (
      effect.action !== 'create' ||
      effect.mode !== 'bare' ||
      verdicts.some((v) => v.unit === unit && v.effect.action === 'create')
    )
      return [];
    const technique = unit.entry.techniques?.find((t) => t.technique === 'keyword');
    const fix = technique && keyword({ ...verdict, effect }, technique, options);
    return fix && 'edits' in fix ? (fix.edits ?? []) : [];
  });
}

/** The same for a statement that has no form of its own: what its guard asks besides, by the last thing that it makes. */
function ownCondition({ unit }: Verdict, verdicts: readonly Verdict[]): string | undefined {
  const techniques = (unit.entry.techniques ?? []).map((t) => t.technique);
  const guarded =
    !techniques.includes('keyword') && (techniques.includes('guard') || techniques.includes('guard-each'));
  const made = guarded
    ? unit.effects.findLast((effect) => effect.action === 'create' && effect.mode === 'bare')
    : undefined;
  return made && !verdicts.some((v) => v.unit === unit && v.effect.action === 'create')
    ? conditionFor(made)
    : undefined;
}

/**
 * So many statements share a DO block at most: each of their findings brings the whole block as its fix, and a file of
 * thousands of rows would bring it thousands of times.
 */
const TOGETHER = 20;

/** Plans the fixes of all verdicts of one file. */
export function planFixes(verdicts: readonly Verdict[], options: FixOptions): Map<Verdict, Outcome> {
  const plan = new Map<Verdict, Outcome>();
  const guarded = new Map<
    Statement,
    { guarded: Guarded; table: string | undefined; verdicts: { verdict: Verdict; technique: Technique }[] }
  >();
  for (const verdict of verdicts) {
    if (verdict.sequence) {
      plan.set(verdict, sequenceOutcome(verdict.sequence));
      continue;
    }
    const chosen = choose(verdict, options);
    if ('why' in chosen) {
      plan.set(verdict, chosen);
      continue;
    }
    const { fix, technique } = chosen;
    if ('why' in fix) continue;
    if (!fix.guard) {
      plan.set(verdict, { edits: fix.edits!, technique });
      continue;
    }
    const { statement } = verdict.unit;
    const known = guarded.get(statement);
    const needs = verdict.effect.action === 'use';
    const edits = [...(fix.guard.edits ?? []), ...(needs ? ownForms(verdict, verdicts, options) : [])];
    if (known) {
      // The statement is atomic, so one of its effects tells whether it ran; the last one that it makes or removes.
      // What is made without a name goes with the column that it needs, so both are asked for.
      const both = verdict.effect.action === 'duplicate' && known.verdicts[0]!.verdict.effect.action === 'use';
      const condition = needs
        ? known.guarded.condition
        : both
          ? allOf([known.guarded.condition!, fix.guard.condition])
          : fix.guard.condition;
      known.guarded = {
        ...known.guarded,
        condition,
        edits: [
          ...known.guarded.edits,
          ...edits.filter((e) => !known.guarded.edits.some((k) => k.start === e.start && k.text === e.text)),
        ],
      };
      known.verdicts.push({ verdict, technique });
    } else {
      const { effect } = verdict;
      const of =
        'object' in effect
          ? (effect.object.of ??
            (effect.action === 'insert' || effect.object.kind === 'table' ? effect.object : undefined))
          : undefined;
      const table = of && `${of.schema ?? ''}.${of.name}`;
      guarded.set(statement, {
        guarded: {
          statement,
          condition: needs
            ? allOf([fix.guard.condition, ownCondition(verdict, verdicts) ?? []].flat())
            : fix.guard.condition,
          edits,
        },
        table,
        verdicts: [{ verdict, technique }],
      });
    }
  }
  const requests = [...guarded.values()].sort((a, b) => a.guarded.statement.start - b.guarded.statement.start);
  for (let i = 0; i < requests.length;) {
    let j = i + 1;
    while (
      j < requests.length &&
      j - i < TOGETHER &&
      areNeighbours(
        { statement: requests[j - 1]!.guarded.statement, table: requests[j - 1]!.table },
        { statement: requests[j]!.guarded.statement, table: requests[j]!.table },
      )
    )
      j++;
    const group = requests.slice(i, j);
    // Statements that wait for the same go under one IF.
    const edits = guardEdits(
      group.map(({ guarded: g }, k) =>
        k > 0 && group[k - 1]!.guarded.condition === g.condition ? { ...g, condition: undefined } : g,
      ),
    );
    for (const { verdict, technique } of flatMap(group, (g) => g.verdicts)) plan.set(verdict, { edits, technique });
    i = j;
  }
  return plan;
}

export { conditionFor, guardFor };
