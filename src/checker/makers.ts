import { perScript, type Statement } from '../syntax/script.ts';

/**
 * Finds the statements of a file that make something, the first one for each name.
 * @param nameOf the name of what a statement makes; undefined where it makes nothing of the kind
 */
export const firstMakers = (nameOf: (statement: Statement) => string | undefined) =>
  perScript((script): ReadonlyMap<string, Statement> => {
    const makers = new Map<string, Statement>();
    for (const statement of script.statements) {
      const name = nameOf(statement);
      if (name !== undefined && !makers.has(name)) makers.set(name, statement);
    }
    return makers;
  });
