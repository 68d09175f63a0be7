/** Reads the settings that statements change: ALTER, GRANT, and the options of CREATE. */
import { lookup } from '../lookup.ts';
import type { Node, NodeOf } from '../syntax/parser.ts';
import { stringConstant } from './constants.ts';
import { digestOf } from './digest.ts';
import type { Effect, Privilege, SetEffect, Setting, SettingValue } from './effects.ts';
import { grantee, nameOfRange, nodeAs, optionOf, roleName, stringOf, strings } from './nodes.ts';
import { objectOf } from './object-nodes.ts';
import type { Kind, Name, ObjectRef } from './objects.ts';
import { flatMap } from '../lists.ts';

type Command = NodeOf<'AlterTableCmd'>;

export const set = (object: ObjectRef, setting: Setting, value: SettingValue): SetEffect => ({
  action: 'set',
  object,
  setting,
  value,
});

/** Tables whose rows are also those of another one of them. */
export const sharesRows = (...tables: readonly Name[]): SetEffect[] =>
  tables.map((table) => set({ kind: 'table', ...table }, 'shares rows', true));

/** `tgenabled` of pg_trigger and `ev_enabled` of pg_rewrite, by what the subcommand of ALTER TABLE says. */
const FIRES: readonly [prefix: string, value: string][] = [
  ['AT_EnableAlways', 'A'],
  ['AT_EnableReplica', 'R'],
  ['AT_Enable', 'O'],
  ['AT_Disable', 'D'],
];

/** ENABLE and DISABLE of triggers and rules: of one by its name, of triggers also ALL and USER. */
function firing(cmd: Command, table: Name): SetEffect[] {
  const { name } = cmd;
  const subtype: string = cmd.subtype ?? '';
  const [prefix, value] = FIRES.find(([start]) => subtype.startsWith(start)) ?? [];
  const kind = { Trig: 'trigger', TrigAll: 'trigger', TrigUser: 'trigger', Rule: 'rule' } as const;
  const what = (kind as Partial<Record<string, Kind>>)[subtype.slice(prefix?.length)];
  if (value === undefined || what === undefined) return [];
  const effect = set({ kind: what, name: name ?? '', of: table }, 'enabled', value);
  return [name === undefined ? { ...effect, every: 'present' } : effect];
}

/** What a subcommand of ALTER TABLE (or ALTER VIEW, INDEX, SEQUENCE) sets of the relation or of one of its columns. */
export function alterTableSettings(cmd: Command, table: Name): SetEffect[] {
  const relation: ObjectRef = { kind: 'table', ...table };
  const column: ObjectRef = { kind: 'column', name: cmd.name ?? '', of: table };
  switch (cmd.subtype) {
    case 'AT_EnableRowSecurity':
    case 'AT_DisableRowSecurity':
      return [set(relation, 'row level security', cmd.subtype === 'AT_EnableRowSecurity')];
    case 'AT_ForceRowSecurity':
    case 'AT_NoForceRowSecurity':
      return [set(relation, 'force row level security', cmd.subtype === 'AT_ForceRowSecurity')];
    case 'AT_ReplicaIdentity': {
      const identity = nodeAs(cmd.def, 'ReplicaIdentityStmt');
      return [set(relation, 'replica identity', identity?.name ?? identity?.identity_type)];
    }
    case 'AT_ChangeOwner':
      return [set(relation, 'owner', roleName(cmd.newowner))];
    case 'AT_SetRelOptions':
    case 'AT_ResetRelOptions':
      return optionSettings(relation, nodeAs(cmd.def, 'List')?.items, cmd.subtype === 'AT_ResetRelOptions');
    case 'AT_ColumnDefault':
      return [set(column, 'default', cmd.def && digestOf(cmd.def))];
    case 'AT_SetNotNull':
    case 'AT_DropNotNull':
      return [set(column, 'not null', cmd.subtype === 'AT_SetNotNull')];
    default:
      return firing(cmd, table);
  }
}

/** `WITH (…)`, `SET (…)` and `RESET (…)` of a relation. */
function optionSettings(relation: ObjectRef, options: readonly Node[] | undefined, reset = false): SetEffect[] {
  return flatMap(options ?? [], (o): SetEffect[] => {
    const option = nodeAs(o, 'DefElem');
    return option ? [set(relation, `option ${option.defname ?? ''}`, reset ? undefined : optionValue(option.arg))] : [];
  });
}

