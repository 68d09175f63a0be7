/** A schema as a picture that needs nothing but itself: no script, no font, no network. */
import { plural } from '../../plural.ts';
import { printable } from '../../printable.ts';
import { columnsOf, cutMiddle } from '../../reporters/layout.ts';
import { element, xml, type Attributes } from '../../reporters/xml.ts';
import { layoutOf, type Lane, type Layout, type Placed } from './layout.ts';
import {
  homeOf,
  policiesOf,
  type GraphColumn,
  type GraphEnum,
  type GraphLink,
  type GraphRelation,
  type SchemaGraph,
} from './model.ts';

/** What stands above the picture. */
export interface Heading {
  title: string;
  /** What could not be played. */
  notes: readonly string[];
}

/** A letter of a monospaced font is so much of its size wide; browsers differ little. */
const LETTER = 0.61;
const SIZE = { name: 13, row: 12, small: 10.5, badge: 8.5 };
const ROW = 22;
const PAD = 12;
const EDGE = 28;
/** Longer names and types are cut in their middle; the whole one is in the text that is shown for the pointer. */
const LONGEST = { title: 46, column: 36, type: 28 };

const widthOf = (text: string, size: number): number => columnsOf(text) * size * LETTER;

/** One line of a card. */
interface Row {
  column?: GraphColumn;
  text: string;
  type: string;
  badges: readonly string[];
}

/** A relation or an enum, as it is drawn. */
interface Card {
  id: string;
  schema: string;
  /** The schema, where the diagram has several. */
  prefix: string;
  title: string;
  /** The line below the title. */
  said: string;
  tone: 'table' | 'other';
  shield: 'none' | 'on' | 'off';
  rows: readonly Row[];
  /** What is shown for the pointer. */
  whole: string;
  width: number;
  height: number;
  head: number;
}

export function svgOf(graph: SchemaGraph, { title, notes }: Heading): string {
  const schemas = schemasOf(graph);
  const hasSecurity = graph.relations.some(
    ({ security }) => security && (security.state !== 'off' || security.policies > 0),
  );
  const home = homeOf(graph);
  const cards = [
    ...graph.relations.map((relation) => cardOf(relation, home, hasSecurity)),
    ...graph.enums.map((type) => cardOfEnum(type, home)),
  ];
  const laid = layoutOf(cards, graph.links);
  const said = [
    countsOf(graph),
    ...(hasSecurity || graph.relations.length === 0 ? [] : ['no table has row level security']),
  ];
  const top = headingOf(title, said.join(' · '), notes, schemas);
  const [width, height] = [Math.max(laid.width, top.width) + 2 * EDGE, laid.height + top.height + 2 * EDGE];
  const byId = new Map(cards.map((card) => [card.id, card]));
  const tones = tonesOf(graph.links);
  const lines = graph.links.map((link, k) => lineOf(link, laid, laid.lanes[k]!, byId, tones.get(link.to)!));
  const drawn = cards.map((card) => cardDrawn(card, laid.boxes.get(card.id)!, schemas.indexOf(card.schema)));
  const body = group({ transform: `translate(${EDGE} ${n(EDGE + top.height)})` }, [
    group({ class: 'lines' }, lines),
    ...drawn,
  ]);
  const described = [countsOf(graph), ...graph.links.map((link) => sayLink(link)), ...notes].join('. ');
  return `${element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `0 0 ${n(width)} ${n(height)}`,
      width: n(width),
      height: n(height),
      role: 'img',
      'aria-labelledby': 'graph-title graph-desc',
    },
    [
      '',
      element('title', { id: 'graph-title' }, seen(title)),
      element('desc', { id: 'graph-desc' }, seen(described)),
      `<style>${STYLE}</style>`,
      element('rect', { class: 'page', width: n(width), height: n(height), rx: 10 }),
      group({ transform: `translate(${EDGE} ${EDGE})` }, top.drawn),
      body,
      '',
    ].join('\n'),
  )}\n`;
}

/** The schemas, `public` first: most of what is drawn is in it. */
function schemasOf({ relations, enums }: SchemaGraph): string[] {
  const own = new Set([...relations, ...enums].map(({ schema }) => schema));
  return [...own].sort((a, b) => Number(b === 'public') - Number(a === 'public') || (a < b ? -1 : 1));
}

// ——— cards

