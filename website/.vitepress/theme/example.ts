/** The example of the first page: a migration, what a second run says of each statement, and the same after `--fix`. */
import { useData } from 'vitepress';
import { defineComponent, h } from 'vue';

interface ExampleData {
  before: { html: string; run: string }[];
  after: string;
}

export const Example = defineComponent(() => {
  const { frontmatter } = useData<{ frontmatter: { example: ExampleData } }>();
  return () => {
    const { before, after } = frontmatter.value.example as ExampleData;
    return h('div', { class: 'example' }, [
      h('p', { class: 'said failed' }, 'Run a second time'),
      ...before.map(({ html, run }) => [
        h('pre', { tabindex: 0 }, [h('code', { innerHTML: html })]),
        h('p', { class: 'run' }, `✗ ${run}`),
      ]),
      h('p', { class: 'said fixed' }, 'After --fix, ✓ it runs twice'),
      h('pre', { tabindex: 0, class: 'after' }, [h('code', { innerHTML: after })]),
    ]);
  };
});
