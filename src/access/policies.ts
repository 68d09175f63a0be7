/** The policies of a table, and which rows they let a caller read and write. */
import { isKnownType } from '../catalog/types.ts';
import type { PolicyDetail } from '../catalog/objects.ts';
import type { World } from '../history/world.ts';
import type { Node } from '../syntax/parser.ts';
import { flatMap } from '../lists.ts';
import { callersOf, type Caller } from './callers.ts';
import { judge, type Rows, type Table } from './condition.ts';
import type { Command } from './rights.ts';

/** A policy with what ALTER POLICY has changed. */
export interface Policy extends PolicyDetail {
  key: string;
  name: string;
}

/** A policy by its key; undefined where no statement has made it. */
export function policyAt(world: World, key: string): Policy | undefined {
  const ref = world.refOfKey(key);
  const made = ref?.detail?.policy;
  if (!made || !world.existsKey(key)) return undefined;
  const { roles, using, check } = world.settingsAt(key);
  return {
    ...made,
    ...(roles !== undefined && { roles: roles as readonly string[] }),
    ...(using !== undefined && { using: using as Node }),
    ...(check !== undefined && { check: check as Node }),
    key,
    name: ref.name,
  };
}

/** The policies of a table, by the key of the table. */
export const policiesAt = (world: World, table: string): Policy[] =>
  flatMap(world.partKeysAt(table), (key) => policyAt(world, key) ?? []);

/** What is known of the columns of a table, by the key of the table. */
export function tableAt(world: World, table: string): Table {
  const columns = world.partKeysAt(table);
  const keys = new Set(
    flatMap(columns, (key) => {
      const { kind, detail } = world.refOfKey(key)!;
      return kind === 'constraint' && detail?.contype === 'p' ? (detail.columns ?? []) : [];
    }),
  );
  const notNull = new Set<string | undefined>();
  for (const key of columns) {
    const { kind, name, detail } = world.refOfKey(key)!;
    // A composite value that is not null counts as null where its fields are.
    if (kind !== 'column' || !isKnownType(detail?.type ?? '')) continue;
    const set = world.settingsAt(key)['not null'];
    if (keys.has(name) || (set ?? detail?.notNull) === true) notNull.add(name);
  }
  return { name: world.refOfKey(table)?.name ?? '', isNotNull: (column) => notNull.has(column) };
}

/** Whether a policy is for a command. */
export const isFor = (policy: Policy, command: Command): boolean =>
  policy.command === 'all' || policy.command === command;

export const isForCaller = (policy: Policy, { role }: Caller): boolean =>
  callersOf(policy.roles).some((caller) => caller.role === role);

/** The two sides of a command: the rows that there are, and the rows that it writes. */
export type Side = 'old' | 'new';

/** The sides that a command has. */
export const SIDES: Readonly<Record<Command, readonly Side[]>> = {
  select: ['old'],
  insert: ['new'],
  update: ['old', 'new'],
  delete: ['old'],
};

/** The condition of a policy for one side: without WITH CHECK, USING holds for what is written too. */
const conditionFor = ({ using, check }: Policy, side: Side): Node | undefined =>
  side === 'old' ? using : (check ?? using);

/** One of the permissive policies has to hold, and all restrictive ones. */
function conditionOf(policies: readonly Policy[], side: Side): Node | undefined {
  const conditions = (permissive: boolean) =>
    flatMap(policies, (policy) => (policy.permissive === permissive ? (conditionFor(policy, side) ?? []) : []));
  const anyOf = conditions(true);
  if (anyOf.length === 0) return undefined;
  const permissive: Node = anyOf.length === 1 ? anyOf[0]! : { BoolExpr: { boolop: 'OR_EXPR', args: anyOf } };
  const allOf = conditions(false);
  return allOf.length === 0 ? permissive : { BoolExpr: { boolop: 'AND_EXPR', args: [permissive, ...allOf] } };
}

/** For which rows the policies together let a caller through, on one side of a command. */
export const rowsFor = (
  policies: readonly Policy[],
  command: Command,
  side: Side,
  caller: Caller,
  table: Table,
): Rows =>
  judge(
    conditionOf(
      policies.filter((policy) => isFor(policy, command) && isForCaller(policy, caller)),
      side,
    ),
    caller,
    table,
  );
