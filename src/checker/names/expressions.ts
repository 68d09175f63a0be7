/** Columns in queries and expressions, looked up in what FROM names as PostgreSQL does. */
import { nameOfRange, nodeAs, stringOf } from '../../catalog/nodes.ts';
import { quoteLiteral } from '../../catalog/names.ts';
import type { Name } from '../../catalog/objects.ts';
import { flatMap } from '../../lists.ts';
import type { Node, NodeOf } from '../../syntax/parser.ts';
import { checkEnumValue } from '../definitions/enum-values.ts';
import { lastPartRange, nameRange, textOf, tokenRange, wordRange } from '../places.ts';
import type { Checked } from '../problem.ts';
import { checkComparison } from './comparisons.ts';
import { isMadeByDynamicSql, SYSTEM_COLUMNS } from './objects.ts';
import { reportUnknown } from './report.ts';
import {
  isForeign,
  NO_SCOPE,
  resultColumns,
  scopeWith,
  sourceOf,
  sourcesOf,
  within,
  type Scope,
  type Source,
} from './scope.ts';
import { sameButCase, similar } from './similar.ts';

type Select = NodeOf<'SelectStmt'>;
type Cast = NodeOf<'TypeCast'>;

/** Checks every column in an expression, a query or a list of them. */
export class ExpressionChecker {
  private readonly checked: Checked;
  /** Whether it is about one row, which has no earlier and no later one. */
  private isOfRow = false;

  constructor(checked: Checked) {
    this.checked = checked;
  }

  /** An expression about the rows of one table: a policy, a check, the condition of an index. */
  ofTable(tree: unknown, table: Name): void {
    this.isOfRow = true;
    this.visit(tree, within(NO_SCOPE, [sourceOf(table, this.checked.world)]));
  }

  visit(tree: unknown, scope: Scope): void {
    if (typeof tree !== 'object' || tree === null) return;
    if (Array.isArray(tree)) {
      for (const item of tree) this.visit(item, scope);
      return;
    }
    for (const key in tree) {
      const value = (tree as Record<string, unknown>)[key];
      if (typeof value !== 'object' || value === null) continue;
      if (key === 'ColumnRef') this.column(value, scope);
      else if (key === 'SelectStmt') this.select(value, scope);
      // Statements that write, in WITH.
      else if (key === 'InsertStmt') this.insert(value, scope);
      else if (key === 'UpdateStmt') this.update(value, scope);
      else if (key === 'DeleteStmt') this.delete(value, scope);
      else if (!OTHER_NAMES.has(key)) {
        if (key === 'A_Expr') checkComparison(value, scope, this.checked);
        if (key === 'TypeCast') checkEnumValue((value as Cast).arg, (value as Cast).typeName, this.checked);
        this.visit(value, scope);
      }
    }
  }

  select(select: Select, outer: Scope): void {
    const { world } = this.checked;
    const scope = this.with(select.withClause, outer);
    if (select.larg) {
      this.select(select.larg, scope);
      this.select(select.rarg!, scope);
      return;
    }
    const sources = flatMap(select.fromClause ?? [], (item) => sourcesOf(item, scope, world));
    const inner = within(scope, sources);
    // What is LATERAL sees what stands before it; to see all of it only makes this more silent.
    this.visit(select.fromClause, inner);
    const { targetList, whereClause, havingClause, windowClause, distinctClause, valuesLists } = select;
    this.visit([targetList, whereClause, havingClause, windowClause, valuesLists], inner);
    const names = flatMap(targetList ?? [], (target) => nodeAs(target, 'ResTarget')?.name ?? []);
    const results = resultColumns({ SelectStmt: select }, outer, world) ?? [];
    this.visit([select.groupClause, select.sortClause, distinctClause], {
      ...inner,
      extra: new Set([...names, ...results]),
    });
  }

  insert(node: NodeOf<'InsertStmt'>, outer: Scope): void {
    const { world } = this.checked;
    const scope = this.with(node.withClause, outer);
    const table = nameOfRange(node.relation);
    const target = sourceOf(table, world, node.relation?.alias?.aliasname);
    this.targets(node.cols, target);
    this.visit(node.selectStmt, scope);
    const { targetList, whereClause, infer } = node.onConflictClause ?? {};
    this.targets(targetList, target);
    const own = within(scope, [target]);
    this.visit(infer, own);
    this.visit([targetList, whereClause], within(scope, [target, { ...target, alias: 'excluded' }]));
    this.visit(node.returningClause, own);
  }

