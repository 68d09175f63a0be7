/** CREATE … : how a second run of each statement fails, and the form that does not fail. */
import {
  columnParts,
  indexColumns,
  needsIn,
  nothingTaken,
  ownerOfSequence,
  withNeeds,
  resultNames,
  typeDetail,
} from '../columns.ts';
import { chooseName, quoteIdent } from '../names.ts';
import {
  dropFirst,
  entry,
  guard,
  ifNotExists,
  orReplace,
  type Effect,
  type Back,
  type Entry,
  type Technique,
} from '../effects.ts';
import { digestOf } from '../digest.ts';
import { readBody, type Body } from '../body.ts';
import { bodySettings } from '../dynamic.ts';
import { executedBy } from '../executed.ts';
import { callsOf } from '../functions.ts';
import {
  argumentTypes,
  columnName,
  grantee,
  nameOf,
  nameOfRange,
  nodeAs,
  optionOf,
  roleName,
  strings,
  typeText,
} from '../nodes.ts';
import { asksForCaller } from '../callers.ts';
import {
  createIndexLocks,
  createPolicyLocks,
  createRuleLocks,
  createStatisticsLocks,
  createTableAsLocks,
  createTableLocks,
  createTriggerLocks,
  createViewLocks,
  selectLocks,
} from '../locks/index.ts';
import { namesIn, needsOf, optionNeeds, routineNeeds, typeNeeds, type Names } from '../needs.ts';
import type { Detail, Kind, Name, ObjectRef, PolicyDetail } from '../objects.ts';
import { createdRoutineSettings, isVolatile, set, sharesRows, viewSettings } from '../settings.ts';
import {
  acts,
  changesOfTrigger,
  mayReturnNull,
  fieldsAssigned,
  raises,
  writesIn,
  writesOfBody,
  writesRows,
} from '../writes.ts';
import { inlinedExpression, usesOfBody } from '../sql-bodies.ts';
import type { SqlState } from '../sqlstates.ts';
import { columnsOfRow, functionUses, use, useColumns, usesOfExpression, usesOfQuery, useTable } from '../uses.ts';
import type { Node, NodeOf } from '../../syntax/parser.ts';
import { flatMap } from '../../lists.ts';

type Mode = 'bare' | 'if-not-exists' | 'or-replace';
const create = (
  kind: Kind,
  name: Name,
  mode: Mode = 'bare',
  more: { of?: Name; args?: string[]; detail?: Detail } = {},
  parts?: ObjectRef[],
): Effect[] => [
  { action: 'create', object: { kind, schema: name.schema, name: name.name, ...more }, mode, ...(parts && { parts }) },
];
const unless = (missingOk: boolean | undefined): Mode => (missingOk ? 'if-not-exists' : 'bare');
const replacing = (replace: boolean | undefined): Mode => (replace ? 'or-replace' : 'bare');

/** The relation of that name: a table, a view, or another kind. */
const relation = useTable;

/** INCLUDING INDEXES of a LIKE clause, and ALL. */
const LIKE_INDEXES = 1 << 6;

/** INCLUDING CONSTRAINTS of a LIKE clause, and ALL. */
const LIKE_CONSTRAINTS = 1 << 2;

const PARTITIONED_BY = {
  PARTITION_STRATEGY_RANGE: 'range',
  PARTITION_STRATEGY_LIST: 'list',
  PARTITION_STRATEGY_HASH: 'hash',
} as const;

/** Where a table has its columns from, how it is spread over partitions, and how it is stored. */
function storageDetail(node: NodeOf<'CreateStmt'>): Detail {
  const {
    inhRelations,
    partbound,
    partspec,
    tableElts,
    ofTypename,
    relation: named,
    accessMethod,
    tablespacename,
  } = node;
  const copies = flatMap(tableElts ?? [], (e) => nodeAs(e, 'TableLikeClause') ?? []).map((like) => ({
    table: nameOfRange(like.relation),
    indexes: ((like.options ?? 0) & LIKE_INDEXES) !== 0,
    constraints: ((like.options ?? 0) & LIKE_CONSTRAINTS) !== 0,
  }));
  return {
    ...(inhRelations && !partbound && { inherits: inhRelations.map((r) => nameOfRange(nodeAs(r, 'RangeVar'))) }),
    ...(ofTypename && { ofType: nameOf(ofTypename.names) }),
    ...(partbound?.is_default && { isDefault: true }),
    ...(partspec?.strategy && {
      partitions: {
        by: PARTITIONED_BY[partspec.strategy],
        columns: (partspec.partParams ?? []).map((p) => nodeAs(p, 'PartitionElem')?.name),
      },
    }),
    ...(copies.length > 0 && { copies }),
    ...(named?.relpersistence === 'u' && { unlogged: true }),
    ...(accessMethod !== undefined && { accessMethod }),
    ...(tablespacename !== undefined && { tablespace: tablespacename }),
  };
}

const dropsOnCommit = (action: NodeOf<'CreateStmt'>['oncommit']): Detail =>
  action === 'ONCOMMIT_DROP' ? { dropsOnCommit: true } : {};

const MADE_FROM_QUERY: Detail = { keysNamed: true, hasColumnsOnly: true };

