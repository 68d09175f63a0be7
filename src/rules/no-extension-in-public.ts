import { optionOf, stringOf } from '../catalog/nodes.ts';
import { inCaseOf } from '../fixers/style.ts';
import { readerOf } from '../syntax/tokens.ts';
import { defineRule, fixWith } from './api/rule.ts';
import { headOf, isWritable, statementsWithSchema } from './shared/exposed.ts';

/** Extensions that choose their schema themselves, and those that every Supabase project has from the beginning. */
const IN_ITS_PLACE = new Set([
  'plpgsql',
  'pg_cron',
  'pgmq',
  'pgsodium',
  'supabase_vault',
  'pg_graphql',
  'pg_net',
  'pg_tle',
  'timescaledb',
  'postgis_topology',
  'postgis_tiger_geocoder',
  'wrappers',
  'pgaudit',
  'plv8',
  'pglogical',
  'pg_repack',
  'pgcrypto',
  'uuid-ossp',
  'pgjwt',
  'pg_stat_statements',
]);

export default defineRule({
  meta: {
    type: 'suggestion',
    docs: {
      description: 'Disallow extensions in the schema that the API exposes',
      presets: { supabase: 'warn', strict: 'warn' },
    },
    hasSuggestions: true,
    messages: {
      exposed:
        'Extension "{{name}}" is put into the schema public: the API offers its functions to everyone. Add WITH ' +
        'SCHEMA extensions.',
      move: 'Add WITH SCHEMA extensions.',
    },
    schema: [],
  },
  create: (context) => ({
    Script() {
      const { world } = context.sourceCode;
      for (const { statement, schema } of statementsWithSchema(context)) {
        const node = statement.as('CreateExtensionStmt');
        if (!node || IN_ITS_PLACE.has(node.extname ?? '') || world.has({ kind: 'extension', name: node.extname ?? '' }))
          continue;
        const named = optionOf(node.options, 'schema');
        if ((named ? stringOf(named) : schema) !== 'public') continue;
        const reader = readerOf(statement);
        const name = reader.afterName(reader.after(0, 'create extension [if] [not] [exists]') ?? -1);
        const edit =
          !named && name !== undefined
            ? {
                start: reader.tokens[name - 1]!.end,
                end: reader.tokens[reader.after(name, '[with]')! - 1]!.end,
                text: inCaseOf(statement, ' WITH SCHEMA ') + 'extensions',
              }
            : undefined;
        context.report({
          loc: headOf(context, statement),
          messageId: 'exposed',
          data: { name: node.extname ?? '' },
          ...(edit && isWritable(statement) && { suggest: [{ messageId: 'move', fix: fixWith([edit]) }] }),
        });
      }
    },
  }),
});
