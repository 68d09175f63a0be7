/** What rules about locks say: who waits for what, and under which lock. */
import { stopsReaders, type Cause, type LockMode } from '../../catalog/locks/types.ts';
import { TEMPORARY, type Name, type ObjectRef } from '../../catalog/objects.ts';
import type { Cost, Locked } from '../../locking/index.ts';
import type { Statement } from '../../syntax/script.ts';
import type { Report, RuleContext } from '../api/rule.ts';

/** The rules that between them have every cause of work under a lock. */
export type CostRule = 'no-blocking-index' | 'no-blocking-constraint' | 'no-table-rewrite';

/** Which rule reports a cause. A new cause does not compile until it has one. */
const RULE_OF_CAUSE: Readonly<Record<Cause, CostRule>> = {
  type: 'no-table-rewrite',
  'unknown type': 'no-table-rewrite',
  'time zone': 'no-table-rewrite',
  'type of index': 'no-table-rewrite',
  'type of check': 'no-table-rewrite',
  'type of foreign key': 'no-table-rewrite',
  'volatile default': 'no-table-rewrite',
  sequence: 'no-table-rewrite',
  stored: 'no-table-rewrite',
  domain: 'no-table-rewrite',
  logging: 'no-table-rewrite',
  'access method': 'no-table-rewrite',
  tablespace: 'no-table-rewrite',
  cluster: 'no-table-rewrite',
  'vacuum full': 'no-table-rewrite',
  truncate: 'no-table-rewrite',
  rows: 'no-table-rewrite',
  index: 'no-blocking-index',
  reindex: 'no-blocking-index',
  refresh: 'no-blocking-index',
  'index of partition': 'no-blocking-index',
  check: 'no-blocking-constraint',
  validate: 'no-blocking-constraint',
  enforce: 'no-blocking-constraint',
  'not null': 'no-blocking-constraint',
  'foreign key': 'no-blocking-constraint',
  unique: 'no-blocking-constraint',
  'primary key': 'no-blocking-constraint',
  'primary key of nullable columns': 'no-blocking-constraint',
  exclusion: 'no-blocking-constraint',
  'domain constraint': 'no-blocking-constraint',
  partition: 'no-blocking-constraint',
  'foreign key of partition': 'no-blocking-constraint',
  'default partition': 'no-blocking-constraint',
};

/** Work of one kind by one statement, on one relation or on several. */
export interface CostFinding {
  cost: Cost;
  cause: Cause;
  /** The relations, as messages name them: `"orders"`, or `"orders" and 3 more`. */
  tables: string;
}

/** Whether the file is a migration that its tool runs on the live database. */
export const isDeployed = ({ sourceCode: { script } }: RuleContext): boolean =>
  script.role === undefined || script.role === 'up' || script.role === 'repeatable';

/** What a rule reports: for each statement and cause one finding, whatever the number of tables. */
export function costsFor(rule: CostRule, context: RuleContext): CostFinding[] {
  if (!isDeployed(context)) return [];
  const found = new Map<string, { cost: Cost; cause: Cause; names: Set<string> }>();
  for (const cost of context.sourceCode.locks.costs) {
    const { cause, relation, subject = '' } = cost.touch;
    if (cause === undefined || RULE_OF_CAUSE[cause] !== rule) continue;
    const id = `${cost.unit.start} ${cost.statement.start} ${cause} ${subject}`;
    const known = found.get(id);
    if (known) known.names.add(labelOf(relation));
    else found.set(id, { cost, cause, names: new Set([labelOf(relation)]) });
  }
  return [...found.values()].map(({ cost, cause, names }) => ({ cost, cause, tables: listOf([...names]) }));
}

/** A relation's name for a message, with its schema where it is not the usual one. */
export const labelOf = ({ schema, name }: Name): string =>
  schema === undefined || schema === 'public' || schema === TEMPORARY || /^_+$/.test(schema)
    ? name
    : `${schema}.${name}`;

/** What stands for a name that is put together at run time. */
const PLACEHOLDER = '__';

/** Names for a message: two of them at the most. */
function listOf(names: readonly string[]): string {
  const [first, ...others] = names.map((name) => (name === PLACEHOLDER ? 'a table' : `"${name}"`));
  if (others.length < 2) return [first, ...others].join(' and ');
  return `${first!} and ${others.length} more`;
}

/** A lock with its article. */
export const aLock = (lock: LockMode): string => `${/^[AE]/.test(lock) ? 'an' : 'a'} ${lock} lock`;

/** Who waits, as the end of a sentence. */
export const whoWaits = (lock: LockMode): string => (stopsReaders(lock) ? 'reads and writes wait' : 'writes wait');

/** Where a report stands: at the subcommand, or at the first line of the statement. */
export const placeOf = (context: RuleContext, { statement, unit }: Locked): Report['loc'] =>
  context.sourceCode.headOf(
    unit.statement === statement && !statement.placeholders ? { start: unit.start, end: unit.end } : statement,
  );

/** How a message calls an earlier statement: by its line. */
export const lineOf = ({ sourceCode: { script } }: RuleContext, statement: Statement): string =>
  `line ${script.locate(statement.start).line}`;

/** How a message calls an object: its kind and its name. */
export const describeOld = ({ kind, schema, name, of }: ObjectRef): string =>
  of && kind === 'column'
    ? `column "${name}" of "${labelOf(of)}"`
    : of
      ? `${kind} "${name}" of "${of.name}"`
      : `${kind} "${labelOf({ schema, name })}"`;

/** The objects that need one, for a message: `view "v" and policy "p"`; empty where there are none. */
export function whatNeeds(dependents: readonly ObjectRef[]): string {
  const [first, second, ...others] = [...new Set(dependents.map(describeOld))];
  if (first === undefined) return '';
  if (second === undefined) return first;
  return others.length === 0 ? `${first} and ${second}` : `${first}, ${second} and ${others.length} more`;
}
