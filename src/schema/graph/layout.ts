/** Places boxes in columns, from left to right along the lines between them. */
import { Graph, layout } from '@dagrejs/dagre';
import { flatMap } from '../../lists.ts';

export interface Box {
  id: string;
  width: number;
  height: number;
}

/** A line between two boxes; the one that is pointed to stands further left, where there is no circle. */
export interface Wire {
  from: string;
  to: string;
}

export interface Placed extends Box {
  x: number;
  y: number;
}

/** Where a line passes a column between its ends. */
export interface Lane {
  left: number;
  right: number;
  y: number;
}

export interface Layout {
  boxes: ReadonlyMap<string, Placed>;
  /** For each wire, the lanes that it takes, from the box that is pointed to. */
  lanes: readonly (readonly Lane[])[];
  width: number;
  height: number;
}

/** Space between the columns, which lines cross, and between the boxes of one. */
const BETWEEN_COLUMNS = 92;
const BETWEEN_BOXES = 26;
/** Space between the parts of a diagram that no line connects. */
const BETWEEN_PARTS = 44;
/** How much wider than high a diagram should be. */
const SHAPE = 1.5;
/** A column may always be as high as this. */
const LOW = 640;
/** From so many lines on, the ranks of the library are found in a simpler way: its best one takes too long. */
const MANY_WIRES = 600;

/** A part of a diagram, from its own corner. */
interface Part {
  boxes: Placed[];
  lanes: { wire: number; lanes: Lane[] }[];
  width: number;
  height: number;
}

export function layoutOf(boxes: readonly Box[], wires: readonly Wire[]): Layout {
  const parts = partsOf(boxes, wires).map(({ own, between }) => place(own, between, wires));
  return pack(parts, wires.length);
}

/** The boxes that lines connect, with the numbers of the lines; the largest part first. */
function partsOf(boxes: readonly Box[], wires: readonly Wire[]): { own: Box[]; between: number[] }[] {
  const leader = new Map(boxes.map(({ id }) => [id, id]));
  const find = (id: string): string => {
    const next = leader.get(id)!;
    if (next === id) return id;
    const found = find(next);
    leader.set(id, found);
    return found;
  };
  for (const { from, to } of wires) leader.set(find(from), find(to));
  const parts = new Map<string, { own: Box[]; between: number[] }>();
  for (const box of boxes) {
    const part = parts.get(find(box.id));
    if (part) part.own.push(box);
    else parts.set(find(box.id), { own: [box], between: [] });
  }
  for (const [k, { from, to }] of wires.entries()) if (from !== to) parts.get(find(from))!.between.push(k);
  return [...parts.values()].sort((a, b) => b.own.length - a.own.length);
}

/** Lays out one part. */
function place(own: readonly Box[], between: readonly number[], wires: readonly Wire[]): Part {
  if (own.length === 1) {
    const [{ width, height }] = own as [Box];
    return { boxes: [{ ...own[0]!, x: 0, y: 0 }], lanes: [], width, height };
  }
  const ranks = ranksOf(
    own,
    between.map((k) => wires[k]!),
  );
  const graph = new Graph({ multigraph: true });
  graph.setGraph({
    rankdir: 'LR',
    ranksep: BETWEEN_COLUMNS,
    nodesep: BETWEEN_BOXES,
    edgesep: 12,
    ranker: between.length > MANY_WIRES ? 'longest-path' : 'network-simplex',
  });
  for (const { id, width, height } of own) graph.setNode(id, { width, height });
  for (const k of between) {
    const { from, to } = wires[k]!;
    const [one, other] = ranks.get(to)!.rank < ranks.get(from)!.rank ? [to, from] : [from, to];
    const [start, end] = [ranks.get(one)!, ranks.get(other)!];
    const minlen = end.isMoved ? end.rank - start.rank : 1;
    graph.setEdge(one, other, { minlen, weight: 1, width: 0, height: 0 }, String(k));
  }
  layout(graph);
  return partOf(own, between, wires, graph);
}

/** What the library has found, in columns of one width each. */
function partOf(own: readonly Box[], between: readonly number[], wires: readonly Wire[], graph: Graph): Part {
  const columns = new Map<number, { left: number; right: number }>();
  const columnAt = (id: string): number => Math.round(graph.node(id).x);
  for (const { id, width } of own) {
    const x = columnAt(id);
    const known = columns.get(x);
    const half = Math.max(width / 2, known ? (known.right - known.left) / 2 : 0);
    columns.set(x, { left: x - half, right: x + half });
  }
  const boxes = own.map((box): Placed => {
    const { left, right } = columns.get(columnAt(box.id))!;
    const { y } = graph.node(box.id);
    return { ...box, width: right - left, x: left, y: y - box.height / 2 };
  });
  const lanes = between.map((k) => {
    const { from, to } = wires[k]!;
    const isForward = graph.hasEdge(to, from, String(k));
    const { points } = isForward ? graph.edge(to, from, String(k)) : graph.edge(from, to, String(k));
    const passed = flatMap(points.slice(1, -1), ({ x, y }): Lane | [] => {
      const column = [...columns.values()].find(({ left, right }) => left < x && x < right);
      return column ? { ...column, y } : [];
    });
    return { wire: k, lanes: isForward ? passed : passed.reverse() };
  });
  tighten([...columns.values()], boxes, lanes.map((one) => one.lanes).flat());
  return fromCorner(boxes, lanes);
}

