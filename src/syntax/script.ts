import { detectFormat, type FileKind, type Format } from '../project/format.ts';
import type { Direction } from '../project/types.ts';
import { tokenize, type Token } from './lexer.ts';
import { parseStatement, type NodeOf, type NodeTag, type Parsed } from './parse.ts';
import { dynamicSql, embeddedSql, parseBody, type Embedded, type Guard } from './plpgsql.ts';
import { NO_MENTIONS, type Mentions } from './mentions.ts';
import { takeApart } from './recover.ts';
import { split, type Skipped, type Slice } from './split.ts';
import { Lines, type Position } from '../lines.ts';
import { flatMap } from '../lists.ts';
import { perObject } from '../memo.ts';

/** A syntax error, with its UTF-16 offset in the file. */
export interface SyntaxProblem {
  message: string;
  start: number;
  end: number;
}

/** More tokens than stand before the place where a keyword is inserted: CREATE UNIQUE INDEX CONCURRENTLY. */
const HEAD = 8;

const NO_GUARDS: readonly Guard[] = [];

/** One statement of a file, or of the body of a DO block in it. All offsets are UTF-16 code units in the file. */
export class Statement {
  readonly script: Script;
  /** The parser's node type, such as `CreateStmt`; undefined where the statement does not parse. */
  readonly type: NodeTag | undefined;
  readonly node: object;
  readonly mentions: Mentions;
  readonly start: number;
  /** The end of the last token, without the semicolon. */
  readonly end: number;
  /** The end of the statement, its semicolon included where it has one. */
  readonly stop: number;
  readonly direction: Direction;
  /** Whether a template placeholder stands in it: its names are not what the database will see. */
  readonly placeholders: boolean;
  readonly problem: SyntaxProblem | undefined;
  /** For a statement in the body of a DO block: that block, and what surrounds the statement in it. */
  readonly parent: Statement | undefined;
  readonly embedded: Embedded | undefined;
  /** Whether backslashes escape in its plain strings: after SET standard_conforming_strings = off. */
  readonly escapes: boolean;
  /** Whether its semicolon is missing, and another statement follows. */
  readonly isCutShort: boolean;
  private tokenList: Token[] | undefined;
  private headList: Token[] | undefined;
  private childList: Statement[] | undefined | null = null;
  private assignmentList: Embedded[] = [];
  /** What others have found out about the statement; see `perStatement`. */
  readonly notes: unknown[] = new Array<unknown>(perStatementCount);

  constructor(script: Script, slice: Slice, direction: Direction, parent?: Statement, embedded?: Embedded) {
    this.script = script;
    this.start = slice.start;
    this.end = slice.end;
    this.stop = slice.stop;
    this.direction = direction;
    this.placeholders = slice.placeholders;
    this.escapes = slice.escapes;
    this.isCutShort = slice.isCutShort === true;
    this.parent = parent;
    this.embedded = embedded;
    const parsed = script.parse(slice.text);
    if (parsed.ok) {
      this.type = parsed.type;
      this.node = parsed.node;
      this.mentions = parsed.mentions;
    } else {
      this.node = {};
      this.mentions = NO_MENTIONS;
      const at = Math.min(slice.start + parsed.offset, slice.end);
      const token = tokenize(script.text, at, slice.end)[0];
      this.problem = {
        message: parsed.message,
        start: at,
        end: token?.start === at ? token.end : Math.min(at + 1, slice.end),
      };
    }
  }

  /** The statement's own text, without its semicolon. */
  get text(): string {
    return this.script.text.slice(this.start, this.end);
  }

  /** A message about the statement, with the placeholders instead of the names that stood for them in the parser. */
  unmask(message: string): string {
    if (!this.placeholders) return message;
    const { text } = this.script;
    if (this.embedded?.kind === 'execute') return unmaskFormat(this.text, message);
    return this.tokens.reduce((out, { kind, start, end }) => {
      if (kind !== 'placeholder' || text[start] === ':') return out;
      const before = /\w*$/.exec(text.slice(this.start, start))![0];
      const after = /^\w*/.exec(text.slice(end, this.end))![0];
      return out.replaceAll(
        `${before}${'_'.repeat(end - start)}${after}`.toLowerCase(),
        `${before}${text.slice(start, end)}${after}`,
      );
    }, message);
  }

  /** Its tokens without comments, with offsets in the file. */
  get tokens(): readonly Token[] {
    return (this.tokenList ??= tokenize(this.script.text, this.start, this.end, { backslashEscapes: this.escapes }));
  }

