/** What to report of a fix that was taken back: the fewest statements that still show it. */
import { Script } from '../syntax/script.ts';
import { headline, type FileVerdict } from '../verify/index.ts';

/** A fix that is not sound, as somebody who mends it wants to have it. */
export interface Bug {
  /** The names of the rules whose fixes were taken back. */
  rules: readonly string[];
  /** The fewest statements of the file, as they were written. */
  text: string;
  /** The same with all fixes. */
  fixed: string;
  /** What comes of running it. */
  verdict: FileVerdict;
  /** How many migrations run before the file. */
  before: number;
}

/** So often a text is run to find a smaller one. */
const MOST_RUNS = 40;

/**
 * Leaves out statements as long as a text goes on showing what it shows: the half of them, a quarter, at last each.
 * @param shows whether a text still shows it
 * @returns the text with the statements that are left
 */
export async function smallest(text: string, shows: (text: string) => Promise<boolean>): Promise<string> {
  let left = text;
  let runs = 0;
  for (let share = 2; runs < MOST_RUNS; share *= 2) {
    const { statements } = new Script(left);
    const size = Math.max(1, Math.ceil(statements.length / share));
    // From the end: a statement needs those before it, and not those behind it.
    for (let end = statements.length; end > 0 && runs < MOST_RUNS; end -= size) {
      const [first, last] = [statements[Math.max(0, end - size)]!, statements[end - 1]!];
      // Earlier statements are where they were.
      const without = left.slice(0, first.start) + left.slice(last.stop);
      if (without.trim() === '') continue;
      runs++;
      if (await shows(without)) left = without;
    }
    if (size === 1) break;
  }
  return `${left.trim()}\n`;
}

/** A text in Markdown for an issue. Nothing is sent anywhere. */
export function renderBugs(bugs: readonly Bug[], version: string): string {
  return bugs.map((bug) => renderBug(bug, version)).join('\n');
}

function renderBug({ rules, text, fixed, verdict, before }: Bug, version: string): string {
  const why =
    'failure' in verdict
      ? `${verdict.failure.code}: ${verdict.failure.message}`
      : 'diff' in verdict
        ? verdict.diff
        : '';
  const earlier =
    before === 0
      ? 'No migration runs before it.'
      : `${before} of the project run before it; add what it needs of them.`;
  return `# A fix of ${rules.join(', ')} that is not sound: ${headline(verdict)}

sql-lint ${version} on ${verdict.engine}; sent as by ${verdict.sent}

${fenced('', why)}
The migration, as far as it shows this. ${earlier}

${fenced('sql', text)}
What \`--fix\` makes of it:

${fenced('sql', fixed)}`;
}

/** A code block whose fence is longer than any in the text. */
function fenced(language: string, text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text.trimEnd()}\n${fence}\n`;
}
