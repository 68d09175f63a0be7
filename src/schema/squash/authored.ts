/** What the authors of a chain have written: the statements that make each object, and those that may write rows. */
import { quoteIdent } from '../../catalog/names.ts';
import { isTemporary, type Name, type ObjectRef } from '../../catalog/objects.ts';
import type { Effect } from '../../catalog/effects.ts';
import { nameOfRange, nodeAs } from '../../catalog/nodes.ts';
import { unitsOf } from '../../catalog/units.ts';
import { flatMap } from '../../lists.ts';
import { play } from '../../history/play.ts';
import { World } from '../../history/world.ts';
import type { NodeOf } from '../../syntax/parser.ts';
import type { Statement } from '../../syntax/script.ts';
import { Scripts } from '../../syntax/scripts.ts';
import { tokenize, type Token } from '../../syntax/lexer.ts';
import type { MigrationFile } from '../../verify/index.ts';
import type { LiveObject } from '../objects.ts';

/** A statement of the chain. */
export interface Authored {
  path: string;
  /** From 1. */
  line: number;
  /** Where it begins, if the files are one text. */
  at: number;
  /** Without its semicolon. */
  sql: string;
  /** The rows below `COPY … FROM stdin`, with the line that ends them. */
  rows?: string;
  /** The comment lines directly above it. */
  comment: string;
  type: string;
}

/** One column or constraint in CREATE TABLE, or behind ADD. */
export interface Element {
  sql: string;
  /** The comment lines above it, and what stands behind it on its last line. */
  above: readonly string[];
  behind?: string;
  /** The name of the column, or of the constraint; an unnamed constraint has none. */
  name: string | undefined;
  isColumn: boolean;
  /** The statement that it stands in. */
  of: Authored;
}

export interface Writings {
  /** The statements that make an object, the last one last, by `looseKey`. */
  makers: ReadonlyMap<string, readonly Authored[]>;
  /** The columns and constraints that statements give a table, in their order, by the name of the table. */
  elements: ReadonlyMap<string, readonly Element[]>;
  /** All that may write rows, or call what does. */
  data: readonly Authored[];
  /** What makes roles members of others, and gives roles and the database settings. */
  roles: readonly Authored[];
}

/** Statements about roles of which the catalogs do not tell who has said them. */
const ROLES = new Set(['GrantRoleStmt', 'AlterRoleSetStmt', 'AlterDatabaseSetStmt', 'AlterDefaultPrivilegesStmt']);

/** What objects of one kind have their names in common with. */
const CLASSES: Readonly<Record<string, string>> = {
  table: 'relation',
  'foreign table': 'relation',
  view: 'relation',
  'materialized view': 'relation',
  sequence: 'relation',
  index: 'relation',
  function: 'routine',
  procedure: 'routine',
  aggregate: 'routine',
  enum: 'type',
  domain: 'type',
  range: 'type',
};

/** Under which a statement is found that may make an object: without arguments, which it may spell otherwise. */
export function looseKey({ kind, name }: Pick<LiveObject, 'kind' | 'name'>): string {
  const of = CLASSES[kind] ?? kind;
  return `${of} ${of === 'routine' ? name.replace(/\(.*$/s, '') : name}`;
}

const qualified = ({ schema, name }: Name, world: World): string =>
  `${quoteIdent(schema ?? world.searchPath[0] ?? 'public')}.${quoteIdent(name)}`;

const WITHOUT_SCHEMA = new Set(['schema', 'extension', 'publication', 'event trigger', 'role', 'language']);
const ON_TABLE = new Set(['trigger', 'policy', 'rule', 'constraint']);

function keyOfRef(object: ObjectRef, world: World): string | undefined {
  const { kind, name, of } = object;
  if (WITHOUT_SCHEMA.has(kind)) return `${kind} ${quoteIdent(name)}`;
  if (ON_TABLE.has(kind)) return of && `${kind} ${quoteIdent(name)} on ${qualified(of, world)}`;
  if (kind === 'index' && of) {
    const schema = object.schema ?? of.schema;
    return looseKey({ kind, name: qualified({ schema, name }, world) });
  }
  return looseKey({ kind, name: qualified(object, world) });
}

