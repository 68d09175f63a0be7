/**
 * The ESLint plugin: PostgreSQL as a language, and the rules.
 *
 * ESLint's parsers are synchronous and PostgreSQL's is not until it is loaded, so this module is ready only when it is.
 */
import type { ESLint, Linter, Rule as EslintRule } from 'eslint';
import { NAMESPACE } from '../linter/directives.ts';
import { PRESETS, presetRules } from '../linter/presets.ts';
import type { Preset, Rule, RuleContext } from '../rules/api/rule.ts';
import { rules } from '../rules/index.ts';
import { RENAMED } from '../rules/renamed.ts';
import { loadParser } from '../syntax/parser.ts';
import type { Statement } from '../syntax/script.ts';
import { createLanguage } from './language.ts';
import { SqlSourceCode, type SqlNode } from './source-code.ts';

export type { SqlLanguageOptions } from './language.ts';
export type { CommentNode, ScriptNode, SqlNode, StatementNode } from './source-code.ts';

const LANGUAGE = `${NAMESPACE}/postgresql`;

/** A rule as ESLint runs it: quiet on files of other languages, and called with ESLint's nodes. */
function toEslint({ meta, create }: Rule): EslintRule.RuleModule {
  const adapted = {
    meta: {
      ...meta,
      docs: { ...meta.docs, recommended: meta.docs.presets.recommended !== undefined },
      languages: [LANGUAGE],
    },
    create(context: RuleContext) {
      const { sourceCode } = context;
      if (!(sourceCode instanceof SqlSourceCode)) return {};
      return Object.fromEntries(
        Object.entries(create(context)).map(([selector, listener]) => [
          selector,
          (node: SqlNode) => {
            (listener as (statement?: Statement) => void)(sourceCode.statementFor(node));
          },
        ]),
      );
    },
  };
  return adapted as unknown as EslintRule.RuleModule;
}

/** A rule under a name that it had before. */
function deprecated({ meta, create }: EslintRule.RuleModule, name: string): EslintRule.RuleModule {
  const { url } = meta!.docs!;
  return {
    meta: { ...meta, deprecated: { message: `It is called ${name} now.`, replacedBy: [{ rule: { name, url } }] } },
    create,
  };
}

/** The plugin, with a configuration for each preset. */
export interface SqlPlugin extends ESLint.Plugin {
  meta: { name: string; version: string; namespace: string };
  configs: Record<Preset, Linter.Config>;
}

const plugin = {
  meta: { name: 'idempotent-sql-lint', version: process.env.SQL_LINT_VERSION ?? '', namespace: NAMESPACE },
  languages: { postgresql: createLanguage() },
  rules: Object.fromEntries([
    ...Object.entries(rules).map(([name, rule]) => [name, toEslint(rule)] as const),
    ...Object.entries(RENAMED).map(([old, name]) => [old, deprecated(toEslint(rules[name]!), name)] as const),
  ]),
  configs: {},
} as unknown as SqlPlugin;

for (const preset of PRESETS) {
  plugin.configs[preset] = {
    name: `${NAMESPACE}/${preset}`,
    files: ['**/*.sql'],
    plugins: { [NAMESPACE]: plugin },
    language: LANGUAGE,
    rules: Object.fromEntries(
      Object.entries(presetRules(preset)).map(([name, setting]) => [`${NAMESPACE}/${name}`, setting]),
    ),
  };
}

await loadParser();

export default plugin;
