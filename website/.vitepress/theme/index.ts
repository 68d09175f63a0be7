/** VitePress's theme, without fonts of its own, in the colours of the project. */
import type { Theme } from 'vitepress';
import DefaultTheme from 'vitepress/theme-without-fonts';
import { h } from 'vue';
import { Example } from './example.ts';
import { Playground } from './playground.ts';
import './site.css';

export default {
  extends: DefaultTheme,
  Layout: () => h(DefaultTheme.Layout, null, { 'home-hero-image': () => h(Example) }),
  enhanceApp({ app }) {
    app.component('Playground', Playground);
  },
} satisfies Theme;
