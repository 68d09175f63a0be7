/** Plans the fixes of a file: a technique for every finding, and one DO block for neighbouring statements. */
import type { Technique } from '../catalog/effects.ts';
import { flatMap } from '../lists.ts';
import type { Finding } from '../rerun/finding.ts';
import { findMark } from '../project/marks.ts';
import type { Statement } from '../syntax/script.ts';
import type { Edit } from './edits.ts';
import { allOf, guardEdits, type Guarded } from './layout.ts';
import { guardLineage } from './lineage.ts';
import { remedyFromEveryStop, unique } from './own-form.ts';
import type { OwnFinding } from './remedies.ts';
import { editsForBlock, isAtomic, refusal } from './runner.ts';
import type { FixOptions, GuardRequest } from './types.ts';

/** The fix of a finding, with its technique, or the reason why there is none. */
export type Outcome = { edits: readonly Edit[]; technique: Technique } | { why: string };

/** A statement that is to be guarded, with the findings that ask for it. */
interface Request {
  guarded: Guarded;
  /** The table of the statement; undefined if it has none. */
  table: string | undefined;
  findings: { finding: Finding; technique: Technique }[];
}

/**
 * Plans the fixes of all findings of one file.
 * @returns an outcome for every finding but those of stops that no block can mend
 */
export function planFixes(findings: readonly Finding[], options: FixOptions): Map<Finding, Outcome> {
  const plan = planShared(findings, options);
  const requests = new Map<Statement, Request>();
  for (const finding of findings) {
    if (finding.kind === 'needs-shared-guard' || plan.has(finding)) continue;
    // A file that is sent as a whole does not stop between two statements.
    if (
      finding.kind === 'undecidable' &&
      finding.isOnlyIfStopped &&
      isAtomic(finding.at.unit.statement, options.runners)
    )
      continue;
    const chosen = remedyFromEveryStop(finding, options);
    if ('why' in chosen) plan.set(finding, chosen);
    else if (chosen.fix.guard) addRequest(requests, finding, chosen.technique, chosen.fix.guard);
    else plan.set(finding, { edits: chosen.fix.edits, technique: chosen.technique });
  }
  const inOrder = [...requests.values()].sort((a, b) => a.guarded.statement.start - b.guarded.statement.start);
  for (const group of neighbours(inOrder)) {
    const edits = [...editsForBlock(group[0]!.guarded.statement), ...guardEdits(withSharedConditions(group))];
    for (const { finding, technique } of flatMap(group, (request) => request.findings))
      plan.set(finding, { edits, technique });
  }
  for (const [finding, outcome] of plan) {
    const refused = 'edits' in outcome ? refusal(finding.at.unit.statement, outcome.edits) : undefined;
    if (refused !== undefined) plan.set(finding, { why: refused });
  }
  return plan;
}

/** Plans the guards that statements share. A block that always runs mends what is found of its statements too. */
function planShared(findings: readonly Finding[], options: FixOptions): Map<Finding, Outcome> {
  const plan = new Map<Finding, Outcome>();
  for (const finding of findings) {
    if (finding.kind !== 'needs-shared-guard') continue;
    const { guard } = finding;
    const outcome = guardLineage(guard, options);
    // A stop in a file that otherwise runs twice is for the transaction to undo.
    if (!guard.end && 'why' in outcome) continue;
    plan.set(finding, outcome);
    if (guard.end || 'why' in outcome) continue;
    for (const own of guard.again) {
      const chosen = remedyFromEveryStop(own as OwnFinding, options);
      if (!('why' in chosen)) plan.set(own, { edits: outcome.edits, technique: chosen.technique });
    }
  }
  return plan;
}

/** Adds a condition to the guard of its statement, which may have others from other findings. */
function addRequest(
  requests: Map<Statement, Request>,
  finding: Finding,
  technique: Technique,
  { condition, edits = [] }: GuardRequest,
): void {
  const { statement } = finding.at.unit;
  const known = requests.get(statement);
  if (!known) {
    requests.set(statement, {
      guarded: { statement, condition, edits },
      table: tableOf(finding),
      findings: [{ finding, technique }],
    });
    return;
  }
  known.guarded = {
    ...known.guarded,
    condition: combined(known, finding, condition),
    edits: unique([...known.guarded.edits, ...edits]),
  };
  known.findings.push({ finding, technique });
}

/** A statement is atomic, so one of its effects tells whether it ran: the last object that it creates or drops. */
function combined(known: Request, { at: { effect } }: Finding, condition: string): string {
  const before = known.guarded.condition!;
  if (effect.action === 'use') return before;
  // An unnamed object is dropped together with its column, so the guard asks for both.
  const isBoth = effect.action === 'duplicate' && known.findings[0]!.finding.at.effect.action === 'use';
  return isBoth ? allOf([before, condition]) : condition;
}

function tableOf({ at: { effect } }: Finding): string | undefined {
  if (!('object' in effect)) return undefined;
  const isTable = effect.action === 'insert' || effect.object.kind === 'table';
  const table = effect.object.of ?? (isTable ? effect.object : undefined);
  return table && `${table.schema ?? ''}.${table.name}`;
}

/**
 * So many statements share a DO block at most: each of their findings brings the whole block as its fix, and a file of
 * thousands of rows would bring it thousands of times.
 */
const TOGETHER = 20;

function neighbours(requests: readonly Request[]): Request[][] {
  const groups: Request[][] = [];
  for (const request of requests) {
    const group = groups.at(-1);
    if (group && group.length < TOGETHER && areNeighbours(group.at(-1)!, request)) group.push(request);
    else groups.push([request]);
  }
  return groups;
}

/** Whether two guarded statements can stand in one DO block: next to each other, and about the same table. */
function areNeighbours(a: Request, b: Request): boolean {
  if (a.table === undefined || a.table !== b.table) return false;
  const [first, second] = [a.guarded.statement, b.guarded.statement];
  if (first.parent !== second.parent || first.embedded || first.stop === first.end) return false;
  const { text } = first.script;
  const between = text.slice(first.stop, second.start);
  // A comment that switches rules off must go on speaking of the one statement alone.
  if (/(?:sql-lint|eslint)-(?:dis|en)able/.test(between + /^.*/.exec(text.slice(second.start))![0])) return false;
  if (findMark(text, first.stop, second.start) || /\{\{|^\s*\\/m.test(between)) return false;
  return first.script.next(first) === second;
}

/** Statements that wait for the same go under one IF. */
function withSharedConditions(group: readonly Request[]): Guarded[] {
  return group.map(({ guarded }, k) =>
    group[k - 1]?.guarded.condition === guarded.condition ? { ...guarded, condition: undefined } : guarded,
  );
}
