/** The statements that bring one database into step with another, in an order in which they run. */
import { quoteIdent } from '../catalog/names.ts';
import { flatMap } from '../lists.ts';
import { differences, keyOf, type Difference, type LiveObject, type LiveObjects } from './objects.ts';
import { BY_HAND, KIND_NAMES as ORDER, WRITERS, type Change, type Context } from './writing.ts';

/** A statement, and what it is for. */
export interface Statement extends Change {
  /** The object that it makes, removes or changes. */
  object: LiveObject;
}

export interface RepairOptions {
  /** The major version of PostgreSQL that runs the statements. @default 12 */
  version?: number;
  /** Views, by their identity, that cannot be replaced, so that they are dropped and made anew. */
  remade?: ReadonlySet<string>;
}

const rankOf = ({ kind, properties }: LiveObject): number =>
  // Foreign keys need the keys that they speak of.
  ORDER.indexOf(kind) + (/^FOREIGN KEY/.test(properties.definition ?? '') ? 0.5 : 0);

/**
 * What makes of a database that is as `present` one that is as `wanted`. What would lose data is among the statements,
 * with the reason why it must not simply be run.
 */
export function repair(wanted: LiveObjects, present: LiveObjects, options: RepairOptions = {}): Statement[] {
  return new Repair(wanted, present, options).statements();
}

class Repair {
  private readonly wanted: LiveObjects;
  private readonly present: LiveObjects;
  private readonly found: readonly Difference[];
  private readonly context: Context;
  private readonly parts = new Map<string, LiveObject[]>();
  /** The objects that are dropped and made again. */
  private readonly remade = new Map<string, LiveObject>();
  private readonly changes: Statement[] = [];

  constructor(wanted: LiveObjects, present: LiveObjects, { version = 12, remade = new Set() }: RepairOptions) {
    this.wanted = wanted;
    this.present = present;
    const found = differences(wanted, present);
    // What a partition or a child has of its own depends on whether it is one.
    const repartitioned = new Set(
      flatMap(found, ({ actual, properties }) => (properties?.includes('inherits') ? actual!.name : [])),
    );
    this.found = found.filter(({ kind, expected, actual }) => {
      const { of, kind: what } = (expected ?? actual)!;
      return kind === 'different' || what === 'grant' || what === 'comment' || !repartitioned.has(of ?? '');
    });
    for (const object of wanted.values())
      if (object.of !== undefined) this.parts.set(object.of, [...(this.parts.get(object.of) ?? []), object]);
    this.context = { version, partsOf: (identity) => this.parts.get(identity) ?? [] };
    for (const difference of this.found) if (difference.kind === 'different') this.change(difference, remade);
  }

  statements(): Statement[] {
    const changes = this.changes.sort((a, b) => placeOf(a) - placeOf(b));
    const first = changes.filter((change) => placeOf(change) < 0);
    const all = [...this.drops(), ...first, ...this.creates(), ...changes];
    // Several properties of one object may ask for the same statement.
    return [...new Map(all.map((statement) => [statement.sql, statement])).values()];
  }

  private change({ expected, actual, properties = [] }: Difference, remade: ReadonlySet<string>): void {
    const object = expected!;
    const writer = WRITERS[object.kind]!;
    const found: Statement[] = [];
    for (const property of properties) {
      const isRemade = remade.has(object.name) && property === 'definition';
      const isByHand = property === 'partition' && this.changesColumns(object, actual!);
      const changes = isRemade || isByHand ? undefined : writer.change(property, object, actual!, this.context);
      if (changes) found.push(...changes.map((change) => statementOf(change, object)));
      else if (isByHand || writer.create(object, this.context).some((made) => typeof made !== 'string'))
        found.push(statementOf({ sql: `${object.kind} ${object.name}: ${property}`, why: BY_HAND }, object));
      else this.remade.set(keyOf(object), actual!);
    }
    if (!this.remade.has(keyOf(object))) this.changes.push(...found);
  }

  /** Whether the columns of a partition or of its parent change too: they have to be the same when it is attached. */
  private changesColumns(wanted: LiveObject, present: LiveObject): boolean {
    const names = [wanted.name, wanted.properties.inherits, present.properties.inherits];
    return this.found.some(({ expected, actual }) => {
      const { kind, of } = (expected ?? actual)!;
      return kind === 'column' && names.includes(of);
    });
  }

  private drops(): Statement[] {
    const gone = flatMap(this.found, ({ kind, actual }) => (kind === 'unexpected' ? actual! : []));
    const names = new Set(
      flatMap([...gone, ...this.remade.values()], ({ kind, name }) =>
        kind === 'grant' || kind === 'comment' ? [] : name,
      ),
    );
    /** Goes with what it belongs to, or stays with it. */
    const isPart = (object: LiveObject) =>
      (object.kind === 'default privileges' && object.schema !== undefined && names.has(quoteIdent(object.schema))) ||
      (object.of !== undefined && object.of !== object.name && names.has(object.of)) ||
      ((object.kind === 'grant' || object.kind === 'comment') && names.has(subjectOf(object)));
    const ordered = [...gone.filter((object) => !isPart(object)), ...this.remade.values()]
      .reverse()
      .sort((a, b) => rankOf(b) - rankOf(a));
    return flatMap(ordered, (object) =>
      WRITERS[object.kind]!.drop(object).map((change) => statementOf(change, object)),
    );
  }

