/** Before and after, beside each other where there is room. Loaded when it is first shown. */
import { MergeView, unifiedMergeView } from '@codemirror/merge';
import { EditorState } from '@codemirror/state';
import { EditorView, lineNumbers } from '@codemirror/view';
import { common } from './editor.ts';

/** So wide must the place be for two texts. */
const WIDE = 900;

/** Shows two texts. @returns what takes them away again */
export function showMerge(parent: HTMLElement, before: string, after: string): () => void {
  const extensions = (label: string) => [
    common(),
    lineNumbers(),
    EditorState.readOnly.of(true),
    EditorView.contentAttributes.of({ 'aria-label': label }),
  ];
  if (parent.clientWidth >= WIDE) {
    const view = new MergeView({
      a: { doc: before, extensions: extensions('Before') },
      b: { doc: after, extensions: extensions('After') },
      parent,
      collapseUnchanged: { margin: 4, minSize: 8 },
    });
    return () => view.destroy();
  }
  const view = new EditorView({
    parent,
    doc: after,
    extensions: [
      extensions('After, with what was there before'),
      unifiedMergeView({ original: before, mergeControls: false, collapseUnchanged: { margin: 4, minSize: 8 } }),
    ],
  });
  return () => view.destroy();
}
