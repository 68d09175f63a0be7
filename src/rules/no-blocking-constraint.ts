import { chooseName, quoteIdent } from '../catalog/names.ts';
import { nameOfRange, nodeAs } from '../catalog/nodes.ts';
import { isPartitioned, relationOf } from '../catalog/locks/relations.ts';
import type { Cause } from '../catalog/locks/types.ts';
import type { Edit } from '../fixers/edits.ts';
import { inCaseOf } from '../fixers/style.ts';
import type { Cost } from '../locking/index.ts';
import type { NodeOf } from '../syntax/parser.ts';
import { defineRule, fixWith, type Report, type RuleContext } from './api/rule.ts';
import { sqlName } from './shared/exposed.ts';
import { aLock, costsFor, lineOf, placeOf, whoWaits, type CostFinding } from './shared/safety.ts';

/** Since when a foreign key of a partitioned table may be NOT VALID, and NOT NULL may be NOT VALID at all. */
const PARTITIONED_KEYS = 18;
const NOT_NULL_NOT_VALID = 18;

const READS = '{{what}} reads all of {{tables}} under {{aLock}}: {{waits}} meanwhile.';
const BUILDS = '{{what}} builds an index on {{tables}} under {{aLock}}: {{waits}} meanwhile.';

export default defineRule({
  meta: {
    type: 'problem',
    docs: {
      description: 'Disallow checking a constraint against all rows under a lock for which others wait',
      presets: { safety: 'warn', strict: 'warn' },
    },
    readsLocks: true,
    hasSuggestions: true,
    messages: {
      check: `${READS} Write NOT VALID behind it, and VALIDATE CONSTRAINT in the next migration.`,
      columnCheck:
        `${READS} Add the column without it, then the constraint with NOT VALID, and VALIDATE CONSTRAINT in the next ` +
        'migration.',
      partitionedKey:
        `${READS} NOT VALID is for foreign keys of partitioned tables only since PostgreSQL 18: add the key to each ` +
        'partition with NOT VALID, validate these, and add it to the table at last.',
      held:
        'VALIDATE CONSTRAINT reads all of {{tables}} while the lock {{lock}} of {{holder}} is held, so that ' +
        '{{waits}}: NOT VALID was in vain. Move VALIDATE CONSTRAINT into the next migration.',
      together:
        'VALIDATE CONSTRAINT reads all of {{tables}} under the lock {{lock}} of the other subcommands: {{waits}} ' +
        'meanwhile. Move it into a statement of its own in the next migration.',
      enforce:
        `${READS} Drop the constraint, add it with NOT VALID instead of NOT ENFORCED, and VALIDATE CONSTRAINT in the ` +
        'next migration.',
      notNull:
        `${READS} Add CHECK ({{subject}} IS NOT NULL) NOT VALID here, VALIDATE CONSTRAINT in the next migration, and ` +
        'SET NOT NULL in the one after it. That one reads nothing then.',
      notNull18:
        `${READS} Write ADD CONSTRAINT … NOT NULL {{subject}} NOT VALID here, and VALIDATE CONSTRAINT in the next ` +
        'migration.',
      notNullUnproven: `${READS} The column has a NOT NULL that is NOT VALID: VALIDATE CONSTRAINT lets others work.`,
      key:
        `${BUILDS} Create the unique index with CONCURRENTLY in an earlier migration, and add the constraint USING ` +
        'INDEX.',
      columnKey:
        `${BUILDS} Add the column without it, create the unique index with CONCURRENTLY in the next migration, and ` +
        'add the constraint USING INDEX.',
      partitionedUnique:
        `${BUILDS} Add it to ONLY the table, and create a unique index on each partition with CONCURRENTLY. Then add ` +
        'the constraint there USING INDEX, and attach the indexes with ALTER INDEX … ATTACH PARTITION.',
      nullableKey:
        '{{what}} sets "{{subject}}" NOT NULL, and reads all of {{tables}} for it under {{aLock}}: {{waits}} ' +
        'meanwhile. Add CHECK ({{subject}} IS NOT NULL) NOT VALID and validate it in earlier migrations.',
      exclusion: `${BUILDS} PostgreSQL has no gentler way: do it while little is written, with a lock_timeout.`,
      domain:
        '{{what}} reads all of {{tables}} under {{aLock}}: {{waits}} meanwhile. Write NOT VALID behind a new ' +
        'CHECK; VALIDATE CONSTRAINT of a domain stops writes as well.',
      partition:
        'ATTACH PARTITION reads all of {{tables}} under {{aLock}}, since no valid CHECK proves that its rows ' +
        'are within the bounds: {{waits}} meanwhile. Add such a CHECK with NOT VALID{{key}}, and validate it, in ' +
        'earlier migrations.',
      hashPartition:
        'ATTACH PARTITION reads all of {{tables}} under {{aLock}}: {{waits}} meanwhile. For hash partitions no ' +
        'CHECK is a proof: attach the partition while it is empty.',
      partitionKey:
        'ATTACH PARTITION looks up the foreign key "{{subject}}" for all rows of {{tables}} under {{aLock}}: ' +
        '{{waits}} meanwhile. Add the same key to the partition with NOT VALID, and validate it, in earlier ' +
        'migrations.',
      defaultPartition:
        '{{what}} reads all of the default partition {{tables}} under {{aLock}}, for rows that belong into the ' +
        'new one: {{waits}} meanwhile, of the whole table. Add a CHECK to it with NOT VALID that excludes them, and ' +
        'validate it, in earlier migrations.',
      notValid: 'Write NOT VALID here, and VALIDATE CONSTRAINT {{name}} in the next migration.',
      provenNotNull:
        'Write the CHECK with NOT VALID here. Next migration: VALIDATE CONSTRAINT {{name}}. The one after it: SET ' +
        'NOT NULL, and DROP CONSTRAINT {{name}}.',
      notNullNotValid:
        'Write the constraint with NOT VALID here, and VALIDATE CONSTRAINT {{name}} in the next migration.',
    },
    schema: [],
  },
  create: (context) => ({
    Script() {
      for (const finding of costsFor('no-blocking-constraint', context)) {
        const { cost, tables } = finding;
        const suggestion = suggestionFor(finding, context);
        context.report({
          loc: placeOf(context, cost),
          messageId: messageOf(finding, context),
          data: {
            tables,
            lock: cost.lock,
            aLock: aLock(cost.lock),
            waits: whoWaits(cost.lock),
            what: whatOf(finding),
            subject: cost.touch.subject ?? '',
            holder: cost.holder ? lineOf(context, cost.holder) : '',
            key: isNullableKey(cost, context) ? ' that says IS NOT NULL of the key too' : '',
          },
          ...(suggestion && { suggest: [suggestion] }),
        });
      }
    },
  }),
});

