import { isMadeTable } from '../catalog/objects.ts';
import type { ObjectThen } from '../history/ending.ts';
import { nodeAs } from '../catalog/nodes.ts';
import { defineRule, fixWith } from './api/rule.ts';
import {
  exposedSchema,
  exposedSchemas,
  headOf,
  isWritable,
  labelOf,
  statementsAfter,
  sqlName,
} from './shared/exposed.ts';
import { COMMANDS } from '../access/rights.ts';
import { blamed, isSecured, openTo, rightsOf, whatIsOpen, whoIs, writtenName, type Blamed } from './shared/ending.ts';

export default defineRule({
  meta: {
    type: 'problem',
    docs: {
      description: 'Require row level security on every table in a schema that the API exposes',
      presets: { supabase: 'error', strict: 'error' },
    },
    hasSuggestions: true,
    messages: {
      missing:
        'Table "{{label}}" is created in the exposed schema "{{schema}}" without row level security: {{who}} can ' +
        '{{what}} it. Add ALTER TABLE {{name}} ENABLE ROW LEVEL SECURITY, and policies for those who may.',
      moved:
        'Table "{{label}}" comes into the exposed schema "{{schema}}" without row level security: {{who}} can ' +
        '{{what}} it. Add ALTER TABLE {{name}} ENABLE ROW LEVEL SECURITY, and policies for those who may.',
      disabled:
        'Row level security of table "{{label}}" in the exposed schema "{{schema}}" is disabled: {{who}} can ' +
        '{{what}} it, whatever its policies say. Leave it enabled, and write a policy for those who may.',
      granted:
        'Table "{{label}}" in the exposed schema "{{schema}}" has no row level security, and its rights are granted ' +
        'again: {{who}} can {{what}} it. Add ALTER TABLE {{name}} ENABLE ROW LEVEL SECURITY, and policies for ' +
        'those who may.',
      enable: 'Enable row level security on "{{label}}" (without a policy, the API can then do nothing with it).',
    },
    ...exposedSchema,
  },
  create: (context) => ({
    Script() {
      const schemas = exposedSchemas(context);
      const rightsOnOpen = (then: ObjectThen) =>
        schemas.includes(then.schema ?? '') && isUnsecured(then) && rightsOf(then);
      for (const blame of blamed(context, ['table'], rightsOnOpen)) {
        const { statement, then } = blame;
        // In PL/pgSQL, INTO names a variable: a broken body comes apart into such statements.
        if (statement.type === 'SelectStmt' && statement.script.statements.some((s) => s.problem)) continue;
        const messageId = messageOf(blame);
        const name = writtenName(statement, then);
        const table = sqlName(name);
        const who = whoIs(openTo(then, COMMANDS));
        context.report({
          loc: headOf(context, statement),
          messageId,
          data: {
            name: table,
            label: labelOf(name),
            schema: then.schema ?? '',
            who: who === 'everyone' ? 'everyone with the anon key' : who,
            what: whatIsOpen(then),
          },
          // Not a fix: it changes who can read the table, which the author must decide.
          ...(messageId !== 'disabled' &&
            isWritable(statement) && {
              suggest: [
                {
                  messageId: 'enable',
                  data: { label: labelOf(name) },
                  fix: fixWith([statementsAfter(statement, [enabling(table, then)])]),
                },
              ],
            }),
        });
      }
    },
  }),
});

/** Whether row level security is known to be off. Of a table that no migration has made, that is not known. */
const isUnsecured = (then: ObjectThen): boolean =>
  !isSecured(then) && (then.settings['row level security'] === false || isMadeTable(then.ref?.detail));

/** Outside of the conditions that decide whether a table is made, it may not be there. */
const enabling = (table: string, { ref }: ObjectThen): string =>
  `ALTER TABLE ${ref?.detail?.isConditional ? 'IF EXISTS ' : ''}${table} ENABLE ROW LEVEL SECURITY`;

function messageOf({ statement, creates }: Blamed): string {
  if (creates) return 'missing';
  const commands = statement.as('AlterTableStmt')?.cmds ?? [];
  if (commands.some((cmd) => nodeAs(cmd, 'AlterTableCmd')?.subtype === 'AT_DisableRowSecurity')) return 'disabled';
  return statement.type === 'GrantStmt' ? 'granted' : 'moved';
}
