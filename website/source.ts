/** The Markdown of the repository: reading it, and moving it to the site. */
import { existsSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import type { Heading, Nodes, RootContent } from 'mdast';
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import { unified } from 'unified';

const { repository } = JSON.parse(readFileSync('package.json', 'utf8')) as { repository: { url: string } };
/** Where the sources are read. */
export const REPOSITORY = repository.url.replace(/^git\+|\.git$/g, '');

const markdown = unified().use(remarkParse).use(remarkGfm);

/** A Markdown file of the repository. */
export class Source {
  private static readonly read = new Map<string, Source>();

  readonly path: string;
  readonly text: string;
  readonly nodes: readonly RootContent[];

  private constructor(path: string) {
    this.path = path;
    this.text = readFileSync(path, 'utf8');
    this.nodes = markdown.parse(this.text).children;
  }

  /** Reads a file once. @param path from the root of the repository */
  static of(path: string): Source {
    let source = this.read.get(path);
    if (!source) this.read.set(path, (source = new Source(path)));
    return source;
  }

  /**
   * What stands below a heading, up to the next one of its level.
   * @throws Error where the file has no such heading
   */
  section(title: string): RootContent[] {
    const from = this.nodes.findIndex((node) => node.type === 'heading' && wordsOf(node) === title);
    if (from < 0) throw new Error(`${this.path} has no heading "${title}"`);
    const { depth } = this.nodes[from] as Heading;
    const to = this.nodes.findIndex((node, k) => k > from && node.type === 'heading' && node.depth <= depth);
    return this.nodes.slice(from + 1, to < 0 ? undefined : to);
  }

  /** The text of nodes that follow one another. */
  slice(nodes: readonly Nodes[]): string {
    if (nodes.length === 0) return '';
    return this.text.slice(nodes[0]!.position!.start.offset, nodes.at(-1)!.position!.end.offset);
  }
}

/** The words of a node, without marks. */
export function wordsOf(node: Nodes): string {
  if ('value' in node) return node.type === 'html' ? '' : node.value;
  return 'children' in node ? node.children.map(wordsOf).join('') : '';
}

/** The first sentence of a text. */
export const sentenceOf = (text: string): string =>
  (/^[^]*?[.:](?=\s|$)/.exec(text)?.[0] ?? text).replace(/:$/, '.').replace(/\s+/g, ' ');

/** Where a file of the repository is on the site; of one that is cut into pages, where an anchor of it is. */
export type Place = string | ((anchor: string) => string);

/** A link from one page to another, in the form that VitePress checks. */
export const linkTo = (from: string, to: string): string =>
  `${posix.relative(posix.dirname(from), to).replace(/^(?!\.)/, './')}.md`;

/** Makes Markdown of the repository Markdown of a page: its links lead to where their targets are on the site. */
export class Mover {
  private readonly places: ReadonlyMap<string, Place>;
  /** The pictures that the pages show: where they are on the site, and in the repository. */
  readonly pictures = new Map<string, string>();

  /** @param places of each file that is on the site */
  constructor(places: ReadonlyMap<string, Place>) {
    this.places = places;
  }

  /**
   * The text of some nodes of a file, for a page.
   * @param between what stands between two of them
   * @throws Error where a link leads to nothing
   */
  move(source: Source, nodes: readonly Nodes[], to: string, between = '\n\n'): string {
    return nodes.map((node) => this.moveNode(source, node, to)).join(between);
  }

  private moveNode(source: Source, whole: Nodes, to: string): string {
    const begin = whole.position!.start.offset!;
    const edits: [start: number, end: number, text: string][] = [];
    const visit = (node: Nodes): void => {
      const [start, end] = [node.position!.start.offset!, node.position!.end.offset!];
      const written = source.text.slice(start, end);
      if (node.type === 'html' && isForReaders(node.value)) edits.push([start, end, '']);
      // Vue would put the value of an expression there.
      else if (node.type === 'text' && written.includes('{{'))
        edits.push([start, end, written.replaceAll('{{', '&#123;&#123;')]);
      else if ((node.type === 'link' || node.type === 'image') && written.includes(`](${node.url}`)) {
        const at = start + written.lastIndexOf(`](${node.url}`) + 2;
        edits.push([at, at + node.url.length, this.target(node.url, source.path, to)]);
      }
      if ('children' in node) node.children.forEach(visit);
    };
    visit(whole);
    return edits
      .sort(([a], [b]) => b - a)
      .reduce(
        (text, [start, end, put]) => text.slice(0, start - begin) + put + text.slice(end - begin),
        source.slice([whole]),
      );
  }

  private target(url: string, from: string, to: string): string {
    if (/^[a-z]+:/.test(url)) return url;
    const [path, anchor = ''] = url.split('#', 2) as [string, string?];
    const file = path === '' ? from : posix.normalize(posix.join(posix.dirname(from), path)).replace(/\/$/, '');
    const place = this.places.get(file) ?? this.places.get(`${file}/README.md`);
    if (place === undefined) return this.outside(file, anchor, to, `${from} links to ${url}`);
    const [page, mark = anchor] = (typeof place === 'string' ? place : place(anchor)).split('#', 2) as [
      string,
      string?,
    ];
    const hash = mark === '' ? '' : `#${mark}`;
    return page === to && hash !== '' ? hash : linkTo(to, page) + hash;
  }

  /** A file that is no page: a picture, which the site shows, or a source, which the repository does. */
  private outside(file: string, anchor: string, to: string, said: string): string {
    if (!existsSync(file)) throw new Error(`${said}, and there is no ${file}`);
    if (!/\.(?:png|svg)$/.test(file)) return `${REPOSITORY}/tree/main/${file}${anchor === '' ? '' : `#${anchor}`}`;
    const picture = `pictures/${file.replaceAll('/', '-')}`;
    this.pictures.set(picture, file);
    return posix.relative(posix.dirname(to), picture).replace(/^(?!\.)/, './');
  }
}

/** Comments, and anchors where the site has pages and headings instead. */
const isForReaders = (html: string): boolean => /^(?:<!--[^]*-->|<a id="[^"]*">(?:<\/a>)?|<\/a>)$/.test(html.trim());