  update(node: NodeOf<'UpdateStmt'>, outer: Scope): void {
    const { world } = this.checked;
    const scope = this.with(node.withClause, outer);
    const target = sourceOf(nameOfRange(node.relation), world, node.relation?.alias?.aliasname);
    this.targets(node.targetList, target);
    const sources = flatMap(node.fromClause ?? [], (item) => sourcesOf(item, scope, world));
    const inner = within(scope, [target, ...sources]);
    this.visit([node.fromClause, node.targetList, node.whereClause, node.returningClause], inner);
  }

  delete(node: NodeOf<'DeleteStmt'>, outer: Scope): void {
    const { world } = this.checked;
    const scope = this.with(node.withClause, outer);
    const target = sourceOf(nameOfRange(node.relation), world, node.relation?.alias?.aliasname);
    const sources = flatMap(node.usingClause ?? [], (item) => sourcesOf(item, scope, world));
    this.visit([node.usingClause, node.whereClause, node.returningClause], within(scope, [target, ...sources]));
  }

  private with(clause: NodeOf<'WithClause'> | undefined, outer: Scope): Scope {
    const scope = scopeWith(clause, outer, this.checked.world);
    for (const node of clause?.ctes ?? []) this.visit(nodeAs(node, 'CommonTableExpr')!.ctequery, scope);
    return scope;
  }

  /** Columns that a definition names; the parser does not say where. */
  columns(names: readonly string[], { columns, table }: Source): void {
    const { statement } = this.checked;
    for (const name of names)
      if (columns && !columns.has(name) && !SYSTEM_COLUMNS.has(name))
        this.reportColumn(name, wordRange(statement, name).start - statement.start, columns, table);
  }

  /** The columns that a statement writes. */
  private targets(targets: readonly Node[] | undefined, { alias, columns, table }: Source): void {
    if (!columns) return;
    for (const target of targets ?? []) {
      const { name = '', location, indirection } = nodeAs(target, 'ResTarget') ?? {};
      if (columns.has(name) || name === '') continue;
      if (indirection && (name === alias || name === table?.name)) this.reportQualified(name, location);
      else this.reportColumn(name, location, columns, table);
    }
  }

  private column({ fields = [], location }: NodeOf<'ColumnRef'>, scope: Scope): void {
    const names = fields.map(stringOf);
    if (names.length === 1) this.bareColumn(names[0]!, location, scope);
    else if (names.length === 2) this.qualifiedColumn(names[0]!, names[1]!, location, scope);
  }

  private bareColumn(name: string, location: number | undefined, scope: Scope): void {
    if (name === '' || SYSTEM_COLUMNS.has(name)) return;
    const known = new Set<string>();
    let table: Name | undefined;
    let sources = 0;
    for (let at: Scope | undefined = scope; at; at = at.outer) {
      if (at.extra?.has(name)) return;
      sources += at.sources.length;
      for (const source of at.sources) {
        if (!source.columns && this.isNoColumn(name, location, source)) {
          this.reportColumn(name, location, [], source.table);
          return;
        }
        // A whole row goes by the name of its table.
        if (!source.columns || source.columns.has(name) || source.alias === name) return;
        for (const column of source.columns) known.add(column);
        table ??= at.sources.length === 1 ? source.table : undefined;
      }
    }
    // Where a part of the file does not parse, this may be a piece of the body of a function.
    if (sources === 0 && this.checked.statement.script.statements.some(({ problem }) => problem)) return;
    this.reportColumn(name, location, known, table);
  }

  /** `bucket_id = "avatars"`: Supabase's own tables have no columns that need quotes. */
  private isNoColumn(name: string, location: number | undefined, { table }: Source): boolean {
    const { statement, world } = this.checked;
    if (!table || !isForeign(table.schema) || !textOf(statement, tokenRange(statement, location)).startsWith('"'))
      return false;
    const columns = world.parts({ kind: 'table', ...table }).filter(({ kind }) => kind === 'column');
    return columns.length > 0 && columns.every((column) => column.name !== name);
  }

