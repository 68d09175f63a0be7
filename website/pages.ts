/**
 * Makes the pages of the site from the Markdown of the repository, so that nothing is written twice. Long collections
 * become a page for each of their items.
 */
import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import type { Code, ListItem, Paragraph, RootContent, Table } from 'mdast';
import { anchorOf } from './anchors.ts';
import { linkTo, Mover, sentenceOf, Source, wordsOf, type Place } from './source.ts';
import { galleryOf, pictureText, statementsOf, type Picture, type Statement } from './statements.ts';
import { highlightSql } from './highlight.ts';
import { TryLinks, type TrySettings } from './try.ts';

/** A page of the site. */
export interface Page {
  /** Where it is, without an ending: `rules/no-bare-create`. */
  path: string;
  title: string;
  /** One sentence, for search engines and `llms.txt`. */
  description: string;
  /** Markdown. */
  text: string;
  /** What VitePress is told of it besides, as YAML's keys and values. */
  frontmatter?: Readonly<Record<string, unknown>>;
}

/** A heading of the menu, with its pages. */
export interface Group {
  title: string;
  pages: Page[];
  /** Headings below it, which are closed until somebody asks for them. */
  groups?: Group[];
}

/** The pages that show one file each. */
const FILES: Readonly<Record<string, string>> = {
  'README.md': 'guide',
  'docs/first-hour.md': 'first-hour',
  'docs/verify.md': 'verify',
  'docs/live.md': 'live',
  'docs/down.md': 'down',
  'docs/squash.md': 'squash',
  'docs/graph.md': 'graph',
  'docs/configuration.md': 'configuration',
  'docs/editors.md': 'editors',
  'editors/vscode/README.md': 'vscode',
  'docs/assistants.md': 'assistants',
  'docs/hooks.md': 'hooks',
  'docs/safety.md': 'safety',
  'docs/inventions.md': 'gallery/inventions',
  'docs/gallery.md': 'gallery/index',
  'docs/statements.md': 'statements/index',
  'docs/tools/README.md': 'tools/index',
  'docs/architecture.md': 'architecture',
  'CONTRIBUTING.md': 'contributing',
  'SECURITY.md': 'security',
  'CHANGELOG.md': 'changelog',
  'bench/README.md': 'measured/speed',
  'bench/rules.md': 'measured/rules',
  'bench/oracle.md': 'measured/real-server',
  'bench/access.md': 'measured/access',
  'bench/robustness.md': 'measured/robustness',
  'bench/down.md': 'measured/down',
  'bench/squash.md': 'measured/squash',
};

/** What pages are called where it is not their first heading. */
const TITLES: Readonly<Record<string, string>> = {
  'README.md': 'Guide',
  'docs/graph.md': 'Schema and history',
  'bench/README.md': 'Speed',
};

/** The parts of docs/safety.md that are on the page of comparisons. */
const COMPARED = ['Rule by rule', 'From squawk'];

const namesIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.md') && name !== 'README.md')
    .map((name) => basename(name, '.md'))
    .sort();

const rules = namesIn('docs/rules');
const tools = namesIn('docs/tools');

/** All that the site is made of. */
export interface Site {
  menu: Group[];
  pages: Page[];
  /** The pictures that the pages show: where they are on the site, and in the repository. */
  pictures: ReadonlyMap<string, string>;
}

/**
 * Reads the repository, which is the current folder.
 * @throws Error where a link leads to nothing
 */
export async function readSite(): Promise<Site> {
  const gallery = galleryOf(Source.of('docs/gallery.md'));
  const statements = statementsOf(Source.of('docs/statements.md'));
  const writer = new Writer(gallery, statements);
  const menu = writer.menu();
  const home = writer.home();
  const below = (groups: readonly Group[]): Page[] => groups.flatMap((g) => [...g.pages, ...below(g.groups ?? [])]);
  const pages = [home, ...below(menu)];
  const fill = await writer.links.filler();
  for (const page of pages) page.text = fill(page.text);
  return { menu, pages, pictures: writer.mover.pictures };
}