/** What the statement does, at the beginning of a sentence. */
function whatOf({ cost: { statement, unit, touch }, cause }: CostFinding): string {
  const { subject } = touch;
  const isColumn = isOfColumn(unit.node);
  switch (cause) {
    case 'check':
      return isColumn ? 'The CHECK of the new column' : named('CHECK', subject);
    case 'foreign key':
      return isColumn ? 'The foreign key of the new column' : foreignKey(unit.node, subject);
    case 'unique':
      return isColumn ? 'UNIQUE of the new column' : named('UNIQUE', subject);
    case 'primary key':
    case 'primary key of nullable columns':
      return 'PRIMARY KEY';
    case 'exclusion':
      return 'EXCLUDE';
    case 'not null':
      return isColumn ? 'NOT NULL of the new column' : 'SET NOT NULL';
    case 'enforce':
      return 'ALTER CONSTRAINT … ENFORCED';
    case 'default partition':
      return statement.as('CreateStmt') ? 'CREATE TABLE … PARTITION OF' : 'ATTACH PARTITION';
    case 'domain constraint':
      return `ALTER DOMAIN ${subject ?? ''}`;
    default:
      return 'ALTER TABLE';
  }
}

const named = (what: string, subject: string | undefined): string =>
  subject === undefined ? what : `${what} "${subject}"`;

/** A foreign key by its name, otherwise by the table that it points to. */
function foreignKey(node: object, subject: string | undefined): string {
  const constraint = nodeAs((node as NodeOf<'AlterTableCmd'>).def, 'Constraint');
  return constraint?.conname === undefined ? `FOREIGN KEY to "${subject ?? ''}"` : named('FOREIGN KEY', subject);
}

const isOfColumn = (node: object): boolean => (node as NodeOf<'AlterTableCmd'>).subtype === 'AT_AddColumn';

/** Messages of causes that have one alone. */
const MESSAGES: Partial<Record<Cause, string>> = {
  enforce: 'enforce',
  exclusion: 'exclusion',
  'primary key of nullable columns': 'nullableKey',
  'domain constraint': 'domain',
  'foreign key of partition': 'partitionKey',
  'default partition': 'defaultPartition',
};

