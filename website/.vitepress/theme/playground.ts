/** The place of the playground on its page. It is loaded when the page is there. */
import { defineComponent, h, onBeforeUnmount, onMounted, ref } from 'vue';

export const Playground = defineComponent(() => {
  const element = ref<HTMLElement>();
  let unmount: (() => void) | undefined;
  onMounted(async () => {
    const { mount } = await import('../../playground/index.ts');
    if (element.value) unmount = mount(element.value);
  });
  onBeforeUnmount(() => unmount?.());
  return () => h('div', { ref: element, class: 'playground' });
});