function cardOf(relation: GraphRelation, home: string | undefined, hasSecurity: boolean): Card {
  const { id, kind, schema, name, columns, comment, isOutside } = relation;
  const said = saidOf(relation, hasSecurity);
  const rows = columns.map((column): Row => ({
    column,
    text: column.name,
    type: column.type ?? '',
    badges: column.keys,
  }));
  const { security } = relation;
  return sized({
    id,
    schema,
    prefix: schema === home ? '' : `${schema}.`,
    title: name,
    said: said.join(' · '),
    tone: kind === 'table' && !isOutside ? 'table' : 'other',
    shield: !hasSecurity || !security ? 'none' : security.state === 'off' ? 'off' : 'on',
    rows,
    whole: [`${kind} ${id}`, ...said, ...(comment === undefined ? [] : [comment])].join('\n'),
  });
}

/** What is said of a relation below its name. */
function saidOf({ kind, security, partitioned, isInvoker, isOutside }: GraphRelation, hasSecurity: boolean): string[] {
  const rls = security && hasSecurity ? [`RLS ${security.state}`] : [];
  const policies = security && (security.state !== 'off' || security.policies > 0) ? [policiesOf(security)] : [];
  return [
    ...(kind === 'table' ? [] : [kind]),
    ...(isInvoker === true ? ['security invoker'] : []),
    ...(isOutside ? ['not drawn in full'] : []),
    ...rls,
    ...policies,
    ...(partitioned ? [`${plural(partitioned.count, 'partition')} by ${partitioned.by}`] : []),
  ];
}

function cardOfEnum({ id, schema, name, labels }: GraphEnum, home: string | undefined): Card {
  return sized({
    id: `enum ${id}`,
    schema,
    prefix: schema === home ? '' : `${schema}.`,
    title: name,
    said: `enum · ${plural(labels.length, 'value')}`,
    tone: 'other',
    shield: 'none',
    rows: labels.map((label) => ({ text: label, type: '', badges: [] })),
    whole: `enum ${id}`,
  });
}

const badgeWidth = (badge: string): number => widthOf(badge, SIZE.badge) + 8;
const badgesWidth = (badges: readonly string[]): number =>
  badges.reduce((sum, badge) => sum + badgeWidth(badge) + 4, badges.length > 0 ? 4 : 0);

function sized(card: Omit<Card, 'width' | 'height' | 'head'>): Card {
  const title =
    PAD + widthOf(cut(`${card.prefix}${card.title}`, LONGEST.title), SIZE.name) + (card.shield === 'none' ? 0 : 22);
  const rows = card.rows.map(
    ({ text, type, badges }) =>
      PAD +
      14 +
      widthOf(cut(text, LONGEST.column), SIZE.row) +
      badgesWidth(badges) +
      18 +
      widthOf(cut(type, LONGEST.type), SIZE.row),
  );
  const head = card.said === '' ? 34 : 48;
  const width = Math.max(190, ...[title, PAD + widthOf(card.said, SIZE.small), ...rows].map((own) => own + PAD));
  return {
    ...card,
    head,
    width: Math.ceil(width),
    height: head + card.rows.length * ROW + (card.rows.length > 0 ? 8 : 0),
  };
}

function cardDrawn(card: Card, { x, y, width, height }: Placed, hue: number): string {
  const { head } = card;
  const r = 9;
  const top = `M0 ${head}V${r}a${r} ${r} 0 0 1 ${r} ${-r}H${n(width - r)}a${r} ${r} 0 0 1 ${r} ${r}V${head}z`;
  return group({ class: `card ${card.tone} h${hue % HUES.length}`, transform: `translate(${n(x)} ${n(y)})` }, [
    element('title', {}, seen(card.whole)),
    element('rect', { class: 'box', width: n(width), height: n(height), rx: r }),
    element('path', { class: 'head', d: card.rows.length > 0 ? top : rounded(width, head, r) }),
    titleOf(card),
    ...(card.said === '' ? [] : [text({ class: 'said', x: PAD, y: 37 }, card.said)]),
    ...(card.shield === 'none' ? [] : [shield(card.shield, width - PAD - 12)]),
    ...card.rows.map((row, k) => rowDrawn(row, head + 4 + k * ROW, width)),
  ]);
}

const rounded = (width: number, height: number, r: number): string =>
  `M${r} 0H${n(width - r)}a${r} ${r} 0 0 1 ${r} ${r}V${height - r}a${r} ${r} 0 0 1 ${-r} ${r}H${r}a${r} ${r} 0 0 1 ${-r} ${-r}V${r}a${r} ${r} 0 0 1 ${r} ${-r}z`;