/** Statements that put rows there, change them, or may call what does. */
const DATA = new Set([
  'InsertStmt',
  'UpdateStmt',
  'DeleteStmt',
  'MergeStmt',
  'CopyStmt',
  'SelectStmt',
  'CallStmt',
  'DoStmt',
  'TruncateStmt',
  'ExecuteStmt',
]);

/** Statements without a trace in the rows, but behind which others may leave other rows. */
const SETTING = new Set(['SelectStmt', 'CallStmt', 'DoStmt', 'VariableSetStmt']);

/** Statements that change rows themselves. */
const CHANGING = new Set(['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt']);

/** The statements that may leave rows. A transaction of nothing else is one: what it sets ends with it. */
function dataIn(statements: readonly Statement[]): { first: Statement; last: Statement }[] {
  const found: { first: Statement; last: Statement }[] = [];
  /** The transaction that is open, and how much was found before it. */
  let open: Statement[] = [];
  let before = 0;
  for (const statement of statements) {
    const { type = '', direction } = statement;
    if (direction !== 'up') continue;
    const kind = statement.as('TransactionStmt')?.kind;
    if (kind === undefined) {
      if (DATA.has(type)) found.push({ first: statement, last: statement });
      if (open.length > 0) open.push(statement);
      continue;
    }
    const isUnit = kind === 'TRANS_STMT_COMMIT' && isOneUnit(open);
    if (isUnit) found.splice(before, Infinity, { first: open[0]!, last: statement });
    open = kind === 'TRANS_STMT_BEGIN' || kind === 'TRANS_STMT_START' ? [statement] : [];
    before = found.length;
  }
  return found;
}

