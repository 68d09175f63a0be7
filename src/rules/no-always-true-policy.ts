import { CALLERS, SIGNED_IN, type ApiRole, type Caller } from '../access/callers.ts';
import type { Rows } from '../access/condition.ts';
import { isFor, isForCaller, policiesAt, policyAt, rowsFor, SIDES, tableAt, type Policy } from '../access/policies.ts';
import { rightOf, type Command } from '../access/rights.ts';
import type { ObjectThen } from '../history/ending.ts';
import { flatMap } from '../lists.ts';
import { defineRule } from './api/rule.ts';
import { blamed, whoIs } from './shared/ending.ts';
import { exposedSchemas, exposedSchema, headOf } from './shared/exposed.ts';

export default defineRule({
  meta: {
    type: 'problem',
    docs: {
      description: 'Disallow policies that let everyone write everything',
      presets: { supabase: 'warn', strict: 'error' },
    },
    messages: {
      open:
        'Policy "{{policy}}" lets {{who}} {{what}} of "{{name}}": its condition {{why}}. Ask who owns the ' +
        'row, such as user_id = (select auth.uid()).',
      gives:
        'Policy "{{policy}}" lets {{who}} give any values to the rows of "{{name}}" that USING lets them change, ' +
        'those of other owners too: its WITH CHECK {{why}}. Leave WITH CHECK out, so that USING holds for the new ' +
        'row too.',
    },
    ...exposedSchema,
  },
  create: (context) => ({
    Script() {
      const schemas = [...exposedSchemas(context), 'storage'];
      const whatIsOpen = (then: ObjectThen) => schemas.includes(then.schema ?? '') && openedBy(then);
      for (const { statement, then } of blamed(context, ['policy'], whatIsOpen)) {
        const opening = openingOf(then);
        if (!opening) continue;
        context.report({
          loc: headOf(context, statement),
          messageId: opening.gives ? 'gives' : 'open',
          data: {
            policy: then.ref!.name,
            name: then.ref!.of?.name ?? '',
            who: whoIs(opening.roles),
            what: inWords(opening.commands),
            why: reasonOf(opening),
          },
        });
      }
    },
  }),
});

/** What a policy leaves open. */
interface Opening {
  roles: ApiRole[];
  commands: Command[];
  /** Whether only what an UPDATE writes is open, and not which rows it changes. */
  gives: boolean;
  /** Whether rows are left out in which a column is null. */
  isMost: boolean;
  /** Whether it is open only to those who do not sign in. */
  isForAnonymousOnly: boolean;
}

function reasonOf({ isMost, isForAnonymousOnly }: Opening): string {
  const reason = isMost ? 'compares a column with itself' : 'is always true';
  return isForAnonymousOnly ? `${reason} for requests without a user` : reason;
}

const WRITES = ['insert', 'update', 'delete'] as const;

/** Who may write what by a policy without being asked anything. */
const openedBy = (then: ObjectThen): string[] => {
  const { roles = [], commands = [] } = openingOf(then) ?? {};
  return flatMap(roles, (role) => commands.map((command) => `${role} ${command}`));
};

/** What a policy lets all callers of some role write; undefined where it asks something. */
function openingOf({ key, world }: ObjectThen): Opening | undefined {
  const policy = policyAt(world, key);
  const table = world.parentAt(key);
  if (!policy?.permissive || table === undefined) return undefined;
  const restrictive = policiesAt(world, table).filter((other) => !other.permissive);
  const rows = (command: Command, side: 'old' | 'new', caller: Caller): Rows =>
    rowsFor([policy, ...restrictive], command, side, caller, tableAt(world, table));
  const opened = flatMap(CALLERS, (caller) => {
    if (!isForCaller(policy, caller)) return [];
    return flatMap(WRITES, (command) => {
      if (!isFor(policy, command) || rightOf(world.settingsAt(table), command, caller.role) === 'no') return [];
      const found = SIDES[command].map((side) => rows(command, side, caller));
      return isWide(found) || givesAway(policy, command, found) ? [{ role: caller.role, command, rows: found }] : [];
    });
  });
  const wide = opened.filter(({ rows: found }) => isWide(found));
  const reported = wide.length > 0 ? wide : opened;
  if (reported.length === 0) return undefined;
  return {
    roles: reported.map(({ role }) => role),
    commands: WRITES.filter((command) => reported.some((one) => one.command === command)),
    gives: wide.length === 0,
    isMost: reported.every(({ rows: found }) => found.includes('most')),
    isForAnonymousOnly: isForCaller(policy, SIGNED_IN) && reported.every(({ role }) => role === 'anon'),
  };
}

const isWide = (rows: readonly Rows[]): boolean => rows.every((found) => found === 'all' || found === 'most');

/** Whether an UPDATE may write any values, as an explicit WITH CHECK says. */
const givesAway = ({ check }: Policy, command: Command, [old, written]: readonly Rows[]): boolean =>
  command === 'update' && check !== undefined && old === 'some' && written === 'all';

const PHRASES: Readonly<Record<(typeof WRITES)[number], string>> = {
  insert: 'insert any row',
  update: 'update every row',
  delete: 'delete every row',
};

function inWords(commands: readonly Command[]): string {
  if (commands.length === WRITES.length) return 'change and delete every row';
  return WRITES.filter((command) => commands.includes(command))
    .map((command) => PHRASES[command])
    .join(' and ');
}
