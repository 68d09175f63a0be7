/** All that the files of a folder do to one object, under all its names. */
import { namesInString } from '../catalog/names.ts';
import { kindInfo, type Kind } from '../catalog/objects.ts';
import type { Doing, Mention, Places } from './places.ts';
import { pushTo } from '../lists.ts';

/** What a statement does to the object, or to a part of it. */
export interface Deed {
  doing: Doing;
  kind: Kind;
  name: string;
  schema: string | undefined;
  /** What it belongs to: the table of a column, the publication that lists a table. */
  of: string | undefined;
  /** Whether it is done to a column, a policy or another part. */
  isPart: boolean;
}

/** A statement that touches the object, or only names it: a view reads it, a foreign key points to it. */
export interface Step {
  path: string;
  start: number;
  end: number;
  /** None where it only names it. */
  deeds: readonly Deed[];
}

/** The history of what has one name. */
export interface Lineage {
  kind: Kind;
  /** As it is called after the last statement, and in which schema. */
  name: string;
  schema: string | undefined;
  /** Of a part, what it is part of. */
  of: string | undefined;
  isDropped: boolean;
  /** In the order in which they run. */
  steps: readonly Step[];
}

/**
 * The histories of all that a name stands for, or has stood for: `notes`, `public.notes`, `notes.title`.
 * @returns none where the migrations do nothing to an object of this name
 */
export function lineagesOf(places: Places, name: string): Lineage[] {
  const mentions = [...places.mentions()];
  const groups = new Map<string, Set<number>>();
  for (const mention of mentions) {
    if (!isCalled(mention, name)) continue;
    const key = groupOf(mention);
    const group = groups.get(key) ?? new Set();
    groups.set(key, group);
    for (let object: number | undefined = mention.object; object !== undefined; object = places.predecessor(object))
      group.add(object);
  }
  const statements = byStatement(mentions);
  const found = apart([...groups.values()]).map((objects) => lineageOf(objects, statements));
  return found.filter(({ steps }) => steps.some(({ deeds }) => deeds.length > 0));
}

/** All names that `lineagesOf` knows, for who has mistyped one. */
export function namesIn(places: Places): Set<string> {
  const names = new Set<string>();
  for (const { kind, name, owner } of places.mentions()) if (!owner || kindInfo(kind).inSchema) names.add(name);
  return names;
}

/** Whether an object is called by the name of a relation. */
const isNamedAfter = (kind: Kind): boolean => kindInfo(kind).namedByRelation === true;

/** Whether a name as it is typed is that of an object. */
function isCalled({ kind, name, schema, owner }: Mention, typed: string): boolean {
  // What a publication lists is told with the table.
  if (isNamedAfter(kind)) return false;
  if (name === typed) return true;
  const parts = namesInString(typed.replace(/\([^()]*\)$/, ''), '.') ?? [];
  if (parts.at(-1) !== name) return false;
  if (parts.length === 1) return true;
  if (kindInfo(kind).inSchema) return parts.length === 2 && parts[0] === schema;
  return owner?.name === parts.at(-2);
}

/** What shares a history: a table that was dropped and the one that was made under its name later. */
const groupOf = ({ kind, name, schema, owner }: Mention): string =>
  [kindInfo(kind).space, schema ?? '', kindInfo(kind).inSchema ? '' : (owner?.name ?? ''), name].join('\n');

/** Sets without those that share an object with an earlier one: these are joined. A table may change its schema. */
function apart(groups: readonly Set<number>[]): Set<number>[] {
  const found: Set<number>[] = [];
  for (const group of groups) {
    const same = found.find((other) => [...group].some((object) => other.has(object)));
    if (same) for (const object of group) same.add(object);
    else found.push(group);
  }
  return found;
}

function byStatement(mentions: readonly Mention[]): Mention[][] {
  const statements = new Map<string, Mention[]>();
  for (const mention of mentions) pushTo(statements, `${mention.path}:${mention.start}`, mention);
  return [...statements.values()];
}

function lineageOf(objects: ReadonlySet<number>, statements: readonly Mention[][]): Lineage {
  const steps: Step[] = [];
  let last: Mention | undefined;
  let isDropped = false;
  for (const statement of statements) {
    const own = statement.filter(({ object }) => objects.has(object));
    const parts = statement.filter(
      ({ object, kind, name, owner }) =>
        !objects.has(object) &&
        ((owner && objects.has(owner.object)) || (isNamedAfter(kind) && own.some((one) => one.name === name))),
    );
    if (own.length === 0 && parts.length === 0) continue;
    const { path, start, end } = statement[0]!;
    // A statement that does nothing to anything, such as COMMENT ON, is about what it names.
    const isAbout = statement.every(({ doing }) => doing === 'uses');
    const done = [...own, ...parts].filter(({ doing }) => isAbout || doing !== 'uses');
    last = own.at(-1) ?? last;
    steps.push({ path, start, end, deeds: deedsOf(done, objects) });
    for (const { doing } of own)
      if (doing === 'drops') isDropped = true;
      else if (doing === 'makes') isDropped = false;
  }
  const { kind, name, schema, owner } = last!;
  return { kind, name, schema, of: kindInfo(kind).inSchema ? undefined : owner?.name, isDropped, steps };
}

/** What is done to the object itself says more than what comes of it for its parts. */
function deedsOf(done: readonly Mention[], objects: ReadonlySet<number>): Deed[] {
  const own = done.filter(({ object }) => objects.has(object));
  const whole = own.filter(({ doing }) => doing === 'makes' || doing === 'drops' || doing === 'renames');
  return (whole.length > 0 ? whole : done).map(({ doing, kind, name, schema, object, owner }) => ({
    doing,
    kind,
    name,
    schema,
    of: owner?.name,
    isPart: !objects.has(object),
  }));
}