/** Whether a transaction sets something and then changes rows, and does nothing else. A sequence would be set back. */
function isOneUnit([, ...inside]: readonly Statement[]): boolean {
  const sets = ({ type }: Statement) => type !== undefined && SETTING.has(type);
  const changes = ({ type }: Statement) => type !== undefined && CHANGING.has(type);
  const first = inside.findIndex(sets);
  return (
    first >= 0 &&
    first < inside.findLastIndex(changes) &&
    inside.every((statement) => (sets(statement) || changes(statement)) && !/\bsetval\s*\(/i.test(statement.text))
  );
}

/** Reads the files of a chain. The parser must be loaded. */
export function readWritings(files: readonly MigrationFile[]): Writings {
  const world = new World();
  const scripts = new Scripts();
  const makers = new Map<string, Authored[]>();
  const elements = new Map<string, Element[]>();
  const data: Authored[] = [];
  const roles: Authored[] = [];
  let before = 0;
  for (const { path, text, kind } of files) {
    const script = scripts.read(text, path, kind);
    const base = before;
    before += text.length;
    const known = new Map<Statement, Authored>();
    const authoredOf = (statement: Statement, last = statement): Authored => {
      const own = known.get(statement) ?? authored(statement, last, path, base + statement.start);
      known.set(statement, own);
      return own;
    };
    data.push(...dataIn(script.statements).map(({ first, last }) => authoredOf(first, last)));
    for (const statement of script.all()) {
      const { type = '', direction } = statement;
      if (direction !== 'up') continue;
      if (ROLES.has(type) && !statement.placeholders && isOwnText(statement)) roles.push(authoredOf(statement));
    }
    const renames = (effect: Effect) => {
      if (effect.action !== 'rename' || (effect.object.kind !== 'table' && effect.object.kind !== 'column')) return;
      rename(elements, effect, world);
    };
    const define = (object: ObjectRef, statement: Statement, keeps: boolean) => {
      const table = qualified(object, world);
      if (keeps && elements.has(table)) return;
      elements.set(table, elementsOf(statement, authoredOf(statement)));
    };
    const extend = ({ name }: ObjectRef, statement: Statement) => {
      for (const { element, table } of addedElements(statement, authoredOf(statement), world)) {
        const known = elements.get(table) ?? [];
        if (element.name === name && !known.some(({ sql, of }) => sql === element.sql && of === element.of))
          push(elements, table, element);
      }
    };
    const observe = (effect: Effect, statement: Statement) => {
      renames(effect);
      if (effect.action === 'drop' && effect.object.kind === 'table') elements.delete(qualified(effect.object, world));
      if (effect.action !== 'create' && effect.action !== 'duplicate') return;
      const { object } = effect;
      if (isTemporary(object) || statement.placeholders || !isOwnText(statement)) return;
      if (object.kind === 'table')
        define(object, statement, effect.action === 'create' && effect.mode === 'if-not-exists');
      else if (ADDED.has(object.kind)) extend(object, statement);
      const key = keyOfRef(object, world);
      if (key !== undefined && statement.type !== 'AlterTableStmt') push(makers, key, authoredOf(statement));
    };
    play(script.statements, world, observe);
  }
  return { makers, elements, data, roles };
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (!list) map.set(key, [value]);
  else if (list.at(-1) !== value) list.push(value);
}

/** What ALTER TABLE adds to a table. */
const ADDED = new Set(['column', 'constraint']);

/** Whether the text of a statement stands in the file as PostgreSQL gets it. */
const isOwnText = ({ embedded }: Statement): boolean => embedded === undefined || embedded.kind !== 'execute';

function rename(elements: Map<string, Element[]>, effect: Effect & { action: 'rename' }, world: World): void {
  const { object, to } = effect;
  if (object.kind === 'table') {
    const own = elements.get(qualified(object, world));
    elements.delete(qualified(object, world));
    if (own) elements.set(qualified({ schema: to.schema ?? object.schema, name: to.name }, world), own);
    return;
  }
  const table = object.of && qualified(object.of, world);
  const own = table === undefined ? undefined : elements.get(table);
  if (own)
    elements.set(
      table!,
      own.filter(({ isColumn, name }) => !isColumn || name !== object.name),
    );
}

/** @param last the statement that it ends with: a transaction may be taken as one */
function authored(first: Statement, { end, stop }: Statement, path: string, at: number): Authored {
  const { script, start, type = '' } = first;
  const { text } = script;
  const data = script.skipped.find((range) => range.why === 'copy-data' && range.start === stop);
  return {
    path,
    line: script.locate(start).line,
    at,
    sql: dedented(text, start, end),
    ...(data && { rows: text.slice(data.start, data.end) }),
    comment: commentAbove(text, start),
    type,
  };
}

/** A statement without the indentation that it has in a block around it. */
function dedented(text: string, start: number, end: number): string {
  const sql = text.slice(start, end).replaceAll('\r\n', '\n');
  const indent = /(?:^|\n)([ \t]+)$/.exec(text.slice(Math.max(0, start - 200), start))?.[1];
  if (
    indent === undefined ||
    tokenize(sql, 0, sql.length).some(
      ({ kind, start: from, end: to }) => isLong(kind) && sql.slice(from, to).includes('\n'),
    )
  )
    return sql;
  return sql.replaceAll(`\n${indent}`, '\n');
}

const isLong = (kind: Token['kind']): boolean => kind === 'string' || kind === 'dollar';

/** Comments that speak to a tool, and say nothing of the statement below. */
const FOR_TOOLS =
  /^--\s*(?:\+goose|\+migrate|migrate:|>\s*statement-breakpoint|sql-lint-|squawk-ignore|liquibase|changeset|sqlx|atlas:)|^-->/i;
const RULE = /^--\s*[-=*#~]{3,}\s*$/;
/** What Prisma writes above each statement. */
const GENERATED = /^-- (?:Create|Alter|Drop|Add|Rename|Redefine)[A-Z][A-Za-z]+$/;

/** The lines of comment that stand directly above a statement. */
function commentAbove(text: string, start: number): string {
  const lines: string[] = [];
  let end = text.lastIndexOf('\n', start - 1);
  if (text.slice(end + 1, start).trim() !== '') return '';
  while (end > 0) {
    const begin = text.lastIndexOf('\n', end - 1) + 1;
    const line = text.slice(begin, end).trim();
    if (!line.startsWith('--') || FOR_TOOLS.test(line)) break;
    lines.unshift(line);
    end = begin - 1;
  }
  return lines.filter((line) => !RULE.test(line) && !GENERATED.test(line)).join('\n');
}

/** The columns and constraints of CREATE TABLE; none where it has them from elsewhere too. */
function elementsOf(statement: Statement, of: Authored): Element[] {
  const create = statement.as('CreateStmt');
  if (!create || create.inhRelations || create.ofTypename || create.partbound) return [];
  const nodes = create.tableElts ?? [];
  if (nodes.some((node) => 'TableLikeClause' in node)) return [];
  const { text } = statement.script;
  const ranges = new ListItems(text).of(tokenize(text, statement.start, statement.end, { comments: true }));
  if (ranges.length !== nodes.length) return [];
  return nodes.map((node, k): Element => {
    const column = nodeAs(node, 'ColumnDef');
    const constraint = nodeAs(node, 'Constraint');
    return {
      ...ranges[k]!,
      name: column?.colname ?? constraint?.conname,
      isColumn: column !== undefined,
      of,
    };
  });
}

/** The items of the first list in parentheses, with the comments that belong to each. */
class ListItems {
  private readonly text: string;
  private readonly items: { sql: string; above: string[]; behind?: string }[] = [];
  /** How many parentheses and brackets are open. */
  private depth = 0;
  /** The comments above the item that comes. */
  private above: string[] = [];
  /** Where the item begins that is being read. */
  private from: number | undefined;
  /** The end of what was read last. */
  private to = 0;

  constructor(text: string) {
    this.text = text;
  }

  of(tokens: readonly Token[]): Pick<Element, 'sql' | 'above' | 'behind'>[] {
    for (const token of tokens) {
      if (token.kind === 'comment') this.comment(token);
      else if (this.endsAt(token)) break;
    }
    this.finish();
    return this.items;
  }

  private finish(): void {
    if (this.from !== undefined) this.items.push({ sql: this.text.slice(this.from, this.to), above: this.above });
    this.from = undefined;
    this.above = [];
  }

  private comment({ start, end }: Token): void {
    if (this.depth !== 1) return;
    const words = this.text.slice(start, end).trim();
    const isInLine = !this.text.slice(this.to, start).includes('\n');
    const isBetween = this.from === undefined;
    // The last column has its comment before the closing parenthesis.
    if (!isBetween && isInLine && /^\s*\)/.test(this.text.slice(end))) this.finish();
    else if (!isBetween) return;
    else if (!isInLine || this.items.length === 0) {
      if (words.startsWith('--')) this.above.push(words);
      return;
    }
    this.items.at(-1)!.behind = words;
  }

  /** Takes a token that is no comment; tells whether it is the end of the list. */
  private endsAt({ start, end }: Token): boolean {
    const word = this.text.slice(start, end);
    if (word === '(' || word === '[') this.depth++;
    const isOpening = this.depth === 1 && word === '(' && this.items.length === 0 && this.from === undefined;
    if (word === ')' || word === ']') this.depth--;
    if (this.depth === 0) return word === ')';
    if (this.depth === 1 && word === ',') this.finish();
    else if (!isOpening) this.from ??= start;
    this.to = end;
    return false;
  }
}

/** What ALTER TABLE adds, each as CREATE TABLE would have it. */
function addedElements(statement: Statement, of: Authored, world: World): { element: Element; table: string }[] {
  const alter = statement.as('AlterTableStmt');
  if (!alter?.relation) return [];
  const table = qualified(nameOfRange(alter.relation), world);
  const units = unitsOf(statement);
  return flatMap(alter.cmds ?? [], (node, k) => {
    const cmd = nodeAs(node, 'AlterTableCmd') as NodeOf<'AlterTableCmd'>;
    const unit = units[k];
    if (!unit) return [];
    const text = statement.script.text.slice(unit.start, unit.end);
    const column = cmd.subtype === 'AT_AddColumn' ? nodeAs(cmd.def, 'ColumnDef') : undefined;
    const constraint = cmd.subtype === 'AT_AddConstraint' ? nodeAs(cmd.def, 'Constraint') : undefined;
    if (!column && !constraint) return [];
    const own = /\bADD\s+(?:COLUMN\s+)?(?:IF\s+NOT\s+EXISTS\s+)?(.*)$/is.exec(text)?.[1];
    if (own === undefined || own.includes('--') || / NOT\s+VALID\s*$/i.test(own)) return [];
    const element: Element = {
      sql: own.trim(),
      above: (alter.cmds ?? []).length === 1 && of.comment !== '' ? of.comment.split('\n') : [],
      name: column?.colname ?? constraint?.conname,
      isColumn: column !== undefined,
      of,
    };
    return [{ element, table }];
  });
}
