/** Writes a world as JSON and reads it. Reading JSON is three times as fast as V8's own deserializer. */
import type { Entity, RowSource, Settings, WorldState } from './world.ts';

interface Snapshot {
  searchPath: readonly string[];
  /** The keys of the entities, and under the same index what is known of them. */
  keys: string[];
  refs: Entity['ref'][];
  /** For each: 1 exists, 0 is gone, 2 is not known. */
  exists: (0 | 1 | 2)[];
  /** The indexes of their parents' keys in `keys`, or keys that are not there; null where there is none. */
  parents: (number | string | null)[];
  /** Whose parts are not just those that name them as their parent, in the order of the entities. */
  childKeys: [string, string[]][];
  dependentKeys: [string, string[]][];
  insertLists: [string, unknown[]][];
  settings: [string, Settings][];
}

export function writeSnapshot(state: WorldState): string {
  const { searchPath, entities, childKeys, dependentKeys, insertLists, settings } = state;
  const keys = [...entities.keys()];
  const indexes = new Map(keys.map((key, k) => [key, k]));
  const all = [...entities.values()];
  const derived = childrenOf(entities);
  const differs = [...new Set([...childKeys.keys(), ...derived.keys()])].filter(
    (key) => !sameItems(childKeys.get(key), derived.get(key)),
  );
  const lists = (sets: ReadonlyMap<string, ReadonlySet<string>>) =>
    [...sets].map(([key, set]): [string, string[]] => [key, [...set]]);
  return JSON.stringify({
    searchPath,
    keys,
    refs: all.map(({ ref }) => ref),
    exists: all.map(({ exists }) => (exists === undefined ? 2 : exists ? 1 : 0)),
    parents: all.map(({ parent }) => (parent === undefined ? null : (indexes.get(parent) ?? parent))),
    childKeys: differs.map((key) => [key, [...(childKeys.get(key) ?? [])]]),
    dependentKeys: lists(dependentKeys),
    insertLists: [...insertLists],
    settings: [...settings],
  } satisfies Snapshot);
}

export function readSnapshot(json: string): WorldState {
  const { searchPath, keys, refs, exists, parents, ...rest } = JSON.parse(json) as Snapshot;
  const entities = new Map(
    keys.map((key, k): [string, Entity] => {
      const parent = parents[k];
      // In JSON, what is not there in a list is null.
      const columns = refs[k]!.detail?.columns as (string | null | undefined)[] | undefined;
      columns?.forEach((column, at) => column === null && (columns[at] = undefined));
      return [
        key,
        {
          ref: refs[k]!,
          exists: exists[k] === 2 ? undefined : exists[k] === 1,
          parent: typeof parent === 'number' ? keys[parent] : (parent ?? undefined),
        },
      ];
    }),
  );
  const childKeys = childrenOf(entities);
  for (const [key, children] of rest.childKeys) childKeys.set(key, new Set(children));
  return {
    searchPath,
    entities,
    childKeys,
    dependentKeys: new Map(rest.dependentKeys.map(([key, list]) => [key, new Set(list)])),
    insertLists: new Map(
      rest.insertLists.map(([key, list]) => [key, list.map((rows) => (rows ?? undefined) as RowSource)]),
    ),
    settings: new Map(rest.settings),
  };
}

/** The keys of the entities that name a key as their parent. */
function childrenOf(entities: ReadonlyMap<string, Entity>): Map<string, Set<string>> {
  const children = new Map<string, Set<string>>();
  for (const [key, { parent }] of entities) {
    if (parent === undefined) continue;
    const known = children.get(parent);
    if (known) known.add(key);
    else children.set(parent, new Set([key]));
  }
  return children;
}

function sameItems(a: ReadonlySet<string> = new Set(), b: ReadonlySet<string> = new Set()): boolean {
  if (a.size !== b.size) return false;
  const others = b.values();
  for (const item of a) if (item !== others.next().value) return false;
  return true;
}