  /** Its first tokens, for those who need no more: a long statement has thousands. */
  get head(): readonly Token[] {
    return (
      this.tokenList ??
      (this.headList ??= tokenize(this.script.text, this.start, this.end, {
        backslashEscapes: this.escapes,
        most: HEAD,
      }))
    );
  }

  /** The guards that surround a statement in a DO block; none elsewhere. */
  get guards(): readonly Guard[] {
    return this.embedded?.guards ?? NO_GUARDS;
  }

  /** The node, where it is of the type named. */
  as<T extends NodeTag>(type: T): NodeOf<T> | undefined {
    return this.type === type ? (this.node as NodeOf<T>) : undefined;
  }

  /** The statements in the body of a DO block; undefined where the body cannot be read, empty for other statements. */
  get children(): readonly Statement[] | undefined {
    if (this.childList === null) this.childList = this.type === 'DoStmt' ? this.readBody() : [];
    return this.childList;
  }

  /** What the body of a DO block puts into its variables, as `variable := expression`. */
  get assignments(): readonly Embedded[] {
    return this.children ? this.assignmentList : [];
  }

  /**
   * The range of the body of a DO block, inside its quotes; undefined where it is quoted in a way that shifts offsets.
   */
  get body(): { start: number; end: number } | undefined {
    const token = this.tokens.find((t) => t.kind === 'dollar' || t.kind === 'string');
    if (!token) return undefined;
    const raw = this.script.text.slice(token.start, token.end);
    if (token.kind === 'dollar') {
      const tag = /^\$[^$]*\$/.exec(raw)![0].length;
      return { start: token.start + tag, end: token.end - tag };
    }
    return raw.startsWith("'") && !raw.slice(1, -1).includes("'")
      ? { start: token.start + 1, end: token.end - 1 }
      : undefined;
  }

  /** The range to be wrapped where the statement needs a guard: that of EXECUTE, for SQL in its literal. */
  get outer(): { start: number; end: number; stop: number } {
    return this.embedded ?? this;
  }

  private readBody(): Statement[] | undefined {
    const language = (this.as('DoStmt')?.args ?? [])
      .map((arg) => ('DefElem' in arg && arg.DefElem.defname === 'language' ? arg.DefElem.arg : undefined))
      .find((arg) => arg !== undefined);
    if (language && !('String' in language && language.String.sval?.toLowerCase() === 'plpgsql')) return undefined;
    const { body } = this;
    const { text } = this.script;
    const found = body && parseBody(text, body.start, body.end);
    this.assignmentList = found?.filter((e) => e.kind === 'other') ?? [];
    return found
      ?.filter((e) => e.kind !== 'other')
      .map((e) => {
        const slice: Slice =
          e.kind === 'execute'
            ? dynamicSql(text, e)
            : {
                ...e,
                text: embeddedSql(text, e),
                placeholders: this.placeholders,
                closed: true,
                escapes: this.escapes,
              };
        return new Statement(this.script, slice, this.direction, this, e);
      });
  }
}

/** The same for what format() fills in: `%I` in `idx_%I_id`. */
function unmaskFormat(sql: string, message: string): string {
  const placeholder = /%(?:\d+\$)?[ILs]/g;
  const names = new Set(sql.match(/\w*(?:%(?:\d+\$)?[ILs]\w*)+/g));
  return [...names].reduce((out, name) => {
    const masked = name.replace(placeholder, (all) => '_'.repeat(all.length));
    return out.replace(new RegExp(`(?<!\\w)${masked}(?!\\w)`, 'gi'), () => name);
  }, message);
}

let perStatementCount = 0;

/** Makes what is found out about a statement be found out once. It is forgotten with the statement. */
export function perStatement<T>(read: (statement: Statement) => T): (statement: Statement) => T {
  const k = perStatementCount++;
  return (statement) => {
    const { notes } = statement;
    const known = notes[k];
    return (known === undefined ? (notes[k] = read(statement)) : known) as T;
  };
}

/** The same of a file. It is forgotten with the file. */
export const perScript: <T>(read: (script: Script) => T) => (script: Script) => T = perObject;