function tableEffects(node: NodeOf<'CreateStmt'>, kind: Kind = 'table', more: readonly ObjectRef[] = []): Effect[] {
  const table = nameOfRange(node.relation);
  // With LIKE, INHERITS, PARTITION OF or OF, more columns come from elsewhere, and the table is not known in full.
  const complete =
    !node.inhRelations && !node.ofTypename && !(node.tableElts ?? []).some((e) => 'TableLikeClause' in e);
  const copied = (node.tableElts ?? []).some(
    (e) => ((nodeAs(e, 'TableLikeClause')?.options ?? 0) & LIKE_INDEXES) !== 0,
  );
  const detail: Detail = {
    keysNamed: !copied && !node.partbound,
    complete,
    ...dropsOnCommit(node.oncommit),
    ...storageDetail(node),
    ...(node.partbound && { partitionOf: nameOfRange(nodeAs(node.inhRelations?.[0], 'RangeVar')) }),
  };
  const needed = needsOf([node.inhRelations, node.partspec, node.ofTypename && { typeName: node.ofTypename }]);
  if (needed.length + more.length > 0) detail.needs = [...needed, ...more];
  const needs = (node.inhRelations ?? []).map((r) => relation(nameOfRange(nodeAs(r, 'RangeVar'))));
  const like = flatMap(node.tableElts ?? [], (e) => nodeAs(e, 'TableLikeClause') ?? []).map((l) =>
    relation(nameOfRange(l.relation)),
  );
  return [
    ...needs,
    ...like,
    ...referenced(node.tableElts),
    ...create(kind, table, unless(node.if_not_exists), { detail }, columnParts(table, node.tableElts, nothingTaken)),
    ...(node.inhRelations
      ? sharesRows(table, ...node.inhRelations.map((r) => nameOfRange(nodeAs(r, 'RangeVar'))))
      : []),
  ];
}

const serverNamed = (name: string | undefined): ObjectRef => ({ kind: 'server', name: name ?? '' });

/** The tables that foreign keys point to. */
export function referenced(elements: readonly Node[] | undefined): Effect[] {
  const tables: Effect[] = [];
  const add = (constraint: NodeOf<'Constraint'> | undefined) =>
    constraint?.pktable && tables.push(useTable(nameOfRange(constraint.pktable)));
  for (const element of elements ?? []) {
    add(nodeAs(element, 'Constraint'));
    for (const c of nodeAs(element, 'ColumnDef')?.constraints ?? []) add(nodeAs(c, 'Constraint'));
  }
  return tables;
}

const define = (
  id: string,
  statement: string,
  back: Back,
  kind: string,
  object: Kind,
  techniques: Technique[],
  error: SqlState,
  more: (node: NodeOf<'DefineStmt'>) => { args?: string[]; detail?: Detail } = () => ({}),
): Entry =>
  entry<'DefineStmt'>({
    id,
    statement,
    node: 'DefineStmt',
    back,
    inTransaction: true,
    when: (node) => node.kind === kind,
    secondRun: { error },
    effects: (node) => {
      const mode = node.if_not_exists ? 'if-not-exists' : replacing(node.replace);
      const { args, detail } = more(node);
      const needs = [...optionNeeds(node.definition), ...needsOf(node.args)];
      return create(object, nameOf(node.defnames), mode, { ...(args && { args }), detail: { ...detail, needs } });
    },
    techniques,
  });

/** The argument of an aggregate in the old form: `basetype = t`, where `ANY` stands for none (`DefineAggregate`). */
function baseType(definition: readonly Node[] | undefined): string[] {
  const type = typeText(nodeAs(optionOf(definition, 'basetype'), 'TypeName'));
  return type === '' || type.replaceAll('"', '').toLowerCase() === 'any' ? [] : [type];
}

/** The types of a routine's result, for telling whether OR REPLACE can replace it. */
function returns({ returnType, parameters }: NodeOf<'CreateFunctionStmt'>): string {
  let text = returnType ? `${returnType.setof ? 'SETOF ' : ''}${typeText(returnType)}` : '';
  for (const node of parameters ?? []) {
    const { mode, name, argType } = nodeAs(node, 'FunctionParameter')!;
    if (mode === 'FUNC_PARAM_OUT' || mode === 'FUNC_PARAM_TABLE' || mode === 'FUNC_PARAM_INOUT')
      text += `, ${name === undefined ? '' : quoteIdent(name)} ${typeText(argType)}`;
  }
  return text;
}

/** The input parameters of a routine, of which OR REPLACE can change neither names nor take away defaults. */
function inputs({ parameters }: NodeOf<'CreateFunctionStmt'>): Required<Detail>['inputs'] {
  const all = flatMap(parameters ?? [], (node) => nodeAs(node, 'FunctionParameter') ?? []);
  const own = all.filter(({ mode }) => mode !== 'FUNC_PARAM_OUT' && mode !== 'FUNC_PARAM_TABLE');
  return {
    names: own.map(({ name }) => name ?? ''),
    defaults: own.filter(({ defexpr }) => defexpr).length,
    variadic: own.some(({ mode }) => mode === 'FUNC_PARAM_VARIADIC'),
  };
}

function routineEffects(kind: 'function' | 'procedure', node: NodeOf<'CreateFunctionStmt'>): Effect[] {
  const args = argumentTypes(node.parameters);
  const name = nameOf(node.funcname);
  const needs = routineNeeds(node);
  const body = readBody(node);
  const detail: Detail = { returns: returns(node), inputs: inputs(node), definition: digestOf(node, 'replace'), needs };
  Object.assign(detail, volatility(node), { executes: executedBy(node, body) });
  return [
    // They are looked up before another routine of that name is.
    ...usesOfBody(node),
    ...create(kind, name, replacing(node.replace), { args, detail }),
    ...createdRoutineSettings({ kind, ...name, args }, node),
    ...settingsOfBody({ kind, ...name, args }, node, body),
    ...needs.map(use),
    ...writesOfBody(node, body),
  ];
}

/** Whether a routine is VOLATILE, as one is that does not say otherwise; and what stands for it where it is called. */
function volatility(node: NodeOf<'CreateFunctionStmt'>): Partial<Detail> {
  if (!isVolatile(node.options)) return { volatile: undefined, inlines: undefined };
  const expression = node.is_procedure ? undefined : inlinedExpression(node);
  return { volatile: true, inlines: expression && namesIn(expression).calls.map(({ name }) => name) };
}

