import { tokenize, type Token } from './lexer.ts';
import type { Slice } from './split.ts';
import { depthsOf } from './nesting.ts';

/** A condition around a statement in a PL/pgSQL body, or a handler of its errors. */
export type Guard =
  | {
      kind: 'if';
      /** The condition's text and range. */ text: string;
      start: number;
      end: number;
      /** True in an ELSE branch. */ negated: boolean;
    }
  | {
      kind: 'handler';
      /** Condition names or `sqlstate:XXXXX`, lower case. */ conditions: string[];
      /** Whether a handler raises again. */ raises: boolean;
      /** Where the protected block begins. */ start: number;
    }
  /** No run comes here, or only one that has failed: behind RETURN, or in an exception handler. */
  | { kind: 'never'; /** Whether it is a handler, which a later run may come to. */ isHandler?: true }
  | { kind: 'loop'; /** The header, such as `r IN SELECT …`; empty for a bare LOOP. */ text: string };

/** A statement found in a PL/pgSQL body. */
export interface Embedded {
  kind: 'sql' | 'perform' | 'execute' | 'other';
  start: number;
  /** The end of its last token, the semicolon left out. */
  end: number;
  stop: number;
  guards: readonly Guard[];
}

/**
 * Reads the structure of a PL/pgSQL body: blocks, conditions, loops, handlers, and the statements between them with
 * their exact ranges. `parsePlPgSQL` gives lines only, and refuses whole blocks for a loop variable whose type it
 * cannot look up; this reads what a fixer needs and nothing more.
 *
 * @returns the statements in the order of the text, or undefined where the body is not PL/pgSQL as this knows it.
 */