function titleOf({ prefix, title }: Card): string {
  const whole = cut(`${prefix}${title}`, LONGEST.title);
  const isWhole = whole === `${prefix}${title}`;
  const name =
    isWhole && prefix !== '' ? `${element('tspan', { class: 'schema' }, seen(prefix))}${seen(title)}` : seen(whole);
  return element('text', { class: 'name', x: PAD, y: 22 }, name);
}

/** Row level security: a shield, with a mark in it where it is on. */
function shield(state: 'on' | 'off', x: number): string {
  const outline = 'M6 0 12 2V7C12 10.5 9.5 12.8 6 14 2.5 12.8 0 10.5 0 7V2Z';
  return group({ class: `shield ${state}`, transform: `translate(${n(x)} 10)` }, [
    element('path', { d: outline }),
    element('path', {
      class: 'mark',
      d: state === 'on' ? 'M3.2 7 5.3 9.2 8.9 4.9' : 'M3.8 4.8 8.2 9.2M8.2 4.8 3.8 9.2',
    }),
  ]);
}

function rowDrawn({ column, text: name, type, badges }: Row, y: number, width: number): string {
  const base = n(y + 15.5);
  const shown = cut(name, LONGEST.column);
  let x = PAD + 14 + widthOf(shown, SIZE.row) + 6;
  const drawn = badges.map((badge) => {
    const own = badgeWidth(badge);
    const at = x;
    x += own + 4;
    return group({ class: `badge ${badge}` }, [
      element('rect', { x: n(at), y: n(y + 4.5), width: n(own), height: 13, rx: 3.5 }),
      text({ x: n(at + own / 2), y: n(y + 14.1), 'text-anchor': 'middle' }, badge),
    ]);
  });
  return group({ class: 'row' }, [
    element('title', {}, seen(column ? sayColumn(column) : name)),
    ...(column?.type === undefined ? [] : [diamond(column.isNotNull, PAD + 3.5, y + ROW / 2)]),
    text({ class: 'column', x: PAD + 14, y: base }, shown),
    ...drawn,
    ...(type === ''
      ? []
      : [text({ class: 'type', x: n(width - PAD), y: base, 'text-anchor': 'end' }, cut(type, LONGEST.type))]),
  ]);
}

const sayColumn = ({ name, type, isNotNull, keys }: GraphColumn): string =>
  [name, type, isNotNull ? 'not null' : undefined, ...keys.map((key) => KEY_NAMES[key])]
    .filter((part) => part !== undefined)
    .join(', ');

const KEY_NAMES = { PK: 'primary key', FK: 'foreign key', UK: 'unique' } as const;

const diamond = (isFull: boolean, x: number, y: number): string =>
  element('path', { class: isFull ? 'full' : 'empty', d: `M${n(x)} ${n(y - 3.5)}l3.5 3.5-3.5 3.5-3.5-3.5z` });

// ——— lines

/** Lines to one relation have one colour. */
const tonesOf = (links: readonly GraphLink[]): Map<string, number> =>
  new Map([...new Set(links.map(({ to }) => to))].map((id, k) => [id, k % HUES.length]));

/** Where a line meets a card. */
interface Port {
  x: number;
  y: number;
  /** 1: it leaves to the right. */
  side: 1 | -1;
}

/** From an end to where the line begins to bend: there the signs of the end stand. */
const STUB = 20;

function lineOf(
  link: GraphLink,
  laid: Layout,
  lanes: readonly Lane[],
  cards: ReadonlyMap<string, Card>,
  tone: number,
): string {
  const [start, end] = portsOf(link, laid, lanes, cards);
  const [a, b] = [start.x + start.side * STUB, end.x + end.side * STUB];
  const parts = [`M${n(start.x)} ${n(start.y)}H${n(a)}`];
  let [x, y, direction] = [a, start.y, start.side as number];
  const to = (nextX: number, nextY: number, nextDirection: number) => {
    const reach = Math.max(22, Math.abs(nextX - x) / 2);
    parts.push(
      `C${n(x + direction * reach)} ${n(y)} ${n(nextX - nextDirection * reach)} ${n(nextY)} ${n(nextX)} ${n(nextY)}`,
    );
    [x, y, direction] = [nextX, nextY, nextDirection];
  };
  const isRightward = lanes.length === 0 || lanes[0]!.left <= lanes.at(-1)!.left;
  for (const { left, right, y: laneY } of lanes) {
    const [near, far] = isRightward && start.side === 1 ? [left, right] : [right, left];
    const way = near < far ? 1 : -1;
    to(near, laneY, way);
    parts.push(`H${n(far)}`);
    x = far;
  }
  to(b, end.y, -end.side);
  parts.push(`H${n(end.x)}`);
  return group({ class: `${link.kind === 'foreign key' ? 'key' : 'soft'} h${tone}` }, [
    element('title', {}, seen(sayLink(link))),
    element('path', { class: 'line', d: parts.join('') }),
    ...(link.kind === 'foreign key'
      ? [signOfOne(start, link.isOptional), signOfMany(end, link.isUnique)]
      : [arrow(start)]),
  ]);
}

