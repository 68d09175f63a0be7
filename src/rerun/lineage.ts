/**
 * A lineage is what one file does to one object under all its names: made, renamed, converted, dropped. Where a later
 * statement of a lineage undoes an earlier one, no guard of its own mends the earlier one. It has to ask whether the
 * lineage has come to its end, and it may ask for nothing else: a stranger may exist without this file.
 */
import { isTemporary, kindInfo, ownerOf, partitionLink, type ObjectRef } from '../catalog/objects.ts';
import { mayBeSameType, nameOfType } from '../catalog/names.ts';
import { flatMap } from '../lists.ts';
import type { Effect } from '../catalog/effects.ts';
import type { World } from '../history/world.ts';
import type { FirstRun } from './first-run.ts';
import { mentions } from './semantics/index.ts';

/** The condition that is true once a lineage has ended: an object exists, or an object is gone. */
export type LineageEnd = { made: ObjectRef } | { removed: ObjectRef };

/** A possible end of a lineage. */
export interface EndEvent {
  /** The step with which it comes about. */
  step: number;
  end: LineageEnd;
  /** The step from which on the condition tells anything. Before it, the object is not there yet. */
  from?: number;
  /**
   * Steps before the end that already find the object as it is at the end: from behind the step that makes it so, to
   * the step that undoes it. A guard that begins there would be skipped in the first run.
   */
  early?: readonly { behind: number; to: number }[];
}

/** One moment in the life of an object. */
interface LifeEvent {
  step: number;
  exists: boolean;
  ref: ObjectRef;
  /** Whether the statement succeeds only if this changes something: a bare CREATE, DROP or RENAME. */
  isCertain: boolean;
}

/** The lives of all objects that a file makes, renames or drops. */
export class Lives {
  private readonly first: FirstRun;
  private readonly events = new Map<string, LifeEvent[]>();
  /** Keys of one lineage: two names of one object, a column and the type that it is converted to. */
  private readonly links = new Map<string, Set<string>>();
  private readonly refs = new Map<string, ObjectRef>();

  constructor(first: FirstRun) {
    this.first = first;
    first.occurrences.forEach((occurrences, step) => {
      // What conditions keep from running proves nothing of what is there.
      for (const { effect, isRun } of occurrences) if (isRun) this.read(effect, step);
    });
    this.linkConvertedColumns();
  }

  /** The keys of everything that belongs to the lineage of some objects. */
  lineageOf(seeds: readonly string[]): Set<string> {
    const lineage = new Set<string>();
    const waiting = [...seeds];
    for (let key = waiting.pop(); key !== undefined; key = waiting.pop()) {
      if (lineage.has(key)) continue;
      lineage.add(key);
      waiting.push(...(this.links.get(key) ?? []));
    }
    return lineage;
  }

  /** The steps that make, rename, convert or drop something of a lineage, in order. */
  stepsOf(lineage: ReadonlySet<string>): number[] {
    const { occurrences } = this.first;
    const named = (effect: Effect) => mentions(effect).some((ref) => lineage.has(this.key(ref)));
    return [...occurrences.keys()].filter((step) => occurrences[step]!.some(({ effect }) => named(effect)));
  }

  /** Whether a step works on an object of a lineage, or on a table that one of them belongs to. */
  isAbout(step: number, lineage: ReadonlySet<string>): boolean {
    const owners = this.ownersOf(lineage);
    const isOf = (ref: ObjectRef) =>
      [ref, ...(ref.of ? [ownerOf(ref, ref.of)] : [])].some((r) => lineage.has(this.key(r)) || owners.has(this.key(r)));
    return this.first.occurrences[step]!.some(({ effect }) => 'object' in effect && isOf(effect.object));
  }

  /**
   * What tells for certain that a lineage has come to its end, the plainest first. On every database on which the file
   * can run, it is otherwise before the lineage begins.
   */
  endsOf(lineage: ReadonlySet<string>): EndEvent[] {
    const own = flatMap(lineage, (key) => this.endOf(key) ?? []);
    const parts = flatMap(this.partsOf(lineage), (key) => this.endOf(key) ?? []);
    const converted = flatMap(lineage, (key) => this.conversionOf(key) ?? []);
    const labels = flatMap(lineage, (key) => this.labelOf(key) ?? []);
    return [...own.sort(plainestFirst), ...converted, ...parts.sort(plainestFirst), ...labels];
  }

  /**
   * The ends of objects that the file makes and removes again. They tell only what stands behind the statement that
   * makes them, which has a guard of its own.
   */
  passingEndsOf(lineage: ReadonlySet<string>): EndEvent[] {
    return flatMap(lineage, (key): EndEvent[] => {
      const events = this.events.get(key);
      const [made, removed] = [events?.[0], events?.at(-1)];
      if (!made?.exists || removed?.exists !== false || !isAskable(removed.ref)) return [];
      return [{ step: removed.step, end: { removed: removed.ref }, from: made.step + 1 }];
    });
  }

