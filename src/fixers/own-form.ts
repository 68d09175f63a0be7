import type { Finding } from '../rerun/finding.ts';
import { pending } from '../rerun/semantics/index.ts';
import type { Statement } from '../syntax/script.ts';
import type { Edit } from './edits.ts';
import { guardFor } from './guard.ts';
import { isAtomic } from './runner.ts';
import { allOf } from './layout.ts';
import { chooseRemedy, type OwnFinding, type Remedy } from './remedies.ts';
import type { FixOptions } from './types.ts';

/** What stands in and before a statement, besides the guard that it shares. */
export interface OwnForm {
  edits: Edit[];
  conditions: string[];
}

/**
 * What makes one statement repeatable if the migration stops behind it, while its guard still lets it run.
 * @param again the findings of that case
 */
export function ownForm(
  statement: Statement,
  again: readonly Finding[],
  options: FixOptions,
): OwnForm | { why: string } {
  const edits: Edit[] = [];
  const conditions: string[] = [];
  for (const finding of again) {
    if (finding.at.unit.statement !== statement) continue;
    const remedy = chooseRemedy(finding as OwnFinding, options);
    if ('why' in remedy) return { why: `it cannot run again if the migration stops behind it: ${remedy.why}` };
    edits.push(...(remedy.fix.guard?.edits ?? remedy.fix.edits ?? []));
    if (remedy.fix.guard) conditions.push(remedy.fix.guard.condition);
  }
  return { edits, conditions };
}

/**
 * What can be done about a finding of one statement. Where the statement needs what is removed later, the remedy also
 * holds if the migration stops before that.
 */
export function remedyFromEveryStop(finding: OwnFinding, options: FixOptions): Remedy {
  const remedy = chooseRemedy(finding, options);
  if ('why' in remedy || finding.kind !== 'fails' || !finding.again) return remedy;
  const { statement } = finding.at.unit;
  const own = ownForm(statement, finding.again, options);
  // A file that is sent as a whole, or in one transaction, does not stop between two statements.
  if ('why' in own) return isAtomic(statement, options.runners) ? remedy : own;
  const { fix, technique } = remedy;
  if (!fix.guard && own.conditions.length === 0)
    return { fix: { edits: unique([...fix.edits, ...own.edits]) }, technique };
  // IF EXISTS cannot ask for what the statement makes, so a guard asks for both.
  const guarded = fix.guard ? fix : guardFor(statement, pending(finding.at.effect));
  if (!guarded?.guard) return guarded && 'why' in guarded ? guarded : { why: 'the catalog cannot be asked for it' };
  const { condition, edits = [] } = guarded.guard;
  return {
    fix: {
      guard: {
        condition: allOf([condition, ...own.conditions]),
        edits: unique([...edits, ...own.edits]),
      },
    },
    technique: { technique: 'guard' },
  };
}

/** Edits without those that say the same at the same place. */
export const unique = (edits: readonly Edit[]): Edit[] =>
  edits.filter((edit, k) => edits.findIndex((e) => e.start === edit.start && e.text === edit.text) === k);