/** The ends of a line: at what is pointed to, and at what points there. */
function portsOf(
  link: GraphLink,
  laid: Layout,
  lanes: readonly Lane[],
  cards: ReadonlyMap<string, Card>,
): [Port, Port] {
  const [to, from] = [laid.boxes.get(link.to)!, laid.boxes.get(link.from)!];
  const atTo = to.y + portOf(cards.get(link.to)!, link.toColumns[0]);
  const atFrom = from.y + portOf(cards.get(link.from)!, link.fromColumns[0]);
  const left = (box: Placed, y: number): Port => ({ x: box.x, y, side: -1 });
  const right = (box: Placed, y: number): Port => ({ x: box.x + box.width, y, side: 1 });
  if (link.from === link.to) return [right(to, atTo === atFrom ? to.y + 17 : atTo), right(from, atFrom)];
  if (to.x + to.width < from.x) return [right(to, atTo), left(from, atFrom)];
  if (from.x + from.width < to.x) return [left(to, atTo), right(from, atFrom)];
  return [right(to, atTo), right(from, atFrom)];
}

/** How far below the top of a card the line of a column stands. */
function portOf({ rows, head }: Card, column: string | undefined): number {
  const k = column === undefined ? -1 : rows.findIndex((row) => row.column?.name === column);
  return k < 0 ? 17 : head + 4 + k * ROW + ROW / 2;
}

const tick = (x: number, y: number): string => `M${n(x)} ${n(y - 5)}v10`;

function signOfOne({ x, y, side }: Port, isOptional: boolean): string {
  const d = isOptional ? tick(x + side * 5, y) : `${tick(x + side * 5, y)}${tick(x + side * 9, y)}`;
  return element('path', { class: 'sign', d }) + (isOptional ? circle(x + side * 12, y) : '');
}

function signOfMany({ x, y, side }: Port, isUnique: boolean): string {
  const foot = `M${n(x + side * 10)} ${n(y)}L${n(x)} ${n(y - 6)}M${n(x + side * 10)} ${n(y)}L${n(x)} ${n(y + 6)}`;
  return element('path', { class: 'sign', d: isUnique ? tick(x + side * 6, y) : foot }) + circle(x + side * 14, y);
}

const circle = (x: number, y: number): string => element('circle', { class: 'zero', cx: n(x), cy: n(y), r: 3.5 });

const arrow = ({ x, y, side }: Port): string =>
  element('path', {
    class: 'sign',
    d: `M${n(x + side * 8)} ${n(y - 4.5)}L${n(x + side)} ${n(y)}L${n(x + side * 8)} ${n(y + 4.5)}`,
  });

function sayLink({ kind, from, to, fromColumns, toColumns, name }: GraphLink): string {
  if (kind === 'view') return `${from} reads ${to}`;
  if (kind === 'inheritance') return `${from} inherits from ${to}`;
  return `${from} (${fromColumns.join(', ')}) points to ${to} (${toColumns.join(', ')}), by ${name!}`;
}

// ——— what stands above

function countsOf({ relations, enums, links }: SchemaGraph): string {
  const own = relations.filter(({ isOutside }) => !isOutside);
  const views = own.filter(({ kind }) => kind.endsWith('view')).length;
  const keys = links.filter(({ kind }) => kind === 'foreign key').length;
  return [
    plural(own.length - views, 'table'),
    ...(views > 0 ? [plural(views, 'view')] : []),
    ...(enums.length > 0 ? [plural(enums.length, 'enum')] : []),
    plural(keys, 'foreign key'),
  ].join(' · ');
}