function messageOf({ cost, cause }: CostFinding, context: RuleContext): string {
  const isColumn = isOfColumn(cost.unit.node);
  switch (cause) {
    case 'check':
      return isColumn ? 'columnCheck' : 'check';
    case 'foreign key':
      return isColumn ? 'columnCheck' : mayBeNotValid(cost, context) ? 'check' : 'partitionedKey';
    case 'unique':
    case 'primary key':
      return isColumn ? 'columnKey' : isOnPartitioned(cost, context) ? 'partitionedUnique' : 'key';
    case 'validate':
      return cost.holder ? 'held' : 'together';
    case 'not null':
      return isColumn ? 'columnCheck' : notNullMessage(cost, context);
    case 'partition':
      return partitionedHow(cost, context) === 'hash' ? 'hashPartition' : 'partition';
    default:
      return MESSAGES[cause] ?? 'check';
  }
}

function notNullMessage({ touch }: Cost, { sourceCode: { world, options } }: RuleContext): string {
  const of = { schema: touch.relation.schema, name: touch.relation.name };
  const column = world.get({ kind: 'column', name: touch.subject ?? '', of });
  if (column?.ref.detail?.notNullUnproven !== undefined) return 'notNullUnproven';
  return options.postgresVersion >= NOT_NULL_NOT_VALID ? 'notNull18' : 'notNull';
}

/** The table that the statement alters, as history knows it before the file. */
function alteredTable({ statement }: Cost, { sourceCode: { world } }: RuleContext) {
  const relation = statement.as('AlterTableStmt')?.relation;
  return relation && relationOf(nameOfRange(relation), world);
}

function isOnPartitioned(cost: Cost, context: RuleContext): boolean {
  const table = alteredTable(cost, context);
  return table !== undefined && isPartitioned(table);
}

const partitionedHow = (cost: Cost, context: RuleContext) => alteredTable(cost, context)?.detail?.partitions?.by;

/** Whether the key of a partitioned table may be NULL, which a CHECK must rule out as well. */
function isNullableKey(cost: Cost, context: RuleContext): boolean {
  const { columns = [] } = alteredTable(cost, context)?.detail?.partitions ?? {};
  const of = { schema: cost.touch.relation.schema, name: cost.touch.relation.name };
  return columns.some(
    (name) =>
      name !== undefined && context.sourceCode.world.get({ kind: 'column', name, of })?.ref.detail?.notNull === false,
  );
}

/** Whether PostgreSQL takes NOT VALID behind the constraint. */
const mayBeNotValid = (cost: Cost, context: RuleContext): boolean =>
  context.sourceCode.options.postgresVersion >= PARTITIONED_KEYS || !isOnPartitioned(cost, context);

type Suggestion = NonNullable<Report['suggest']>[number];

/** The gentle form of the statement, where it is one edit; what goes into later migrations, the suggestion says. */
function suggestionFor({ cost, cause }: CostFinding, context: RuleContext): Suggestion | undefined {
  const { statement, unit } = cost;
  if (statement.embedded || statement.placeholders || unit.statement !== statement) return undefined;
  const cmd = unit.node as NodeOf<'AlterTableCmd'>;
  if (cause === 'not null' && cmd.subtype === 'AT_SetNotNull' && notNullMessage(cost, context) !== 'notNullUnproven')
    return gentleNotNull(cost, cmd, context);
  const isNamed = cmd.subtype === 'AT_AddConstraint' && (cause === 'check' || cause === 'foreign key');
  if (!isNamed || !mayBeNotValid(cost, context)) return undefined;
  const name = nodeAs(cmd.def, 'Constraint')?.conname;
  return {
    messageId: 'notValid',
    data: { name: name === undefined ? 'of it' : quoteIdent(name) },
    fix: fixWith([{ start: unit.end, end: unit.end, text: ` ${inCaseOf(statement, 'NOT VALID')}` }]),
  };
}

function gentleNotNull(cost: Cost, cmd: NodeOf<'AlterTableCmd'>, context: RuleContext): Suggestion | undefined {
  const { statement, unit } = cost;
  const column = cmd.name ?? '';
  const table = alteredTable(cost, context);
  if (!table) return undefined;
  const { world, options } = context.sourceCode;
  const isTaken = (name: string) => world.constraintTaken(table.schema, name);
  const is18 = options.postgresVersion >= NOT_NULL_NOT_VALID;
  const name = chooseName(table.name, column, is18 ? 'not_null' : 'check', isTaken);
  const written = quoteIdent(column);
  const what = is18 ? `NOT NULL ${written}` : `CHECK (${written} IS NOT NULL)`;
  const text =
    inCaseOf(statement, `ADD CONSTRAINT`) + ` ${quoteIdent(name)} ` + inCaseOf(statement, `${what} NOT VALID`);
  const edits: Edit[] = [{ start: unit.start, end: unit.end, text }];
  return {
    messageId: is18 ? 'notNullNotValid' : 'provenNotNull',
    data: { name: quoteIdent(name), table: sqlName(table) },
    fix: fixWith(edits),
  };
}
