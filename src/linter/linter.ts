import { mergeEdits, type Edit } from '../fixers/edits.ts';
import type { Place } from '../history/files.ts';
import { rules } from '../rules/index.ts';
import type { Statement } from '../syntax/script.ts';
import { applyDirectives, misspelledDirectives, readDirectives } from './directives.ts';
import type { Report, Rule, RuleContext, RuleFixer } from '../rules/api/rule.ts';
import { SqlSource, type SourceOptions } from '../rules/api/source.ts';
import { flatMap } from '../lists.ts';
import { showUnseen } from '../printable.ts';
import { perObject } from '../memo.ts';

export type Severity = 'off' | 'warn' | 'error';
export type RuleSettings = Record<string, Severity | [Severity, ...unknown[]]>;

/** ESLint's message, field by field, so that everything that reads ESLint's JSON reads ours. */
export interface LintMessage {
  ruleId: string | null;
  severity: 1 | 2;
  message: string;
  messageId?: string;
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
  fatal?: true;
  fix?: { range: [number, number]; text: string };
  suggestions?: { messageId: string; desc: string; fix: { range: [number, number]; text: string } }[];
}

/** A message that a comment in the file switches off, or that a file of known findings names. */
export interface SuppressedMessage extends LintMessage {
  suppressions: { kind: 'directive' | 'file'; justification: string }[];
}

/** ESLint's result for one file. */
export interface LintResult {
  filePath: string;
  messages: LintMessage[];
  suppressedMessages: SuppressedMessage[];
  errorCount: number;
  warningCount: number;
  fixableErrorCount: number;
  fixableWarningCount: number;
  /** The fixed text, where a fix changed it. */
  output?: string;
  /** The text that the messages speak of, for code frames. */
  source?: string;
}

/** What decides about a text, whatever stands before it. */
export interface LintSettings {
  rules: RuleSettings;
  fix?: Partial<SourceOptions>;
  /** Whether `fixText` applies suggestions as well: the first of each finding. */
  suggestions?: boolean;
  /** @internal Fixes that `fixText` must not apply, by their names, and what to say of each. */
  refused?: ReadonlyMap<string, string> | undefined;
  /** @internal Which findings of a text `fixText` may fix. @default all */
  mayFix?: ((filePath: string, text: string) => (message: LintMessage) => boolean) | undefined;
  /** @internal Told of each fix that `fixText` applies, by its name. */
  onFix?: (name: string) => void;
}

export interface LintOptions extends LintSettings, Place {}

/** A message together with its separate edits; only inside the linter. */
export interface Finding {
  message: LintMessage;
  edits: readonly Edit[] | undefined;
}

const fixer: RuleFixer = { replaceTextRange: (range, text): Edit => ({ start: range[0], end: range[1], text }) };

/** The findings of the rules, those that comments switch off, and problems of these comments. */
export function findingsOf(
  source: SqlSource,
  options: LintOptions,
): { findings: Finding[]; suppressed: SuppressedMessage[] } {
  const found = ruleFindings(source, options);
  const directives = readDirectives(source.script);
  const misspelled = misspelledDirectives(source.script);
  if (directives.length + misspelled.length === 0) return { findings: found.sort(byPosition), suppressed: [] };
  const { kept, suppressed, problems } = applyDirectives(source.script, directives, found);
  const findings = [...kept];
  for (const { message, start, end, edits } of [...problems, ...misspelled]) {
    const loc = source.locOf(start, end);
    const fix = edits.length > 0 ? mergeEdits(source.text, edits) : undefined;
    findings.push({
      edits,
      message: {
        ruleId: null,
        severity: 1,
        message,
        line: loc.start.line,
        column: loc.start.column,
        endLine: loc.end.line,
        endColumn: loc.end.column,
        ...(fix && { fix: { range: [fix.start, fix.end], text: fix.text } }),
      },
    });
  }
  return {
    findings: findings.sort(byPosition),
    suppressed: suppressed.map(({ finding, reason }) => ({
      ...finding.message,
      suppressions: [{ kind: 'directive', justification: reason }],
    })),
  };
}

const byPosition = ({ message: a }: Finding, { message: b }: Finding) =>
  a.line - b.line || a.column - b.column || (a.ruleId ?? '').localeCompare(b.ruleId ?? '');

/**
 * A message's template, taken apart: text, and what stands for the datum named. There are as many as the rules have
 * messages, and each is always taken apart in the same way, so that the whole process can share them.
 */
const templates = new Map<string, readonly { text: string; name?: string }[]>();

/** Fills a message's template in: `{{name}}` stands for what the data have under that name. */
function format(template: string, data: Record<string, string> = {}): string {
  let parts = templates.get(template);
  if (!parts)
    templates.set(
      template,
      (parts = template
        .split(/(\{\{ ?\w+ ?\}\})/)
        .map((text, k) => (k % 2 === 0 ? { text } : { text, name: text.slice(2, -2).trim() }))),
    );
  let message = '';
  for (const { text, name } of parts) message += name === undefined ? text : (data[name] ?? text);
  return message;
}