/** What a body does. OR REPLACE takes away what the old body did, so each setting has a value, also where it is not. */
function settingsOfBody(routine: ObjectRef, node: NodeOf<'CreateFunctionStmt'>, body: Body | undefined): Effect[] {
  const changes = body && changesOfTrigger(body);
  return [
    ...bodySettings(routine, body?.text ?? ''),
    set(routine, 'assigns', body && fieldsAssigned(node, body)?.join(',')),
    set(routine, 'acts', acts(node, body) || undefined),
    set(routine, 'raises', (body && raises(body)) || undefined),
    set(routine, 'writes rows', (body && writesRows(body)) || undefined),
    set(routine, 'asks for its caller', asksForCaller(node, body?.text) || undefined),
    set(routine, 'counts', changes?.counts || undefined),
    set(routine, 'keeps rows', (body && mayReturnNull(body)) || undefined),
    set(routine, 'tells the time', changes?.tellsTime || undefined),
  ];
}

export const createEntries: Entry[] = [
  entry<'CreateStmt'>({
    id: 'create-table',
    back: 'drops it',
    locks: createTableLocks,
    statement: 'CREATE TABLE',
    node: 'CreateStmt',
    inTransaction: true,
    secondRun: { error: '42P07' },
    effects: (node) => tableEffects(node),
    techniques: [ifNotExists('TABLE')],
  }),
  entry<'CreateForeignTableStmt'>({
    id: 'create-foreign-table',
    back: 'drops it',
    statement: 'CREATE FOREIGN TABLE',
    node: 'CreateForeignTableStmt',
    inTransaction: true,
    secondRun: { error: '42P07' },
    effects: (node) => (node.base ? tableEffects(node.base, 'foreign table', [serverNamed(node.servername)]) : []),
    techniques: [ifNotExists('FOREIGN TABLE')],
  }),
  entry<'CreateTableAsStmt'>({
    id: 'create-table-as',
    back: 'drops it',
    locks: createTableAsLocks,
    statement: 'CREATE TABLE AS',
    node: 'CreateTableAsStmt',
    inTransaction: true,
    when: (node) => node.objtype !== 'OBJECT_MATVIEW',
    secondRun: { error: '42P07' },
    effects: (node) => {
      const names = namesIn(node.query);
      return [
        ...usesOfQuery(names),
        ...callsOf(names),
        ...create('table', nameOfRange(node.into?.rel), unless(node.if_not_exists), {
          detail: { ...MADE_FROM_QUERY, ...dropsOnCommit(node.into?.onCommit) },
        }),
      ];
    },
    techniques: [ifNotExists('TABLE')],
  }),
  entry<'CreateTableAsStmt'>({
    id: 'create-materialized-view',
    back: 'drops it',
    locks: createTableAsLocks,
    statement: 'CREATE MATERIALIZED VIEW',
    node: 'CreateTableAsStmt',
    inTransaction: true,
    when: (node) => node.objtype === 'OBJECT_MATVIEW',
    secondRun: { error: '42P07' },
    effects: (node) => {
      const names = namesIn(node.query);
      return [
        ...usesOfQuery(names),
        ...functionUses(names),
        ...callsOf(names),
        ...create('materialized view', nameOfRange(node.into?.rel), unless(node.if_not_exists), {
          detail: { keysNamed: true, results: resultNames(node.query, node.into?.colNames), ...needsIn(names) },
        }),
      ];
    },
    techniques: [ifNotExists('MATERIALIZED VIEW')],
  }),
  entry<'SelectStmt'>({
    id: 'select-into',
    back: 'drops it',
    locks: selectLocks,
    statement: 'SELECT INTO',
    node: 'SelectStmt',
    inTransaction: true,
    inDoBlock: 'SELECT INTO makes no table in PL/pgSQL; write CREATE TABLE … AS',
    when: (node) => node.intoClause !== undefined,
    secondRun: { error: '42P07' },
    effects: (node) => [
      ...usesOfQuery(namesIn({ ...node, intoClause: undefined })),
      ...create('table', nameOfRange(node.intoClause?.rel), 'bare', { detail: MADE_FROM_QUERY }),
    ],
    techniques: [{ technique: 'select-into' }],
  }),
  entry<'IndexStmt'>({
    id: 'create-index',
    back: 'drops it',
    locks: createIndexLocks,
    statement: 'CREATE INDEX',
    node: 'IndexStmt',
    inTransaction: true,
    when: (node) => node.idxname !== undefined && !node.concurrent,
    secondRun: { error: '42P07' },
    effects: (node) => indexEffects(node),
    techniques: [ifNotExists('INDEX')],
  }),
  entry<'IndexStmt'>({
    id: 'create-index-concurrently',
    back: 'drops it',
    locks: createIndexLocks,
    statement: 'CREATE INDEX CONCURRENTLY',
    node: 'IndexStmt',
    inTransaction: 'CREATE INDEX CONCURRENTLY',
    when: (node) => node.concurrent === true,
    secondRun: { error: '42P07' },
    effects: (node) => indexEffects(node),
    techniques: [{ technique: 'concurrent-index' }],
  }),
  entry<'IndexStmt'>({
    id: 'create-index-unnamed',
    back: 'drops it',
    locks: createIndexLocks,
    statement: 'CREATE INDEX without a name',
    node: 'IndexStmt',
    inTransaction: true,
    when: (node) => node.idxname === undefined,
    secondRun: { effect: 'builds a second index' },
    effects: (node) => indexEffects(node),
    techniques: [{ technique: 'name' }],
  }),
  entry<'CreateSchemaStmt'>({
    id: 'create-schema',
    back: 'drops it',
    statement: 'CREATE SCHEMA',
    node: 'CreateSchemaStmt',
    inTransaction: true,
    when: (node) => !node.schemaElts,
    secondRun: { error: '42P06' },
    effects: (node) => create('schema', { name: schemaName(node) }, unless(node.if_not_exists), schemaOwner(node)),
    techniques: [ifNotExists('SCHEMA')],
  }),
  entry<'CreateSchemaStmt'>({
    id: 'create-schema-with-elements',
    back: 'drops it and what is in it',
    statement: 'CREATE SCHEMA with elements',
    node: 'CreateSchemaStmt',
    inTransaction: true,
    when: (node) => node.schemaElts !== undefined,
    secondRun: { error: '42P06' },
    effects: (node) =>
      create('schema', { name: schemaName(node) }, 'bare', {
        ...schemaOwner(node),
        detail: { elements: relationsIn(node.schemaElts) },
      }),
    techniques: [guard],
  }),
  entry<'CreateExtensionStmt'>({
    id: 'create-extension',
    back: 'drops it',
    statement: 'CREATE EXTENSION',
    node: 'CreateExtensionStmt',
    inTransaction: true,
    secondRun: { error: '42710' },
    effects: (node) => create('extension', { name: node.extname ?? '' }, unless(node.if_not_exists)),
    techniques: [ifNotExists('EXTENSION')],
  }),
  entry<'CreateSeqStmt'>({
    id: 'create-sequence',
    back: 'drops it',
    statement: 'CREATE SEQUENCE',
    node: 'CreateSeqStmt',
    inTransaction: true,
    secondRun: { error: '42P07' },
    effects: (node) => {
      const { needs, detail } = ownerOfSequence(node.options);
      return [
        ...needs.map((object) => use(object)),
        ...create('sequence', nameOfRange(node.sequence), unless(node.if_not_exists), detail && { detail }),
      ];
    },
    techniques: [ifNotExists('SEQUENCE')],
  }),
  entry<'ViewStmt'>({
    id: 'create-view',
    back: 'drops it, or makes the earlier one again',
    locks: createViewLocks,
    statement: 'CREATE VIEW',
    node: 'ViewStmt',
    inTransaction: true,
    secondRun: { error: '42P07' },
    effects: (node) => {
      const names = namesIn(node.query);
      return [
        ...usesOfQuery(names),
        ...functionUses(names),
        ...create('view', nameOfRange(node.view), replacing(node.replace), {
          detail: {
            complete: true,
            definition: digestOf([node.query, node.aliases]),
            results: resultNames(node.query, node.aliases),
            ...needsIn(names),
            ...(names.hasStar && { star: '' }),
          },
        }),
        ...viewSettings(node),
      ];
    },
    techniques: [orReplace()],
  }),
  entry<'CreateFunctionStmt'>({
    id: 'create-function',
    back: 'drops it, or makes the earlier one again',
    statement: 'CREATE FUNCTION',
    node: 'CreateFunctionStmt',
    inTransaction: true,
    when: (node) => !node.is_procedure,
    secondRun: { error: '42723' },
    effects: (node) => routineEffects('function', node),
    techniques: [orReplace()],
  }),
  entry<'CreateFunctionStmt'>({
    id: 'create-procedure',
    back: 'drops it, or makes the earlier one again',
    statement: 'CREATE PROCEDURE',
    node: 'CreateFunctionStmt',
    inTransaction: true,
    when: (node) => node.is_procedure === true,
    secondRun: { error: '42723' },
    effects: (node) => routineEffects('procedure', node),
    techniques: [orReplace()],
  }),
  entry<'CreateTrigStmt'>({
    id: 'create-trigger',
    back: 'drops it, or makes the earlier one again',
    locks: createTriggerLocks,
    statement: 'CREATE TRIGGER',
    node: 'CreateTrigStmt',
    inTransaction: true,
    when: (node) => !node.isconstraint,
    secondRun: { error: '42710' },
    effects: (node) => [
      ...triggerNeeds(node),
      ...create('trigger', { name: node.trigname ?? '' }, replacing(node.replace), {
        of: nameOfRange(node.relation),
        detail: { ...withNeeds(node.whenClause), ...triggerDetail(node) },
      }),
    ],
    techniques: [orReplace(14), dropFirst],
  }),
  entry<'CreateTrigStmt'>({
    id: 'create-constraint-trigger',
    back: 'drops it',
    locks: createTriggerLocks,
    statement: 'CREATE CONSTRAINT TRIGGER',
    node: 'CreateTrigStmt',
    inTransaction: true,
    when: (node) => node.isconstraint === true,
    secondRun: { error: '42710' },
    effects: (node) => [
      ...triggerNeeds(node),
      ...create('trigger', { name: node.trigname ?? '' }, 'bare', {
        of: nameOfRange(node.relation),
        detail: { ...withNeeds(node.whenClause), ...triggerDetail(node) },
      }),
    ],
    techniques: [dropFirst],
  }),
  entry<'CreateEventTrigStmt'>({
    id: 'create-event-trigger',
    back: 'drops it',
    statement: 'CREATE EVENT TRIGGER',
    node: 'CreateEventTrigStmt',
    inTransaction: true,
    secondRun: { error: '42710' },
    effects: (node) => [
      use({ kind: 'function', ...nameOf(node.funcname), args: [] }),
      ...create('event trigger', { name: node.trigname ?? '' }, 'bare', {
        detail: { needs: [{ kind: 'function', ...nameOf(node.funcname), args: [] }] },
      }),
    ],
    techniques: [dropFirst],
  }),
  entry<'RuleStmt'>({
    id: 'create-rule',
    back: 'drops it, or makes the earlier one again',
    locks: createRuleLocks,
    statement: 'CREATE RULE',
    node: 'RuleStmt',
    inTransaction: true,
    secondRun: { error: '42710' },
    effects: (node) => {
      const writes = writesIn(node);
      return [
        relation(nameOfRange(node.relation)),
        ...create('rule', { name: node.rulename ?? '' }, replacing(node.replace), {
          of: nameOfRange(node.relation),
          detail: {
            ...withNeeds([node.actions, node.whereClause]),
            ...(writes.length > 0 && { rule: node.event ?? '' }),
          },
        }),
        ...writes,
      ];
    },
    techniques: [orReplace()],
  }),
  entry<'CreatePolicyStmt'>({
    id: 'create-policy',
    back: 'drops it',
    locks: createPolicyLocks,
    statement: 'CREATE POLICY',
    node: 'CreatePolicyStmt',
    inTransaction: true,
    secondRun: { error: '42710' },
    effects: (node) => {
      const table = nameOfRange(node.table);
      const names = namesIn([node.qual, node.with_check]);
      const policy: PolicyDetail = {
        command: (node.cmd_name ?? 'all') as PolicyDetail['command'],
        roles: (node.roles ?? []).map(grantee),
        permissive: node.permissive === true,
        using: node.qual,
        check: node.with_check,
      };
      return [
        relation(table),
        ...usesOfExpression(names, table),
        ...create('policy', { name: node.policy_name ?? '' }, 'bare', {
          of: table,
          detail: { policy, ...needsIn(names) },
        }),
      ];
    },
    techniques: [dropFirst],
  }),
  entry<'CreateEnumStmt'>({
    id: 'create-type-enum',
    back: 'drops it',
    statement: 'CREATE TYPE AS ENUM',
    node: 'CreateEnumStmt',
    inTransaction: true,
    secondRun: { error: '42710' },
    effects: (node) => {
      const name = nameOf(node.typeName);
      const labels = strings(node.vals);
      return create(
        'type',
        name,
        'bare',
        { detail: { typtype: 'e', complete: true } },
        labels.map((label) => ({ kind: 'enum label', name: label, of: name })),
      );
    },
    techniques: [guard],
  }),
  entry<'CompositeTypeStmt'>({
    id: 'create-type-composite',
    back: 'drops it',
    statement: 'CREATE TYPE AS (composite)',
    node: 'CompositeTypeStmt',
    inTransaction: true,
    secondRun: { error: '42710' },
    effects: (node) => {
      const name = nameOfRange(node.typevar);
      const attributes = flatMap(node.coldeflist ?? [], (c) => nodeAs(c, 'ColumnDef') ?? []);
      return create(
        'type',
        name,
        'bare',
        { detail: { typtype: 'c', complete: true } },
        attributes.map((a) => ({
          kind: 'attribute',
          name: a.colname ?? '',
          of: name,
          detail: { needs: typeNeeds(a.typeName) },
        })),
      );
    },
    techniques: [guard],
  }),
  entry<'CreateRangeStmt'>({
    id: 'create-type-range',
    back: 'drops it',
    statement: 'CREATE TYPE AS RANGE',
    node: 'CreateRangeStmt',
    inTransaction: true,
    secondRun: { error: '42710' },
    effects: (node) =>
      create('type', nameOf(node.typeName), 'bare', { detail: { typtype: 'r', needs: optionNeeds(node.params) } }),
    techniques: [guard],
  }),
  define(
    'create-type-shell',
    'CREATE TYPE (shell or base)',
    'drops it',
    'OBJECT_TYPE',
    'type',
    [guard],
    '42710',
    (node) => ({
      detail: { typtype: node.definition ? 'b' : 'p' },
    }),
  ),
  entry<'CreateDomainStmt'>({
    id: 'create-domain',
    back: 'drops it',
    statement: 'CREATE DOMAIN',
    node: 'CreateDomainStmt',
    inTransaction: true,
    secondRun: { error: '42710' },
    effects: (node) => {
      const name = nameOf(node.domainname);
      const constraints: ObjectRef[] = [];
      const isTaken = (constraint: string) => constraints.some((c) => c.name === constraint);
      let defaultNeeds: ObjectRef[] = [];
      let defaultCalls: Name[] = [];
      let hasDefault = false;
      for (const c of (node.constraints ?? []).map((item) => nodeAs(item, 'Constraint'))) {
        if (c?.contype === 'CONSTR_DEFAULT') {
          const names = namesIn(c.raw_expr);
          defaultNeeds = [...names.needs];
          hasDefault = true;
          defaultCalls = names.calls.map((call) => call.name);
        }
        const isCheck = c?.contype === 'CONSTR_CHECK';
        const chosen = c?.conname ?? (isCheck ? chooseName(name.name, undefined, 'check', isTaken) : undefined);
        if (chosen !== undefined)
          constraints.push({
            kind: 'domain constraint',
            name: chosen,
            of: name,
            ...(isCheck && { detail: withNeeds(c.raw_expr) }),
          });
      }
      const { type = '', modifiers } = typeDetail(node.typeName);
      const notNull = (node.constraints ?? []).some((c) => nodeAs(c, 'Constraint')?.contype === 'CONSTR_NOTNULL');
      const base = { type, modifiers };
      const detail: Detail = { typtype: 'd', complete: true, needs: typeNeeds(node.typeName), defaultNeeds, base };
      if (notNull) detail.notNull = true;
      if (hasDefault) detail.hasDefault = true;
      if (defaultCalls.length > 0) detail.defaultCalls = defaultCalls;
      return create('domain', name, 'bare', { detail }, constraints);
    },
    techniques: [guard],
  }),
  define(
    'create-aggregate',
    'CREATE AGGREGATE',
    'drops it, or makes the earlier one again',
    'OBJECT_AGGREGATE',
    'aggregate',
    [orReplace(12)],
    '42723',
    (node) => ({
      args: node.oldstyle ? baseType(node.definition) : argumentTypes(nodeAs(node.args?.[0], 'List')?.items),
    }),
  ),
  define('create-operator', 'CREATE OPERATOR', 'drops it', 'OBJECT_OPERATOR', 'operator', [guard], '42723', (node) => ({
    args: ['leftarg', 'rightarg'].map(
      (side) => typeText(nodeAs(optionOf(node.definition, side), 'TypeName')) || 'NONE',
    ),
  })),
  define(
    'create-collation',
    'CREATE COLLATION',
    'drops it',
    'OBJECT_COLLATION',
    'collation',
    [ifNotExists('COLLATION')],
    '42710',
  ),
  define(
    'create-text-search-configuration',
    'CREATE TEXT SEARCH CONFIGURATION',
    'drops it',
    'OBJECT_TSCONFIGURATION',
    'text search configuration',
    [guard],
    '23505',
  ),
  define(
    'create-text-search-dictionary',
    'CREATE TEXT SEARCH DICTIONARY',
    'drops it',
    'OBJECT_TSDICTIONARY',
    'text search dictionary',
    [guard],
    '23505',
  ),
  define(
    'create-text-search-parser',
    'CREATE TEXT SEARCH PARSER',
    'drops it',
    'OBJECT_TSPARSER',
    'text search parser',
    [guard],
    '23505',
  ),
  define(
    'create-text-search-template',
    'CREATE TEXT SEARCH TEMPLATE',
    'drops it',
    'OBJECT_TSTEMPLATE',
    'text search template',
    [guard],
    '23505',
  ),
  entry<'CreateConversionStmt'>({
    id: 'create-conversion',
    back: 'drops it',
    statement: 'CREATE CONVERSION',
    node: 'CreateConversionStmt',
    inTransaction: true,
    secondRun: { error: '42710' },
    effects: (node) => create('conversion', nameOf(node.conversion_name)),
    techniques: [guard],
  }),
  entry<'CreateCastStmt'>({
    id: 'create-cast',
    back: 'drops it',
    statement: 'CREATE CAST',
    node: 'CreateCastStmt',
    inTransaction: true,
    secondRun: { error: '42710' },
    effects: (node) =>
      create('cast', { name: '' }, 'bare', {
        args: [typeText(node.sourcetype), typeText(node.targettype)],
        detail: { needs: [...typeNeeds(node.sourcetype), ...typeNeeds(node.targettype), ...routineNamed(node.func)] },
      }),
    techniques: [guard],
  }),
  entry<'CreateOpFamilyStmt'>({
    id: 'create-operator-family',
    back: 'drops it',
    statement: 'CREATE OPERATOR FAMILY',
    node: 'CreateOpFamilyStmt',
    inTransaction: true,
    secondRun: { error: '42710' },
    effects: (node) => create('operator family', nameOf(node.opfamilyname), 'bare', { args: [node.amname ?? ''] }),
    techniques: [guard],
  }),
  entry<'CreateOpClassStmt'>({
    id: 'create-operator-class',
    back: 'drops it',
    statement: 'CREATE OPERATOR CLASS',
    node: 'CreateOpClassStmt',
    inTransaction: true,
    secondRun: { error: '42710' },
    effects: (node) => create('operator class', nameOf(node.opclassname), 'bare', { args: [node.amname ?? ''] }),
    techniques: [guard],
  }),
  entry<'CreateStatsStmt'>({
    id: 'create-statistics',
    back: 'drops it',
    locks: createStatisticsLocks,
    statement: 'CREATE STATISTICS',
    node: 'CreateStatsStmt',
    inTransaction: true,
    when: (node) => node.defnames !== undefined,
    secondRun: { error: '42710' },
    effects: (node) => {
      const table = nameOfRange(nodeAs(node.relations?.[0], 'RangeVar'));
      // Expressions are looked at before the name is, columns only after it (`transformStatsStmt`, `CreateStatistics`).
      const names = namesIn((node.exprs ?? []).map((e) => nodeAs(e, 'StatsElem')?.expr));
      return [
        relation(table),
        ...usesOfExpression(names, table),
        ...create('statistics', nameOf(node.defnames), unless(node.if_not_exists), {
          of: table,
          detail: { keysNamed: true, ...needsIn(names) },
        }),
        ...useColumns(
          flatMap(node.exprs ?? [], (e) => nodeAs(e, 'StatsElem')?.name ?? []),
          table,
        ),
      ];
    },
    techniques: [ifNotExists('STATISTICS')],
  }),
  entry<'CreateStatsStmt'>({
    id: 'create-statistics-unnamed',
    back: 'drops it',
    locks: createStatisticsLocks,
    statement: 'CREATE STATISTICS without a name',
    node: 'CreateStatsStmt',
    inTransaction: true,
    when: (node) => node.defnames === undefined,
    secondRun: { effect: 'makes a second statistics object' },
    effects: (node) => {
      const table = nameOfRange(nodeAs(node.relations?.[0], 'RangeVar'));
      const names = (node.exprs ?? []).map((e) => nodeAs(e, 'StatsElem')?.name ?? 'expr');
      return [
        relation(table),
        {
          action: 'duplicate',
          object: { kind: 'statistics', schema: table.schema, name: '', of: table, detail: { columns: names } },
        },
      ];
    },
    techniques: [{ technique: 'name' }],
  }),
  entry<'CreateRoleStmt'>({
    id: 'create-role',
    back: 'drops it',
    statement: 'CREATE ROLE',
    node: 'CreateRoleStmt',
    inTransaction: true,
    secondRun: { error: '42710' },
    effects: (node) => create('role', { name: node.role ?? '' }),
    techniques: [guard],
  }),
  entry<'CreatePublicationStmt'>({
    id: 'create-publication',
    back: 'drops it',
    statement: 'CREATE PUBLICATION',
    node: 'CreatePublicationStmt',
    inTransaction: true,
    secondRun: { error: '42710' },
    effects: (node) => {
      const parts = publicationParts(node.pubname ?? '', node.pubobjects);
      const more = node.for_all_tables ? { detail: { forAllTables: true } } : {};
      return [...publishedBy(parts), ...create('publication', { name: node.pubname ?? '' }, 'bare', more, parts)];
    },
    techniques: [guard],
  }),
  entry<'CreateSubscriptionStmt'>({
    id: 'create-subscription',
    back: { none: 'its slot for replication is on another server' },
    statement: 'CREATE SUBSCRIPTION',
    node: 'CreateSubscriptionStmt',
    inTransaction: 'CREATE SUBSCRIPTION',
    secondRun: { error: '42710' },
    effects: (node) =>
      create(
        'subscription',
        { name: node.subname ?? '' },
        'bare',
        {},
        subscriptionParts(node.subname, node.publication),
      ),
    unfixable: 'CREATE SUBSCRIPTION has no IF NOT EXISTS, and a DO block cannot create its replication slot',
  }),
  entry<'CreateFdwStmt'>({
    id: 'create-foreign-data-wrapper',
    back: 'drops it',
    statement: 'CREATE FOREIGN DATA WRAPPER',
    node: 'CreateFdwStmt',
    inTransaction: true,
    secondRun: { error: '42710' },
    effects: (node) => create('foreign-data wrapper', { name: node.fdwname ?? '' }),
    techniques: [guard],
  }),
  entry<'CreateForeignServerStmt'>({
    id: 'create-server',
    back: 'drops it',
    statement: 'CREATE SERVER',
    node: 'CreateForeignServerStmt',
    inTransaction: true,
    secondRun: { error: '42710' },
    effects: (node) =>
      create('server', { name: node.servername ?? '' }, unless(node.if_not_exists), {
        detail: { needs: [{ kind: 'foreign-data wrapper', name: node.fdwname ?? '' }] },
      }),
    techniques: [ifNotExists('SERVER')],
  }),
  entry<'CreateUserMappingStmt'>({
    id: 'create-user-mapping',
    back: 'drops it',
    statement: 'CREATE USER MAPPING',
    node: 'CreateUserMappingStmt',
    inTransaction: true,
    secondRun: { error: '42710' },
    effects: (node) =>
      create('user mapping', { name: roleName(node.user) }, unless(node.if_not_exists), {
        of: { name: node.servername ?? '' },
        detail: { needs: [serverNamed(node.servername)] },
      }),
    techniques: [ifNotExists('MAPPING')],
  }),
  entry<'CreateAmStmt'>({
    id: 'create-access-method',
    back: 'drops it',
    statement: 'CREATE ACCESS METHOD',
    node: 'CreateAmStmt',
    inTransaction: true,
    secondRun: { error: '42710' },
    effects: (node) => create('access method', { name: node.amname ?? '' }),
    techniques: [guard],
  }),
  entry<'CreatePLangStmt'>({
    id: 'create-language',
    back: 'drops it',
    statement: 'CREATE LANGUAGE',
    node: 'CreatePLangStmt',
    inTransaction: true,
    secondRun: { error: '42710' },
    effects: (node) => create('language', { name: node.plname ?? '' }, replacing(node.replace)),
    techniques: [orReplace()],
  }),
  entry<'CreateTransformStmt'>({
    id: 'create-transform',
    back: 'drops it',
    statement: 'CREATE TRANSFORM',
    node: 'CreateTransformStmt',
    inTransaction: true,
    secondRun: { error: '42710' },
    effects: (node) =>
      create('transform', { name: node.lang ?? '' }, replacing(node.replace), { args: [typeText(node.type_name)] }),
    techniques: [orReplace()],
  }),
  entry<'CreatedbStmt'>({
    id: 'create-database',
    back: { none: 'it is not part of the database, and cannot run in a transaction' },
    statement: 'CREATE DATABASE',
    node: 'CreatedbStmt',
    inTransaction: 'CREATE DATABASE',
    secondRun: { error: '42P04' },
    effects: (node) => create('database', { name: node.dbname ?? '' }),
    unfixable:
      'CREATE DATABASE has no IF NOT EXISTS and cannot run in a DO block; make the database outside the migration',
  }),
  entry<'CreateTableSpaceStmt'>({
    id: 'create-tablespace',
    back: { none: 'it is not part of the database, and cannot run in a transaction' },
    statement: 'CREATE TABLESPACE',
    node: 'CreateTableSpaceStmt',
    inTransaction: 'CREATE TABLESPACE',
    secondRun: { error: '42710' },
    effects: (node) => create('tablespace', { name: node.tablespacename ?? '' }),
    unfixable:
      'CREATE TABLESPACE has no IF NOT EXISTS and cannot run in a DO block; make the tablespace outside the migration',
  }),
  entry<'PrepareStmt'>({
    id: 'prepare',
    back: { none: 'it ends with the session' },
    statement: 'PREPARE',
    node: 'PrepareStmt',
    inTransaction: true,
    secondRun: { error: '42P05' },
    effects: (node) => create('prepared statement', { name: node.name ?? '' }),
    unfixable: 'PREPARE has no IF NOT EXISTS; add DEALLOCATE at the end, or run the statement directly',
  }),
  entry<'ImportForeignSchemaStmt'>({
    id: 'import-foreign-schema',
    back: 'drops the tables that it has made',
    statement: 'IMPORT FOREIGN SCHEMA',
    node: 'ImportForeignSchemaStmt',
    inTransaction: true,
    secondRun: { error: '42P07' },
    effects: () => [
      {
        action: 'unknown',
        why:
          'IMPORT FOREIGN SCHEMA makes a foreign table for every table of the other server, ' +
          'and a second run fails on the first of them (42P07)',
      },
    ],
    unfixable: 'only the other server knows which tables it creates',
  }),
];