  /** The same of objects that are not of the lineage, but cannot be made before it: a view on the table. */
  endsOfOthers(keys: readonly string[]): EndEvent[] {
    return flatMap(keys, (key) => this.endOf(key) ?? []).sort(plainestFirst);
  }

  /** The keys of the objects that a step creates or drops. */
  madeBy(step: number): string[] {
    return [...this.events].filter(([, events]) => events.some((event) => event.step === step)).map(([key]) => key);
  }

  key(ref: ObjectRef): string {
    return this.first.base.key(ref);
  }

  // eslint-disable-next-line complexity -- one case for every action: a new one does not compile until it is here
  private read(effect: Effect, step: number): void {
    switch (effect.action) {
      case 'create':
      case 'duplicate': {
        const isCertain = effect.action === 'create' && effect.mode === 'bare';
        for (const ref of mentions(effect)) this.add(ref, { step, exists: true, isCertain });
        // A sequence gets another name where that of its table and column is taken.
        for (const ref of effect.parts ?? [])
          this.add(ref, { step, exists: true, isCertain: isCertain && ref.kind !== 'sequence' });
        const link = partitionLink(effect.object);
        if (link) {
          this.add(link, { step, exists: true, isCertain });
          this.link(link, effect.object);
        }
        const { usingIndex } = effect.object.detail ?? {};
        if (usingIndex !== undefined)
          this.link(effect.object, { kind: 'index', schema: effect.object.of?.schema, name: usingIndex });
        return;
      }
      case 'drop':
        this.add(effect.object, { step, exists: false, isCertain: effect.mode === 'bare' });
        return;
      case 'rename': {
        // With IF EXISTS it succeeds also where nothing has the old name, unless the file itself has made it.
        const isCertain = effect.mode === 'bare' || this.events.get(this.key(effect.object))?.at(-1)?.exists === true;
        this.link(effect.object, effect.to);
        this.add(effect.object, { step, exists: false, isCertain });
        this.add(effect.to, { step, exists: true, isCertain });
        return;
      }
      case 'learn': {
        // Where the table is dropped, so is the sequence of its column.
        const { ownedBy } = effect.detail;
        if (ownedBy && this.first.after.isGone(effect.object)) this.link(effect.object, { kind: 'table', ...ownedBy });
        return;
      }
      case 'use':
      case 'avoid':
      case 'insert':
      case 'write':
      case 'delete':
      case 'change':
      case 'reach':
      case 'search-path':
      case 'session':
      case 'set':
      case 'call':
      case 'fill':
      case 'raise':
      case 'unknown':
    }
  }

  private add(ref: ObjectRef, event: Omit<LifeEvent, 'ref'>): void {
    const key = this.key(ref);
    this.refs.set(key, ref);
    const events = this.events.get(key);
    if (events) events.push({ ...event, ref });
    else this.events.set(key, [{ ...event, ref }]);
  }

  private link(a: ObjectRef, b: ObjectRef): void {
    const [x, y] = [this.key(a), this.key(b)];
    for (const [from, to] of [[x, y] as const, [y, x] as const]) {
      const linked = this.links.get(from);
      if (linked) linked.add(to);
      else this.links.set(from, new Set([to]));
    }
    this.refs.set(x, a);
    this.refs.set(y, b);
  }

  /** A column that is converted to a type which the file makes or renames is of the lineage of the type. */
  private linkConvertedColumns(): void {
    for (const { effect } of this.first.occurrences.flat()) {
      if (effect.action !== 'create' || effect.object.kind !== 'column type') continue;
      const name = nameOfType(effect.object.detail?.type ?? '');
      if (!name) continue;
      const type: ObjectRef = { kind: 'type', ...name };
      if (this.events.has(this.key(type))) this.link(effect.object, type);
    }
  }

  private ownersOf(lineage: ReadonlySet<string>): Set<string> {
    return new Set(
      flatMap(lineage, (key) => {
        const ref = this.refs.get(key);
        return ref?.of ? this.key(ownerOf(ref, ref.of)) : [];
      }),
    );
  }

  /** Objects that belong to one of the lineage: the values of an enum, the partitions of a table, a key on a column. */
  private partsOf(lineage: ReadonlySet<string>): string[] {
    const owner = ({ of, kind, detail }: ObjectRef) =>
      of
        ? ownerOf({ kind, name: '', of }, of)
        : detail?.partitionOf && { kind: 'table' as const, ...detail.partitionOf };
    const isOnColumn = ({ of, detail }: ObjectRef) =>
      of !== undefined &&
      (detail?.columns ?? []).some((name) => name !== undefined && lineage.has(this.key({ kind: 'column', name, of })));
    return [...this.refs.keys()].filter((key) => {
      const ref = this.refs.get(key)!;
      const of = owner(ref);
      return !lineage.has(key) && ((of !== undefined && lineage.has(this.key(of))) || isOnColumn(ref));
    });
  }

