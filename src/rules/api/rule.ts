import type { Edit } from '../../fixers/edits.ts';
import type { Statement } from '../../syntax/script.ts';
import type { Position, SqlSource } from './source.ts';

export type Preset = 'recommended' | 'supabase' | 'safety' | 'strict' | 'development';

/** A rule, in ESLint's shape. Its `meta` is the only source of its description, presets and messages. */
export interface RuleMeta {
  type: 'problem' | 'suggestion';
  docs: {
    /** One sentence without a full stop. */
    description: string;
    /** The severity in each preset that has the rule. */
    presets: Partial<Record<Preset, 'error' | 'warn'>>;
    url?: string;
  };
  /** Whether it asks which locks the statements take, so that these are found out while the file is played. */
  readsLocks?: true;
  fixable?: 'code';
  hasSuggestions?: boolean;
  /** Whether only a run on a database finds it, so that a comment that switches it off cannot be called unused. */
  needsRun?: true;
  messages: Record<string, string>;
  /** A JSON schema for each option. */
  schema: readonly object[];
  defaultOptions?: readonly unknown[];
}

export interface RuleFixer {
  replaceTextRange(range: [number, number], text: string): unknown;
}

type FixFunction = (fixer: RuleFixer) => unknown;

export interface Report {
  loc: { start: Position; end: Position };
  messageId: string;
  data?: Record<string, string>;
  fix?: FixFunction | null;
  suggest?: { messageId: string; data?: Record<string, string>; fix: FixFunction }[];
}

export interface RuleContext {
  sourceCode: SqlSource;
  options: readonly unknown[];
  report(report: Report): void;
}

/** Called for the file as a whole, and for every statement by its node type (those in DO blocks included). */
export type RuleListener = Record<string, (node: Statement) => void> & { Script?: () => void };

export interface Rule {
  meta: RuleMeta;
  create(context: RuleContext): Partial<RuleListener>;
}

/** Types a rule, and does nothing else. */
export function defineRule(rule: Rule): Rule {
  return rule;
}

/** Where the project lives; the same as in package.json. */
export const HOMEPAGE = 'https://github.com/idempotent-sql-lint/idempotent-sql-lint';

/** Rules by their names, each with the address of its page. */
export const register = (rules: Readonly<Record<string, Rule>>): Record<string, Rule> =>
  Object.fromEntries(
    Object.entries(rules).map(([name, { meta, create }]) => {
      const url = `${HOMEPAGE}/blob/main/docs/rules/${name}.md`;
      return [name, { meta: { ...meta, docs: { ...meta.docs, url } }, create }];
    }),
  );

/** Turns edits into ESLint's `fix` function. */
export const fixWith =
  (edits: readonly Edit[]): FixFunction =>
  (fixer) =>
    edits.map((e) => fixer.replaceTextRange([e.start, e.end], e.text));
