/** HTML in which text from elsewhere is text: whatever is put into a template is escaped, unless it is HTML already. */
import { printable } from '../../printable.ts';

/** A piece of HTML. */
export class Html {
  readonly text: string;

  /** @param text that is HTML: only `markup` and its like make it of texts from elsewhere */
  constructor(text: string) {
    this.text = text;
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A text as HTML. What nobody sees in it, such as a character that turns the writing around, is written out. */
export const escapeHtml = (text: string): string =>
  printable(text.replace(/\p{Surrogate}/gu, '\ufffd')).replace(/[&<>"']/g, (char) => ESCAPES[char]!);

type Part = string | number | Html | readonly Part[] | undefined | false;

/** A template: texts are escaped, lists are joined, and what is undefined or false is left out. */
export const markup = (texts: TemplateStringsArray, ...parts: readonly Part[]): Html =>
  new Html(texts.reduce((all, text, k) => all + textOf(parts[k - 1]) + text));

function textOf(part: Part): string {
  if (part === undefined || part === false) return '';
  if (part instanceof Html) return part.text;
  return typeof part === 'object' ? part.map(textOf).join('') : escapeHtml(String(part));
}
