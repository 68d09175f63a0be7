/** Statements about rows, and those whose effect the text does not tell. */
import { entry, guard, type Effect, type Entry, type Surroundings } from '../effects.ts';
import { blockBody } from '../body.ts';
import { nameOfRange, nodeAs, strings } from '../nodes.ts';
import { repeatedChange } from '../updates.ts';
import { repeatedDelete } from '../deletes.ts';
import { searchPathEffect, searchPathSet } from '../settings.ts';
import { namesIn } from '../needs.ts';
import { copyLocks, deleteLocks, insertLocks, selectLocks, truncateLocks, updateLocks } from '../locks/index.ts';
import { targetUses, use as useObject, usesOfQuery, useTable } from '../uses.ts';
import { callEffects, callOf, callsOf } from '../functions.ts';
import { withVariables } from '../variables.ts';
import { raises } from '../writes.ts';
import type { Statement } from '../../syntax/script.ts';
import type { Node, NodeOf } from '../../syntax/parser.ts';
import type { ObjectRef } from '../objects.ts';
import { flatMap, lastWhere } from '../../lists.ts';

const table = (relation: NodeOf<'RangeVar'> | undefined): ObjectRef => ({ kind: 'table', ...nameOfRange(relation) });
const use = (relation: NodeOf<'RangeVar'> | undefined): Effect => useTable(nameOfRange(relation));

/** The writes in WITH, which run as the statement's own do. */
function writesInWith(withClause: NodeOf<'WithClause'> | undefined): Effect[] {
  return flatMap(withClause?.ctes ?? [], (cte): Effect[] => {
    const query = nodeAs(cte, 'CommonTableExpr')?.ctequery;
    const insert = nodeAs(query, 'InsertStmt');
    if (insert) return insertEffects(insert);
    const update = nodeAs(query, 'UpdateStmt');
    if (update) return updateEffects(update);
    const remove = nodeAs(query, 'DeleteStmt');
    if (remove) return [use(remove.relation), { action: 'delete', object: table(remove.relation), all: false }];
    return [];
  });
}

export function insertEffects(node: NodeOf<'InsertStmt'>): Effect[] {
  const { withClause, selectStmt, ...rest } = node;
  const source = namesIn({ withClause, selectStmt });
  return [
    ...writesInWith(withClause),
    use(node.relation),
    ...usesOfQuery(source),
    ...targetUses([...(node.cols ?? []), ...(node.onConflictClause?.targetList ?? [])], nameOfRange(node.relation)),
    ...callsOf({ calls: [...source.calls, ...namesIn(rest).calls] }),
    { action: 'insert', object: table(node.relation) },
  ];
}

export function updateEffects(node: NodeOf<'UpdateStmt'>, statement?: Statement): Effect[] {
  const { targetList, whereClause, relation, fromClause, withClause } = filledIn(node, statement);
  const change = repeatedChange(targetList, whereClause, relation, fromClause, withClause);
  const names = namesIn(node);
  return [
    ...writesInWith(node.withClause),
    ...usesOfQuery(names),
    ...targetUses(node.targetList, nameOfRange(node.relation)),
    ...callsOf(names),
    ...(change ? [{ action: 'change', object: table(node.relation), ...change } as const] : []),
    { action: 'write', table: table(node.relation), rows: node },
  ];
}

/** A statement with what the variables of its block hold. */
const filledIn = <T>(node: T, statement: Statement | undefined): T =>
  statement ? withVariables(node, statement) : node;

/** What a DELETE removes only in its second run. */
function deletedAgain(node: NodeOf<'DeleteStmt'>, statement: Statement): Effect[] {
  const change = repeatedDelete(filledIn(node, statement));
  return change ? [{ action: 'change', object: table(node.relation), ...change }] : [];
}

function deleteEffects(node: NodeOf<'DeleteStmt'>, { statement }: Surroundings): Effect[] {
  const names = namesIn(node);
  return [
    ...writesInWith(node.withClause),
    ...usesOfQuery(names),
    ...callsOf(names),
    ...deletedAgain(node, statement),
    { action: 'delete', object: table(node.relation), all: node.whereClause === undefined },
  ];
}

function mergeEffects(node: NodeOf<'MergeStmt'>): Effect[] {
  const source = node.sourceRelation ? [node.sourceRelation] : [];
  const clauses = flatMap(node.mergeWhenClauses ?? [], (clause) => nodeAs(clause, 'MergeWhenClause') ?? []);
  const change = clauses
    .map(({ commandType, targetList, condition }) =>
      commandType === 'CMD_UPDATE'
        ? repeatedChange(targetList, condition, node.relation, source, undefined, node.joinCondition)
        : undefined,
    )
    .find(Boolean);
  const names = namesIn(node);
  return [
    ...writesInWith(node.withClause),
    ...usesOfQuery(names),
    ...flatMap(clauses, ({ targetList }) => targetUses(targetList, nameOfRange(node.relation))),
    ...callsOf(names),
    ...(change ? [{ action: 'change', object: table(node.relation), ...change } as const] : []),
    { action: 'write', table: table(node.relation), rows: undefined },
  ];
}

