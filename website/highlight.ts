/** Colours the SQL on the pages as the playground does: by classes, so that no style stands in the page. */
import { classHighlighter, highlightCode } from '@lezer/highlight';
import { dialect } from './dialect.ts';

const { parser } = dialect.language;

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** HTML of a block of code. Only SQL is coloured. @param language as it stands behind the fence */
export function highlight(code: string, language: string): string {
  return `<pre class="code" v-pre tabindex="0"><code>${language === 'sql' ? highlightSql(code) : escaped(code)}</code></pre>`;
}

/** HTML of SQL, without an element around it. */
export function highlightSql(sql: string): string {
  let html = '';
  const put = (text: string, classes: string): void => {
    const isPlain = classes === '' || classes === 'tok-punctuation' || classes === 'tok-operator';
    html += isPlain ? escaped(text) : `<span class="${classes}">${escaped(text)}</span>`;
  };
  highlightCode(sql, parser.parse(sql), classHighlighter, put, () => (html += '\n'));
  return html;
}
