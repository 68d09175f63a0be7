import { describe, kindInfo } from '../catalog/objects.ts';
import { flatMap } from '../lists.ts';
import type { FindingOf } from '../rerun/finding.ts';
import type { LineageEnd } from '../rerun/lineage.ts';
import { defineRule, fixWith, type Report } from './api/rule.ts';
import type { SqlSource } from './api/source.ts';

export default defineRule({
  meta: {
    type: 'problem',
    docs: {
      description: 'Require one guard around statements that undo one another',
      presets: { recommended: 'error', supabase: 'error', strict: 'error' },
    },
    fixable: 'code',
    messages: {
      one:
        'A later statement renames, drops, converts or replaces the object of this statement: a second run fails, or ' +
        'undoes the later statement. {{advice}}',
      several:
        'The {{count}} statements from line {{from}} to line {{to}} depend on one another: a second run fails, or ' +
        'repeats a change that a later one of them has undone. {{advice}}',
      apart:
        'The {{count}} statements on the lines {{lines}} depend on one another: a second run fails, or repeats a ' +
        'change that a later one of them has undone. {{advice}}',
      stopped:
        'The {{count}} statements from line {{from}} to line {{to}} undo one another: if the migration stops between ' +
        'them, the next run fails. {{advice}}',
      leftover:
        'After a second run the schema differs: the {{object}}, which this statement creates or changes, ' +
        '{{state}}. It has ' +
        'no automatic fix: {{why}}.',
      cascade:
        'CASCADE reaches what the migration makes later: a second run drops the {{object}} too, and does not make it ' +
        'again. It has no automatic fix: {{why}}.',
    },
    schema: [],
  },
  create: (context) => ({
    Script() {
      const { sourceCode } = context;
      for (const { finding, outcome } of sourceCode.secondRun) {
        if (finding.kind === 'end-state-differs' && 'why' in outcome) {
          const { object, at, after, isByCascade } = finding;
          context.report({
            loc: sourceCode.headOf(at.unit),
            messageId: isByCascade ? 'cascade' : 'leftover',
            data: {
              object: describe(object),
              state: after.has(object) ? 'no longer exists' : 'exists again',
              why: outcome.why,
            },
          });
        }
        if (finding.kind !== 'needs-shared-guard') continue;
        const fix = 'edits' in outcome ? fixWith(outcome.edits) : null;
        context.report({ ...describeSequence(finding, sourceCode, 'why' in outcome ? outcome.why : undefined), fix });
      }
    },
  }),
});

/** The condition of a guard in words: its SQL is in the fix. */
function untilEnd(end: LineageEnd, who: string): string {
  const object = 'made' in end ? end.made : end.removed;
  // A type of a column is always there.
  if (kindInfo(object.kind).label.includes(' of ')) return `${who} not run yet`;
  return `${describe(object)} is ${'made' in end ? 'not there yet' : 'still there'}`;
}

function describeSequence(
  { guard }: FindingOf<'needs-shared-guard'>,
  source: SqlSource,
  why: string | undefined,
): Report {
  const { blocks, end } = guard;
  const { script } = source;
  const statements = flatMap(blocks, (block) => block);
  const [first, last] = [statements[0]!, statements.at(-1)!];
  const lineOf = (offset: number) => String(script.locate(offset).line);
  const place = statements.length === 1 ? 'it' : blocks.length === 1 ? 'them' : 'each of them';
  const how = `Run ${place} in ${statements.length > 1 && blocks.length === 1 ? 'one' : 'a'} DO block`;
  const fixed = end ? `${how}, only if ${untilEnd(end, statements.length === 1 ? 'it has' : 'they have')}.` : `${how}.`;
  return {
    loc: source.headOf(first),
    messageId: !end ? 'stopped' : statements.length === 1 ? 'one' : blocks.length === 1 ? 'several' : 'apart',
    data: {
      count: String(statements.length),
      from: lineOf(first.start),
      to: lineOf(last.end),
      lines: statements.map((statement) => lineOf(statement.start)).join(', '),
      advice: why === undefined ? fixed : `It has no automatic fix: ${why}.`,
    },
  };
}
