/**
 * Comments that switch rules off: `-- sql-lint-disable-next-line no-bare-create -- the reason`. ESLint's own
 * (`-- eslint-disable … idempotent-sql/no-bare-create`) mean the same here, so that the command and the plugin agree.
 */
import type { Edit } from '../fixers/edits.ts';
import { nearest } from '../nearest.ts';
import { rules } from '../rules/index.ts';
import { presentName } from '../rules/renamed.ts';
import { commentsOf } from '../syntax/comments.ts';
import type { Script } from '../syntax/script.ts';
import { flatMap } from '../lists.ts';

export type DirectiveType = 'disable' | 'enable' | 'disable-line' | 'disable-next-line' | 'disable-file';

/** The prefix of our rules in ESLint. */
export const NAMESPACE = 'idempotent-sql';

export interface Directive {
  type: DirectiveType;
  /** Whose comment it is: ours, or ESLint's. */
  prefix: 'sql-lint' | 'eslint';
  /** The rules that it names, without ESLint's namespace; none for all of them. */
  names: readonly { name: string; start: number; end: number }[];
  /** Whether it applies to all rules: it names no rule, also none of another plugin. */
  all: boolean;
  reason: string;
  /** The range of the comment. */
  start: number;
  end: number;
}

const MAY_HAVE = /(?:sql-lint|eslint)-(?:dis|en)able/;
const DIRECTIVE =
  /^(?:--|\/\*)\s*(sql-lint|eslint)-(disable-next-line|disable-line|disable-file|disable|enable)(?=[\s,*:]|$):?/;
/** What looks like a directive of ours, and may be misspelled: its words are in the first group. */
const LIKE_DIRECTIVE = /^(?:--|\/\*)\s*sql[-_ ]?lint[-_: ]+([a-z]+(?:[-_ ]?(?:next)?[-_ ]?(?:line|file))?[a-z]*)/i;
const TYPES: readonly DirectiveType[] = ['disable-next-line', 'disable-line', 'disable-file', 'disable', 'enable'];

/** Reads the directives of a file, in the order of the text. */
export function readDirectives(script: Script): Directive[] {
  const { text } = script;
  if (!MAY_HAVE.test(text)) return [];
  return flatMap(commentsOf(script), ({ start, end }) => {
    const comment = text.slice(start, end);
    const head = DIRECTIVE.exec(comment);
    if (!head) return [];
    const prefix = head[1] as Directive['prefix'];
    const rest = comment.slice(head[0].length).replace(/\*\/$/, '');
    const reasonAt = rest.search(/(?:^|\s)-{2,}(?=\s|$)/);
    const list = reasonAt < 0 ? rest : rest.slice(0, reasonAt);
    const found = [...list.matchAll(/[^\s,]+/g)].map((m) => ({
      name: m[0],
      start: start + head[0].length + m.index,
      end: start + head[0].length + m.index + m[0].length,
    }));
    const names =
      prefix === 'sql-lint'
        ? found
        : flatMap(found, (f) =>
            f.name.startsWith(`${NAMESPACE}/`) ? [{ ...f, name: f.name.slice(NAMESPACE.length + 1) }] : [],
          );
    for (const found of names) found.name = presentName(found.name);
    return [
      {
        type: head[2] as DirectiveType,
        prefix,
        names,
        all: found.length === 0,
        reason:
          reasonAt < 0
            ? ''
            : rest
                .slice(reasonAt)
                .replace(/^\s*-+\s*/, '')
                .trim(),
        start,
        end,
      },
    ];
  });
}

/** Comments that are meant to switch a rule off or on, and do not, because of how they are spelled. */
export function misspelledDirectives(script: Script): DirectiveProblem[] {
  const { text } = script;
  if (!/sql[-_ ]?lint/i.test(text)) return [];
  return flatMap(commentsOf(script), ({ start, end }) => {
    const comment = text.slice(start, end);
    if (DIRECTIVE.test(comment)) return [];
    const like = LIKE_DIRECTIVE.exec(comment);
    const words = like?.[1]!.toLowerCase().replace(/[_ ]/g, '-');
    const first = words?.split('-')[0];
    const meant =
      words && (nearest(words, TYPES) ?? nearest(first!, TYPES) ?? (first === 'ignore' ? TYPES[0] : undefined));
    if (!like || !meant) return [];
    const typed = like[0].replace(/^(?:--|\/\*)\s*/, '');
    return [{ message: `Unknown comment "${typed}"; did you mean "sql-lint-${meant}"?`, start, end, edits: [] }];
  });
}

/** Something to say of a directive itself. */
export interface DirectiveProblem {
  message: string;
  start: number;
  end: number;
  edits: readonly Edit[];
}

interface Place {
  line: number;
  column: number;
  ruleId: string | null;
}

/** A directive with the lines and columns of its comment. */
interface LocatedDirective {
  directive: Directive;
  from: { line: number; column: number };
  to: { line: number; column: number };
}

/** What switches a rule off: a directive, and the name in it, `*` where it speaks of all rules. */
interface Switch {
  directive: Directive;
  name: string;
}

/**
 * Separates the findings that comments switch off, and reports comments without an effect.
 * @param findings in any order
 */
