/** Links that open the playground with an example. */
import { posix } from 'node:path';
import { encode, type PlayState } from './playground/link.ts';

/** What an example is shown with. */
export type TrySettings = Omit<PlayState, 'files' | 'active'>;

/** The links of the site. What stands behind # is packed once all of them are known, since packing is asynchronous. */
export class TryLinks {
  private readonly states: PlayState[] = [];

  /**
   * A link to the playground with migrations in it.
   * @param from the page that has the link
   * @param files the texts of the migrations, in the order in which they run
   */
  to(from: string, files: readonly string[], settings: TrySettings = {}): string {
    const named = files.map((text, k) => ({ name: `${String(k + 1).padStart(3, '0')}.sql`, text: `${text.trim()}\n` }));
    const mark = this.states.push({ ...settings, files: named }) - 1;
    const page = posix.relative(posix.dirname(from), 'playground.html');
    return `[Try this in the playground](${page}#try-${mark}){.try target="_self"}`;
  }

  /** What puts the fragments into a page. */
  async filler(): Promise<(text: string) => string> {
    const fragments = await Promise.all(this.states.map((state) => encode(state)));
    return (text) =>
      text.replace(/playground\.html#try-(\d+)/g, (_, mark: string) => {
        const fragment = fragments[Number(mark)];
        if (fragment === undefined) throw new Error(`an example is too long for a link: ${text.slice(0, 80)}`);
        return `playground.html#${fragment}`;
      });
  }
}