/** The function that CREATE CAST names, with its argument types where they are written. */
const routineNamed = (func: NodeOf<'ObjectWithArgs'> | undefined): ObjectRef[] =>
  func ? [{ kind: 'function', ...nameOf(func.objname) }] : [];

/** `TRIGGER_TYPE_*` of pg_trigger.h. */
const TRIGGER_TYPE = { before: 2, insert: 4, delete: 8, update: 16, truncate: 32, insteadOf: 64 };

function triggerDetail({ row, timing = 0, events = 0, funcname }: NodeOf<'CreateTrigStmt'>): Detail {
  const isAfter = (timing & (TRIGGER_TYPE.before | TRIGGER_TYPE.insteadOf)) === 0;
  const fires = (event: keyof typeof TRIGGER_TYPE) => (events & TRIGGER_TYPE[event]) !== 0;
  const [onInsert, onUpdate] = [fires('insert'), fires('update')];
  const [onDelete, onTruncate] = [fires('delete'), fires('truncate')];
  return {
    trigger: { onInsert, onUpdate, onDelete, onTruncate, isForRow: row === true, isAfter, calls: nameOf(funcname) },
  };
}

function triggerNeeds(node: NodeOf<'CreateTrigStmt'>): Effect[] {
  const table = nameOfRange(node.relation);
  const columns = [...strings(node.columns), ...columnsOfRow(namesIn(node.whenClause))];
  return [
    relation(table),
    use({ kind: 'function', ...nameOf(node.funcname), args: [] }),
    ...useColumns(columns, table),
  ];
}

