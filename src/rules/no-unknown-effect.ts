import { staysAlone } from '../fixers/runner.ts';
import { waysBack } from '../project/marks.ts';
import { firstTorn } from '../project/sending.ts';
import { tools } from '../project/tools/index.ts';
import type { Cut } from '../project/types.ts';
import type { Script, Statement } from '../syntax/script.ts';
import { defineRule, type RuleContext } from './api/rule.ts';
import { secondRunRule } from './shared/second-run.ts';
import { isTemplate } from './shared/template.ts';

const judged = secondRunRule(
  'no-unknown-effect',
  {
    docs: {
      description: 'Report statements whose effect the text of the migration does not tell',
      presets: { recommended: 'warn', supabase: 'warn', strict: 'error' },
    },
  },
  () => 'whether this can run twice is not known',
);

export default defineRule({
  meta: {
    ...judged.meta,
    messages: {
      ...judged.meta.messages,
      template: 'Whether this can run twice is not known: it is not SQL until its placeholders are filled in.',
      command: 'Whether this can run twice is not known: what {{command}} does is not in the text of the migration.',
      leftover:
        'Whether this can run twice is not known: if building index "{{name}}" fails, an invalid index is left, ' +
        'and IF NOT EXISTS then skips the statement. Nothing can be put before it, because {{why}}: after a ' +
        'failure, run DROP INDEX CONCURRENTLY {{name}} by hand.',
      mark:
        '"{{mark}}" looks like the mark with which a down migration begins, but {{tool}}: the statements below it ' +
        'run in the up migration too. Move them to a file of their own, or name the tool in the configuration ' +
        '("tool").',
      torn:
        'Whether this can run twice is not known: {{tool}} {{how}}, so that PostgreSQL does not get the statement as ' +
        'it stands here. {{instead}}.',
      ends:
        'This ends the transaction that {{tool}} has opened: once the file has run, {{tool}} fails with ' +
        '"{{message}}". Leave the statement out, or switch that transaction off: {{off}}.',
    },
  },
  create: (context) => ({
    Script() {
      judged.create(context).Script?.();
      const { script } = context.sourceCode;
      reportCommands(context);
      reportMarks(context);
      reportLeftovers(context);
      reportTorn(context);
      reportEnds(context);
      for (const statement of script.all()) {
        if (isTemplate(statement) && statement.direction === 'up')
          context.report({
            loc: context.sourceCode.headOf(statement),
            messageId: 'template',
          });
      }
    },
  }),
});

/** psql's commands that run what stands elsewhere, or against another database. `\\copy … to` only reads. */
const RUNS_OTHER = [
  /^\\(?:gexec|ir?|include(?:_relative)?|c(?:onnect)?|lo_(?:import|unlink)|!)(?![a-z_])/i,
  /^\\copy\b.*\bfrom\s+(?!p?stdin\b)/i,
];

