import type { NodeOf } from './parser.ts';

/** What a statement names, wherever it stands in it, in the order of the parse tree from its leaves. */
export interface Mentions {
  readonly types: readonly NodeOf<'TypeName'>[];
  /** Tables and views, and names of queries in WITH, which the parser cannot tell apart. */
  readonly relations: readonly NodeOf<'RangeVar'>[];
  readonly roles: readonly NodeOf<'RoleSpec'>[];
  readonly calls: readonly NodeOf<'FuncCall'>[];
}

export const NO_MENTIONS: Mentions = { types: [], relations: [], roles: [], calls: [] };

/** Finds in a tree what was not collected while it was read. */
export function findMentions(tree: object): Mentions {
  const found = { types: [] as object[], relations: [] as object[], roles: [] as object[], calls: [] as object[] };
  const visit = (value: object): void => {
    for (const key in value) {
      const child = (value as Record<string, unknown>)[key];
      if (typeof child !== 'object' || child === null) continue;
      visit(child);
      const list = Array.isArray(child) ? undefined : listOf(child);
      if (list) found[list].push(child);
    }
  };
  visit(tree);
  return found;
}

/** Nodes stand bare in some fields, so their own fields tell what they are. */
function listOf(node: object): keyof Mentions | undefined {
  if ('names' in node && 'typemod' in node) return 'types';
  if ('relname' in node && 'relpersistence' in node) return 'relations';
  if ('roletype' in node) return 'roles';
  return 'funcname' in node && 'funcformat' in node ? 'calls' : undefined;
}