/** Words that PostgreSQL takes for a boolean (`parse_bool`). */
const BOOLEANS = lookup<boolean>({
  true: true,
  t: true,
  on: true,
  yes: true,
  y: true,
  1: true,
  false: false,
  f: false,
  off: false,
  no: false,
  n: false,
  0: false,
});

/** The value of an option. One without a value is on. */
export function optionValue(value: Node | undefined): SettingValue {
  if (value === undefined) return true;
  const boolean = nodeAs(value, 'Boolean');
  if (boolean) return boolean.boolval === true;
  const integer = nodeAs(value, 'Integer');
  const text = integer
    ? String(integer.ival ?? 0)
    : stringOf(value) || (strings(nodeAs(value, 'TypeName')?.names).at(-1) ?? '');
  return BOOLEANS[text.toLowerCase()] ?? text;
}

/** ALTER POLICY: what it does not name stays. */
export function policySettings({ policy_name: name = '', table, roles, qual, with_check }: NodeOf<'AlterPolicyStmt'>) {
  const policy: ObjectRef = { kind: 'policy', name, of: nameOfRange(table) };
  return [
    ...(roles ? [set(policy, 'roles', roles.map(grantee))] : []),
    ...(qual ? [set(policy, 'using', qual)] : []),
    ...(with_check ? [set(policy, 'check', with_check)] : []),
  ];
}

/** CREATE VIEW: an option that a view does not name is off, also where OR REPLACE replaces one that had it. */
export function viewSettings(node: NodeOf<'ViewStmt'>): SetEffect[] {
  const view: ObjectRef = { kind: 'view', ...nameOfRange(node.view) };
  return [set(view, 'option security_invoker', undefined), ...optionSettings(view, node.options)];
}

/**
 * What a search_path does to the names after it. `$user` is a schema that hardly anybody has; without any, only
 * pg_catalog is searched.
 */
export function searchPathEffect(path: readonly string[]): Effect {
  const schemas = path.filter((schema) => schema !== '$user');
  return { action: 'search-path', schemas: schemas.length > 0 ? schemas : ['pg_catalog'] };
}

/**
 * The schemas that `SET search_path` names; undefined for TO DEFAULT, RESET and FROM CURRENT. Each value is one schema,
 * also `'a, b'` (`flatten_set_variable_args`); `''` names none.
 */
export function searchPathSet(node: NodeOf<'VariableSetStmt'>): string[] | undefined {
  if (node.kind !== 'VAR_SET_VALUE') return undefined;
  return flatMap(node.args ?? [], (a) => stringConstant(a) || []);
}

/** What CREATE FUNCTION and ALTER FUNCTION say of search_path and of whose rights the function has. */
export function routineSettings(routine: ObjectRef, options: readonly Node[] | undefined): SetEffect[] {
  return flatMap(options ?? [], (o): SetEffect[] => {
    const option = nodeAs(o, 'DefElem');
    if (option?.defname === 'security')
      return [set(routine, 'security definer', nodeAs(option.arg, 'Boolean')?.boolval === true)];
    const variable = option?.defname === 'set' ? nodeAs(option.arg, 'VariableSetStmt') : undefined;
    if (variable?.kind === 'VAR_RESET_ALL') return [set(routine, 'search_path', undefined)];
    if (variable?.name !== 'search_path') return [];
    return [
      set(
        routine,
        'search_path',
        variable.kind === 'VAR_RESET' ? undefined : (searchPathSet(variable)?.join(', ') ?? 'from current'),
      ),
    ];
  });
}

/** Whether options leave a routine VOLATILE. */
export const isVolatile = (options: readonly Node[] | undefined): boolean =>
  !['stable', 'immutable'].includes(stringOf(optionOf(options, 'volatility')));

/** CREATE FUNCTION: OR REPLACE resets the settings that the new definition does not have. */
export const createdRoutineSettings = (routine: ObjectRef, { options }: NodeOf<'CreateFunctionStmt'>): SetEffect[] => [
  set(routine, 'search_path', undefined),
  set(routine, 'security definer', false),
  ...routineSettings(routine, options),
];

/** The kinds that GRANT … ON ALL … IN SCHEMA and ALTER DEFAULT PRIVILEGES are about, by the parser's word for them. */
export const GRANTED_KINDS: Readonly<Record<string, readonly Kind[]>> = {
  OBJECT_TABLE: ['table', 'view', 'materialized view', 'foreign table'],
  OBJECT_SEQUENCE: ['sequence'],
  OBJECT_FUNCTION: ['function'],
  OBJECT_PROCEDURE: ['procedure'],
  OBJECT_ROUTINE: ['function', 'procedure'],
};