/** Where the files of the repository are on the site. */
function placesOf(gallery: readonly Picture[], statements: readonly Statement[]): Map<string, Place> {
  const places = new Map<string, Place>(Object.entries(FILES));
  for (const name of rules) places.set(`docs/rules/${name}.md`, `rules/${name}`);
  for (const name of tools) places.set(`docs/tools/${name}.md`, `tools/${name}`);
  const compared = COMPARED.map(anchorOf);
  places.set('README.md', (anchor) => (anchor === 'rules' ? 'rules/index#' : 'guide'));
  places.set('docs/safety.md', (anchor) => (compared.includes(anchor) ? 'comparison' : 'safety'));
  const ofStatements = new Set(statements.map(({ id }) => id));
  const pages = new Map(gallery.map(({ id, section }) => [id, `gallery/${anchorOf(section)}#${id}`]));
  places.set('docs/gallery.md', (anchor) =>
    ofStatements.has(anchor) ? `statements/${anchor}#` : (pages.get(anchor) ?? 'gallery/index'),
  );
  return places;
}

/** Writes the pages. */
class Writer {
  readonly mover: Mover;
  readonly links = new TryLinks();
  private readonly gallery: readonly Picture[];
  private readonly statements: readonly Statement[];

  constructor(gallery: readonly Picture[], statements: readonly Statement[]) {
    this.gallery = gallery;
    this.statements = statements;
    this.mover = new Mover(placesOf(gallery, statements));
  }

  menu(): Group[] {
    const page = (from: string): Page => this.page(from);
    return [
      {
        title: 'Guide',
        pages: [
          this.guide(),
          ...['first-hour', 'verify', 'live', 'down', 'squash', 'graph'].map((name) => page(`docs/${name}.md`)),
        ],
      },
      { title: 'Configuration', pages: [page('docs/configuration.md')] },
      { title: 'Editors', pages: ['docs/editors.md', 'editors/vscode/README.md', 'docs/assistants.md'].map(page) },
      { title: 'Hooks and CI', pages: [page('docs/hooks.md')] },
      { title: 'Safety', pages: [this.safety()] },
      { title: 'Rules', ...this.rules() },
      { title: 'Statements', ...this.statementPages() },
      {
        title: 'Tools',
        pages: [page('docs/tools/README.md')],
        groups: [
          { title: 'Each tool', pages: tools.map((name) => this.page(`docs/tools/${name}.md`, `tools/${name}`)) },
        ],
      },
      { title: 'Gallery', pages: [...this.galleryPages(), page('docs/inventions.md')] },
      {
        title: 'Comparison',
        pages: [
          this.comparison(),
          ...Object.keys(FILES)
            .filter((from) => from.startsWith('bench/'))
            .map(page),
        ],
      },
      { title: 'Architecture', pages: ['docs/architecture.md', 'CONTRIBUTING.md', 'SECURITY.md'].map(page) },
      { title: 'Changelog', pages: [page('CHANGELOG.md')] },
    ];
  }

  /** The first page: what it is, one example, two commands, what is promised. All of it is said by the README. */
  home(): Page {
    const path = 'index';
    const source = Source.of('README.md');
    const [tagline] = source.nodes.filter((node) => node.type === 'paragraph');
    const example = Source.of('docs/rules/no-bare-create.md');
    const sqlBelow = (title: string) =>
      example.section(title).find((node): node is Code => node.type === 'code' && node.lang === 'sql')!.value;
    const picture = { given: undefined, before: sqlBelow('The problem'), after: sqlBelow('The fix') };
    const promised = source.section('What is promised').find((node) => node.type === 'list')!;
    const commands = source.section('Two commands').findLast((node) => node.type === 'code')!;
    const why = source.nodes.filter((node) => node.type === 'paragraph')[1]!;
    return {
      path,
      title: 'sql-lint',
      description: wordsOf(tagline!),
      frontmatter: {
        layout: 'home',
        titleTemplate: 'PostgreSQL migrations that run twice',
        hero: {
          name: 'sql-lint',
          text: 'PostgreSQL migrations that run twice',
          tagline: wordsOf(tagline!),
          actions: [
            { theme: 'brand', text: 'Try it here', link: '/playground.html', target: '_self' },
            { theme: 'alt', text: 'Guide', link: '/guide' },
            { theme: 'alt', text: `${rules.length} rules`, link: '/rules/' },
          ],
        },
        features: promised.children.map((item) => featureOf(item)),
        example: {
          before: picture.before
            .split(/(?<=;)\n/)
            .map((sql) => ({ html: highlightSql(sql), run: this.secondRunOf(sql) })),
          after: highlightSql(picture.after),
        },
      },
      text: [
        '## A second run',
        this.mover.move(source, [why], path),
        pictureText(picture, this.tryOut(picture, path)),
        '## In your project',
        this.mover.move(source, [commands], path),
      ].join('\n\n'),
    };
  }