  private qualifiedColumn(alias: string, name: string, location: number | undefined, scope: Scope): void {
    const aliases = new Set<string>();
    let isOpen = false;
    for (let at: Scope | undefined = scope; at; at = at.outer) {
      // A parameter of a composite type.
      if (at.extra?.has(alias)) return;
      for (const source of at.sources) {
        if (source.alias === alias) {
          const { columns } = source;
          if (!columns || name === '' || columns.has(name) || SYSTEM_COLUMNS.has(name)) return;
          // t.f is f(t), where there is such a function.
          if (this.checked.world.named({ kind: 'function', name }).length > 0) return;
          this.reportColumn(name, location, columns, source.table);
          return;
        }
        if (source.alias === undefined) isOpen = true;
        else aliases.add(source.alias);
      }
    }
    if (isOpen) return;
    if (this.isFunction(alias, name)) this.reportCall(alias, name, location);
    else if (!ROWS.has(alias)) this.reportAlias(alias, location, scope, aliases);
    else if (this.isOfRow && alias !== 'excluded') this.reportRow(alias, name, location);
  }

  private reportColumn(
    name: string,
    location: number | undefined,
    candidates: Iterable<string>,
    table: Name | undefined,
  ): void {
    const { statement, world } = this.checked;
    if (isMadeByDynamicSql({ kind: 'column', name }, world)) return;
    const range = lastPartRange(statement, location);
    // The column is not there, whatever was meant: a short name may stand for one that is a letter longer.
    const meant = similar(name, candidates, 3);
    // WHERE role = "admin"
    const isText = meant === undefined && textOf(statement, range).startsWith('"');
    reportUnknown(this.checked, {
      ...range,
      error: '42703',
      problem: `Column "${name}"${table ? ` of "${table.name}"` : ''} does not exist`,
      meant,
      text: isText ? quoteLiteral(name) : undefined,
      certain: meant !== undefined && sameButCase(meant, name),
    });
  }

  private isFunction(schema: string, name: string): boolean {
    return this.checked.world.has({ kind: 'function', schema, name, args: [] }) === true;
  }

  /** `auth.uid = user_id` */
  private reportCall(schema: string, name: string, location: number | undefined): void {
    const { statement, report } = this.checked;
    const range = nameRange(statement, location);
    report({
      family: 'name',
      ...range,
      error: '42P01',
      problem: `Function ${schema}.${name} is named without parentheses`,
      advice: `Write ${schema}.${name}().`,
      edits: [{ start: range.end, end: range.end, text: '()' }],
      certain: true,
    });
  }

  /** UPDATE t SET t.a = 1 */
  private reportQualified(name: string, location: number | undefined): void {
    const { statement, report } = this.checked;
    const { start, end } = tokenRange(statement, location);
    const dot = statement.script.text.indexOf('.', end) + 1;
    report({
      family: 'name',
      start,
      end,
      error: '42703',
      problem: `SET takes columns without their table, and "${name}" is no column`,
      advice: 'Leave it out.',
      edits: [{ start, end: dot, text: '' }],
      certain: true,
    });
  }

  /** `WITH CHECK (NEW.user_id = OLD.user_id)` */
  private reportRow(alias: string, column: string, location: number | undefined): void {
    const { statement, report } = this.checked;
    const { start, end } = tokenRange(statement, location);
    const isNew = alias === 'new';
    const dot = statement.script.text.indexOf('.', end) + 1;
    report({
      family: 'name',
      start,
      end,
      error: '42P01',
      problem: `A policy has no ${alias.toUpperCase()}`,
      advice: isNew ? `Write ${column}.` : 'Compare with the row that was there in a trigger.',
      edits: isNew ? [{ start, end: dot, text: '' }] : undefined,
    });
  }

  private reportAlias(alias: string, location: number | undefined, scope: Scope, aliases: Iterable<string>): void {
    const renamed = scope.sources.find(({ table }) => table?.name === alias)?.alias;
    reportUnknown(this.checked, {
      ...tokenRange(this.checked.statement, location),
      error: '42P01',
      problem: renamed === undefined ? `FROM has no "${alias}"` : `FROM gives "${alias}" the name "${renamed}"`,
      meant: renamed ?? similar(alias, aliases),
      otherwise: 'Write the name of a table in FROM.',
      certain: renamed !== undefined,
    });
  }
}

/** Rows that PostgreSQL names itself, in places. */
const ROWS: ReadonlySet<string> = new Set(['old', 'new', 'excluded']);

/** Parts of a tree in which what looks like a column is none. */
const OTHER_NAMES: ReadonlySet<string> = new Set(['typmods', 'DefElem', 'withClause', 'LockingClause', 'MergeStmt']);