/** What psql puts in the place of a variable where a whole statement is expected. */
const IS_VARIABLE = [/^:(?:\w+|\{)/];

const runsForward = ({ format }: Script, offset: number): boolean =>
  format.parts.some(({ start, end, direction }) => direction === 'up' && start <= offset && offset < end);

function reportCommands({ sourceCode, report }: RuleContext): void {
  const { script, text } = sourceCode;
  for (const { start, end, why } of script.skipped) {
    const skipped = text.slice(start, end);
    if (why === 'copy-data') continue;
    if (!(why === 'meta-command' ? RUNS_OTHER : IS_VARIABLE).some((form) => form.test(skipped))) continue;
    const command = why === 'meta-command' ? /^\\\S\w*/.exec(skipped)![0] : skipped;
    if (runsForward(script, start))
      report({ loc: sourceCode.headOf({ start, end }), messageId: 'command', data: { command } });
  }
}

/** A comment like a mark, with statements below it that nevertheless run forward. */
function reportMarks({ sourceCode, report }: RuleContext): void {
  const { script, text } = sourceCode;
  for (const { start, text: mark } of waysBack(text)) {
    const end = script.format.parts.find((part) => part.start <= start && start < part.end)?.end ?? 0;
    const runs = script.statements.some((s) => s.direction === 'up' && s.start > start && s.start < end);
    const inside = script.statements.some((s) => s.start < start && start < s.end);
    if (!runs || inside || !runsForward(script, start)) continue;
    const tool = script.tool ? `${script.tool.title} knows no such mark` : 'no tool that is known writes it so';
    report({ loc: sourceCode.headOf({ start, end: start + mark.length }), messageId: 'mark', data: { mark, tool } });
  }
}

/**
 * Reports CREATE INDEX CONCURRENTLY IF NOT EXISTS if it would accept an invalid index that cannot be dropped before.
 */
function reportLeftovers({ sourceCode, report }: RuleContext): void {
  for (const statement of sourceCode.script.statements) {
    const node = statement.as('IndexStmt');
    if (!node?.concurrent || !node.if_not_exists || statement.direction === 'down') continue;
    const why = staysAlone(statement, sourceCode.options.runners);
    const name = statement.unmask(node.idxname ?? '');
    if (why !== undefined) report({ loc: sourceCode.headOf(statement), messageId: 'leftover', data: { name, why } });
  }
}

/** How tools cut, and what to write where that tears a statement; pieces between breakpoints are read one by one. */
const CUTS: Record<Exclude<Cut, 'whole' | 'statements' | 'breakpoints'>, { how: string; instead: string }> = {
  'line-ends': {
    how: 'ends a statement at each line that ends in a semicolon',
    instead: 'Put it between the lines "{{begin}}" and "{{end}}"',
  },
  'every-semicolon': {
    how: 'cuts the file at every semicolon (x-multi-statement)',
    instead: 'Run it without x-multi-statement',
  },
  'counted-blocks': {
    how: 'cuts the changeset at semicolons outside of the words BEGIN and END',
    instead: 'Add splitStatements:false to the changeset',
  },
  'plain-quotes': {
    how: "does not know backslashes in E'…' nor $ in names, and takes any END for that of BEGIN ATOMIC",
    instead: "Write '' for a quote, a name with $ in double quotes, and a body between dollar quotes",
  },
};

/** Reports the first statement that its tool sends otherwise than it stands. */
function reportTorn({ sourceCode, report }: RuleContext): void {
  const { script, text, path, options } = sourceCode;
  const statements = script.statements.filter(({ direction }) => direction === 'up');
  for (const runner of options.runners) {
    const { cut } = runner;
    if (cut === 'whole' || cut === 'statements' || cut === 'breakpoints') continue;
    const torn = firstTorn({ path, text, tool: script.tool, role: script.role }, runner, statements);
    if (!torn) continue;
    const { begin = '', end = '' } = script.format.block ?? {};
    const { how, instead } = CUTS[cut];
    report({
      loc: sourceCode.headOf(torn),
      messageId: 'torn',
      data: {
        tool: tools[runner.tool].title,
        how,
        instead: instead.replace('{{begin}}', begin).replace('{{end}}', end),
      },
    });
    return;
  }
}

/** Reports what ends the transaction of a tool that looks for it at the end. */
function reportEnds({ sourceCode, report }: RuleContext): void {
  const { script, options } = sourceCode;
  const runner = options.runners.find(
    ({ tool, transaction }) => transaction !== 'none' && tools[tool].missesTransaction !== undefined,
  );
  if (!runner) return;
  const { title: tool, missesTransaction: message = '', transactionOff: off = '' } = tools[runner.tool];
  for (const part of script.format.parts) {
    if (part.direction === 'down') continue;
    const statements = script.statements.filter(({ start }) => part.start <= start && start < part.end);
    const ends = endOfTransaction(statements);
    if (ends) report({ loc: sourceCode.headOf(ends), messageId: 'ends', data: { tool, message, off } });
  }
}

/** The statement that ends a transaction which was open before the first one, if none is open behind the last one. */
function endOfTransaction(statements: readonly Statement[]): Statement | undefined {
  let ends: Statement | undefined;
  for (const statement of statements) {
    const node = statement.as('TransactionStmt');
    if (!node) continue;
    if (node.kind === 'TRANS_STMT_BEGIN' || node.kind === 'TRANS_STMT_START') ends = undefined;
    const isEnd = ['TRANS_STMT_COMMIT', 'TRANS_STMT_ROLLBACK', 'TRANS_STMT_PREPARE'].includes(node.kind ?? '');
    if (isEnd && !node.chain) ends = statement;
  }
  return ends;
}