/** A rule that is switched on. */
interface Active {
  ruleId: string;
  rule: Rule;
  severity: 1 | 2;
  options: readonly unknown[];
}

/** The rules that settings switch on. Many files have the same settings. */
const activeRules = perObject((settings: RuleSettings): readonly Active[] =>
  flatMap(Object.entries(settings), ([ruleId, setting]): Active | [] => {
    const [severity, ...options] = Array.isArray(setting) ? setting : [setting];
    const rule = rules[ruleId];
    return severity === 'off' || !rule
      ? []
      : {
          ruleId,
          rule,
          severity: severity === 'error' ? 2 : 1,
          options: options.length > 0 ? options : (rule.meta.defaultOptions ?? []),
        };
  }),
);

/** The rule that mends the quotes of a body. */
const CORRECTS_QUOTES = 'no-invented-syntax';
const IN_BODY = ' It is not fixed before the quotes of the function or block above it are.';

/** What stands behind a body whose quotes are broken may be in it: to fix it there would change what it does. */
function withoutFixInBody(reported: Report, { script }: SqlSource): Report {
  const broken = script.brokenBody;
  if (!broken || (!reported.fix && !reported.suggest)) return reported;
  const { line, column } = script.locate(broken.start);
  const { start } = reported.loc;
  if (start.line < line || (start.line === line && start.column <= column)) return reported;
  const { loc, messageId, data } = reported;
  return { loc, messageId, ...(data && { data }) };
}

function ruleFindings(source: SqlSource, options: LintOptions): Finding[] {
  const findings: Finding[] = [];
  /** By the type of the statements that rules want to see. */
  const listeners = new Map<string, ((statement: Statement) => void)[]>();
  const rulesOfFile = activeRules(options.rules);
  if (rulesOfFile.some(({ rule }) => rule.meta.readsLocks)) source.watchLocks();
  for (const { ruleId, rule, severity, options: ruleOptions } of rulesOfFile) {
    const report = (reported: Report) => {
      const r = ruleId === CORRECTS_QUOTES ? reported : withoutFixInBody(reported, source);
      const fixEdits = r.fix ? (r.fix(fixer) as Edit[]) : undefined;
      const merged = fixEdits && fixEdits.length > 0 ? mergeEdits(source.text, fixEdits) : undefined;
      const edits =
        fixEdits ?? (options.suggestions && r.suggest?.[0] ? (r.suggest[0].fix(fixer) as Edit[]) : undefined);
      findings.push({
        edits,
        message: {
          ruleId,
          severity,
          message: showUnseen(format(rule.meta.messages[r.messageId]!, r.data)) + (r === reported ? '' : IN_BODY),
          messageId: r.messageId,
          line: r.loc.start.line,
          column: r.loc.start.column,
          endLine: r.loc.end.line,
          endColumn: r.loc.end.column,
          ...(r.messageId === 'syntax' && { fatal: true }),
          ...(merged && { fix: { range: [merged.start, merged.end], text: merged.text } }),
          ...(r.suggest && {
            suggestions: r.suggest.map((s) => {
              const edit = mergeEdits(source.text, s.fix(fixer) as Edit[]);
              return {
                messageId: s.messageId,
                desc: format(rule.meta.messages[s.messageId]!, s.data),
                fix: { range: [edit.start, edit.end] as [number, number], text: edit.text },
              };
            }),
          }),
        },
      });
    };
    const context: RuleContext = { sourceCode: source, options: ruleOptions, report };
    const { Script: script, ...ofTypes } = rule.create(context);
    script?.();
    for (const [type, listener] of Object.entries(ofTypes))
      listeners.set(type, [...(listeners.get(type) ?? []), listener!]);
  }
  if (listeners.size > 0)
    for (const statement of source.script.all())
      for (const listener of listeners.get(statement.type ?? '') ?? []) listener(statement);
  return findings;
}

/** Counts messages as ESLint does. */
export function toResult(
  filePath: string,
  messages: LintMessage[],
  suppressedMessages: SuppressedMessage[],
  source?: string,
  output?: string,
): LintResult {
  const count = (severity: number, fixable: boolean) =>
    messages.filter((m) => m.severity === severity && (!fixable || m.fix)).length;
  return {
    filePath,
    messages,
    suppressedMessages,
    errorCount: count(2, false),
    warningCount: count(1, false),
    fixableErrorCount: count(2, true),
    fixableWarningCount: count(1, true),
    ...(output !== undefined && { output }),
    ...(source !== undefined && { source }),
  };
}

/** Lints a text. The parser must be loaded. */
export function lintText(text: string, filePath: string, options: LintOptions): LintResult {
  const source = new SqlSource(text, filePath, options, options.fix);
  const { findings, suppressed } = findingsOf(source, options);
  return toResult(
    filePath,
    findings.map((f) => f.message),
    suppressed,
    text,
  );
}
