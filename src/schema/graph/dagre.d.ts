/** What is used of the library. Its own types name their files in a way that only bundlers find. */
declare module '@dagrejs/dagre' {
  export interface GraphOptions {
    rankdir: 'LR';
    ranksep: number;
    nodesep: number;
    edgesep: number;
    ranker: 'network-simplex' | 'longest-path';
  }
  export interface Point {
    x: number;
    y: number;
  }
  export interface EdgeOptions {
    minlen: number;
    weight: number;
    width: number;
    height: number;
  }
  export class Graph {
    constructor(options: { multigraph: boolean });
    setGraph(options: GraphOptions): void;
    setNode(id: string, size: { width: number; height: number }): void;
    setEdge(from: string, to: string, options: EdgeOptions, name: string): void;
    hasEdge(from: string, to: string, name: string): boolean;
    /** Where the centre of a box stands; only after `layout`. */
    node(id: string): Point;
    edge(from: string, to: string, name: string): { points: readonly Point[] };
  }
  /** Gives all nodes and edges of a graph their places. */
  export function layout(graph: Graph): void;
}
