/** Tells whether the SELECT of an INSERT leaves out the rows that the INSERT has written before. */
import { constantOf, isConstant, sameConstant, uncast } from '../catalog/constants.ts';
import { digestOf } from '../catalog/digest.ts';
import { meets } from '../catalog/met-rows.ts';
import {
  columnName,
  columnsIn,
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
import type { Name, ObjectRef } from '../catalog/objects.ts';
import type { World } from '../history/world.ts';
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

/** Whether a question finds the rows that the INSERT writes. */
type Answer = 'yes' | 'no' | 'unclear';

/**
 * Whether the SELECT of an INSERT leaves out the rows that are in the table already: by NOT EXISTS, NOT IN, EXCEPT, an
 * outer join, or a count of none. A question for rows with other values than those inserted leaves out nothing.
 * Undefined where the text does not tell whether the values are the same.
 */
export function leavesOutExisting(node: Insert, world: World): boolean | undefined {
  const select = nodeAs(node.selectStmt, 'SelectStmt');
  if (!select) return false;
  const answers = new Exclusion(node, select, world).answers();
  if (answers.includes('yes')) return true;
  return answers.includes('unclear') ? undefined : false;
}

class Exclusion {
  private readonly table: Name;
  private readonly select: Select;
  private readonly world: World;
  private readonly written: ReadonlyMap<string, Node>;
  /** What the SELECT itself asks of the rows that it writes. */
  private readonly asked: readonly Node[];
  private readonly equal: readonly Pair[];

  constructor(node: Insert, select: Select, world: World) {
    this.table = nameOfRange(node.relation);
    this.select = select;
    this.world = world;
    const { fromClause = [], whereClause, targetList } = (select.op === 'SETOP_EXCEPT' && select.larg) || select;
    this.written = writtenBy(node, targetList);
    this.asked = flatMap([whereClause, ...flatMap(fromClause, conditionsOfJoins)], conjuncts);
    this.equal = flatMap(this.asked, (condition) =>
      flatMap(comparedIn(condition), ([left, right]): Pair[] => (right.length === 1 ? [[left, right[0]]] : [])),
    );
  }

  /** What each question about the table comes to. */
  answers(): Answer[] {
    const { op, rarg, whereClause, fromClause = [] } = this.select;
    if (op === 'SETOP_EXCEPT') return rarg && this.isNamed(rarg) ? [this.answerTo(this.questionOfExcept(rarg))] : [];
    const answers = flatMap(conjuncts(whereClause), (part) => (this.isNamed(part) ? this.answerOf(part) : []));
    walk(fromClause, (type, join) => {
      if (type !== 'JoinExpr' || join.jointype === 'JOIN_INNER' || !this.isNamed(join)) return;
      answers.push(...this.answerOfJoin(join));
    });
    return answers;
  }

  private isNamed(tree: unknown): boolean {
    return namesRelation(tree, this.table.name);
  }

  /** A part of WHERE that reads the table. */
  private answerOf(part: Node): Answer {
    const bool = nodeAs(part, 'BoolExpr');
    const isNegated = bool?.boolop === 'NOT_EXPR';
    const condition = isNegated ? bool.args![0]! : part;
    const link = nodeAs(condition, 'SubLink');
    if (link) {
      const isLeftOut = link.subLinkType === 'ALL_SUBLINK' ? strings(link.operName).at(-1) === '<>' : isNegated;
      return isLeftOut ? this.answerTo(this.questionIn(link)) : 'no';
    }
    const counted = noneOf(condition, isNegated);
    return counted ? this.answerTo(this.questionIn(counted)) : 'unclear';
  }

  /** NOT EXISTS, NOT IN and other subqueries. */
  private questionIn({ subselect, subLinkType, testexpr }: NodeOf<'SubLink'>): Question {
    const { whereClause, fromClause, targetList = [] } = nodeAs(subselect, 'SelectStmt') ?? {};
    const tests = nodeAs(testexpr, 'RowExpr')?.args ?? (testexpr ? [testexpr] : []);
    const isIn = subLinkType === 'ANY_SUBLINK' || subLinkType === 'ALL_SUBLINK';
    return { conditions: [whereClause, ...zipped(targetList, isIn ? tests : [])], ...this.aliasesIn(fromClause) };
  }

  private questionOfExcept({ whereClause, fromClause, targetList = [] }: Select): Question {
    const values = flatMap(this.select.larg?.targetList ?? [], (target) => nodeAs(target, 'ResTarget')?.val ?? []);
    return { conditions: [whereClause, ...zipped(targetList, values)], ...this.aliasesIn(fromClause) };
  }

  /** An outer join with the table, or with a query of it. Without a question in WHERE, it leaves out nothing. */
  private answerOfJoin(join: NodeOf<'JoinExpr'>): Answer[] {
    const queries: NodeOf<'RangeSubselect'>[] = [];
    walk([join], (type, node) => {
      if (type === 'RangeSubselect' && this.isNamed(node)) queries.push(node);
    });
    const inner = queries.map(({ subquery }) => nodeAs(subquery, 'SelectStmt')?.whereClause);
    const { aliases } = this.aliasesIn(join);
    const question: Question = {
      conditions: [join.quals, ...inner],
      aliases: [...aliases, ...queries.map(({ alias }) => alias?.aliasname ?? '')],
      others: [],
    };
    const about = conjuncts(this.select.whereClause).filter((part) => isAbout(part, question));
    if (about.length === 0) return [];
    const isMissed = about.some((part) => nodeAs(part, 'NullTest')?.nulltesttype === 'IS_NULL' && this.isFilled(part));
    return [isMissed ? this.answerTo(question) : 'unclear'];
  }

  /** Whether the column of `x.id IS NULL` is one that each row of the table fills, as far as that is known. */
  private isFilled(test: Node): boolean {
    const name = columnName(nodeAs(test, 'NullTest')?.arg) ?? '';
    const column = this.world.get({ kind: 'column', name, of: this.table })?.ref;
    const { notNull, hasDefault, varies, isIdentity } = column?.detail ?? {};
    const isKey = ({ detail }: ObjectRef) => detail?.contype === 'p' && detail.columns?.includes(name);
    const isGiven = notNull === true || hasDefault === true || varies !== undefined || isIdentity === true;
    return (
      !column || this.written.has(name) || isGiven || this.world.parts({ kind: 'table', ...this.table }).some(isKey)
    );
  }

  /** What a FROM list calls the table, and the other tables. */
  private aliasesIn(from: unknown): Pick<Question, 'aliases' | 'others'> {
    const [aliases, others]: [string[], string[]] = [[], []];
    walk([from], (type, node) => {
      if (type !== 'RangeVar' && type !== 'RangeSubselect' && type !== 'RangeFunction') return;
      const range = node as NodeOf<'RangeVar'>;
      const isOwn = type === 'RangeVar' && range.relname === this.table.name;
      (isOwn ? aliases : others).push(range.alias?.aliasname ?? range.relname ?? '');
    });
    return { aliases, others };
  }

  private answerTo(question: Question): Answer {
    const answers = flatMap(question.conditions, conjuncts).map((part) => this.holds(part, question));
    return answers.includes('no') ? 'no' : answers.includes('unclear') ? 'unclear' : 'yes';
  }

  /** Whether a condition holds of the rows that the INSERT writes. */
  private holds(condition: Node, question: Question): Answer {
    // Of another table that the question reads, any row may be meant.
    if (readsOthers(condition, question) || contains([condition], (type) => type === 'SubLink')) return 'yes';
    const own = flatMap(columnsIn(condition), (parts) => (this.isOwn(parts, question) ? parts.at(-1)! : []));
    const values = new Map(own.map((name) => [name, this.valueOf(name)]));
    if ([...values.values()].includes('any')) return 'yes';
    if ([...values.values()].includes('default')) return 'unclear';
    if (own.length === 0) return this.isAsked(condition) ? 'yes' : 'unclear';
    const filled = replaceNodes(condition, (node): Node | undefined => {
      const parts = strings(nodeAs(node, 'ColumnRef')?.fields);
      return parts.length > 0 && this.isOwn(parts, question)
        ? (values.get(parts.at(-1)!) as Node | undefined)
        : undefined;
    });
    return this.isTrue(filled) ?? answerFrom(meets(condition, (name) => values.get(name) as Node | undefined, ''));
  }

  /** Whether a name is that of a column of the table. A name without its table is looked up there first. */
  private isOwn(parts: readonly string[], { aliases }: Question): boolean {
    if (parts.length !== 1) return aliases.includes(parts.at(-2) ?? '');
    return this.written.has(parts[0]!) || this.world.has({ kind: 'column', name: parts[0]!, of: this.table }) === true;
  }

  /** Whether the SELECT asks the same of its rows, or may ask it of the table, whose columns are not known. */
  private isAsked(condition: Node): boolean {
    if (this.asked.some((part) => isSame(part, condition))) return true;
    return !this.world.knowsTable(this.table) && columnsIn(condition).some((parts) => parts.length === 1);
  }

  /** The value that a row gets in a column; 'any' where history does not know the table. */
  private valueOf(name: string): Node | 'any' | 'default' {
    const value = this.written.get(name);
    if (value) return value;
    const column = this.world.get({ kind: 'column', name, of: this.table })?.ref;
    if (!column || !this.world.knowsTable(this.table)) return 'any';
    const { hasDefault, varies, isIdentity, isGenerated } = column.detail ?? {};
    const isGiven = [hasDefault, isIdentity, isGenerated].includes(true) || varies !== undefined;
    return isGiven ? 'default' : { A_Const: { isnull: true } };
  }

  /** Whether a comparison of two values is true; undefined for any other condition. */
  private isTrue(condition: Node): Answer | undefined {
    const [compared] = comparedIn(condition);
    if (compared) {
      const [value, others] = compared;
      if (others.every((other) => sameConstant(value, other) === false)) return 'no';
      return others.some((other) => mayBeSame(value, other, this.equal)) ? 'yes' : 'unclear';
    }
    const test = nodeAs(condition, 'NullTest');
    return test?.nulltesttype === 'IS_NOT_NULL' && !constantOf(test.arg) ? 'yes' : undefined;
  }
}

const answerFrom = (holds: boolean | undefined): Answer => (holds === undefined ? 'unclear' : holds ? 'yes' : 'no');

/** The values that an INSERT writes, by the columns that it names; those behind `*` are not known. */
function writtenBy({ cols = [] }: Insert, targets: readonly Node[] = []): Map<string, Node> {
  const values = targets.map((target) => nodeAs(target, 'ResTarget')?.val);
  if (contains(values, (type) => type === 'A_Star')) return new Map();
  const columns = cols.map((column) => nodeAs(column, 'ResTarget')?.name ?? '');
  return new Map(flatMap(columns, (column, k): [string, Node][] => (values[k] ? [[column, values[k]]] : [])));
}

/** The conditions that the results of a query are equal to expressions, one by one. */
const zipped = (targets: readonly Node[], values: readonly Node[]): Node[] =>
  flatMap(values, (value, k): Node[] => {
    const picked = nodeAs(targets[k], 'ResTarget')?.val;
    return picked && !contains([picked], (type) => type === 'A_Star') ? [equals(picked, value)] : [];
  });

/** The conditions of the inner joins in a FROM list. */
function conditionsOfJoins(from: Node): Node[] {
  const { jointype, larg, rarg, quals } = nodeAs(from, 'JoinExpr') ?? {};
  const own = jointype === 'JOIN_INNER' && quals ? [quals] : [];
  return [...own, ...flatMap([larg, rarg], (side) => (side ? conditionsOfJoins(side) : []))];
}

/** The subquery that a condition asks to find none: `(SELECT count(*) …) = 0`, `(SELECT max(id) …) IS NULL`. */
function noneOf(condition: Node, isNegated: boolean): NodeOf<'SubLink'> | undefined {
  const test = nodeAs(condition, 'NullTest');
  if (test)
    return test.nulltesttype === (isNegated ? 'IS_NOT_NULL' : 'IS_NULL') ? nodeAs(test.arg, 'SubLink') : undefined;
  const { kind, name, lexpr, rexpr } = nodeAs(condition, 'A_Expr') ?? {};
  if (kind !== 'AEXPR_OP') return undefined;
  const asked = `${strings(name).at(-1) ?? ''} ${constantOf(rexpr)?.text ?? ''}`;
  const none = isNegated ? ['> 0', '>= 1', '<> 0'] : ['= 0', '< 1', '<= 0'];
  return none.includes(asked) ? nodeAs(lexpr, 'SubLink') : undefined;
}

/** Whether a condition reads a column of the table, or one without the name of its table. */
const isAbout = (condition: Node, { aliases }: Question): boolean =>
  containsColumn([condition], (parts) => parts.length === 1 || aliases.includes(parts.at(-2) ?? ''));

const readsOthers = (condition: Node, { others }: Question): boolean =>
  others.length > 0 &&
  containsColumn([condition], (parts) => parts.length === 1 || others.includes(parts.at(-2) ?? ''));

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
