/** SQL as HTML, line by line, with its words in colours. */
import { isReserved } from '../../catalog/names.ts';
import { Lines } from '../../lines.ts';
import { tokenize, type Token } from '../../syntax/lexer.ts';
import { escapeHtml, Html } from './markup.ts';

/** Words of statements that are no reserved ones. */
const WORDS: ReadonlySet<string> = new Set(
  `add alter before begin cascade comment commit copy declare delete disable drop each enable enum exclude execute
  exists explain extension force function generated grant if immutable index inherits insert into is key language level
  loop merge no nothing of owner partition policy prepare privileges procedure publication raise refresh rename replace
  restrict returns revoke role rollback row rule schema security sequence set share stable strict temporary transaction
  trigger truncate type update validate values view volatile work`.split(/\s+/),
);

/** A run of text that has a colour. */
interface Colour {
  start: number;
  end: number;
  name: string;
}

/** A text of SQL, whose lines can be had as HTML. */
export class SqlText {
  readonly text: string;
  readonly lines: readonly string[];
  /** Its offsets, as lines and columns. */
  readonly places: Lines;
  private colours: readonly Colour[] | undefined;

  constructor(text: string) {
    this.text = text;
    this.lines = text.split('\n').map((line) => line.replace(/\r$/, ''));
    this.places = new Lines(text);
  }

  /**
   * A line as HTML.
   * @param number counts from 1
   * @param marked the columns that are marked, from and to, counting from 1
   */
  line(number: number, marked?: readonly [from: number, to: number]): Html {
    const start = this.places.offsetOf({ line: number, column: 1 });
    const end = start + this.lines[number - 1]!.length;
    if (!marked) return new Html(this.between(start, end));
    const from = Math.min(end, start + marked[0] - 1);
    const to = Math.min(end, start + marked[1] - 1);
    // A place behind the last character is shown all the same.
    const inside = this.between(from, to) || ' ';
    return new Html(`${this.between(start, from)}<mark>${inside}</mark>${this.between(to, end)}`);
  }

  private between(start: number, end: number): string {
    this.colours ??= coloursOf(this.text);
    let out = '';
    let at = start;
    for (let k = firstBehind(this.colours, start); k < this.colours.length; k++) {
      const colour = this.colours[k]!;
      if (colour.start >= end) break;
      const [from, to] = [Math.max(start, colour.start), Math.min(end, colour.end)];
      out += `${escapeHtml(this.text.slice(at, from))}<span class="tok-${colour.name}">${escapeHtml(this.text.slice(from, to))}</span>`;
      at = to;
    }
    return out + escapeHtml(this.text.slice(at, end));
  }
}

/** The first colour that ends behind a place. */
function firstBehind(colours: readonly Colour[], place: number): number {
  let [low, high] = [0, colours.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (colours[middle]!.end > place) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The colours of a text. What stands between dollars is SQL as well. */
function coloursOf(text: string, from = 0, to = text.length): Colour[] {
  const colours: Colour[] = [];
  for (const { kind, start, end } of tokenize(text, from, to, { comments: true })) {
    const tag = kind === 'dollar' ? /^\$[^$]*\$/.exec(text.slice(start, end))?.[0].length : undefined;
    if (tag !== undefined)
      for (const inner of coloursOf(text, start + tag, Math.max(start + tag, end - tag))) colours.push(inner);
    const name = nameOf(kind, text.slice(start, end));
    if (name !== undefined) colours.push({ start, end, name });
  }
  return colours;
}

/** By which names the colours are known to the style sheet, and to the editor of the playground. */
function nameOf(kind: Token['kind'], text: string): string | undefined {
  if (kind === 'word') {
    const word = text.toLowerCase();
    return isReserved(word) || WORDS.has(word) ? 'keyword' : undefined;
  }
  if (kind === 'quoted') return 'string2';
  return kind === 'string' || kind === 'number' || kind === 'comment' ? kind : undefined;
}
