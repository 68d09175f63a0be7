/** The pages of the statements, and the gallery: cut out of docs/statements.md and docs/gallery.md. */
import type { Code, RootContent, TableCell } from 'mdast';
import { anchorOf } from './anchors.ts';
import { wordsOf, type Source } from './source.ts';

/** A migration before and after `--fix`. */
export interface Picture {
  /** By which links to the gallery name it. */
  id: string;
  title: string;
  /** The heading that it stands below. */
  section: string;
  /** What earlier migrations have made. */
  given: string | undefined;
  before: string;
  after: string;
}

/** A row of the table of statements. */
export interface Statement {
  /** As the gallery calls it; made of its words where it has no picture there. */
  id: string;
  title: string;
  /** `CREATE`, `ALTER`, … */
  section: string;
  /** What the table says, by its column. */
  facts: readonly (readonly [column: string, said: TableCell])[];
}

const ANCHOR = /^<a id="([^"]+)">$/;

/** The pictures of the gallery. */
export function galleryOf({ nodes }: Source): Picture[] {
  const pictures: Picture[] = [];
  let section = '';
  let id = '';
  nodes.forEach((node, k) => {
    if (node.type === 'paragraph' && node.children[0]?.type === 'html')
      id = ANCHOR.exec(node.children[0].value)?.[1] ?? id;
    if (node.type !== 'heading') return;
    if (node.depth === 2) section = wordsOf(node);
    if (node.depth === 3) pictures.push({ id, title: wordsOf(node), section, ...sqlBelow(nodes.slice(k + 1)) });
  });
  return pictures;
}

/** The blocks of SQL up to the next heading, by the word above each. */
function sqlBelow(nodes: readonly RootContent[]): Pick<Picture, 'given' | 'before' | 'after'> {
  const end = nodes.findIndex((node) => node.type === 'heading');
  const own = nodes.slice(0, end < 0 ? undefined : end);
  const below = (word: string): string | undefined => {
    const at = own.findIndex((node) => node.type === 'paragraph' && wordsOf(node) === word);
    return at < 0 ? undefined : (own[at + 1] as Code).value;
  };
  return { given: below('Given'), before: below('Before')!, after: below('After')! };
}

/** The statements that are not harmless. */
export function statementsOf(source: Source): Statement[] {
  const statements: Statement[] = [];
  let section = '';
  for (const node of source.nodes) {
    if (node.type === 'heading') section = wordsOf(node);
    if (node.type !== 'table') continue;
    const [head, ...rows] = node.children;
    const columns = head!.children.map(wordsOf);
    for (const row of rows) {
      const [first, ...cells] = row.children;
      const title = wordsOf(first!);
      const id = /\(gallery\.md#([^)]+)\)/.exec(source.slice(first!.children))?.[1] ?? anchorOf(title);
      const facts = cells.map((cell, k) => [columns[k + 1]!, cell] as const);
      statements.push({ id, title, section, facts: facts.filter(([, cell]) => cell.children.length > 0) });
    }
  }
  return statements;
}

const sql = (text: string): string => `\`\`\`\`sql\n${text}\n\`\`\`\``;

/** A migration before and after, beside one another where there is room. @param link that opens it in the playground */
export const pictureText = (
  { given, before, after }: Pick<Picture, 'given' | 'before' | 'after'>,
  link: string,
): string =>
  [
    ...(given === undefined ? [] : ['Given', sql(given)]),
    '<div class="before-after">',
    '<div class="before">',
    'Before',
    sql(before),
    '</div>',
    '<div class="after">',
    'After',
    sql(after),
    '</div>',
    '</div>',
    link,
  ].join('\n\n');
