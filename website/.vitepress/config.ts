import { dirname, join } from 'node:path';
import { defineConfig, type DefaultTheme } from 'vitepress';
import { anchorOf } from '../anchors.ts';
import { finish } from '../finish.ts';
import { highlight } from '../highlight.ts';
import { bundling } from '../playground/bundle.ts';
import { readSite, type Group, type Page } from '../pages.ts';
import { REPOSITORY } from '../source.ts';
import { writePages } from '../write.ts';

const TITLE = 'sql-lint';
const DESCRIPTION =
  'Finds the statements of a PostgreSQL migration that cannot run twice, rewrites them so that they can, and proves it ' +
  'by running the migration twice.';

const site = await readSite();
writePages(site, join('website', 'build', 'pages'));

/** Where on its host the site is. VitePress itself reads `--base` only after this file. */
function baseOf(argv: readonly string[]): string {
  const at = argv.indexOf('--base');
  return at < 0 ? '/' : argv[at + 1]!;
}

const linkOf = (page: Page): DefaultTheme.SidebarItem => ({
  text: page.title,
  link: `/${page.path.replace(/(^|\/)index$/, '$1')}`,
});

/**
 * The menu beside the pages of a group, which lists all of them. Other groups have their own pages where there are few;
 * nothing can be folded, since VitePress puts a button into a button for that.
 */
const menuOf = (open?: Group): DefaultTheme.SidebarItem[] =>
  site.menu.map((group) => {
    const { title, pages, groups = [] } = group;
    if (group === open)
      return {
        text: title,
        items: [...pages.map(linkOf), ...groups.map((one) => ({ text: one.title, items: one.pages.map(linkOf) }))],
      };
    const isShort = open === undefined && groups.length === 0 && pages.length > 1;
    return isShort ? { text: title, items: pages.map(linkOf) } : { ...linkOf(pages[0]!), text: title };
  });

/** Groups with many pages have a folder, whose pages alone list them all. */
const sidebar: DefaultTheme.SidebarMulti = Object.fromEntries([
  ['/', menuOf()],
  ...site.menu
    .filter(({ groups }) => groups !== undefined)
    .map((group) => [`/${dirname(group.pages[0]!.path)}/`, menuOf(group)] as const),
]);

const base = baseOf(process.argv);

export default defineConfig({
  title: TITLE,
  description: DESCRIPTION,
  lang: 'en',
  srcDir: 'build/pages',
  outDir: 'build/site',
  cacheDir: 'build/cache',
  metaChunk: true,
  head: [['link', { rel: 'icon', href: `${base}icon.png` }]],
  // Without it, a script adds a style to the page, which its policy forbids.
  appearance: { disableTransition: false },
  markdown: {
    highlight,
    anchor: { slugify: anchorOf },
    config: (md) => {
      const { rules } = md.renderer;
      const codeOf = rules.code_inline!;
      rules.code_inline = (tokens, at, ...rest) => {
        // `{{ name }}` is no expression of Vue's.
        tokens[at]!.attrSet('v-pre', '');
        return codeOf(tokens, at, ...rest);
      };
      // Where a table is wider than the page, the keyboard must reach it to move it.
      rules.table_open = () => '<div class="table" tabindex="0"><table>';
      rules.table_close = () => '</table></div>';
    },
  },
  themeConfig: {
    siteTitle: TITLE,
    nav: [
      { text: 'Guide', link: '/guide' },
      { text: 'Rules', link: '/rules/' },
      { text: 'Statements', link: '/statements/' },
      { text: 'Playground', link: '/playground.html', target: '_self' },
    ],
    sidebar,
    outline: { level: [2, 3] },
    search: { provider: 'local' },
    socialLinks: [{ icon: 'github', link: REPOSITORY, ariaLabel: 'The repository' }],
    notFound: { linkLabel: 'Take me home', quote: 'There is no such page. The search finds all that there are.' },
    docFooter: { prev: 'Before', next: 'Next' },
  },
  vite: {
    ...bundling,
    logLevel: 'warn',
    build: {
      target: 'es2023',
      chunkSizeWarningLimit: 4000,
      rollupOptions: {
        // PGlite has parts for Node.js, which the playground does not reach, and which are no news.
        onwarn: (warning, warn) => {
          if (!/@electric-sql\/pglite/.test(`${warning.id ?? ''} ${warning.message}`)) warn(warning);
        },
      },
    },
  },
  buildEnd: ({ outDir }) => finish(outDir, site, base, TITLE, DESCRIPTION),
});