/** The calls that a SELECT makes once: those that it consists of, without any rows that it reads. */
function madeOnceBy({ targetList = [], ...rest }: NodeOf<'SelectStmt'>): (args: readonly Node[]) => boolean {
  const isPlain = QUERYING.every((clause) => rest[clause] === undefined);
  const own = isPlain ? targetList.map((target) => nodeAs(nodeAs(target, 'ResTarget')?.val, 'FuncCall')?.args) : [];
  return (args) => own.includes(args as Node[]);
}

/** The clauses by which a SELECT computes its results for each row, or for none. */
const QUERYING = [
  'withClause',
  'fromClause',
  'whereClause',
  'havingClause',
  'limitCount',
  'limitOffset',
  'larg',
] as const;

function selectEffects(node: NodeOf<'SelectStmt'>): Effect[] {
  const names = namesIn(node);
  return [
    ...writesInWith(node.withClause),
    ...usesOfQuery(names),
    // setval() and its like fail where there is no such sequence, and the cast where there is no such relation.
    ...flatMap(names.needs, (need) => (need.kind === 'sequence' ? useObject(need) : [])),
    ...names.cast.map(useTable),
    ...callEffects(names, madeOnceBy(node)),
  ];
}

/** The calls in the declarations, conditions and assignments of a DO block: words with a parenthesis behind them. */
function callsInBlock(block: Statement): Effect[] {
  const { tokens, words } = blockBody(block);
  const children = block.children ?? [];
  const isInChild = (at: number) => (lastWhere(children, ({ start }) => start <= at)?.end ?? 0) > at;
  const names = words.filter(
    (_, k) => tokens[k]!.kind === 'word' && words[k + 1] === '(' && !isInChild(tokens[k]!.start),
  );
  return [...new Set(names)].map((name) => callOf({ name }));
}

/** The errors that a DO block raises itself. */
const raisesIn = (block: Statement): Effect[] =>
  flatMap(block.assignments, (at): Effect | [] => {
    const words = block.script.text.slice(at.start, at.end).toLowerCase().split(/\s+/, 2);
    return raises({ words }) ? { action: 'raise', at } : [];
  });

/** ASSERT and INTO STRICT fail where something is no longer so. */
function assertionsIn(block: Statement): Effect[] {
  const { words } = blockBody(block);
  const { text } = block.script;
  const asserts = block.assignments.some(({ start, end }) => /^assert\b/i.test(text.slice(start, end)));
  const isStrict = words.some((word, k) => word === 'into' && words[k + 1] === 'strict');
  return [
    ...(asserts ? [{ action: 'unknown', why: 'ASSERT fails if its condition is no longer true' } as const] : []),
    ...(isStrict
      ? [{ action: 'unknown', why: 'INTO STRICT fails if the query no longer finds one row' } as const]
      : []),
  ];
}

const truncated = (relations: readonly Node[] | undefined): Effect[] =>
  flatMap(
    (relations ?? []).map((r) => nodeAs(r, 'RangeVar')),
    (r): Effect[] => [use(r), { action: 'delete', object: table(r), all: true }],
  );

