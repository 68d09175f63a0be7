import type { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { Store } from '../../cli/tasks.ts';
import { unifiedDiff } from '../../cli/unified-diff.ts';
import { UserError } from '../../errors.ts';
import { flatMap } from '../../lists.ts';
import type { LintResult } from '../../linter/linter.ts';
import { addTool, SECONDS, type Call } from '../call.ts';
import { subject, type Target } from '../files.ts';
import { countsOf, finding, findingsOf, linesOf } from '../findings.ts';
import { ALONE, lintSubject } from './linting.ts';

const input = z.strictObject({
  ...subject,
  write: z.boolean().default(false).describe('Write the fixes into the files. Only for files, not for `text`.'),
  suggestions: z
    .boolean()
    .default(false)
    .describe('Also apply what a person has to decide, such as a change that the original did not make'),
  rules: z.array(z.string()).optional().describe('Fix only what these rules find'),
});

const output = z.object({
  files: z.array(
    z.object({
      path: z.string(),
      changed: z.boolean(),
      written: z.boolean(),
      text: z.string().optional().describe('The fixed SQL; given where the call had `text`'),
      diff: z.string().describe('Unified; empty where nothing changes'),
    }),
  ),
  left: z.array(finding).describe('What is still found in the fixed files, and why it is not fixed'),
  omitted: z.int().describe('How many more findings are left than are listed'),
  notes: z.array(z.string()),
  failures: z.array(z.string()),
});

type Fixed = z.input<typeof output>['files'][number];

/** So much of all diffs is worth reading; whoever wants more writes the files and looks at them. */
const MOST_DIFF = 20_000;

/** Rewrites, and writes only what it is asked to write. */
export function addFix(server: McpServer): void {
  addTool(server, 'fix', {
    title: 'Fix SQL migrations',
    description:
      'Rewrites PostgreSQL migrations so that they can run twice and mean the same, and repairs invented syntax. ' +
      'Answers the fixed text, a diff, and what is left for you to decide. Writes files only with write: true. ' +
      'Call verify afterwards.',
    input,
    output,
    annotations: { readOnlyHint: false, destructiveHint: true },
    seconds: () => 2 * SECONDS,
    work: fix,
  });
}

async function fix(asked: z.output<typeof input>, call: Call) {
  const { write, suggestions, rules = [], ...about } = asked;
  if (write && about.text !== undefined)
    throw new UserError('write: true takes files; the fixed text of "text" is in the answer, for you to write');
  if (write && about.path === undefined && !about.paths?.length)
    throw new UserError('write: true needs "paths": name the files to be changed, and none that has been applied');
  const argv = [write ? '--fix' : '--fix-dry-run', ...(suggestions ? ['--fix-suggestions'] : [])];
  const before = new Map<string, string>();
  const linted = await lintSubject(about, call, [...argv, ...flatMap(rules, (rule) => ['--rule', rule])], (target) =>
    remembering(target, before),
  );
  const { results, notes, failures, targets } = linted;
  const isAlone = targets.some((target) => target.isAlone);
  const files: Fixed[] = [];
  for (const result of results)
    files.push(await fixedOf(result, before.get(result.filePath) ?? about.text ?? '', asked, call));
  let room = MOST_DIFF;
  const said = flatMap(files, (file) => {
    const lines = linesOfFile(file, room);
    room = Math.max(0, room - file.diff.length);
    return lines;
  });
  const { findings: left, omitted } = findingsOf(results, call.roots.shown);
  const lines = [
    ...notes,
    ...said,
    ...(left.length > 0 ? ['Left:', ...linesOf({ findings: left, omitted })] : []),
    ...failures,
    countsOf(results),
    ...(isAlone ? [ALONE] : []),
  ];
  return { text: lines.join('\n'), data: { files, left, omitted, notes, failures } };
}

/** The store of a target, which remembers the texts as they were. */
function remembering({ store }: Target, before: Map<string, string>): Store {
  return {
    ...store,
    read(path) {
      const source = store.read(path);
      if (!before.has(path)) before.set(path, source.text);
      return source;
    },
  };
}

async function fixedOf(
  { filePath, output: fixed }: LintResult,
  before: string,
  { text, write }: z.output<typeof input>,
  { roots }: Call,
): Promise<Fixed> {
  const path = roots.shown(filePath);
  const changed = fixed !== undefined && fixed !== before;
  return {
    path,
    changed,
    written: changed && write,
    ...(text !== undefined && { text: fixed ?? before }),
    diff: changed ? await unifiedDiff(path.replaceAll('\\', '/'), before, fixed) : '',
  };
}

/** @param room how many characters of its diff are shown */
function linesOfFile({ path, changed, written, text, diff }: Fixed, room: number): string[] {
  if (!changed) return [`${path}: there is nothing to fix.`];
  if (text !== undefined) return [`${path}, fixed:`, '```sql', text.trimEnd(), '```'];
  const said = `${path}: ${written ? 'fixed and written.' : 'would be fixed; nothing was written.'}`;
  if (room === 0) return [`${said} The diff is left out.`];
  const rest = diff.length > room ? ['… the rest of the diff is left out'] : [];
  return [said, '```diff', diff.slice(0, room).trimEnd(), '```', ...rest];
}
