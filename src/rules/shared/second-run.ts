/** Shared by the rules about a second run. They differ in the effects that they report. */
import { tokenize } from '../../syntax/lexer.ts';
import { findPhrase } from '../../syntax/tokens.ts';
import type { Effect } from '../../catalog/effects.ts';
import { describe, kindInfo } from '../../catalog/objects.ts';
import { wordsOf, type SqlState } from '../../catalog/sqlstates.ts';
import type { Outcome } from '../../fixers/index.ts';
import { ruleOf, type Finding, type SecondRunRule } from '../../rerun/finding.ts';
import { pending } from '../../rerun/semantics/index.ts';
import { dropStatement } from '../../fixers/drop-first.ts';
import { fixWith, type Rule, type RuleContext, type RuleMeta } from '../api/rule.ts';

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** A finding that a rule reports with a subject, a consequence and an advice. */
type Reported = Exclude<Finding, { kind: 'needs-shared-guard' | 'end-state-differs' | 'loses-data' | 'collides' }>;

const isReported = (finding: Finding): finding is Reported =>
  !['needs-shared-guard', 'end-state-differs', 'loses-data', 'collides'].includes(finding.kind);

/** What a second run does, in words. */
function consequence(finding: Reported): string {
  switch (finding.kind) {
    case 'fails':
      return finding.isOnlyIfStopped
        ? `if the migration stops before it has come to its end, the next run fails with ${stateInWords(finding)}`
        : `a second run fails with ${stateInWords(finding)}`;
    case 'repeats':
    case 'redefines':
      return finding.consequence;
    case 'changes-rows':
      return `a second run changes the rows again, because ${finding.reason}`;
    case 'undecidable':
      return finding.reason;
  }
}

const stateInWords = ({ sqlstate }: { sqlstate: SqlState }): string => `${sqlstate} (${wordsOf(sqlstate)})`;

/** What the guard of a finding asks for, in words: its SQL is in the fix. */
function conditionOf(finding: Reported): string {
  const { effect } = finding.at;
  if (!('object' in effect)) return 'only if it has not run yet';
  if (finding.kind === 'fails' && finding.cause === 'needed') return 'only while nothing depends on the object';
  const question = pending(effect);
  const { label, owner } = kindInfo(effect.object.kind);
  const noun = `the ${label}`;
  // A type of a column is always there.
  if (question === undefined || label.includes(' of ')) return 'only if it has not run yet';
  if (effect.action === 'rename') return `only if ${noun} still has its old name`;
  const place = owner?.link.startsWith('in ') ? owner.link.replace('in ', 'in the ') : 'there';
  return asksForMissing(question) ? `only if ${noun} is not ${place} yet` : `only if ${noun} is still ${place}`;
}

/** Whether a question of the catalog is true where the object is not there. */
const asksForMissing = (question: string): boolean => /^NOT EXISTS|IS NULL$/.test(question);

/** DROP … IF EXISTS of what an effect makes, without its semicolon. */
const dropOf = (effect: Effect): string | undefined =>
  'object' in effect ? dropStatement(effect.object)?.slice(0, -1) : undefined;

const nameOf = (effect: Effect): string => ('object' in effect ? effect.object.name : '');

/** What to write instead. */
function advice(finding: Reported, outcome: Outcome): string {
  const { effect } = finding.at;
  const asked = finding.wrongCondition ? pending(effect) : undefined;
  if (asked) return `Ask ${asked}.`;
  if ('why' in outcome) return `It has no automatic fix: ${outcome.why}.`;
  const { technique } = outcome;
  switch (technique.technique) {
    case 'keyword':
      return technique.keywords === 'OR REPLACE' ? 'Write CREATE OR REPLACE.' : `Add ${technique.keywords}.`;
    case 'drop-add':
      return 'Put DROP CONSTRAINT IF EXISTS before it, in the same ALTER TABLE.';
    case 'drop-first':
      return `Put ${dropOf(effect) ?? 'DROP … IF EXISTS'} before it.`;
    case 'guard':
    case 'guard-each':
      return `Run it in a DO block, ${conditionOf(finding)}.`;
    case 'name':
      return `Name it "${nameOf(effect)}", as PostgreSQL does, and guard it.`;
    case 'concurrent-index':
      return outcome.edits.length === 1
        ? 'Add IF NOT EXISTS.'
        : 'Drop the index first where a failed build left it invalid, then add IF NOT EXISTS.';
    case 'select-into':
      return 'Write CREATE TABLE IF NOT EXISTS … AS SELECT.';
    case 'insert':
      return outcome.edits.some((e) => findPhrase(e.text, tokenize(e.text), 'on conflict'))
        ? 'Add ON CONFLICT DO NOTHING.'
        : 'Insert only if the row is not there.';
  }
}

/**
 * A rule that reports the findings of the second run which `ruleOf` gives it.
 * @param subject the first part of the message, such as `table "t" is created without a guard`
 */
export function secondRunRule(
  name: SecondRunRule,
  meta: Omit<RuleMeta, 'messages' | 'schema' | 'type'>,
  subject: (finding: Finding) => string,
): Rule {
  return {
    meta: { type: 'problem', schema: [], ...meta, messages: { bare: '{{subject}}: {{consequence}}. {{advice}}' } },
    create: (context) => ({
      Script: () => {
        for (const { finding, outcome } of context.sourceCode.secondRun)
          if (ruleOf(finding) === name && isReported(finding)) report(context, finding, outcome, subject(finding));
      },
    }),
  };
}

function report(context: RuleContext, finding: Reported, outcome: Outcome, subject: string): void {
  const { unit } = finding.at;
  const { statement } = unit;
  const { wrongCondition } = finding;
  context.report({
    loc: context.sourceCode.headOf(unit),
    messageId: 'bare',
    data: {
      subject: statement.unmask(
        capital(
          wrongCondition ? subject.replace('without a guard', 'under a condition that does not ask for it') : subject,
        ),
      ),
      consequence: wrongCondition
        ? 'the condition asks for another object, and each can exist without the other'
        : statement.unmask(consequence(finding)),
      advice: statement.unmask(advice(finding, outcome)),
    },
    fix: 'edits' in outcome ? fixWith(outcome.edits) : null,
  });
}

/** The object of a finding, as messages call it. */
export function objectOf({ at: { effect } }: Finding): string {
  if ('object' in effect) return describe(effect.object);
  return 'table' in effect ? describe(effect.table) : '';
}