/** A migration file: its text, cut into statements and parsed. */
export class Script {
  readonly text: string;
  readonly path: string;
  readonly tool: FileKind['tool'];
  readonly role: FileKind['role'];
  /** Parses the text of a statement. */
  readonly parse: (text: string) => Parsed;
  readonly format: Format;
  /** The statements at the top level, in the order of the text. */
  readonly statements: readonly Statement[];
  readonly skipped: readonly Skipped[];
  readonly lines: Lines;
  private indexes: ReadonlyMap<Statement, number> | undefined;
  private allList: readonly Statement[] | undefined;
  private broken: Statement | undefined | null = null;

  /**
   * @param text the file's content, without a byte order mark
   * @param path used only to recognise the format (`.down.sql`)
   * @param kind the tool that runs the file, and what the file is to it, where that is known
   * @param parse what remembers statements that were parsed before
   */
  constructor(
    text: string,
    path = '',
    { tool, role }: FileKind = {},
    parse: (text: string) => Parsed = parseStatement,
  ) {
    this.text = text;
    this.path = path;
    this.parse = parse;
    this.lines = new Lines(text);
    this.tool = tool;
    this.role = role;
    this.format = detectFormat(text, path, { tool, role });
    const statements: Statement[] = [];
    const skipped: Skipped[] = [];
    for (const piece of this.format.pieces) {
      const direction = this.format.parts.find((p) => p.start <= piece.start && piece.end <= p.end)?.direction ?? 'up';
      const result = split(text, { from: piece.start, to: piece.end });
      skipped.push(...result.skipped);
      for (const slice of result.slices) this.read(slice, direction, statements);
    }
    this.statements = statements;
    this.skipped = skipped;
  }

  /** Reads a statement, and those that it has swallowed if it does not parse. */
  private read(slice: Slice, direction: Direction, statements: Statement[]): void {
    const statement = new Statement(this, slice, direction);
    const pieces = statement.problem && takeApart(this.text, slice, this.parses);
    if (pieces) for (const piece of pieces) this.readFlat(new Statement(this, piece, direction), piece, statements);
    else this.readFlat(statement, slice, statements);
  }

  /** A parenthesis that is never closed would swallow the statements behind it. */
  private readFlat(statement: Statement, slice: Slice, statements: Statement[]): void {
    const { start, stop } = slice;
    const flat = statement.problem ? split(this.text, { from: start, to: stop, flat: true }).slices : [];
    if (flat.length > 1 || (flat[0]?.end ?? slice.end) < slice.end)
      statements.push(...flat.map((s) => new Statement(this, s, statement.direction)));
    else statements.push(statement);
  }

  private readonly parses = (slice: Slice): boolean => this.parse(slice.text).ok;

  /** The statement at the top level that follows another one. */
  next(statement: Statement): Statement | undefined {
    this.indexes ??= new Map(this.statements.map((s, k) => [s, k]));
    const index = this.indexes.get(statement);
    return index === undefined ? undefined : this.statements[index + 1];
  }

  /** Every statement in the order of execution, those in DO blocks included (after the block that holds them). */
  all(): readonly Statement[] {
    return (this.allList ??= this.statements.some((s) => s.type === 'DoStmt')
      ? flatMap(this.statements, (s) => (s.type === 'DoStmt' ? [s, ...(s.children ?? [])] : [s]))
      : this.statements);
  }

  /**
   * The first statement that begins a body whose quotes are broken: what stands behind it may be in that body, and no
   * statement of the file.
   */
  get brokenBody(): Statement | undefined {
    if (this.broken === null)
      this.broken = this.statements.some(({ problem }) => problem) ? this.statements.find(breaksBody) : undefined;
    return this.broken;
  }

  /** The line (from 1) and the column (from 1, in UTF-16 code units) of an offset. */
  locate(offset: number): Position {
    return this.lines.locate(offset);
  }

  /** The line end that the file uses, `\n` where it has none. */
  get eol(): '\n' | '\r\n' {
    const i = this.text.indexOf('\n');
    return i > 0 && this.text[i - 1] === '\r' ? '\r\n' : '\n';
  }
}

/** Whether a statement that does not parse begins a function without its body, or with the end of another one. */
function breaksBody({ problem, text, tokens, script }: Statement): boolean {
  if (!problem) return false;
  const isBody = ({ kind, start }: Token): boolean =>
    kind === 'dollar' ||
    (kind === 'string' && /\b(?:as|do)\s+$/i.test(script.text.slice(Math.max(0, start - 20), start)));
  return tokens[0]?.kind === 'dollar' || (BEGINS_BODY.test(text) && !tokens.some(isBody));
}

const BEGINS_BODY = /^(?:create\s+(?:or\s+replace\s+)?(?:function|procedure)|do)\b/i;
