import { readerOf } from '../syntax/tokens.ts';
import { inCaseOf } from '../fixers/style.ts';
import { defineRule, fixWith } from './api/rule.ts';
import type { Edit } from '../fixers/edits.ts';
import type { Statement } from '../syntax/script.ts';
import { headOf, isWritable, labelOf, statementsWithSchema } from './shared/exposed.ts';
import { routineOf, routineRef } from './shared/functions.ts';

/** Languages whose functions find nothing by search_path. */
const COMPILED = new Set(['c', 'internal']);

export default defineRule({
  meta: {
    type: 'suggestion',
    docs: {
      description: 'Require functions to set their own search_path',
      presets: { supabase: 'warn', strict: 'warn' },
    },
    hasSuggestions: true,
    messages: {
      definer:
        'Function "{{label}}" runs with the rights of its owner and finds tables by the search_path of its ' +
        'caller: whoever can create a table in a schema of that path decides what it reads. Add SET search_path = ' +
        "'', and write names with their schema.",
      invoker:
        'Function "{{label}}" finds tables and functions by the search_path of its caller, and does something ' +
        "else where that differs. Add SET search_path = '', and write names with their schema.",
      empty: "Add SET search_path = '' (names in the body then need their schema).",
      same: 'Add SET search_path = {{schema}}, pg_temp (names in the body stay as they are).',
    },
    schema: [
      {
        type: 'object',
        properties: { onlyDefiner: { type: 'boolean', description: 'Report SECURITY DEFINER functions only.' } },
        additionalProperties: false,
      },
    ],
    defaultOptions: [{ onlyDefiner: false }],
  },
  create: (context) => ({
    Script() {
      const { onlyDefiner } = context.options[0] as { onlyDefiner?: boolean };
      for (const { statement, schema } of statementsWithSchema(context)) {
        const routine = routineOf(statement);
        if (!routine || routine.searchPath || (onlyDefiner && !routine.definer) || COMPILED.has(routine.language))
          continue;
        // A body that is not quoted was looked up when it was made.
        if (routine.body === undefined && !routine.definer) continue;
        const { ending } = context.sourceCode;
        if (
          ending.holdsAtEnd(
            statement,
            routineRef(routine, schema),
            ({ settings }) => settings.search_path !== undefined,
          )
        )
          continue;
        const where = insertionPoint(statement);
        const suggest = (messageId: string, path: string, data?: Record<string, string>) => ({
          messageId,
          ...(data && { data }),
          fix: fixWith([clause(statement, where!, path)]),
        });
        const home = routine.name.schema ?? schema;
        context.report({
          loc: headOf(context, statement),
          messageId: routine.definer ? 'definer' : 'invoker',
          data: { label: labelOf(routine.name) },
          ...(where !== undefined &&
            isWritable(statement) && {
              suggest: [suggest('same', `${home}, pg_temp`, { schema: home }), suggest('empty', "''")],
            }),
        });
      }
    },
  }),
});

/** The token before which the clause goes: AS, or the beginning of a body that is not quoted. */
function insertionPoint(statement: Statement): number | undefined {
  const reader = readerOf(statement);
  const returns = reader.first('returns')?.to ?? 0;
  const k = reader.tokens.findIndex(
    (token, i) =>
      i > returns &&
      reader.depth(i) === 0 &&
      (reader.word(i) === 'as' ||
        (reader.word(i) === 'begin' && reader.word(i + 1) === 'atomic') ||
        reader.word(i) === 'return') &&
      token.kind === 'word',
  );
  return k > 0 ? k : undefined;
}

function clause(statement: Statement, before: number, path: string): Edit {
  const reader = readerOf(statement);
  const at = reader.tokens[before]!.start;
  const gap = reader.text.slice(reader.tokens[before - 1]!.end, at);
  // A comment in the gap belongs to what follows it.
  const separator = /^\s+$/.test(gap) ? gap : ' ';
  return { start: at, end: at, text: `${inCaseOf(statement, 'SET')} search_path = ${path}${separator}` };
}