  /** What the table of statements says that a second run of a statement does. */
  private secondRunOf(sql: string): string {
    const words = sql.split(/\s+/);
    const isOf = ({ title }: Statement): boolean => {
      let at = 0;
      return title.split(' ').every((word) => (at = words.indexOf(word, at) + 1) > 0);
    };
    const found = this.statements.filter(isOf).sort((a, b) => b.title.length - a.title.length)[0];
    if (!found) throw new Error(`no statement of the table is like ${sql}`);
    return wordsOf(found.facts[0]![1]);
  }

  /** A file of the repository as a page. @param keep says which of its nodes are on it */
  private page(from: string, path = FILES[from]!, keep: (node: RootContent) => boolean = () => true): Page {
    const source = Source.of(from);
    const title = wordsOf(source.nodes.find((node) => node.type === 'heading')!);
    const first = source.nodes.find((node) => node.type === 'paragraph')!;
    return {
      path,
      title: TITLES[from] ?? title,
      description: sentenceOf(wordsOf(first)),
      text: this.mover.move(source, source.nodes.filter(keep), path),
    };
  }

  /** The README. Its table of rules has a page of its own. */
  private guide(): Page {
    const source = Source.of('README.md');
    const left = new Set<RootContent>(source.section('Rules').filter((node) => node.type === 'table'));
    const page = this.page('README.md', 'guide', (node) => !left.has(node));
    return { ...page, text: page.text.replace(/^## Rules$/m, `$&\n\n[All ${rules.length} rules](./rules/index.md)`) };
  }

  private safety(): Page {
    const source = Source.of('docs/safety.md');
    const left = new Set<RootContent>(COMPARED.flatMap((title) => withHeading(source, title)));
    const page = this.page('docs/safety.md', 'safety', (node) => !left.has(node));
    return { ...page, text: `${page.text}\n\n[How it compares with other linters](./comparison.md), rule by rule.` };
  }

  private comparison(): Page {
    const path = 'comparison';
    const source = Source.of('docs/safety.md');
    const found = Source.of('bench/rules.md');
    const speed = Source.of('bench/README.md');
    const parts = COMPARED.map((title) => this.mover.move(source, withHeading(source, title), path));
    return {
      path,
      title: 'Comparison with other tools',
      description:
        'What sql-lint, squawk, postgres-language-server, pgfence, eugene, strong_migrations and Atlas report.',
      text: [
        '# Comparison with other tools',
        ...parts,
        '## On 1,630 public migrations',
        this.mover.move(found, found.section('The preset safety'), path),
        '## Speed',
        this.mover.move(speed, speed.section('Results'), path),
      ].join('\n\n'),
    };
  }

  private rules(): Omit<Group, 'title'> {
    const source = Source.of('README.md');
    const path = 'rules/index';
    const section = source.section('Rules');
    const index: Page = {
      path,
      title: 'All rules',
      description: `The ${rules.length} rules, and the presets that have them.`,
      text: `# Rules\n\n${this.mover.move(source, section, path)}`,
    };
    const groups = groupsOfRules(section.find((node) => node.type === 'table')!);
    return {
      pages: [index],
      groups: groups.map(({ title, names, settings }) => ({
        title,
        pages: names.map((name) => this.rule(name, settings)),
      })),
    };
  }

  /** The page of a rule. Below the SQL of its problem is a link that opens it in the playground. */
  private rule(name: string, settings: TrySettings): Page {
    const from = `docs/rules/${name}.md`;
    const source = Source.of(from);
    const problem = source
      .section('The problem')
      .find((node): node is Code => node.type === 'code' && node.lang === 'sql');
    const path = `rules/${name}`;
    const page = this.page(from, path);
    if (!problem) return page;
    const block = source.slice([problem]);
    // A rule that no preset has is switched on for its example.
    const own: TrySettings = settings === NONE ? { rules: { [name]: 'error' } } : settings;
    const link = this.links.to(path, filesOf(problem.value), own);
    return { ...page, text: page.text.replace(block, () => `${block}\n\n${link}`) };
  }

  private statementPages(): Omit<Group, 'title'> {
    const sections = [...new Set(this.statements.map(({ section }) => section))];
    return {
      pages: [{ ...this.page('docs/statements.md'), title: 'All statements' }],
      groups: sections.map((title) => ({
        title,
        pages: this.statements.filter(({ section }) => section === title).map((one) => this.statement(one)),
      })),
    };
  }

  private statement({ id, title, facts }: Statement): Page {
    const path = `statements/${id}`;
    const source = Source.of('docs/statements.md');
    const rows = facts.map(([column, said]) => `| ${column} | ${this.mover.move(source, said.children, path, '')} |`);
    const picture = this.gallery.find((one) => one.id === id);
    const [column, said] = facts[0]!;
    return {
      path,
      title,
      description: `${title}: ${column} ${wordsOf(said)}.`,
      text: [
        `# ${title}`,
        `| | |\n|---|---|\n${rows.join('\n')}`,
        picture ? `## Before and after\n\n${pictureText(picture, this.tryOut(picture, path))}` : '',
        `[All statements](${linkTo(path, 'statements/index')})`,
      ].join('\n\n'),
    };
  }

  /** A link to the playground with the SQL before `--fix`, behind what is given. */
  private tryOut({ given, before }: Pick<Picture, 'given' | 'before'>, page: string): string {
    return this.links.to(page, given === undefined ? [before] : [given, before]);
  }

  private galleryPage(section: string, pictures: readonly Picture[]): Page {
    const path = `gallery/${anchorOf(section)}`;
    return {
      path,
      title: section,
      description: `${pictures.length} migrations before and after \`--fix\``,
      text: [
        `# ${section}`,
        ...pictures.map((one) => `## ${one.title} {#${one.id}}\n\n${pictureText(one, this.tryOut(one, path))}`),
      ].join('\n\n'),
    };
  }

  private galleryPages(): Page[] {
    const from = 'docs/gallery.md';
    const source = Source.of(from);
    const path = FILES[from]!;
    const ofStatements = new Set(this.statements.map(({ id }) => id));
    const sections = [...new Set(this.gallery.map(({ section }) => section))];
    const pages = sections.flatMap((section) => {
      const pictures = this.gallery.filter((one) => one.section === section && !ofStatements.has(one.id));
      return pictures.length === 0 ? [] : [this.galleryPage(section, pictures)];
    });
    const intro = source.nodes.find((node) => node.type === 'paragraph')!;
    const list = pages.map((page) => `- [${page.title}](${linkTo(path, page.path)}): ${page.description}`);
    const statements = `- [Statement by statement](${linkTo(path, 'statements/index')}): ${this.statements.length} kinds of statements`;
    const text = [`# Before and after`, this.mover.move(source, [intro], path), [...list, statements].join('\n')].join(
      '\n\n',
    );
    return [{ path, title: 'Before and after', description: sentenceOf(wordsOf(intro)), text }, ...pages];
  }
}

/** The heading of a section, and what stands below it. */
function withHeading(source: Source, title: string): RootContent[] {
  const heading = source.nodes.find((node) => node.type === 'heading' && wordsOf(node) === title)!;
  return [heading, ...source.section(title)];
}

/** An item of a list that begins with a sentence in bold. */
function featureOf({ children: [paragraph] }: ListItem): { title: string; details: string } {
  const [title, ...rest] = (paragraph as Paragraph).children;
  return {
    title: wordsOf(title!),
    details: rest
      .map(wordsOf)
      .join('')
      .replace(/\s*\(docs\/[^)]*\)/, '')
      .trim(),
  };
}

/** The files of an example: one of several has their names in comments. */
const filesOf = (sql: string): string[] => sql.split(/^-- \d+\.sql\n/m).filter((file, k) => k > 0 || file !== '');

/** No preset has them. */
const NONE: TrySettings = {};

interface RuleGroup {
  title: string;
  names: string[];
  /** With which the playground shows what they find. */
  settings: TrySettings;
}

/** The rules by what they are for, which their presets tell. */
function groupsOfRules({ children: [head, ...rows] }: Table): RuleGroup[] {
  const columns = head!.children.map(wordsOf);
  const recommended: RuleGroup = { title: 'Runs twice, and runs at all', names: [], settings: {} };
  const supabase: RuleGroup = {
    title: 'Who may read and write',
    names: [],
    settings: { environment: 'supabase', preset: 'supabase' },
  };
  const safety: RuleGroup = { title: 'Safe on a busy database', names: [], settings: { preset: 'safety' } };
  const others: RuleGroup = { title: 'On request', names: [], settings: NONE };
  for (const { children: cells } of rows) {
    const has = (preset: string) => wordsOf(cells[columns.indexOf(preset)]!) !== '';
    const group = has('recommended') ? recommended : has('safety') ? safety : has('supabase') ? supabase : others;
    group.names.push(wordsOf(cells[0]!));
  }
  return [recommended, supabase, safety, others];
}