  /** The event that tells for certain by existence alone. */
  private endOf(key: string): EndEvent | undefined {
    const events = this.events.get(key);
    const ref = this.refs.get(key)!;
    if (!events || !isAskable(ref) || this.hasOtherKey(ref)) return undefined;
    const { after } = this.first;
    const last = events.at(-1)!;
    if (after.existsKey(key) !== last.exists || this.wasThere(key) !== !last.exists) return undefined;
    const object = after.refOfKey(key) ?? last.ref;
    const early = flatMap(events.slice(0, -1), ({ step, exists }, k) =>
      exists === last.exists ? [{ behind: step, to: events[k + 1]!.step }] : [],
    );
    return { step: last.step, end: last.exists ? { made: object } : { removed: object }, early };
  }

  /** Whether a key for which its table is asked, whatever the name, may be another one before the file. */
  private hasOtherKey({ kind, of, detail }: ObjectRef): boolean {
    if (kind !== 'constraint' || !of || detail?.contype !== 'p' || !detail.implicit) return false;
    return this.first.base.parts({ kind: 'table', ...of }).some((part) => part.detail?.contype === 'p');
  }

  /**
   * Whether an object exists before the file, on every database on which the file can run; undefined if that may
   * differ.
   */
  private wasThere(key: string): boolean | undefined {
    const { base } = this.first;
    const ref = this.refs.get(key)!;
    const begin = this.events.get(key)?.[0];
    const owner = ref.of && this.events.get(this.key(ownerOf(ref, ref.of)))?.[0];
    // A bare CREATE proves that nothing of the name was there, a bare DROP that something was.
    if (owner?.isCertain && owner.exists) return false;
    // Another object may have the name of the owner at that time.
    const isFirstOwner = owner === undefined || owner.step >= (begin?.step ?? 0);
    if (begin?.isCertain && isFirstOwner) return !begin.exists;
    // DROP IF EXISTS proves nothing: history does not know every object.
    if (begin && !begin.exists) return undefined;
    return base.existsKey(key) ?? base.has(ref);
  }

  /** The event that tells by what the object has become: a relation of another kind, a column of another type. */
  private conversionOf(key: string): EndEvent | undefined {
    const { base, after } = this.first;
    const step = this.events.get(key)?.findLast(({ exists }) => exists)?.step;
    const ref = this.refs.get(key);
    if (!ref || step === undefined) return undefined;
    if (ref.kind === 'column' || ref.kind === 'column type') {
      const type = typeOf(ref, after);
      const was = typeOf(ref, base);
      if (type === undefined || was === undefined || mayBeSameType(was, type)) return undefined;
      return { step, end: { made: { ...ref, kind: 'column type', detail: { ...ref.detail, type } } } };
    }
    const is = after.refOfKey(key);
    const was = base.refOfKey(key)?.kind;
    const { asKind } = is ? kindInfo(is.kind) : {};
    if (!is || !asKind?.relkind || was === undefined || was === is.kind) return undefined;
    return { step, end: { made: { ...is, detail: { ...is.detail, ...asKind } } } };
  }

  /** The event that tells by a value that an enum of the same name has, or has no more. */
  private labelOf(key: string): EndEvent | undefined {
    const { base, after } = this.first;
    const type = after.refOfKey(key);
    const step = this.events.get(key)?.findLast(({ exists }) => exists)?.step;
    if (type?.detail?.typtype !== 'e' || step === undefined || base.existsKey(key) !== true) return undefined;
    const labels = (world: World) => world.parts(type).filter(({ kind }) => kind === 'enum label');
    const isIn = (world: World) => (label: ObjectRef) => world.has(label) === true;
    const made = labels(after).find((label) => !isIn(base)(label));
    if (made) return { step, end: { made } };
    const removed = labels(base).find((label) => !isIn(after)(label));
    return removed && { step, end: { removed } };
  }
}

function typeOf(column: ObjectRef, world: World): string | undefined {
  const converted = world.get({ ...column, kind: 'column type' });
  return (converted ?? world.get({ ...column, kind: 'column' }))?.ref.detail?.type;
}

/** Whether the catalog can be asked for the object. A temporary one is gone with its session. */
const isAskable = (ref: ObjectRef): boolean =>
  ref.kind !== 'column type' && !isTemporary(ref) ? kindInfo(ref.kind).existence?.(ref) !== undefined : false;

/**
 * Orders existing objects before dropped ones, whole objects before their parts, and later events before earlier ones.
 */
function plainestFirst(a: EndEvent, b: EndEvent): number {
  const rank = ({ end }: EndEvent) => ('made' in end ? (end.made.of ? 1 : 0) : 2);
  return rank(a) - rank(b) || b.step - a.step;
}
