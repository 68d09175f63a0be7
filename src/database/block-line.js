/**
 * Reads the line of a DO block from the context of an error. The outermost frame stands last.
 * @param {string | undefined} where `PL/pgSQL function inline_code_block line 3 at SQL statement`
 * @returns {{ blockLine?: number }} the line in the block's body, from 1
 */
export function blockLine(where) {
  const line = where?.match(/.*inline_code_block line (\d+)[^\n]*$/s)?.[1];
  return line === undefined ? {} : { blockLine: Number(line) };
}