/** The privileges on each kind of object that history keeps, by the parser's word for the kind. */
const PRIVILEGES: Readonly<Partial<Record<string, readonly Privilege[]>>> = {
  OBJECT_TABLE: ['select', 'insert', 'update', 'delete'],
  OBJECT_SEQUENCE: ['usage', 'select', 'update'],
  OBJECT_FUNCTION: ['execute'],
  OBJECT_PROCEDURE: ['execute'],
  OBJECT_ROUTINE: ['execute'],
  OBJECT_SCHEMA: ['usage'],
};

/** What GRANT or REVOKE is about: a privilege, on the whole object or on columns. */
interface Granted {
  privilege: Privilege;
  ofColumns: boolean;
}

function grantedBy({ is_grant, objtype, privileges, grant_option }: NodeOf<'GrantStmt'>): Granted[] {
  if (!is_grant && grant_option) return [];
  const all = PRIVILEGES[objtype ?? ''] ?? [];
  if (privileges === undefined) return all.map((privilege) => ({ privilege, ofColumns: false }));
  return flatMap(privileges, (node): Granted[] => {
    const { priv_name, cols } = nodeAs(node, 'AccessPriv') ?? {};
    // ALL (a, b) names no privilege.
    const named = priv_name === undefined ? all : all.filter((privilege) => privilege === priv_name);
    return named.map((privilege) => ({ privilege, ofColumns: cols !== undefined }));
  });
}

function accessSettings(grant: NodeOf<'GrantStmt'>, object: ObjectRef, every?: SetEffect['every']): SetEffect[] {
  const isGrant = grant.is_grant === true;
  const settings = flatMap(grant.grantees ?? [], (node) => {
    const role = grantee(node);
    return flatMap(grantedBy(grant), ({ privilege, ofColumns }): SetEffect[] => {
      const columns = set(object, `${privilege} of columns for ${role}`, isGrant);
      // REVOKE of some columns leaves the others; REVOKE of the whole takes them too.
      if (ofColumns) return isGrant ? [columns] : [];
      const whole = set(object, `${privilege} for ${role}`, isGrant);
      return isGrant || privilege === 'execute' || privilege === 'usage' ? [whole] : [whole, columns];
    });
  });
  return every ? settings.map((effect) => ({ ...effect, every })) : settings;
}

/** The privileges of roles after GRANT or REVOKE, on named objects or on all of a schema. */
export function grantSettings(node: NodeOf<'GrantStmt'>): SetEffect[] {
  if (node.targtype === 'ACL_TARGET_ALL_IN_SCHEMA') return settingsOfAll(node, strings(node.objects), 'present');
  if (node.targtype !== 'ACL_TARGET_OBJECT') return [];
  return flatMap(node.objects ?? [], (o): SetEffect[] => {
    const relation = nodeAs(o, 'RangeVar');
    const object = relation ? ({ kind: 'table', ...nameOfRange(relation) } as const) : objectOf(node.objtype, o);
    return object ? accessSettings(node, object) : [];
  });
}

/** The schemas that ALTER DEFAULT PRIVILEGES is about; undefined stands for all. */
export function defaultsOf({ options }: NodeOf<'AlterDefaultPrivilegesStmt'>): readonly (string | undefined)[] {
  const schemas = flatMap(options ?? [], (o) => {
    const option = nodeAs(o, 'DefElem');
    return option?.defname === 'schemas' ? strings(nodeAs(option.arg, 'List')?.items) : [];
  });
  return schemas.length > 0 ? schemas : [undefined];
}

/** ALTER DEFAULT PRIVILEGES, of some schemas or of all. */
export function defaultPrivilegeSettings(node: NodeOf<'AlterDefaultPrivilegesStmt'>): Effect[] {
  if (!node.action) return [];
  const schemas = defaultsOf(node);
  const settings = settingsOfAll(node.action, schemas, 'future');
  // What everyone may do by default is not set for a schema, and cannot be taken there.
  return schemas.includes(undefined) || node.action.is_grant
    ? settings
    : settings.filter(({ setting }) => !setting.endsWith(' for public'));
}

const settingsOfAll = (
  grant: NodeOf<'GrantStmt'>,
  schemas: readonly (string | undefined)[],
  every: NonNullable<SetEffect['every']>,
): SetEffect[] =>
  flatMap(schemas, (schema) =>
    flatMap(GRANTED_KINDS[grant.objtype ?? ''] ?? [], (kind) =>
      accessSettings(grant, { kind, schema, name: '' }, every),
    ),
  );
