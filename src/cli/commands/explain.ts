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

const HELP = `sql-lint explain explains a rule, an error code of PostgreSQL, a kind of statement, or a finding.

Usage
  sql-lint explain RULE         the page of a rule
  sql-lint explain SQLSTATE     an error code, and the statements that a second run fails with it
  sql-lint explain STATEMENT    what a second run of such statements does, and what makes them repeatable
  sql-lint explain FILE:LINE    what is found there, with the text before and after the fix, and the steps of a
                                change that one file cannot make safely

Examples
  npx sql-lint explain no-bare-create
  npx sql-lint explain 42P07
  npx sql-lint explain create index
  npx sql-lint explain migrations/0042_orders.sql:3`;

/** Explains what its arguments name. */
export const explain: Command = async (argv) => {
  const { values, positionals } = readArguments('explain', argv, { help: { type: 'boolean', short: 'h' } });
  if (values.help) return say(HELP);
  const text = positionals.join(' ').trim();
  if (text === '')
    throw new UserError('explain takes the name of a rule, an error code, a kind of statement, or FILE:LINE');
  const place = placeOf(text);
  if (place) {
    const { explainFinding } = await import('../explain-finding.ts');
    return say((await explainFinding(place.path, place.line, process.cwd())).trimEnd());
  }
  return say((await explanationOf(text, wantsColor(process.stdout))).text);
};

/** The place that a text names as FILE:LINE. */
export function placeOf(text: string): { path: string; line: number } | undefined {
  const place = /^(.+\.sql):(\d+)(?::\d+)?$/i.exec(text);
  return place ? { path: place[1]!, line: Number(place[2]) } : undefined;
}

/** What there is to say of a rule, an error code or a kind of statement. @throws UserError where it is none of them */
export async function explanationOf(
  text: string,
  color: boolean,
): Promise<{ kind: 'rule' | 'sqlstate' | 'statement'; text: string }> {
  const name = presentName(text.replace(/^idempotent-sql\//, ''));
  if (Object.hasOwn(rules, name)) return { kind: 'rule', text: pageOf(name, color) };
  const { explainState, explainStatement } = await import('../explain-catalog.ts');
  const ofState = explainState(text);
  if (ofState !== undefined) return { kind: 'sqlstate', text: ofState };
  const ofStatement = explainStatement(text);
  if (ofStatement !== undefined) return { kind: 'statement', text: ofStatement };
  const meant = nearest(name, Object.keys(rules));
  throw new UserError(
    `"${text}" is no rule, error code or kind of statement that is known` +
      (meant ? `; did you mean "${meant}"?` : '; sql-lint rules lists the rules'),
  );
}

/** The page of a rule. */
export const pageOf = (name: string, color: boolean): string =>
  render(readFileSync(new URL(`../docs/rules/${name}.md`, import.meta.url), 'utf8'), color);

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
