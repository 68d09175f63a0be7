/** Writes a squash as the text of a migration. */
import type { Marks } from '../../project/types.ts';
import { tokenize } from '../../syntax/lexer.ts';
import type { DataItem } from './data.ts';
import { commentLine } from './head.ts';
import type { Group, Item } from './items.ts';
import type { Placed } from './placing.ts';

/** The order in which a squash runs, and is written. */
export interface Order {
  runs: Placed['runs'];
  data: readonly DataItem[];
  /** What runs behind the rows. */
  late: readonly Item[];
}

const TITLES = { functions: 'Functions', views: 'Views' } as const;

/** A line that begins what belongs together. */
const heading = (title: string): string => commentLine(`${title} ${'-'.repeat(Math.max(3, 116 - title.length))}`);

export function textOf({ runs, data, late }: Order, head: string, block: Marks['block']): string {
  const blocks: string[] = [head];
  let title: string | undefined;
  let last: Group | undefined;
  for (const { group, items, isLater } of runs) {
    const next = group === last ? title : titleOf(group.name, items, isLater);
    if (next !== title && next !== undefined) blocks.push(heading(next));
    title = next ?? title;
    last = group;
    blocks.push(...merged(items).map((item) => statementText(item, block)));
  }
  if (data.length > 0) blocks.push(heading('Rows'));
  for (const item of data) blocks.push(dataText(item, block));
  if (late.length > 0) blocks.push(heading('Behind the rows'));
  blocks.push(...merged(late).map((item) => statementText(item, block)));
  return `${blocks.join('\n\n')}\n`;
}

function titleOf(group: string, items: readonly Item[], isLater: boolean): string | undefined {
  const { kind } = items[0]!.object;
  if (items.some(({ object }) => object.kind === 'table' || object.kind === 'foreign table')) return group;
  if (items.some(({ object }) => /view$/.test(object.kind))) return TITLES.views;
  if (kind === 'function' || kind === 'procedure' || kind === 'aggregate') return TITLES.functions;
  if (['enum', 'type', 'domain', 'range'].includes(kind)) return 'Types';
  if (kind === 'sequence') return 'Sequences';
  if (['schema', 'extension', 'role', 'membership', 'setting', 'collation', 'publication'].includes(kind))
    return 'The database';
  if (group.startsWith('rights') || kind === 'default privileges') return 'Rights';
  return isLater ? `${group}, continued` : group;
}

/** Rights of several roles on one object, as one statement. */
function merged(items: readonly Item[]): Item[] {
  const found: Item[] = [];
  for (const item of items) {
    const before = found.at(-1);
    const [own, other] = [granted(item), before && granted(before)];
    if (own && other && own.head === other.head && own.verb === other.verb)
      found[found.length - 1] = { ...before!, sql: `${other.head}${other.who}, ${own.who}` };
    else found.push(item);
  }
  return found;
}

function granted({ sql }: Item): { verb: string; head: string; who: string } | undefined {
  const found = /^((GRANT|REVOKE) [^;]* ON .* (?:TO|FROM) )([^;()]+)$/s.exec(sql);
  return found && !/ WITH GRANT OPTION$/.test(sql) ? { verb: found[2]!, head: found[1]!, who: found[3]! } : undefined;
}

const statementText = ({ sql, comment }: Item, block: Marks['block']): string =>
  `${comment === '' ? '' : `${comment}\n`}${inBlock(`${sql};`, block)}`;

const dataText = ({ sql, rows, comment }: DataItem, block: Marks['block']): string =>
  `${comment === '' ? '' : `${comment}\n`}${inBlock(`${sql};`, block)}${rows ?? ''}`;

/** Tools that cut at semicolons want lines around a statement that has some. */
function inBlock(statement: string, block: Marks['block']): string {
  if (!block) return statement;
  const isCut = tokenize(statement, 0, statement.length - 1).some(({ start, end }) =>
    statement.slice(start, end).includes(';'),
  );
  return isCut ? `${block.begin}\n${statement}\n${block.end}` : statement;
}