  private creates(): Statement[] {
    const made = new Map<string, LiveObject>();
    const add = (object: LiveObject) => made.set(keyOf(object), object);
    for (const { kind, expected } of this.found) if (kind === 'missing') add(expected!);
    for (const key of this.remade.keys()) add(this.wanted.get(key)!);
    // What is dropped takes along what belongs to it.
    for (const key of this.remade.keys()) {
      const { name } = this.wanted.get(key)!;
      for (const object of this.wanted.values())
        if (object.of === name || (object.kind === 'comment' && subjectOf(object) === name)) add(object);
    }
    const isInTable = ({ kind, of }: LiveObject) =>
      kind === 'column' && (made.has(`table ${of!}`) || made.has(`foreign table ${of!}`));
    const nodes = [...made.values()]
      .filter((object) => !isInTable(object))
      .sort((a, b) => rankOf(a) - rankOf(b))
      .map((object) => ({
        object,
        statements: [
          ...WRITERS[object.kind]!.create(object, this.context).map((change) => statementOf(change, object)),
          ...this.revocations(object).map((change) => statementOf(change, object)),
        ],
      }));
    const owned = flatMap([...made.values()], (object) =>
      object.kind === 'sequence' && object.properties['owned by'] != null
        ? statementOf(`ALTER SEQUENCE ${object.name} OWNED BY ${object.properties['owned by']}`, object)
        : [],
    );
    return [...flatMap(inOrder(nodes), ({ statements }) => statements), ...owned];
  }

  /** What a new object grants by default, and should not. */
  private revocations(object: LiveObject): string[] {
    const what = GRANTED[object.kind];
    if (what === undefined) return [];
    const isGranted = (who: string) => this.wanted.has(`grant ${who} on ${what.word} ${object.name}`);
    const whos = new Set(what.isPublic ? ['PUBLIC'] : []);
    const places = ['"all schemas"', ...(object.schema === undefined ? [] : [quoteIdent(object.schema)])];
    for (const { kind, name, properties } of this.present.values()) {
      const found = kind === 'default privileges' ? /^("(?:[^"]|"")*"|\S+) on (\w+) in (.*)$/s.exec(name) : null;
      if (!found || found[2] !== what.plural || properties.privileges === 'none') continue;
      if (places.includes(found[3]!)) whos.add(found[1]!);
    }
    return [...whos]
      .filter((who) => !isGranted(who))
      .map((who) => `REVOKE ALL ON ${what.word.toUpperCase()} ${object.name} FROM ${who}`);
  }
}

/** What GRANT calls the objects that have rights from their beginning. */
const GRANTED: Readonly<Record<string, { word: string; plural: string; isPublic?: true }>> = {
  table: { word: 'table', plural: 'tables' },
  view: { word: 'table', plural: 'tables' },
  'materialized view': { word: 'table', plural: 'tables' },
  'foreign table': { word: 'table', plural: 'tables' },
  sequence: { word: 'sequence', plural: 'sequences' },
  function: { word: 'function', plural: 'functions', isPublic: true },
  procedure: { word: 'procedure', plural: 'functions', isPublic: true },
  enum: { word: 'type', plural: 'types', isPublic: true },
  domain: { word: 'domain', plural: 'types', isPublic: true },
};

/**
 * Where a change stands among the others: a child has to be like its parent before it can inherit from it, and gets
 * what its parent gets until it no longer does.
 */
const placeOf = ({ object, sql }: Statement): number =>
  / (?:NO INHERIT|DETACH PARTITION) /.test(sql)
    ? -1
    : /^ALTER TABLE .* (?:INHERIT|ATTACH PARTITION) /.test(sql)
      ? ORDER.length
      : rankOf(object);

const statementOf = (change: string | Change, object: LiveObject): Statement =>
  typeof change === 'string' ? { sql: change, object } : { ...change, object };

/** What a grant or a comment is about: of `anon on table public.notes`, `public.notes`. */
function subjectOf({ kind, name }: LiveObject): string {
  const about = kind === 'grant' ? name.replace(/^("(?:[^"]|"")*"|\S+) on /, '') : name;
  return about.replace(
    /^(?:(?:table|(?:materialized )?view|foreign table|composite type) (?:column|constraint)|domain constraint|materialized view|foreign table|foreign server|event trigger|statistics object|[a-z]+) /,
    '',
  );
}

interface Node {
  object: LiveObject;
  statements: readonly Statement[];
}

/** Puts what a statement speaks of before it. */
function inOrder(nodes: readonly Node[]): Node[] {
  const sorted: Node[] = [];
  const seen = new Set<Node>();
  const spoken = nodes.filter(({ object }) => SPOKEN_OF.has(object.kind));
  const visit = (node: Node): void => {
    if (seen.has(node)) return;
    seen.add(node);
    const text = node.statements.map(({ sql }) => sql).join('\n');
    for (const other of spoken) if (other !== node && mentions(text, other.object)) visit(other);
    sorted.push(node);
  };
  for (const node of nodes) visit(node);
  return sorted;
}

const SPOKEN_OF = new Set([
  'sequence',
  'enum',
  'type',
  'domain',
  'range',
  'function',
  'procedure',
  'aggregate',
  'table',
  'view',
  'materialized view',
  'foreign table',
]);

function mentions(text: string, { name }: LiveObject): boolean {
  const base = name.replace(/\(.*$/s, '');
  for (let at = text.indexOf(base); at >= 0; at = text.indexOf(base, at + 1))
    if (!/[\w"]/.test(text[at + base.length] ?? '') && !/[\w"]/.test(text[at - 1] ?? '')) return true;
  return false;
}
