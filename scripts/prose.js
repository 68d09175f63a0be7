// Reads README and the guides as somebody does whose second language is English: short sentences, no riddles, and
// nothing that most formulas of readability call hard.
import { readFileSync } from 'node:fs';
import glob from 'fast-glob';
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import remarkRetext from 'remark-retext';
import retextEnglish from 'retext-english';
import retextReadability from 'retext-readability';
import { unified } from 'unified';

const PAGES = ['*.md', 'docs/*.md', 'docs/tools/*.md', 'examples/*/README.md', 'editors/*/README.md'];
/** Written from other sources, or one line a change. */
const OTHERS = ['CHANGELOG.md', 'docs/gallery.md', 'docs/inventions.md', 'docs/statements.md'];
/** Words between two marks that end a clause, and between two that end a sentence. */
const [MOST_IN_CLAUSE, MOST_IN_SENTENCE] = [25, 40];
/** The age of readers, and how many of seven formulas must find a sentence too hard for them. */
const READERS = { age: 18, threshold: 5 / 7, minWords: 12 };

const RIDDLES = new RegExp(JSON.parse(readFileSync('scripts/riddles.json', 'utf8')).join('|'), 'i');

function* sentencesIn(node) {
  if (node.type === 'SentenceNode') yield node;
  else for (const child of node.children ?? []) yield* sentencesIn(child);
}

/** The most words between two of some marks. Where code begins the next sentence, the full stop is in the last word. */
function longest(sentence, ends) {
  let [most, count] = [0, 0];
  for (const { type, value, children } of sentence.children) {
    const last = type === 'PunctuationNode' ? value : children?.at(-1)?.value;
    if (type === 'WordNode') most = Math.max(most, ++count);
    if (ends.includes(last ?? ' ')) count = 0;
  }
  return most;
}

/** Complains of long sentences and of riddles. */
const plainEnglish = () => (tree, file) => {
  for (const sentence of sentencesIn(tree)) {
    const { start, end } = sentence.position;
    const text = String(file.value).slice(start.offset, end.offset);
    const say = (reason) => file.message(`${reason}: ${text.replace(/\s+/g, ' ')}`, { place: sentence.position });
    const riddle = RIDDLES.exec(text)?.[0];
    if (riddle !== undefined) say(`"${riddle}" says less than it seems to`);
    if (longest(sentence, '.!?:;') > MOST_IN_CLAUSE) say(`more than ${MOST_IN_CLAUSE} words without a pause`);
    else if (longest(sentence, '.!?') > MOST_IN_SENTENCE) say(`more than ${MOST_IN_SENTENCE} words`);
  }
};

/** What is to be said of a page. */
async function complaintsOf(path) {
  let found = [];
  const english = unified()
    .use(retextEnglish)
    .use(plainEnglish)
    .use(retextReadability, READERS)
    .use(() => (_, file) => void (found = file.messages));
  const page = unified()
    .use(remarkParse)
    .use(remarkGfm)
    .use(remarkRetext, /** @type {any} */ (english));
  const value = readFileSync(path, 'utf8');
  await page.run(page.parse(value), { path, value });
  return found.map(({ line, reason, actual }) => `${path}:${line}: ${reason}${actual ? `: ${actual}` : ''}`);
}

const paths = glob.sync(PAGES, { ignore: OTHERS }).sort();
const complaints = (await Promise.all(paths.map(complaintsOf))).flat();
if (complaints.length > 0) {
  console.error(complaints.join('\n'));
  process.exit(1);
}
console.log(`${paths.length} pages, ${READERS.age} years of age are enough to read them.`);
