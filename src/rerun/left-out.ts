/** Tells whether the SELECT of an INSERT leaves out the rows that the INSERT has written before. */
import { isConstant, sameConstant, uncast } from '../catalog/constants.ts';
import { digestOf } from '../catalog/digest.ts';
import {
  conjuncts,
  contains,
  containsColumn,
  equals,
  nameOfRange,
  namesRelation,
  nodeAs,
  replaceNodes,
  strings,
  walk,
} from '../catalog/nodes.ts';
import { flatMap } from '../lists.ts';
import type { Node, NodeOf } from '../syntax/parser.ts';

type Insert = NodeOf<'InsertStmt'>;
type Select = NodeOf<'SelectStmt'>;

/** What a SELECT asks of the rows that are in the table, to leave out rows of its own. */
interface Question {
  conditions: readonly (Node | undefined)[];
  /** What it calls the table. */
  aliases: readonly string[];
  /** What it calls the other tables that it reads. */
  others: readonly string[];
}

/** The two sides of a comparison. */
type Pair = readonly [Node | undefined, Node | undefined];

/**
 * Whether the SELECT of an INSERT leaves out the rows that are in the table already: by NOT EXISTS, NOT IN, EXCEPT, an
 * outer join, or a count. A question for rows with other values than those inserted leaves out nothing. Undefined where
 * the text does not tell whether the values are the same.
 */
export function leavesOutExisting(node: Insert): boolean | undefined {
  const select = nodeAs(node.selectStmt, 'SelectStmt');
  if (!select) return false;
  const table = nameOfRange(node.relation).name;
  if (select.op === 'SETOP_EXCEPT') return namesRelation(select.rarg, table);
  const written = writtenBy(node, select);
  const joined = flatMap(select.fromClause ?? [], conditionsOfJoins);
  const equal = flatMap(flatMap([select.whereClause, ...joined], conjuncts), (condition) =>
    flatMap(comparedIn(condition), ([left, right]): Pair[] => (right.length === 1 ? [[left, right[0]]] : [])),
  );
  const answers = questionsOf(select, table).map((question) => findsWritten(question, written, equal));
  if (answers.includes(true)) return true;
  return answers.includes(undefined) ? undefined : false;
}

/** The values that an INSERT writes, by the columns that it names; those behind `*` are not known. */
function writtenBy({ cols = [] }: Insert, { targetList = [] }: Select): Map<string, Node> {
  const values = targetList.map((target) => nodeAs(target, 'ResTarget')?.val);
  if (contains(values, (type) => type === 'A_Star')) return new Map();
  const columns = cols.map((column) => nodeAs(column, 'ResTarget')?.name ?? '');
  return new Map(flatMap(columns, (column, k): [string, Node][] => (values[k] ? [[column, values[k]]] : [])));
}

function questionsOf({ whereClause, fromClause = [] }: Select, table: string): Question[] {
  if (!whereClause) return [];
  const questions: Question[] = [];
  walk([whereClause], (type, node) => {
    if (type !== 'SubLink' || !namesRelation(node, table)) return;
    questions.push(questionIn(node, table));
  });
  walk(fromClause, (type, node) => {
    if (type !== 'JoinExpr' || node.jointype === 'JOIN_INNER' || !namesRelation(node, table)) return;
    const question = questionOfJoin(node, table);
    // Without a question in WHERE, an outer join leaves out nothing.
    if (asksFor(whereClause, question)) questions.push(question);
  });
  return questions;
}

/** NOT EXISTS, NOT IN and other subqueries. */
function questionIn({ subselect, subLinkType, testexpr }: NodeOf<'SubLink'>, table: string): Question {
  const { whereClause, fromClause, targetList = [] } = nodeAs(subselect, 'SelectStmt') ?? {};
  const tests = nodeAs(testexpr, 'RowExpr')?.args ?? (testexpr ? [testexpr] : []);
  const isIn = flatMap(subLinkType === 'ANY_SUBLINK' ? tests : [], (test, k): Node[] => {
    const picked = nodeAs(targetList[k], 'ResTarget')?.val;
    return picked ? [equals(picked, test)] : [];
  });
  return { conditions: [whereClause, ...isIn], ...aliasesIn(fromClause, table) };
}

/** The conditions of the inner joins in a FROM list. */
function conditionsOfJoins(from: Node): Node[] {
  const { jointype, larg, rarg, quals } = nodeAs(from, 'JoinExpr') ?? {};
  const own = jointype === 'JOIN_INNER' && quals ? [quals] : [];
  return [...own, ...flatMap([larg, rarg], (side) => (side ? conditionsOfJoins(side) : []))];
}

/** An outer join with the table, or with a query of it. */
function questionOfJoin(join: NodeOf<'JoinExpr'>, table: string): Question {
  const { aliases } = aliasesIn(join, table);
  const queries: NodeOf<'RangeSubselect'>[] = [];
  walk([join], (type, node) => {
    if (type === 'RangeSubselect' && namesRelation(node, table)) queries.push(node);
  });
  const inner = queries.map(({ subquery }) => nodeAs(subquery, 'SelectStmt')?.whereClause);
  return {
    conditions: [join.quals, ...inner],
    aliases: [...aliases, ...queries.map(({ alias }) => alias?.aliasname ?? '')],
    others: [],
  };
}

