/** Shows the playground in an element. @returns what takes it away again */
export function mount(element: HTMLElement): () => void {
  element.textContent = 'The playground is being built.';
  return () => element.replaceChildren();
}