function schemaName(node: NodeOf<'CreateSchemaStmt'>): string {
  return node.schemaname ?? roleName(node.authrole);
}

/** The relations that the elements of CREATE SCHEMA make. */
const relationsIn = (elements: readonly Node[] | undefined): string[] =>
  flatMap(elements ?? [], (element) => {
    const made =
      nodeAs(element, 'CreateStmt')?.relation ??
      nodeAs(element, 'ViewStmt')?.view ??
      nodeAs(element, 'CreateSeqStmt')?.sequence;
    return made?.relname ?? [];
  });

/** A schema without a name has its owner's, which only the database knows where SQL calls the owner CURRENT_USER. */
function schemaOwner(node: NodeOf<'CreateSchemaStmt'>): { args?: string[] } {
  return node.schemaname === undefined && node.authrole?.rolename === undefined ? { args: [schemaName(node)] } : {};
}

/** The columns of `a IS NOT NULL AND b IS NOT NULL`; undefined for a condition that asks for anything else. */
function columnsNotNull(condition: Node | undefined): string[] | undefined {
  const conjunction = nodeAs(condition, 'BoolExpr');
  if (conjunction?.boolop === 'AND_EXPR') {
    const lists = (conjunction.args ?? []).map(columnsNotNull);
    return lists.every((list) => list !== undefined) ? lists.flat() : undefined;
  }
  const test = nodeAs(condition, 'NullTest');
  const column = columnName(test?.arg);
  return test?.nulltesttype === 'IS_NOT_NULL' && column !== undefined ? [column] : undefined;
}

