import { nodeAs, typeText } from '../catalog/nodes.ts';
import type { NodeOf } from '../syntax/parser.ts';
import type { Statement } from '../syntax/script.ts';
import { defineRule, type RuleContext } from './api/rule.ts';
import { aLock, costsFor, lineOf, placeOf, whoWaits, type CostFinding } from './shared/safety.ts';

const WRITES = 'writes all rows of {{tables}} anew under {{aLock}}: {{waits}} meanwhile.';
const PLAN =
  'Add a new column of that type, keep it in step with a trigger, and fill it in batches. Then let it take the place ' +
  'of the old one. Each step is a migration of its own.';

export default defineRule({
  meta: {
    type: 'problem',
    docs: {
      description: 'Disallow writing all rows of a table anew under a lock for which others wait',
      presets: { safety: 'warn', strict: 'warn' },
    },
    readsLocks: true,
    messages: {
      type: `TYPE {{type}} of "{{subject}}" ${WRITES} ${PLAN}`,
      unknownType:
        `TYPE {{type}} of "{{subject}}" may write all rows of {{tables}} anew under {{aLock}}: it depends on the ` +
        `type that the column has now, which no migration says. ${PLAN}`,
      timeZone:
        `TYPE {{type}} of "{{subject}}" ${WRITES} In UTC it changes no byte: write SET LOCAL TimeZone TO 'UTC' ` +
        'before it, if that is what the old values mean.',
      index:
        'TYPE {{type}} of "{{subject}}" leaves the rows of {{tables}} as they are, but builds the index "{{object}}" ' +
        'anew under {{aLock}}: {{waits}} meanwhile. Drop the index first, and create it again with CONCURRENTLY ' +
        'in the next migration.',
      constraint:
        'TYPE {{type}} of "{{subject}}" leaves the rows of {{tables}} as they are, but checks the constraint ' +
        '"{{object}}" against all of them under {{aLock}}: {{waits}} meanwhile. Drop the constraint in the same ' +
        'statement, add it again with NOT VALID, and validate it in the next migration.',
      volatile:
        `The default of "{{subject}}" has another value for each row, so ADD COLUMN ${WRITES} Add the column without ` +
        'it, SET DEFAULT in a second statement, and fill the old rows in batches.',
      sequence:
        `"{{subject}}" numbers the rows that are there, so ADD COLUMN ${WRITES} Add a plain column and a sequence, ` +
        'fill the old rows in batches, and make it an identity with ADD GENERATED at last.',
      stored:
        `{{what}} computes "{{subject}}" for each row, and ${WRITES} Compute it in a view or, since PostgreSQL 18, ` +
        'in a VIRTUAL column; or fill a plain column by a trigger, and the old rows in batches.',
      domain:
        `The type of "{{subject}}" is a domain with a constraint, so ADD COLUMN ${WRITES} Add the column with the ` +
        'type below the domain, and a CHECK with NOT VALID.',
      logging: `{{what}} ${WRITES} Do it while the table is small or unused, with a lock_timeout.`,
      accessMethod: `SET ACCESS METHOD {{object}} ${WRITES} Do it outside of a migration, or copy the rows.`,
      tablespace:
        'SET TABLESPACE {{object}} copies all of {{tables}} under {{aLock}}: {{waits}} meanwhile. Do it outside of a ' +
        'migration.',
      cluster: `CLUSTER ${WRITES} It belongs outside of a migration; pg_repack does it while others work.`,
      vacuumFull: `VACUUM FULL ${WRITES} It belongs outside of a migration; pg_repack does it while others work.`,
      truncate:
        'TRUNCATE gives {{tables}} an empty file under {{aLock}}: {{waits}} until the transaction ends, and for ' +
        'every statement that holds them. Make it the last statement of its transaction, with a lock_timeout.',
      rows:
        '{{what}} changes the rows of {{tables}} while the lock {{lock}} of {{holder}} is held: {{waits}} until all ' +
        'are written. Change them in a migration of their own, in batches.',
    },
    schema: [],
  },
  create: (context) => ({
    Script() {
      for (const finding of costsFor('no-table-rewrite', context)) {
        const { cost, tables } = finding;
        if (!isReported(finding)) continue;
        const { def, name = '' } = cost.unit.node as NodeOf<'AlterTableCmd'>;
        const column = nodeAs(def, 'ColumnDef');
        const isOfType = /^type of /.test(finding.cause);
        context.report({
          loc: placeOf(context, cost),
          messageId: MESSAGES[finding.cause] ?? 'type',
          data: {
            tables,
            lock: cost.lock,
            aLock: aLock(cost.lock),
            waits: whoWaits(cost.lock),
            type: column ? typeAsWritten(context, column, cost.statement) : '',
            subject: isOfType ? name : (cost.touch.subject ?? name),
            object: cost.touch.subject ?? '',
            what: whatOf(finding),
            holder: cost.holder ? lineOf(context, cost.holder) : '',
          },
        });
      }
    },
  }),
});

/** The type as the statement writes it: the parser calls `bigint` int8. */
function typeAsWritten({ sourceCode }: RuleContext, { typeName }: NodeOf<'ColumnDef'>, statement: Statement): string {
  const start = statement.start + (typeName?.location ?? 0);
  return /^(?:[\w.]+|"[^"]+")/.exec(sourceCode.text.slice(start))?.[0] ?? typeText(typeName);
}

/** Rows that are only read are no news while a lock is held: a check after a change does so. */
const isReported = ({ cause, cost: { statement } }: CostFinding): boolean =>
  cause !== 'rows' || statement.type === 'UpdateStmt' || statement.type === 'DeleteStmt';

const MESSAGES: Partial<Record<CostFinding['cause'], string>> = {
  type: 'type',
  'unknown type': 'unknownType',
  'time zone': 'timeZone',
  'type of index': 'index',
  'type of check': 'constraint',
  'type of foreign key': 'constraint',
  'volatile default': 'volatile',
  sequence: 'sequence',
  stored: 'stored',
  domain: 'domain',
  logging: 'logging',
  'access method': 'accessMethod',
  tablespace: 'tablespace',
  cluster: 'cluster',
  'vacuum full': 'vacuumFull',
  truncate: 'truncate',
  rows: 'rows',
};

function whatOf({ cost: { statement, unit } }: CostFinding): string {
  switch ((unit.node as NodeOf<'AlterTableCmd'>).subtype) {
    case 'AT_SetLogged':
      return 'SET LOGGED';
    case 'AT_SetUnLogged':
      return 'SET UNLOGGED';
    case 'AT_SetExpression':
      return 'SET EXPRESSION';
    case 'AT_AddColumn':
      return 'ADD COLUMN';
    default:
      return statement.type === 'DeleteStmt' ? 'DELETE' : 'UPDATE';
  }
}
