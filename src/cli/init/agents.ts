/** What assistants are told of migrations, between two marks in the files that they read. */
import { existsSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UserError } from '../../errors.ts';
import { flatMap } from '../../lists.ts';
import { commandOf, textOf } from './project.ts';

const BEGIN = '<!-- sql-lint: written by "sql-lint init --agents", which replaces all up to the next mark -->';
const END = '<!-- /sql-lint -->';
/** However the first mark ends: later versions may say more in it. */
const BLOCK = /<!-- sql-lint:[^>]*-->[^]*?<!-- \/sql-lint -->/;
const ANY_MARK = /<!-- (?:sql-lint:[^>]*|\/sql-lint )-->/;

const CURSOR_RULES = '.cursor/rules';
/** What Cursor wants to know of its rules. */
const CURSOR_HEAD = '---\ndescription: SQL migrations\nglobs: **/*.sql\nalwaysApply: false\n---\n\n';

/** The lines with their marks. */
export function agentLines(cwd: string): string {
  const command = commandOf(cwd);
  return [
    BEGIN,
    '## SQL migrations',
    '',
    '- Before you write a migration, look at what is there: the tool `project` of the MCP server `sql-lint`, or',
    `  \`${command} --list-files\`.`,
    '- When you have written one, run `check`, `fix` and `verify` of that server until `verify` says "proven"; or',
    `  \`${command} --fix FILE\`, correct what it still reports, and \`${command} verify --only FILE\`.`,
    '- Never edit a migration that has been applied: write a new one.',
    `- \`${command} explain NAME\` explains a rule, an error code of PostgreSQL or a kind of statement.`,
    END,
  ].join('\n');
}

/** A file that assistants read, as it is to be. */
interface AgentFile {
  path: string;
  /** Undefined where there is no such file. */
  before: string | undefined;
  after: string;
}

/**
 * The files that assistants of the project read; AGENTS.md where there is none.
 * @throws UserError for a file that has one of the marks and not the other
 */
function agentFiles(cwd: string): AgentFile[] {
  const found = ['AGENTS.md', 'CLAUDE.md'].filter((name) => existsSync(join(cwd, name)));
  // One that only names the other, or is the other, says the same already.
  const [first] = found;
  const own = found.filter((name) => name === first || !isSame(join(cwd, first!), join(cwd, name)));
  const cursor = existsSync(join(cwd, CURSOR_RULES)) ? [`${CURSOR_RULES}/sql-lint.mdc`] : [];
  const paths = own.length + cursor.length > 0 ? [...own, ...cursor] : ['AGENTS.md'];
  const lines = agentLines(cwd);
  return paths.map((path) => {
    const before = textOf(join(cwd, path));
    return { path, before, after: withLines(path, before, lines) };
  });
}

const isSame = (agents: string, other: string): boolean =>
  realpathSync(agents) === realpathSync(other) || /^@(?:\.\/)?AGENTS\.md\s*$/m.test(textOf(other) ?? '');

function withLines(path: string, before: string | undefined, lines: string): string {
  if (before === undefined) return `${path.endsWith('.mdc') ? CURSOR_HEAD : ''}${lines}\n`;
  const text = before.includes('\r\n') ? lines.replaceAll('\n', '\r\n') : lines;
  const end = before.includes('\r\n') ? '\r\n' : '\n';
  if (BLOCK.test(before)) return before.replace(BLOCK, () => text);
  if (ANY_MARK.test(before))
    throw new UserError(`${path} has one of the marks of sql-lint without the other; take it out, and run again`);
  return before.trim() === '' ? `${text}${end}` : `${before.replace(/(?:\r?\n)*$/, end + end)}${text}${end}`;
}

/** Writes the lines. @returns what to say of each file @throws UserError for a file that cannot be written */
export function writeAgentFiles(cwd: string): string[] {
  // Nothing is written where one of them is wrong.
  const files = agentFiles(cwd);
  return flatMap(files, ({ path, before, after }) => {
    if (before === after) return `${path} has them already.`;
    try {
      mkdirSync(dirname(join(cwd, path)), { recursive: true });
      writeFileSync(join(cwd, path), after);
    } catch (error) {
      throw new UserError(`${path}: cannot be written (${(error as NodeJS.ErrnoException).code ?? String(error)})`);
    }
    return before === undefined ? `Wrote ${path}.` : `Wrote the lines of sql-lint into ${path}.`;
  });
}
