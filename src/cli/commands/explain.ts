import { readFileSync } from 'node:fs';
import pc from 'picocolors';
import { UserError } from '../../errors.ts';
import { nearest } from '../../nearest.ts';
import { HOMEPAGE } from '../../rules/api/rule.ts';
import { rules } from '../../rules/index.ts';
import { presentName } from '../../rules/renamed.ts';
import { readArguments, wantsColor } from '../arguments.ts';
import { say, type Command } from '../command.ts';
import { flatMap } from '../../lists.ts';

const HELP = `sql-lint explain prints the page of one rule.

Usage
  sql-lint explain RULE       such as: sql-lint explain no-bare-create`;

/** The page of a rule, in the terminal. */
export const explain: Command = async (argv) => {
  const { values, positionals } = readArguments('explain', argv, { help: { type: 'boolean', short: 'h' } });
  if (values.help) return say(HELP);
  const written = positionals[0]?.replace(/^idempotent-sql\//, '');
  const name = written === undefined ? undefined : presentName(written);
  if (name === undefined || positionals.length > 1)
    throw new UserError('explain takes the name of one rule; sql-lint rules lists them');
  if (!Object.hasOwn(rules, name)) {
    const meant = nearest(name, Object.keys(rules));
    throw new UserError(
      `unknown rule "${name}"${meant ? `; did you mean "${meant}"?` : '; sql-lint rules lists them'}`,
    );
  }
  return say(
    render(readFileSync(new URL(`../docs/rules/${name}.md`, import.meta.url), 'utf8'), wantsColor(process.stdout)),
  );
};

/** Where the pages of rules are: pages that they name are not in the package. */
const PAGES = `${HOMEPAGE}/blob/main/docs/rules/`;

/** Markdown as it is, without the comments in it; in colours, headings and code stand out. */
function render(markdown: string, color: boolean): string {
  const c = pc.createColors(color);
  let code = false;
  const lines = markdown
    .replace(/<!--.*?-->\n?/gs, '')
    .replace(/(?<=\]\()(?!https?:)([^)\s]+)(?=\))/g, (target) => new URL(target, PAGES).href)
    .trim()
    .split('\n');
  const rendered = flatMap(lines, (line) => {
    if (line.startsWith('```')) {
      code = !code;
      return color ? [] : line;
    }
    if (code) return color ? `  ${c.cyan(line)}` : line;
    const heading = /^#+ (.*)/.exec(line);
    if (heading) return color ? c.bold(heading[1]) : line;
    return color
      ? line
          .replace(/`([^`]+)`/g, (_, inner: string) => c.cyan(inner))
          .replace(/\*\*([^*]+)\*\*/g, (_, inner: string) => c.bold(inner))
      : line;
  });
  return rendered.join('\n');
}