/** The columns of an index besides its keys, and those of its keys that say themselves how they are compared. */
function indexReads(
  { accessMethod, indexParams, indexIncludingParams }: NodeOf<'IndexStmt'>,
  names: Names,
): Partial<Detail> {
  const reads = [...new Set(names.columns.map((parts) => parts.at(-1)!).filter(Boolean))];
  const included = flatMap(indexIncludingParams ?? [], (p) => nodeAs(p, 'IndexElem')?.name ?? []);
  const named = (property: 'opclass' | 'collation') =>
    flatMap(indexParams ?? [], (p) => {
      const element = nodeAs(p, 'IndexElem');
      return element?.[property] ? (element.name ?? []) : [];
    });
  const [ownClasses, ownCollations] = [named('opclass'), named('collation')];
  const isPlain =
    accessMethod === 'btree' &&
    reads.length === 0 &&
    (indexParams ?? []).every((p) => {
      const { name, ordering, nulls_ordering: nulls, opclass, collation } = nodeAs(p, 'IndexElem') ?? {};
      const isSorted = ordering !== 'SORTBY_DESC' && nulls === 'SORTBY_NULLS_DEFAULT';
      return name !== undefined && isSorted && !opclass && !collation;
    });
  return {
    ...(isPlain && { isPlain }),
    ...(reads.length > 0 && { reads }),
    ...(included.length > 0 && { included }),
    ...(ownClasses.length > 0 && { ownClasses }),
    ...(ownCollations.length > 0 && { ownCollations }),
  };
}