/** Space around a line that passes a column. */
const AROUND_LINES = 12;
/** How much higher than its fullest column a part may be. */
const LOOSE = 1.12;

/**
 * Takes space out of the columns, in which each box and each line keeps its place among the others. The library keeps
 * long lines straight at any cost.
 */
function tighten(columns: readonly { left: number; right: number }[], boxes: Placed[], lanes: Lane[]): void {
  const rows = columns.map(({ left }) => {
    const own = boxes.filter((box) => box.x === left).map((box) => new Row(box, box.height));
    const passing = lanes.filter((lane) => lane.left === left).map((lane) => new Row(lane, 0));
    return [...own, ...passing].sort((a, b) => a.middle - b.middle);
  });
  const all = rows.flat();
  const high =
    Math.max(...all.map(({ middle, height }) => middle + height / 2)) -
    Math.min(...all.map(({ middle, height }) => middle - height / 2));
  const full = Math.max(
    ...rows.map((column) =>
      column.reduce((sum, { height }, k) => sum + height + (k > 0 ? between(column[k - 1]!, column[k]!) : 0), 0),
    ),
  );
  const scale = Math.min(1, (full * LOOSE) / high);
  for (const column of rows) spread(column, scale);
}

/** A box or a line in its column. */
class Row {
  private readonly item: { y: number };
  readonly height: number;

  constructor(item: { y: number }, height: number) {
    this.item = item;
    this.height = height;
  }

  get middle(): number {
    return this.item.y + this.height / 2;
  }

  set middle(y: number) {
    this.item.y = y - this.height / 2;
  }
}

const between = (a: Row, b: Row): number => (a.height > 0 && b.height > 0 ? BETWEEN_BOXES : AROUND_LINES);

/**
 * Scales the places in a column, and moves what overlaps then as little as possible: those that push one another stand
 * around the mean of where they want to be (isotonic regression).
 */
function spread(column: readonly Row[], scale: number): void {
  let offset = 0;
  const blocks: { sum: number; rows: { row: Row; offset: number }[] }[] = [];
  for (const [k, row] of column.entries()) {
    const before = column[k - 1];
    if (before) offset += (before.height + row.height) / 2 + between(before, row);
    let block = { sum: row.middle * scale - offset, rows: [{ row, offset }] };
    for (
      let last = blocks.at(-1);
      last && last.sum / last.rows.length > block.sum / block.rows.length;
      last = blocks.at(-1)
    ) {
      blocks.pop();
      block = { sum: last.sum + block.sum, rows: [...last.rows, ...block.rows] };
    }
    blocks.push(block);
  }
  for (const { sum, rows } of blocks) for (const { row, offset: own } of rows) row.middle = sum / rows.length + own;
}

function fromCorner(boxes: readonly Placed[], lanes: Part['lanes']): Part {
  const ys = [...boxes.map(({ y }) => y), ...flatMap(lanes, (one) => one.lanes.map(({ y }) => y))];
  const [left, top] = [Math.min(...boxes.map(({ x }) => x)), Math.min(...ys)];
  const bottoms = [...boxes.map(({ y, height }) => y + height), ...ys];
  return {
    boxes: boxes.map((box) => ({ ...box, x: box.x - left, y: box.y - top })),
    lanes: lanes.map(({ wire, lanes: own }) => ({ wire, lanes: own.map((lane) => moved(lane, -left, -top)) })),
    width: Math.max(...boxes.map(({ x, width }) => x + width)) - left,
    height: Math.max(...bottoms) - top,
  };
}

const moved = (lane: Lane, x: number, y: number): Lane => ({
  left: lane.left + x,
  right: lane.right + x,
  y: lane.y + y,
});

interface Rank {
  rank: number;
  /** Whether it stands further right than its lines need, since the column before it is full. */
  isMoved: boolean;
}