export function parseBody(text: string, from: number, to: number): Embedded[] | undefined {
  const reader = new BodyReader(text, tokenize(text, from, to));
  try {
    reader.block([]);
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
  return reader.found;
}

class Unreadable extends Error {}

/** Statements of PL/pgSQL itself that change no object of the database. */
const OWN = new Set(['null', 'raise', 'return', 'get', 'open', 'fetch', 'move', 'close', 'exit', 'continue', 'assert']);

/** Words that end a list of statements. */
const ENDS_STATEMENTS = new Set(['end', 'exception', 'elsif', 'elseif', 'else', 'when']);

/** Deeper than anybody writes, and shallow enough for a reader that calls itself. */
const MAX_NESTING = 200;

class BodyReader {
  readonly found: Embedded[] = [];
  private i = 0;
  private nesting = 0;
  private readonly text: string;
  private readonly tokens: Token[];

  constructor(text: string, tokens: Token[]) {
    this.text = text;
    this.tokens = tokens;
  }

  /** [<<label>>] [DECLARE …] BEGIN … [EXCEPTION …] END [label] [;] */
  block(guards: readonly Guard[]): void {
    this.label();
    if (this.is('declare')) {
      this.i++;
      while (!this.is('begin')) {
        const { start } = this.token();
        const [end, stop] = this.toSemicolon();
        this.found.push({ kind: 'other', start, end, stop, guards });
      }
    }
    if (!this.is('begin')) throw new Unreadable();
    const start = this.token().start;
    this.i++;
    // The handlers stand after the statements that they protect, so those get a guard that is filled in later.
    const handler: Extract<Guard, { kind: 'handler' }> = { kind: 'handler', conditions: [], raises: false, start };
    this.statements([...guards, handler]);
    if (this.is('exception')) {
      this.i++;
      while (this.is('when')) {
        this.i++;
        handler.conditions.push(...this.conditionNames());
        const before = this.i;
        this.statements([...guards, { kind: 'never', isHandler: true }]);
        if (this.tokens.slice(before, this.i).some((t) => this.wordAt(t) === 'raise') && this.raisesAgain(before))
          handler.raises = true;
      }
    }
    this.expect('end');
    if (!this.isPunctuation(';') && this.i < this.tokens.length) this.i++; // a label
    if (this.isPunctuation(';')) this.i++;
  }

  private statements(guards: readonly Guard[]): void {
    if (++this.nesting > MAX_NESTING) throw new Unreadable();
    this.statementsUntilEnd(guards);
    this.nesting--;
  }

  private statementsUntilEnd(outer: readonly Guard[]): void {
    let guards = outer;
    for (;;) {
      if (!this.tokens[this.i]) throw new Unreadable();
      const word = this.word();
      if (word !== undefined && ENDS_STATEMENTS.has(word)) return;
      if (this.isPunctuation(';')) this.i++;
      else if (word === 'if') {
        const left = this.branches(guards);
        // After IF … THEN RETURN; END IF; the rest runs only where the condition did not hold.
        if (left) guards = [...guards, { ...left, negated: true }];
      } else {
        this.statement(word, guards);
        if (word === 'return') guards = [...guards, { kind: 'never' }];
      }
    }
  }

  private statement(word: string | undefined, guards: readonly Guard[]): void {
    // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- words are not a closed set
    switch (word) {
      case 'declare':
      case 'begin':
        return this.block(guards);
      case 'case':
        return this.cases(guards);
      case 'loop':
      case 'while':
      case 'for':
      case 'foreach':
        return this.loop(guards);
    }
    const token = this.token();
    if (token.kind === 'operator' && this.text.slice(token.start, token.end).startsWith('<<')) return this.label();
    const { start } = token;
    const kind = this.kindOf(word);
    const [end, stop] = this.toSemicolon();
    this.found.push({ kind, start, end, stop, guards });
  }

  private kindOf(word: string | undefined): Embedded['kind'] {
    if (word === 'execute' || word === 'perform') return word;
    return (word !== undefined && OWN.has(word)) || this.isAssignment() ? 'other' : 'sql';
  }

  /** IF … THEN … [ELSIF … THEN …] [ELSE …] END IF; gives the condition where its only branch ends with RETURN. */
  private branches(guards: readonly Guard[]): Extract<Guard, { kind: 'if' }> | undefined {
    const earlier: Guard[] = [];
    let left: Extract<Guard, { kind: 'if' }> | undefined;
    for (let branch = 0; ; branch++) {
      const word = this.word();
      if (word === 'else') {
        this.i++;
        left = undefined;
        this.statements([...guards, ...earlier]);
      } else if (word === 'if' || word === 'elsif' || word === 'elseif') {
        this.i++;
        const condition = this.expressionUntil('then');
        const guard = { kind: 'if', negated: false, ...condition } as const;
        this.statements([...guards, ...earlier, guard]);
        const last = this.found.at(-1);
        left =
          branch === 0 && last?.guards.at(-1) === guard && /^return$/i.test(this.text.slice(last.start, last.end))
            ? guard
            : undefined;
        earlier.push({ kind: 'if', negated: true, ...condition });
      } else break;
    }
    this.expect('end');
    this.expect('if');
    this.toSemicolon();
    return left;
  }

  /** CASE [x] WHEN … THEN … [ELSE …] END CASE; its conditions are kept as text that nothing recognises. */
  private cases(guards: readonly Guard[]): void {
    const start = this.token().start;
    this.i++;
    while (!this.is('when')) this.i++;
    while (this.is('when') || this.is('else')) {
      if (this.is('when')) {
        this.i++;
        this.expressionUntil('then');
      } else this.i++;
      this.statements([
        ...guards,
        { kind: 'if', text: this.text.slice(start, start + 4), start, end: start + 4, negated: false },
      ]);
    }
    this.expect('end');
    this.expect('case');
    this.toSemicolon();
  }

  private loop(guards: readonly Guard[]): void {
    const header = this.is('loop') ? '' : (this.i++, this.expressionUntil('loop').text);
    if (!header) this.i++;
    this.statements([...guards, { kind: 'loop', text: header }]);
    this.expect('end');
    this.expect('loop');
    this.toSemicolon();
  }

  /** Reads up to and over the word, past parentheses and CASE … END. */
  private expressionUntil(word: string): { text: string; start: number; end: number } {
    const start = this.token().start;
    let end = start;
    let depth = 0;
    let cases = 0;
    for (; this.i < this.tokens.length; this.i++) {
      const token = this.token();
      const here = this.word();
      if (depth === 0 && cases === 0 && here === word) {
        this.i++;
        return { text: this.text.slice(start, end), start, end };
      }
      if (this.isPunctuation('(')) depth++;
      else if (this.isPunctuation(')')) depth--;
      else if (this.isPunctuation(';') && depth === 0) break;
      else if (here === 'case') cases++;
      else if (here === 'end' && cases > 0) cases--;
      end = token.end;
    }
    throw new Unreadable();
  }

  private conditionNames(): string[] {
    const { text } = this.expressionUntil('then');
    return text.split(/\s+or\s+/i).map((c) => {
      const state = /^sqlstate\s+'(\w{5})'$/i.exec(c.trim());
      return state ? `sqlstate:${state[1]!.toUpperCase()}` : c.trim().toLowerCase();
    });
  }

  /** Whether the handler that begins at the token has a RAISE that is not a mere message. */
  private raisesAgain(from: number): boolean {
    for (let k = from; k < this.i; k++) {
      if (this.wordAt(this.tokens[k]!) !== 'raise') continue;
      const level = this.tokens[k + 1] && this.wordAt(this.tokens[k + 1]!);
      if (!level || !['notice', 'warning', 'info', 'log', 'debug'].includes(level)) return true;
    }
    return false;
  }

  private isAssignment(): boolean {
    for (let k = this.i; k < this.tokens.length; k++) {
      const { kind, start, end } = this.tokens[k]!;
      const raw = this.text.slice(start, end);
      if (kind === 'operator') return raw === ':=' || raw === '=';
      if (kind === 'punctuation' && raw === '[') {
        while (k < this.tokens.length && this.text[this.tokens[k]!.start] !== ']') k++;
      } else if (kind === 'punctuation' ? raw !== '.' : k > this.i && this.text[this.tokens[k - 1]!.start] !== '.')
        return false;
    }
    return false;
  }

  private label(): void {
    const token = this.tokens[this.i];
    if (token?.kind === 'operator' && this.text.startsWith('<<', token.start)) this.i += 3; // << name >>
  }

  /**
   * Moves behind the next semicolon outside parentheses and of BEGIN ATOMIC … END; gives the end of the last token and
   * of the semicolon.
   */
  private toSemicolon(): [number, number] {
    let depth = 0;
    let open = 0;
    let end = this.token().start;
    for (; this.i < this.tokens.length; this.i++) {
      const word = this.word();
      const isAtomic = word === 'atomic' && this.wordAt(this.tokens[this.i - 1]!) === 'begin';
      if (isAtomic || (open > 0 && word === 'case')) open++;
      else if (open > 0 && word === 'end') open--;
      if (this.isPunctuation('(')) depth++;
      else if (this.isPunctuation(')')) depth--;
      else if (this.isPunctuation(';') && depth <= 0 && open === 0) return [end, this.tokens[this.i++]!.end];
      end = this.token().end;
    }
    throw new Unreadable();
  }

  private token(): Token {
    const token = this.tokens[this.i];
    if (!token) throw new Unreadable();
    return token;
  }

  private wordAt(token: Token): string | undefined {
    return token.kind === 'word' ? this.text.slice(token.start, token.end).toLowerCase() : undefined;
  }

  private word(): string | undefined {
    const token = this.tokens[this.i];
    return token && this.wordAt(token);
  }

  private is(word: string): boolean {
    return this.word() === word;
  }

  private isPunctuation(sign: string): boolean {
    const token = this.tokens[this.i];
    return token?.kind === 'punctuation' && this.text[token.start] === sign;
  }

  private expect(word: string): void {
    if (!this.is(word)) throw new Unreadable();
    this.i++;
  }
}

/**
 * The SQL of an embedded statement as the SQL parser takes it, of the same length: PERFORM becomes SELECT, and the
 * INTO clause that names variables is blanked.
 */
export function embeddedSql(text: string, statement: Embedded): string {
  const raw = text.slice(statement.start, statement.end);
  if (statement.kind === 'perform') return `SELECT ${raw.slice(7)}`;
  const tokens = tokenize(raw);
  const wordAt = (k: number) =>
    tokens[k]?.kind === 'word' ? raw.slice(tokens[k].start, tokens[k].end).toLowerCase() : '';
  if (!['select', 'insert', 'update', 'delete', 'with', 'merge'].includes(wordAt(0))) return raw;
  const depths = depthsOf(raw, tokens);
  for (let k = 1; k < tokens.length; k++) {
    if (depths[k]! > 0 || wordAt(k) !== 'into' || wordAt(k - 1) === 'insert' || wordAt(k - 1) === 'merge') continue;
    let last = wordAt(k + 1) === 'strict' ? k + 2 : k + 1;
    while (tokens[last + 1] && (raw[tokens[last + 1]!.start] === '.' || raw[tokens[last + 1]!.start] === ','))
      last += 2;
    const [start, end] = [tokens[k]!.start, tokens[last]?.end ?? raw.length];
    return raw.slice(0, start) + raw.slice(start, end).replace(/[^\r\n]/g, ' ') + raw.slice(end);
  }
  return raw;
}

/**
 * The SQL that EXECUTE runs, where it stands in a literal: EXECUTE 'sql' and EXECUTE format('sql', …), whose %I, %L and
 * %s become text of the same length that parses in their place. What is put together otherwise becomes the statement
 * EXECUTE itself, which says nothing of what it does.
 */
export function dynamicSql(text: string, statement: Embedded): Slice {
  const tokens = tokenize(text, statement.start, statement.end);
  const isWord = (k: number, word: string) =>
    tokens[k]?.kind === 'word' && text.slice(tokens[k].start, tokens[k].end).toLowerCase() === word;
  const sign = (k: number) => text[tokens[k]?.start ?? -1];
  const unreadable: Slice = {
    start: statement.start,
    end: statement.end,
    stop: statement.stop,
    text: 'EXECUTE unreadable',
    placeholders: true,
    closed: true,
    escapes: false,
  };
  const formatted = isWord(1, 'format') && sign(2) === '(';
  const literal = tokens[formatted ? 3 : 1];
  const behind = formatted ? 4 : 2;
  if (
    !literal ||
    !(formatted
      ? sign(behind) === ',' || sign(behind) === ')'
      : behind >= tokens.length || isWord(behind, 'using') || isWord(behind, 'into'))
  )
    return unreadable;
  const raw = text.slice(literal.start, literal.end);
  const tag = literal.kind === 'dollar' ? /^\$[^$]*\$/.exec(raw)![0].length : 1;
  if (literal.kind !== 'dollar' && (literal.kind !== 'string' || !raw.startsWith("'"))) return unreadable;
  const inside = raw.slice(tag, -tag);
  // A doubled quote inside the literal is one quote of the SQL; the parser gets a string of the same length.
  let quotes = 0;
  let sql = literal.kind === 'string' ? inside.replaceAll("''", () => (quotes++ % 2 === 0 ? " '" : "' ")) : inside;
  const placeholders = formatted && /%(\d+\$)?[ILs]/.test(sql);
  if (formatted)
    sql = sql
      .replace(/%(?:\d+\$)?([ILs])/g, (all, type: string) =>
        type === 'L' ? `'${'_'.repeat(all.length - 2)}'` : '_'.repeat(all.length),
      )
      .replaceAll('%%', '% ');
  const leading = /^\s*/.exec(sql)![0].length;
  const trailing = /[\s;]*$/.exec(sql)![0].length;
  if (leading + trailing >= sql.length) return unreadable;
  const start = literal.start + tag + leading;
  const end = literal.start + tag + sql.length - trailing;
  return {
    start,
    end,
    stop: end,
    text: sql.slice(leading, sql.length - trailing),
    placeholders,
    closed: true,
    escapes: false,
  };
}
