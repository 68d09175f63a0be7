import { dirname, join } from 'node:path';
import { defineConfig, type DefaultTheme } from 'vitepress';
import { anchorOf } from '../anchors.ts';
import { finish } from '../finish.ts';
import { highlight } from '../highlight.ts';
import { readSite, type Group, type Page } from '../pages.ts';
import { REPOSITORY } from '../source.ts';
import { writePages } from '../write.ts';

const TITLE = 'sql-lint';
const DESCRIPTION =
  'Finds the statements of a PostgreSQL migration that cannot run twice, rewrites them so that they can, and proves it ' +
  'by running the migration twice.';

const site = readSite();
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

/** The menu of the pages of one group: of the others it has what is not long. */
const menuOf = (open: Group | undefined): DefaultTheme.SidebarItem[] =>
  site.menu.map((group) => {
    const { title, pages, groups = [] } = group;
    if (pages.length === 1 && group !== open) return { ...linkOf(pages[0]!), text: title };
    const below = group === open ? groups : [];
    return {
      text: title,
      collapsed: group !== open,
      items: [
        ...pages.map(linkOf),
        ...below.map((one) => ({ text: one.title, collapsed: false, items: one.pages.map(linkOf) })),
      ],
    };
  });

/** Groups with many pages have a folder, whose pages alone list them all. */
const sidebar: DefaultTheme.SidebarMulti = Object.fromEntries([
  ['/', menuOf(site.menu[0])],
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
    docFooter: { prev: 'Before', next: 'Next' },
  },
  vite: { logLevel: 'warn', build: { chunkSizeWarningLimit: 4000 } },
  buildEnd: ({ outDir }) => finish(outDir, site, base, TITLE, DESCRIPTION),
});