/** In which column each box stands. A table that many point to would otherwise have them all in one. */
function ranksOf(boxes: readonly Box[], wires: readonly Wire[]): Map<string, Rank> {
  const area = boxes.reduce((sum, { width, height }) => sum + (width + BETWEEN_COLUMNS) * (height + BETWEEN_BOXES), 0);
  const most = Math.max(LOW, Math.sqrt(area / SHAPE), ...boxes.map(({ height }) => height));
  const ranks = new Map<string, Rank>();
  const heights: number[] = [];
  const neighbours = new Map<string, string[]>(boxes.map(({ id }) => [id, []]));
  for (const { from, to } of wires) {
    neighbours.get(from)!.push(to);
    neighbours.get(to)!.push(from);
  }
  for (const { id, height } of inOrder(boxes, wires)) {
    const earlier = neighbours.get(id)!.map((other) => ranks.get(other)?.rank ?? -1);
    const wanted = Math.max(-1, ...earlier) + 1;
    let rank = wanted;
    while (heights[rank] !== undefined && heights[rank]! + height > most) rank++;
    heights[rank] = (heights[rank] ?? 0) + height + BETWEEN_BOXES;
    ranks.set(id, { rank, isMoved: rank > wanted });
  }
  return ranks;
}

/** The boxes, those that are pointed to before those that point to them. One of a circle begins it. */
function inOrder(boxes: readonly Box[], wires: readonly Wire[]): Box[] {
  const waiting = new Map(boxes.map((box) => [box.id, { box, needs: new Set<string>(), pointing: [] as string[] }]));
  for (const { from, to } of wires) {
    waiting.get(from)!.needs.add(to);
    waiting.get(to)!.pointing.push(from);
  }
  const order: Box[] = [];
  while (waiting.size > 0) {
    let next = [...waiting.values()][0]!;
    // Of those that wait for the fewest, the one for which most wait: what nothing points to may stand anywhere.
    for (const one of waiting.values())
      if (
        one.needs.size < next.needs.size ||
        (one.needs.size === next.needs.size && one.pointing.length > next.pointing.length)
      )
        next = one;
    order.push(next.box);
    waiting.delete(next.box.id);
    for (const id of next.pointing) waiting.get(id)?.needs.delete(next.box.id);
  }
  return order;
}

/** Puts the parts into rows, and those of one box into columns below them. */
function pack(parts: readonly Part[], wires: number): Layout {
  const area = parts.reduce((sum, { width, height }) => sum + (width + BETWEEN_PARTS) * (height + BETWEEN_PARTS), 0);
  const room = Math.max(Math.sqrt(area * SHAPE), ...parts.map(({ width }) => width));
  const boxes = new Map<string, Placed>();
  const lanes: Lane[][] = Array.from({ length: wires }, () => []);
  const put = (part: Part, x: number, y: number) => {
    for (const box of part.boxes) boxes.set(box.id, { ...box, x: box.x + x, y: box.y + y });
    for (const { wire, lanes: own } of part.lanes) lanes[wire] = own.map((lane) => moved(lane, x, y));
  };
  let [x, y, row, width] = [0, 0, 0, 0];
  for (const part of parts.filter((one) => one.boxes.length > 1)) {
    if (x > 0 && x + part.width > room) [x, y, row] = [0, y + row + BETWEEN_PARTS, 0];
    put(part, x, y);
    x += part.width + BETWEEN_PARTS;
    row = Math.max(row, part.height);
    width = Math.max(width, x - BETWEEN_PARTS);
  }
  const top = row === 0 ? 0 : y + row + BETWEEN_PARTS;
  const alone = parts.filter((one) => one.boxes.length === 1);
  const grid = gridOf(alone, Math.max(room, width));
  for (const [k, part] of alone.entries()) put(part, grid.places[k]!.x, top + grid.places[k]!.y);
  const height = alone.length === 0 ? y + row : top + grid.height;
  return { boxes, lanes, width: Math.max(width, grid.width), height };
}

/** Columns of equal width; each box comes below the shortest one so far. */
function gridOf(
  parts: readonly Part[],
  room: number,
): { places: { x: number; y: number }[]; width: number; height: number } {
  if (parts.length === 0) return { places: [], width: 0, height: 0 };
  const wide = Math.max(...parts.map(({ width }) => width));
  for (const { boxes } of parts) boxes[0]!.width = wide;
  const count = Math.max(1, Math.min(parts.length, Math.floor((room + BETWEEN_BOXES) / (wide + BETWEEN_BOXES))));
  const heights = Array.from({ length: count }, () => 0);
  const places = parts.map(({ height }) => {
    const column = heights.indexOf(Math.min(...heights));
    const at = { x: column * (wide + BETWEEN_BOXES), y: heights[column]! };
    heights[column] = at.y + height + BETWEEN_BOXES;
    return at;
  });
  return {
    places,
    width: count * (wide + BETWEEN_BOXES) - BETWEEN_BOXES,
    height: Math.max(...heights) - BETWEEN_BOXES,
  };
}