/** What a FROM list calls the table, and the other tables. */
function aliasesIn(from: unknown, table: string): Pick<Question, 'aliases' | 'others'> {
  const [aliases, others]: [string[], string[]] = [[], []];
  walk([from], (type, node) => {
    if (type !== 'RangeVar' && type !== 'RangeSubselect' && type !== 'RangeFunction') return;
    const range = node as NodeOf<'RangeVar'>;
    const isOwn = type === 'RangeVar' && range.relname === table;
    (isOwn ? aliases : others).push(range.alias?.aliasname ?? range.relname ?? '');
  });
  return { aliases, others };
}

/** Whether a condition reads a column of the table, or one without the name of its table. */
const asksFor = (where: Node, { aliases }: Question): boolean =>
  containsColumn([where], (parts) => parts.length === 1 || aliases.includes(parts.at(-2) ?? ''));

/** Whether a question finds the rows that the INSERT writes; undefined where that is not known. */
function findsWritten(question: Question, written: Written, equal: readonly Pair[]): boolean | undefined {
  const answers = flatMap(flatMap(question.conditions, conjuncts), (condition) =>
    flatMap(comparedIn(condition), ([left, right]) => holdsOfWritten(left, right, question, written, equal)),
  );
  if (answers.includes('no')) return false;
  return answers.includes('unclear') ? undefined : true;
}

type Written = ReadonlyMap<string, Node>;

/** Whether a comparison of a column of the table holds of the rows that the INSERT writes. */
function holdsOfWritten(
  left: Node | undefined,
  right: readonly Node[],
  question: Question,
  written: Written,
  equal: readonly Pair[],
): ('yes' | 'no' | 'unclear')[] {
  const sides = [left, ...right].map((side) => valueIn(side, question, written));
  const isAsked = sides.some(Boolean) && !sides.every(Boolean);
  const [value, others] = sides[0] ? [sides[0], right] : [left, right.map((side, k) => sides[k + 1] ?? side)];
  if (!isAsked || [value, ...others].some((side) => readsInside(side, question))) return [];
  if (others.every((other) => sameConstant(value, other) === false)) return ['no'];
  return [others.some((other) => mayBeSame(value, other, equal)) ? 'yes' : 'unclear'];
}

/** The value that the INSERT writes into a column of the table; undefined for any other expression. */
function valueIn(side: Node | undefined, { aliases }: Question, written: Written): Node | undefined {
  const parts = strings(nodeAs(uncast(side), 'ColumnRef')?.fields);
  const isOwn = parts.length === 1 || aliases.includes(parts.at(-2) ?? '');
  return isOwn ? written.get(parts.at(-1) ?? '') : undefined;
}

/** Whether an expression reads a table of the question itself, of which any row may be meant. */
const readsInside = (side: Node | undefined, { aliases, others }: Question): boolean =>
  containsColumn([side], (parts) =>
    parts.length > 1 ? [...aliases, ...others].includes(parts.at(-2)!) : parts.length === 1 && others.length > 0,
  );

/** What `a = b` and `a IN (1, 2)` compare. */
function comparedIn(condition: Node): [Node | undefined, readonly Node[]][] {
  const { kind, name, lexpr, rexpr } = nodeAs(condition, 'A_Expr') ?? {};
  const items = kind === 'AEXPR_IN' ? nodeAs(rexpr, 'List')?.items : rexpr && [rexpr];
  const isEqual =
    kind === 'AEXPR_NOT_DISTINCT' || ((kind === 'AEXPR_OP' || kind === 'AEXPR_IN') && strings(name).at(-1) === '=');
  return isEqual && items ? [[lexpr, items]] : [];
}

/** Whether two expressions give the same, as far as the text tells: as they stand, or by what the SELECT compares. */
function mayBeSame(a: Node | undefined, b: Node | undefined, equal: readonly Pair[]): boolean {
  if (isConstant(a) && isConstant(b)) return true;
  const known = [a];
  for (const one of known) {
    if (isSame(one, b)) return true;
    for (const [x, y] of equal) {
      const other = isSame(x, one) ? y : isSame(y, one) ? x : undefined;
      if (other && !known.some((found) => isSame(found, other))) known.push(other);
    }
  }
  return false;
}

/** Whether two expressions are alike but for casts; columns may stand with the names of their tables or without. */
function isSame(a: Node | undefined, b: Node | undefined): boolean {
  const [x, y] = [uncast(a), uncast(b)];
  if (digestOf(withoutQualifiers(x)) !== digestOf(withoutQualifiers(y))) return false;
  const [mine, theirs] = [columnsIn(x), columnsIn(y)];
  return mine.every((parts, k) => {
    const other = theirs[k]!;
    return parts.length === 1 || other.length === 1 || parts.at(-2) === other.at(-2);
  });
}

const withoutQualifiers = (tree: Node | undefined): Node | undefined =>
  replaceNodes(tree, (node): Node | undefined => {
    const fields = nodeAs(node, 'ColumnRef')?.fields ?? [];
    return fields.length > 1 ? { ColumnRef: { fields: fields.slice(-1) } } : undefined;
  });

/** The columns that an expression names, in the order of the text. */
function columnsIn(tree: Node | undefined): string[][] {
  const columns: string[][] = [];
  walk([tree], (type, { fields }) => {
    if (type === 'ColumnRef') columns.push(strings(fields as Node[]));
  });
  return columns;
}