export const dataEntries: Entry[] = [
  entry<'InsertStmt'>({
    id: 'insert',
    back: 'deletes the rows, as long as they are as it has put them there',
    locks: insertLocks,
    statement: 'INSERT',
    node: 'InsertStmt',
    inTransaction: true,
    secondRun: { effect: 'inserts the rows again, or fails with 23505' },
    effects: insertEffects,
    techniques: [{ technique: 'insert' }],
  }),
  entry<'UpdateStmt'>({
    id: 'update',
    back: { by: 'restores rows of earlier migrations', loses: 'the values of all others' },
    locks: updateLocks,
    statement: 'UPDATE',
    node: 'UpdateStmt',
    inTransaction: true,
    secondRun: { effect: 'computes from values that it has already changed' },
    effects: (node, { statement }) => updateEffects(node, statement),
    unfixable: 'only you know which rows have been changed already; exclude them in WHERE',
  }),
  entry<'DeleteStmt'>({
    id: 'delete',
    back: { by: 'restores rows of earlier migrations', loses: 'all others' },
    locks: deleteLocks,
    statement: 'DELETE',
    node: 'DeleteStmt',
    inTransaction: true,
    secondRun: 'harmless',
    effects: deleteEffects,
    unfixable: 'only you know which rows were meant; name them by values that stay',
  }),
  entry<'TruncateStmt'>({
    id: 'truncate',
    back: { by: 'restores rows of earlier migrations', loses: 'all others' },
    locks: truncateLocks,
    statement: 'TRUNCATE',
    node: 'TruncateStmt',
    inTransaction: true,
    secondRun: 'harmless',
    effects: (node) => truncated(node.relations),
  }),
  entry<'MergeStmt'>({
    id: 'merge',
    back: { by: 'restores rows of earlier migrations', loses: 'the values of all others' },
    statement: 'MERGE',
    node: 'MergeStmt',
    inTransaction: true,
    secondRun: { effect: 'updates again the rows that match' },
    effects: mergeEffects,
    unfixable: 'only you know which rows have been merged already; exclude them in its conditions',
  }),
  entry<'CopyStmt'>({
    id: 'copy-from',
    back: 'deletes the rows, as long as they are as it has put them there',
    locks: copyLocks,
    statement: 'COPY … FROM',
    node: 'CopyStmt',
    inTransaction: true,
    inDoBlock: (node) => (node.filename === undefined ? 'COPY FROM stdin cannot stand in a DO block' : true),
    when: (node) => node.is_from === true,
    secondRun: { effect: 'copies the rows in again, or fails with 23505' },
    effects: (node) => [use(node.relation), { action: 'insert', object: table(node.relation) }],
    unfixable: 'COPY has no ON CONFLICT; copy into a temporary table and INSERT … ON CONFLICT from there',
  }),
  entry<'CopyStmt'>({
    id: 'copy-to',
    back: { none: 'it leaves nothing behind' },
    locks: copyLocks,
    statement: 'COPY … TO',
    node: 'CopyStmt',
    inTransaction: true,
    inDoBlock: (node) => (node.filename === undefined ? 'COPY TO stdout cannot stand in a DO block' : true),
    secondRun: 'harmless',
    effects: (node) => callsOf(namesIn(node.query)),
  }),
  entry<'SelectStmt'>({
    id: 'select',
    back: 'what the functions that it calls have changed is compared, and undone as far as objects and rows tell',
    locks: selectLocks,
    statement: 'SELECT',
    node: 'SelectStmt',
    inTransaction: true,
    inDoBlock: (_, { embedded, text }) =>
      embedded || /^select\b/i.test(text) ? true : 'a SELECT that begins with WITH or VALUES cannot become PERFORM',
    secondRun: { effect: 'calls its functions again' },
    effects: selectEffects,
    techniques: [guard],
    unfixable: 'what a function does is not in the text of the migration',
  }),
  entry<'CallStmt'>({
    id: 'call',
    back: 'what it has changed is compared, and undone as far as objects and rows tell',
    statement: 'CALL',
    node: 'CallStmt',
    inTransaction: true,
    secondRun: { effect: 'calls the procedure again' },
    effects: (node) => [
      {
        action: 'unknown',
        why: `sql-lint does not know what the procedure ${strings(node.funccall?.funcname).join('.')}() does`,
      },
    ],
    unfixable: 'what a procedure does is not in the text of the migration',
  }),
  entry<'ExecuteStmt'>({
    id: 'execute',
    back: 'what it has changed is compared, and undone as far as objects and rows tell',
    statement: 'EXECUTE',
    node: 'ExecuteStmt',
    inTransaction: true,
    inDoBlock: (_, { embedded }) => (embedded ? true : 'EXECUTE runs a text in PL/pgSQL, and no prepared statement'),
    secondRun: { effect: 'executes the prepared statement again' },
    effects: (node, { statement }) => [
      {
        action: 'unknown',
        why: statement.embedded
          ? 'the SQL that EXECUTE runs is put together at run time'
          : `sql-lint does not know what the prepared statement "${node.name ?? ''}" does`,
      },
    ],
    unfixable: 'what is executed is not in the text of the migration',
  }),
  entry<'DoStmt'>({
    id: 'do',
    back: 'what it has changed is compared, and undone as far as objects and rows tell',
    statement: 'DO',
    node: 'DoStmt',
    inTransaction: true,
    secondRun: 'harmless',
    effects: (_, { statement }) =>
      statement.children
        ? [...raisesIn(statement), ...callsInBlock(statement), ...assertionsIn(statement)]
        : [{ action: 'unknown', why: 'the body of this DO block cannot be read' }],
  }),
  entry<'VariableSetStmt'>({
    id: 'set',
    back: { none: 'it leaves nothing behind' },
    statement: 'SET',
    node: 'VariableSetStmt',
    inTransaction: true,
    secondRun: 'harmless',
    effects: (node) => {
      if (node.name !== 'search_path') return [];
      return [searchPathEffect(searchPathSet(node) ?? ['public'])];
    },
  }),
];
