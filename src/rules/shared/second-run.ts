/** What the rules about a second run have in common: they differ in the effects that they speak of. */
import type { Effect } from '../../catalog/effects.ts';
import { describe } from '../../catalog/objects.ts';
import { wordsOf, type SqlState } from '../../catalog/sqlstates.ts';
import type { Outcome } from '../../fixers/index.ts';
import { conditionFor } from '../../fixers/index.ts';
import type { Verdict } from '../../history/rerun.ts';
import { dropStatement } from '../../fixers/drop-first.ts';
import { fixWith, type Rule, type RuleContext, type RuleMeta } from '../api/rule.ts';

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** What a second run does, in words. */
function consequence({ error, why, problem, unit }: Verdict): string {
  if (problem === 'unknown' && why) return why;
  if (problem === 'changes' && why) return `a second run changes the rows again, because ${why}`;
  if (problem === 'changes') return `a second run changes rows again, since ${why ?? 'they are not the same'}`;
  if (error) return `a second run fails with ${error} (${wordsOf(error as SqlState)})`;
  return why?.startsWith('a second run') || why?.startsWith('no ') || why?.startsWith('the ')
    ? why
    : `a second run ${why ?? effectOf(unit) ?? 'does it again'}`;
}

const effectOf = ({ entry: { secondRun } }: Verdict['unit']) =>
  typeof secondRun === 'object' && 'effect' in secondRun ? secondRun.effect : undefined;

/** What to write instead. */
function advice(verdict: Verdict, outcome: Outcome): string {
  const { effect, guard } = verdict;
  const asked = guard && verdict.misasked ? conditionFor(effect) : undefined;
  if (asked) return `Ask ${asked}.`;
  if ('why' in outcome) return `It has no automatic fix: ${outcome.why}.`;
  const { technique } = outcome;
  switch (technique.technique) {
    case 'keyword':
      return technique.keywords === 'OR REPLACE' ? 'Write CREATE OR REPLACE.' : `Add ${technique.keywords}.`;
    case 'drop-add':
      return 'Put DROP CONSTRAINT IF EXISTS before it, in the same ALTER TABLE.';
    case 'drop-first':
      return `Put ${('object' in effect && dropStatement(effect.object)?.slice(0, -1)) || 'DROP … IF EXISTS'} before it.`;
    case 'guard':
    case 'guard-each':
      return `Run it in a DO block, only if ${conditionFor(effect) ?? 'it has not run yet'}.`;
    case 'name':
      return `Name it "${(effect as { object: { name: string } }).object.name}", as PostgreSQL does, and guard it.`;
    case 'concurrent-index':
      return 'Drop the index first where a failed build left it invalid, then add IF NOT EXISTS.';
    case 'select-into':
      return 'Write CREATE TABLE IF NOT EXISTS … AS SELECT.';
    case 'insert':
      return outcome.edits.some((e) => /on conflict/i.test(e.text))
        ? 'Add ON CONFLICT DO NOTHING.'
        : 'Insert only if the row is not there.';
  }
}

/** A rule about one kind of effect. */
export function secondRunRule(
  meta: Omit<RuleMeta, 'messages' | 'schema' | 'type'> & Partial<Pick<RuleMeta, 'schema'>>,
  applies: (verdict: Verdict) => boolean,
  subject: (effect: Effect, verdict: Verdict) => string,
): Rule {
  return {
    meta: { type: 'problem', schema: [], ...meta, messages: { bare: '{{subject}}: {{consequence}}. {{advice}}' } },
    create: (context) => ({
      Script: () => {
        for (const { verdict, outcome } of context.sourceCode.secondRun) {
          if (!['tangled', 'collides', 'leftover', 'remade'].includes(verdict.problem) && applies(verdict))
            report(context, verdict, outcome, subject(verdict.effect, verdict));
        }
      },
    }),
  };
}

function report(context: RuleContext, verdict: Verdict, outcome: Outcome, subject: string): void {
  const { unit } = verdict;
  const asked = verdict.guard && verdict.misasked;
  const { statement } = unit;
  context.report({
    loc: context.sourceCode.headOf(unit),
    messageId: 'bare',
    data: {
      subject: statement.unmask(
        capital(asked ? subject.replace('without a guard', 'under a condition that does not ask for it') : subject),
      ),
      consequence: asked
        ? 'what it asks for can be there without this, and this without that'
        : statement.unmask(consequence(verdict)),
      advice: statement.unmask(advice(verdict, outcome)),
    },
    fix: 'edits' in outcome ? fixWith(outcome.edits) : null,
  });
}

export { describe };