export function applyDirectives<T extends { message: Place }>(
  script: Script,
  directives: readonly Directive[],
  findings: readonly T[],
): { kept: T[]; suppressed: { finding: T; reason: string }[]; problems: DirectiveProblem[] } {
  const located = directives
    .map((directive) => ({ directive, from: script.locate(directive.start), to: script.locate(directive.end) }))
    .sort((a, b) => Number(b.directive.type === 'disable-file') - Number(a.directive.type === 'disable-file'));
  /** Of every directive, the names that it was needed for. */
  const used = new Map<Directive, Set<string>>();
  const use = ({ directive, name }: Switch) => used.set(directive, (used.get(directive) ?? new Set()).add(name));
  const kept: T[] = [];
  const suppressed: { finding: T; reason: string }[] = [];
  for (const finding of findings) {
    const by = switchedOffBy(finding.message, located);
    if (by) {
      use(by);
      suppressed.push({ finding, reason: by.directive.reason });
    } else kept.push(finding);
  }
  for (const enable of neededEnables(located)) use(enable);
  const problems = flatMap(
    directives.filter((d) => d.prefix === 'sql-lint'),
    (d) => problemsOf(script, d, used.get(d) ?? new Set()),
  );
  return { kept, suppressed, problems };
}

const nameFor = (directive: Directive, ruleId: string): string | undefined =>
  directive.all ? '*' : directive.names.find((n) => n.name === ruleId)?.name;

/** What switches a finding off: the last range that is open there, or else a directive for its line. */
function switchedOffBy({ ruleId, line, column }: Place, located: readonly LocatedDirective[]): Switch | undefined {
  let range: Switch | undefined;
  let ofLine: Switch | undefined;
  for (const { directive, from, to } of located) {
    const name = ruleId === null ? undefined : nameFor(directive, ruleId);
    if (name === undefined) continue;
    const stands = from.line < line || (from.line === line && from.column <= column);
    switch (directive.type) {
      case 'disable-file':
        range = { directive, name };
        break;
      case 'disable':
        if (stands) range = { directive, name };
        break;
      case 'enable':
        if (stands) range = undefined;
        break;
      case 'disable-line':
        if (from.line === line) ofLine = { directive, name };
        break;
      case 'disable-next-line':
        if (to.line + 1 === line) ofLine = { directive, name };
    }
  }
  return range ?? ofLine;
}

/** An enable is needed where a disable of the same rules stands before it, whether or not something follows. */
function neededEnables(located: readonly LocatedDirective[]): Switch[] {
  return flatMap(located, ({ directive }, k) => {
    if (directive.type !== 'enable') return [];
    const before = located
      .slice(0, k)
      .filter(({ directive: { type } }) => type === 'disable' || type === 'disable-file');
    const isOff = (name: string) =>
      before.some((disable) => name === '*' || nameFor(disable.directive, name) !== undefined);
    const names = directive.all ? ['*'] : directive.names.map((n) => n.name);
    return names.filter(isOff).map((name) => ({ directive, name }));
  });
}

function problemsOf(script: Script, directive: Directive, used: ReadonlySet<string>): DirectiveProblem[] {
  const { start, end } = directive;
  const label = `sql-lint-${directive.type}`;
  const what = directive.type === 'enable' ? 'no rule is switched off before it' : 'it has no effect here';
  if (directive.all)
    return used.has('*')
      ? []
      : [{ message: `Unused ${label}: ${what}. Remove it.`, start, end, edits: [removal(script, directive)] }];
  const unused = directive.names.filter((n) => !used.has(n.name));
  const unknown = unused.filter((n) => !Object.hasOwn(rules, n.name));
  const mistakes = unknown.map((n) => {
    const meant = nearest(n.name, Object.keys(rules));
    return {
      message: `Unknown rule "${n.name}" in ${label}${meant ? `; did you mean "${meant}"?` : '.'}`,
      start: n.start,
      end: n.end,
      edits: [],
    };
  });
  const idle = unused.filter((n) => !unknown.includes(n) && !rules[n.name]!.meta.needsRun);
  if (idle.length === 0) return mistakes;
  const names = idle.map((n) => `"${n.name}"`).join(' and ');
  const whole = idle.length === directive.names.length;
  const message =
    directive.type === 'enable'
      ? `Unused ${label}: ${names} ${idle.length === 1 ? 'is' : 'are'} not switched off before it. Remove it.`
      : `Unused ${label}: ${names} ${idle.length === 1 ? 'has' : 'have'} no effect here. ` +
        `Remove ${whole ? 'it' : 'the name'}.`;
  return [
    ...mistakes,
    {
      message,
      start,
      end,
      edits: whole ? [removal(script, directive)] : idle.map((n) => nameRemoval(script, directive, n)),
    },
  ];
}

/** A comment that has its line to itself goes with the line. */
function removal({ text }: Script, { start, end }: Directive): Edit {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const before = text.slice(lineStart, start);
  const after = /^[ \t]*(\r?\n|$)/.exec(text.slice(end));
  if (/^\s*$/.test(before) && after) return { start: lineStart, end: end + after[0].length, text: '' };
  const space = /[ \t]*$/.exec(before)![0].length;
  return { start: start - space, end, text: after || /\s/.test(text[end]!) ? '' : ' ' };
}

/** A name goes together with the comma that sets it off. */
function nameRemoval({ text }: Script, { names }: Directive, name: Directive['names'][number]): Edit {
  const k = names.indexOf(name);
  const next = names[k + 1];
  if (next) return { start: name.start, end: next.start, text: '' };
  const previous = names[k - 1]!;
  return { start: previous.end, end: name.end + (/^,/.exec(text.slice(name.end))?.[0].length ?? 0), text: '' };
}
