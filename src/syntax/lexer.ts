/**
 * A lexer for PostgreSQL's SQL as psql reads it: it knows every form of quoting, nested comments, psql meta-commands
 * and the placeholders of template languages. Offsets are UTF-16 code units, as everywhere above this folder.
 *
 * Source for the rules: PostgreSQL's `scan.l` and `psqlscan.l`.
 */
export type TokenKind =
  | 'word' // an unquoted identifier or a keyword
  | 'quoted' // "x" or U&"x"
  | 'string' // 'x', E'x', B'x', X'x', N'x', U&'x'
  | 'dollar' // $tag$ x $tag$
  | 'number'
  | 'param' // $1
  | 'operator'
  | 'punctuation' // ( ) [ ] , ; . :
  | 'comment'
  | 'meta' // a psql meta-command, up to the end of its line
  | 'placeholder'; // {{ x }}, ${x}, :name, :'name', :"name"

export interface Token {
  kind: TokenKind;
  start: number;
  end: number;
}

const WORD = 1;
const DIGIT = 2;
const SPACE = 4;
const OPERATOR = 8;
const classes = new Uint8Array(128);
for (let c = 0; c < 128; c++) {
  const s = String.fromCharCode(c);
  if (/[A-Za-z_]/.test(s)) classes[c] = WORD;
  else if (/[0-9]/.test(s)) classes[c] = DIGIT;
  else if (/[ \t\n\r\f\v]/.test(s)) classes[c] = SPACE;
  else if (/[+\-*/<>=~!@#%^&|`?]/.test(s)) classes[c] = OPERATOR;
}
const classOf = (code: number) => (code < 128 ? classes[code]! : WORD);
const isWordPart = (code: number) => code >= 128 || (classes[code]! & (WORD | DIGIT)) !== 0 || code === 36; /* $ */

/** Finds the end of a line faster than a look at each of its characters. */
const REST_OF_LINE = /[^\n\r]*/y;

/** Tokens that open, close and end nothing. */
const PLAIN = /[^;'"$\\/\-:(){[\]]*/y;

/** Reads one token after the other without allocating; `tokenize` is the comfortable form. */
export class Lexer {
  kind: TokenKind = 'word';
  start = 0;
  end: number;
  /** False where a quote, a comment or a dollar quote was still open at the end of the text. */
  closed = true;
  private readonly text: string;
  private readonly limit: number;
  private brackets = 0;
  /** Closing signs that do not occur any more. */
  private readonly missing: string[] = [];
  private readonly backslashes: boolean;

  constructor(text: string, from = 0, to = text.length, options: { backslashEscapes?: boolean } = {}) {
    this.text = text;
    this.end = from;
    this.limit = to;
    this.backslashes = options.backslashEscapes ?? false;
  }

  /** Moves to the next token; false at the end of the text. */
  next(): boolean {
    const { text, limit } = this;
    let i = this.end;
    while (i < limit && classOf(text.charCodeAt(i)) === SPACE) i++;
    this.start = i;
    if (i >= limit) {
      this.end = limit;
      return false;
    }
    const c = text.charCodeAt(i);
    const next = i + 1 < limit ? text.charCodeAt(i + 1) : 0;
    switch (classOf(c)) {
      case WORD:
        return this.word(i, c, next);
      case DIGIT:
        return this.number(i);
      case OPERATOR:
        if (c === 45 && next === 45) return this.take('comment', this.lineEnd(i)); // --
        if (c === 47 && next === 42) return this.take('comment', this.blockCommentEnd(i)); // /*
        return this.operator(i);
      default:
        return this.sign(i, c, next);
    }
  }

  private word(i: number, c: number, next: number): true {
    const { text, limit } = this;
    if (next === 39) {
      if (c === 101 || c === 69) return this.take('string', this.quoteEnd(i + 1, 39, true)); // E'
      if ('bBxXnN'.includes(text[i]!)) return this.take('string', this.quoteEnd(i + 1, 39, false));
    }
    if ((c === 117 || c === 85) && next === 38) {
      const quote = text.charCodeAt(i + 2);
      if (quote === 39) return this.take('string', this.quoteEnd(i + 2, 39, false)); // U&'
      if (quote === 34) return this.take('quoted', this.quoteEnd(i + 2, 34, false)); // U&"
    }
    let j = i + 1;
    // $ is a part of a word, and ${ begins a placeholder.
    while (
      j < limit &&
      isWordPart(text.charCodeAt(j)) &&
      !(text.charCodeAt(j) === 36 && text.charCodeAt(j + 1) === 123)
    )
      j++;
    return this.take('word', j);
  }

  private number(i: number): true {
    const { text, limit } = this;
    let j = i + 1;
    while (j < limit && (isWordPart(text.charCodeAt(j)) || this.isNumberPart(j))) j++;
    return this.take('number', j);
  }

  private operator(i: number): true {
    const { text, limit } = this;
    let j = i + 1;
    while (j < limit && classOf(text.charCodeAt(j)) === OPERATOR && !this.startsComment(j)) j++;
    return this.take('operator', j);
  }

  /** A quote, a bracket, a separator, or what no other token begins with. */
  private sign(i: number, c: number, next: number): true {
    switch (c) {
      case 39: // '
        return this.take('string', this.quoteEnd(i, 39, this.backslashes));
      case 34: // "
        return this.take('quoted', this.quoteEnd(i, 34, false));
      case 36: // $
        return this.dollar(i);
      case 92: // \
        return this.take('meta', next === 59 ? i + 2 : this.lineEnd(i));
      case 123: // {
        return this.brace(i, next);
      case 58: // :
        return this.colon(i, next);
      case 91: // [
        this.brackets++;
        return this.take('punctuation', i + 1);
      case 93: // ]
        this.brackets = Math.max(0, this.brackets - 1);
        return this.take('punctuation', i + 1);
      case 59: // ;
        this.brackets = 0;
        return this.take('punctuation', i + 1);
      case 40: // (
      case 41: // )
      case 44: // ,
        return this.take('punctuation', i + 1);
      case 46: // .
        if (classOf(next) === DIGIT && i > 0 && this.text.charCodeAt(i - 1) !== 46) return this.number(i);
        return this.take('punctuation', i + 1);
      default:
        return this.take('operator', i + 1);
    }
  }

  /** {{ x }}, or a brace. */
  private brace(i: number, next: number): true {
    const close = next === 123 ? this.find('}}', i + 2) : -1;
    return close >= 0 ? this.take('placeholder', close + 2) : this.take('operator', i + 1);
  }

  /**
   * Moves over words, numbers, operators and commas up to what can change where a statement ends, for those who need
   * none of them. False where there are none; otherwise the token is all of them.
   */
  skipPlain(): boolean {
    const { text, limit, end: from } = this;
    PLAIN.lastIndex = from;
    PLAIN.test(text);
    let to = Math.min(PLAIN.lastIndex, limit);
    // A word takes part in what comes behind it without a space: E'x', U&'x', a$b.
    if (to > from && to < limit) {
      if (text.charCodeAt(to - 1) === 38) to--; // &
      while (to > from && isWordPart(text.charCodeAt(to - 1))) to--;
    }
    while (to > from && this.isSpace(to - 1)) to--;
    this.start = from;
    this.end = to;
    return to > from;
  }

  private isSpace(i: number): boolean {
    return classOf(this.text.charCodeAt(i)) === SPACE;
  }

  private take(kind: TokenKind, end: number): true {
    this.kind = kind;
    this.end = Math.min(end, this.limit);
    return true;
  }

  /** Where a closing sign stands, or -1. That there is none is looked up once only. */
  private find(sign: string, from: number): number {
    if (this.missing.includes(sign)) return -1;
    const at = this.text.indexOf(sign, from);
    if (at >= 0 && at < this.limit) return at;
    this.missing.push(sign);
    return -1;
  }

  private startsComment(i: number): boolean {
    const c = this.text.charCodeAt(i);
    const d = this.text.charCodeAt(i + 1);
    return (c === 45 && d === 45) || (c === 47 && d === 42);
  }

  /** Whether a dot or the sign of an exponent continues a number. */
  private isNumberPart(i: number): boolean {
    const { text } = this;
    const c = text.charCodeAt(i);
    if (c === 46) return text.charCodeAt(i + 1) !== 46; // 1..10 is a range in PL/pgSQL
    return (
      (c === 43 || c === 45) &&
      /[eE]/.test(text[i - 1]!) &&
      !/^0[xX]/.test(text.slice(this.start, this.start + 2)) &&
      classOf(text.charCodeAt(i + 1)) === DIGIT
    );
  }

  private lineEnd(i: number): number {
    REST_OF_LINE.lastIndex = i;
    REST_OF_LINE.test(this.text);
    return Math.min(REST_OF_LINE.lastIndex, this.limit);
  }

  private blockCommentEnd(i: number): number {
    const { text, limit } = this;
    let depth = 1;
    i += 2;
    while (i < limit) {
      const c = text.charCodeAt(i);
      if (c === 42 && text.charCodeAt(i + 1) === 47) {
        i += 2;
        if (--depth === 0) return i;
      } else if (c === 47 && text.charCodeAt(i + 1) === 42) {
        i += 2;
        depth++;
      } else i++;
    }
    this.closed = false;
    return limit;
  }

  /** `i` stands on the opening quote. */
  private quoteEnd(i: number, quote: number, backslash: boolean): number {
    const { text, limit } = this;
    for (i++; i < limit; i++) {
      const c = text.charCodeAt(i);
      if (c === quote) {
        if (text.charCodeAt(i + 1) !== quote || i + 1 >= limit) return i + 1;
        i++;
      } else if (c === 92 && backslash) i++;
      else if (c === 123 && quote === 34 && text.charCodeAt(i + 1) === 123) i = this.templateEnd(i);
    }
    this.closed = false;
    return limit;
  }

  /**
   * The last sign of a placeholder in a quoted name, which may have quotes of its own: "{{ index .Options "Schema" }}".
   */
  private templateEnd(i: number): number {
    const close = this.find('}}', i + 2);
    return close < 0 || this.lineEnd(i) < close ? i : close + 1;
  }

  private dollar(i: number): true {
    const { text, limit } = this;
    const d = text.charCodeAt(i + 1);
    if (classOf(d) === DIGIT) {
      let j = i + 2;
      while (j < limit && classOf(text.charCodeAt(j)) === DIGIT) j++;
      return this.take('param', j);
    }
    if (d === 123) {
      const close = this.find('}', i + 2);
      if (close >= 0) return this.take('placeholder', close + 1);
    }
    let j = i + 1;
    if (classOf(d) === WORD) while (j < limit && isWordPart(text.charCodeAt(j)) && text.charCodeAt(j) !== 36) j++;
    if (text.charCodeAt(j) !== 36 || j >= limit) return this.take('operator', i + 1);
    const tag = text.slice(i, j + 1);
    const close = text.indexOf(tag, j + 1);
    if (close < 0 || close + tag.length > limit) {
      this.closed = false;
      return this.take('dollar', limit);
    }
    return this.take('dollar', close + tag.length);
  }

  private colon(i: number, d: number): true {
    const { text, limit } = this;
    if (d === 58) return this.take('operator', i + 2); // ::
    if (d === 61) return this.take('operator', i + 2); // :=
    if (this.brackets === 0) {
      if (classOf(d) === WORD && d < 128) {
        let j = i + 1;
        while (j < limit && isWordPart(text.charCodeAt(j))) j++;
        return this.take('placeholder', j);
      }
      if (d === 39 || d === 34) return this.take('placeholder', this.quoteEnd(i + 1, d, false));
      if (d === 123 && text.charCodeAt(i + 2) === 63) {
        // :{?name}
        let j = i + 3;
        while (j < limit && isWordPart(text.charCodeAt(j))) j++;
        if (text.charCodeAt(j) === 125 && j < limit) return this.take('placeholder', j + 1);
      }
    }
    return this.take('punctuation', i + 1);
  }
}

/** The tokens of a range of the text, comments left out unless asked for. `most` limits their number. */
export function tokenize(
  text: string,
  from = 0,
  to = text.length,
  options: { comments?: boolean; backslashEscapes?: boolean; most?: number } = {},
): Token[] {
  const lexer = new Lexer(text, from, to, options);
  const tokens: Token[] = [];
  while (tokens.length !== options.most && lexer.next()) {
    if (lexer.kind === 'comment' && !options.comments) continue;
    tokens.push({ kind: lexer.kind, start: lexer.start, end: lexer.end });
  }
  return tokens;
}