function headingOf(
  title: string,
  said: string,
  notes: readonly string[],
  schemas: readonly string[],
): { drawn: string[]; width: number; height: number } {
  const drawn = [text({ class: 'heading', x: 0, y: 18 }, title), text({ class: 'counts', x: 0, y: 40 }, said)];
  let x = widthOf(said, SIZE.row) + 28;
  const legend = (mark: string, label: string) => {
    drawn.push(group({ transform: `translate(${n(x)} 0)` }, [mark, text({ class: 'counts', x: 14, y: 40 }, label)]));
    x += 14 + widthOf(label, SIZE.row) + 18;
  };
  legend(diamond(true, 4, 36), 'not null');
  legend(diamond(false, 4, 36), 'may be null');
  if (schemas.length > 1)
    for (const [k, schema] of schemas.entries())
      legend(element('circle', { class: `dot h${k % HUES.length}`, cx: 5, cy: 36, r: 4.5 }), schema);
  let y = 62;
  for (const note of notes.slice(0, MOST_NOTES)) {
    drawn.push(text({ class: 'note', x: 0, y: n(y) }, cutEnd(note)));
    y += 18;
  }
  if (notes.length > MOST_NOTES) {
    drawn.push(text({ class: 'note', x: 0, y: n(y) }, `… and ${plural(notes.length - MOST_NOTES, 'more note')}`));
    y += 18;
  }
  const widths = [x, widthOf(title, 16), ...notes.slice(0, MOST_NOTES).map((note) => widthOf(cutEnd(note), SIZE.row))];
  return { drawn, width: Math.max(...widths), height: y + 6 };
}

const MOST_NOTES = 5;
const LONGEST_NOTE = 150;
const cutEnd = (note: string): string => {
  const letters = Array.from(note);
  return letters.length > LONGEST_NOTE ? `${letters.slice(0, LONGEST_NOTE).join('')}…` : note;
};

// ——— text

const n = (value: number): string => String(Math.round(value * 10) / 10);
const seen = (written: string): string => xml(printable(written));
const cut = (written: string, width: number): string => cutMiddle(printable(written).replaceAll(/\s/g, ' '), width);
const text = (attributes: Attributes, content: string): string => element('text', attributes, seen(content));
const group = (attributes: Attributes, parts: readonly string[]): string => element('g', attributes, parts.join('\n'));

/** The hues of schemas and of lines, as degrees. */
const HUES = [215, 160, 28, 275, 345, 190, 95, 245] as const;

const colors = (dark: boolean): string =>
  HUES.map((hue, k) => {
    const line = dark ? `hsl(${hue} 45% 62%)` : `hsl(${hue} 48% 50%)`;
    const head = dark ? `hsl(${hue} 28% 22%)` : `hsl(${hue} 60% 94%)`;
    return `.h${k}{--line:${line};--head:${head}}`;
  }).join('');

const LIGHT =
  '--page:#f6f8fa;--box:#fff;--edge:#d0d7de;--ink:#1f2328;--soft:#656d76;--good:#1a7f37;--bad:#bc4c00;--gold:#9a6700;--blue:#0969da;--lilac:#8250df';
const DARK =
  '--page:#0d1117;--box:#161b22;--edge:#3d444d;--ink:#e6edf3;--soft:#9198a1;--good:#3fb950;--bad:#f0883e;--gold:#d29922;--blue:#58a6ff;--lilac:#bc8cff';

const STYLE = [
  `svg{${LIGHT};color-scheme:light dark;font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace;font-size:12px}`,
  colors(false),
  `@media (prefers-color-scheme:dark){svg{${DARK}}${colors(true)}}`,
  '.page{fill:var(--page)}text{fill:var(--ink);white-space:pre}',
  `.heading{font-size:16px;font-weight:600}.counts{fill:var(--soft)}.note{fill:var(--bad)}`,
  '.dot{fill:var(--line)}',
  '.box{fill:var(--box);stroke:var(--edge)}.head{fill:var(--head);stroke:var(--edge)}',
  '.other .box,.other .head{stroke-dasharray:4 3}',
  `.name{font-size:${SIZE.name}px;font-weight:600}.schema{fill:var(--soft);font-weight:400}.said{font-size:${SIZE.small}px;fill:var(--soft)}`,
  '.type{fill:var(--soft)}.full{fill:var(--soft)}.empty{fill:none;stroke:var(--soft)}',
  `.badge text{font-size:${SIZE.badge}px;font-weight:700;fill:var(--tone)}.badge rect{fill:none;stroke:var(--tone)}`,
  '.PK{--tone:var(--gold)}.FK{--tone:var(--blue)}.UK{--tone:var(--lilac)}',
  '.shield{fill:none;stroke-width:1.4;stroke-linejoin:round;stroke-linecap:round}.on{stroke:var(--good)}.off{stroke:var(--bad)}',
  '.line,.sign{fill:none;stroke:var(--line);stroke-width:1.4}.zero{fill:var(--page);stroke:var(--line);stroke-width:1.4}',
  '.soft .line{stroke-dasharray:2 4}.lines g:hover{stroke-width:3}.lines g:hover .line{stroke-width:2.6}',
].join('\n');
