/** What is known of the terminal that the output goes to. */

/** How many columns it has; undefined where the output goes elsewhere, so that no line is broken. */
export const widthOf = (stream: NodeJS.WriteStream): number | undefined =>
  stream.isTTY && stream.columns > 0 ? stream.columns : undefined;

/** Whether it opens links: those that say so of themselves. */
export function knowsLinks(
  stream: NodeJS.WriteStream,
  { FORCE_HYPERLINK, TERM, TERM_PROGRAM, VTE_VERSION, WT_SESSION, KITTY_WINDOW_ID, CI }: NodeJS.ProcessEnv,
): boolean {
  if (FORCE_HYPERLINK) return FORCE_HYPERLINK !== '0';
  if (!stream.isTTY || CI || TERM === 'dumb') return false;
  return (
    ['iTerm.app', 'WezTerm', 'vscode', 'ghostty', 'Hyper', 'zed'].includes(TERM_PROGRAM ?? '') ||
    Number(VTE_VERSION) >= 5000 ||
    Boolean(WT_SESSION) ||
    Boolean(KITTY_WINDOW_ID)
  );
}