function indexEffects(node: NodeOf<'IndexStmt'>): Effect[] {
  const table = nameOfRange(node.relation);
  const elements = [...(node.indexParams ?? []), ...(node.indexIncludingParams ?? [])].map((p) =>
    nodeAs(p, 'IndexElem'),
  );
  const names = namesIn([elements.map((e) => e?.expr), node.whereClause]);
  const partialNotNull = columnsNotNull(node.whereClause);
  const detail: Detail = {
    columns: indexColumns(node.indexParams),
    unique: node.unique === true,
    partial: node.whereClause !== undefined,
    ...(partialNotNull && { partialNotNull }),
    ...needsIn(names),
    ...indexReads(node, names),
    definition: digestOf([
      node.accessMethod,
      node.indexParams,
      node.whereClause,
      node.unique,
      node.indexIncludingParams,
    ]),
  };
  // PostgreSQL looks up the table, the columns and the functions before it looks for an index of that name
  // (`DefineIndex`).
  const needs = [
    relation(table),
    ...usesOfExpression(
      names,
      table,
      flatMap(elements, (e) => e?.name ?? []),
    ),
  ];
  if (node.idxname === undefined)
    return [
      ...needs,
      { action: 'duplicate', object: { kind: 'index', schema: table.schema, name: '', of: table, detail } },
    ];
  // An index always lives in the schema of its table.
  return [
    ...needs,
    ...create('index', { schema: table.schema, name: node.idxname }, unless(node.if_not_exists), { of: table, detail }),
  ];
}

/** The publications of a subscription. */
export const subscriptionParts = (subscription: string | undefined, names: readonly Node[] | undefined): ObjectRef[] =>
  strings(names).map((name) => ({ kind: 'subscription publication', name, of: { name: subscription ?? '' } }));

/** The tables and schemas that must be there to be published. */
export const publishedBy = (parts: readonly ObjectRef[]): Effect[] =>
  flatMap(parts, ({ kind, schema, name }) =>
    kind === 'publication table' ? useTable({ schema, name }) : use({ kind: 'schema', name }),
  );

/** Tables and schemas of a publication. */
export function publicationParts(publication: string, objects: readonly Node[] | undefined): ObjectRef[] {
  return flatMap(objects ?? [], (o): ObjectRef[] => {
    const spec = nodeAs(o, 'PublicationObjSpec');
    if (spec?.pubobjtype === 'PUBLICATIONOBJ_TABLE')
      return [{ kind: 'publication table', ...nameOfRange(spec.pubtable?.relation), of: { name: publication } }];
    if (spec?.pubobjtype === 'PUBLICATIONOBJ_TABLES_IN_SCHEMA')
      return [{ kind: 'publication schema', name: spec.name ?? '', of: { name: publication } }];
    return [];
  });
}
