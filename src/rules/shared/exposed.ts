/** Shared by the rules about row level security: the schemas that the API exposes, and the schema of a statement. */
import { quoteName } from '../../catalog/names.ts';
import type { Name } from '../../catalog/objects.ts';
import { unitsOf } from '../../catalog/units.ts';
import type { Edit } from '../../fixers/edits.ts';
import { inCaseOf, lineIndent } from '../../fixers/style.ts';
import type { RuleContext } from '../api/rule.ts';
import type { Position } from '../api/source.ts';
import type { Statement } from '../../syntax/script.ts';

export interface ExposedOptions {
  schemas: readonly string[];
}

/** The option `schemas` of rules about exposed schemas. Its default is `exposedSchemas` of the configuration. */
export const exposedSchema = {
  schema: [
    {
      type: 'object',
      properties: {
        schemas: {
          type: 'array',
          items: { type: 'string' },
          description: 'The schemas that the API exposes, for this rule alone; see exposedSchemas.',
        },
      },
      additionalProperties: false,
    },
  ],
  defaultOptions: [{}],
} as const;

export const exposedSchemas = (context: RuleContext): readonly string[] =>
  (context.options[0] as Partial<ExposedOptions> | undefined)?.schemas ?? context.sourceCode.options.exposedSchemas;

/** A statement with the schema in which its unqualified names are made. */
export interface StatementWithSchema {
  statement: Statement;
  schema: string;
}

/** The statements that run on the way up, those in DO blocks included. */
export function statementsWithSchema(context: RuleContext): StatementWithSchema[] {
  const { script, world } = context.sourceCode;
  let schema = world.searchPath[0] ?? 'public';
  const found: StatementWithSchema[] = [];
  for (const statement of script.all()) {
    if (statement.direction === 'down' || (statement.placeholders && statement.embedded?.kind === 'execute')) continue;
    found.push({ statement, schema });
    for (const { effects } of unitsOf(statement))
      for (const effect of effects) if (effect.action === 'search-path') schema = effect.schemas[0]!;
  }
  return found;
}

/** A name with its schema: the one that it is written with, or the one in which it is looked up. */
export const inSchema = (name: Name, schema: string): Name => ({ schema: name.schema ?? schema, name: name.name });

/** The same for two names of one relation, with and without its schema. */
export const relationKey = (name: Name, schema: string): string => `${name.schema ?? schema}.${name.name}`;

/** A name as it is written in SQL. */
export const sqlName = quoteName;

/** A name as a message shows it, without its SQL quotes. */
export const labelOf = ({ schema, name }: Name): string => (schema === undefined ? name : `${schema}.${name}`);

/** The first line of a statement. */
export const headOf = (context: RuleContext, statement: Statement): { start: Position; end: Position } =>
  context.sourceCode.headOf(statement);

/**
 * Puts other statements behind one, each on a line of its own, in its letter case and with what the migration tool
 * wants between two statements. Behind a statement in a DO block it is behind the block, where no condition and no
 * handler of the block keeps them from running.
 */
export function statementsAfter(inner: Statement, sql: readonly string[]): Edit {
  const statement = inner.parent ?? inner;
  const { script } = statement;
  const terminated = statement.stop > statement.end;
  const between = `${script.format.breakpoint ?? ''}${script.eol}${lineIndent(script, statement.start)}`;
  const text = sql.map((one) => `${between}${inCaseOf(inner, one)}`).join(';');
  return {
    start: statement.stop,
    end: statement.stop,
    text: `${terminated ? '' : ';'}${text}${terminated ? ';' : ''}`,
  };
}

/**
 * Whether a suggestion can be written into a statement: not where a placeholder hides its names, nor into dynamic SQL.
 */
export const isWritable = (statement: Statement): boolean =>
  !statement.placeholders && statement.embedded?.kind !== 'execute';
