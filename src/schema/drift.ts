/** What the migrations lead to, against what is there. */
import type { Chain } from './chain.ts';
import { differences, keyOf, type Difference, type LiveObject, type LiveObjects } from './objects.ts';
import { repair, type Statement } from './repair.ts';
import { inScope } from './scope.ts';

/** What the migrations are compared with. */
export interface Source {
  /** As it is called: `schema.prisma`, `the database app at localhost:5432`. */
  title: string;
  objects: LiveObjects;
  /** The major version of PostgreSQL that it runs on, if it does. */
  version?: number;
  /** An object of the migrations in the words of the source; undefined where the source does not speak of such. */
  view?: (object: LiveObject) => LiveObject | undefined;
  /** Whether what it says of an object is enough to make it. @default true */
  isExact?: boolean;
  /** What could not be read of it. */
  notes?: readonly string[];
}

/** A difference, and the statements that it takes. */
export interface Drifted extends Difference {
  /** The object under which it is grouped. */
  group: string;
  /** What would bring the database into step with the migrations. */
  toDatabase: readonly Statement[];
  /** What would bring the migrations into step with what is there. */
  toMigrations: readonly Statement[];
}

export interface Drift {
  found: readonly Drifted[];
  /** What the migrations lead to, as far as it is compared. */
  expected: LiveObjects;
  /** What is there, in the same words. */
  actual: LiveObjects;
}

const groupOf = ({ expected, actual }: Difference): string => {
  const { of, kind, name } = (expected ?? actual)!;
  return of ?? (kind === 'grant' || kind === 'comment' ? 'the database' : name);
};

/** Compares the end of a chain with a source. */
export function driftOf(chain: Pick<Chain, 'base' | 'end'>, source: Source, isSupabase: boolean): Drift {
  const { expected, actual } = inScope(chain, source.objects, isSupabase);
  const found = differences(
    source.view ? viewed(expected, source.view) : expected,
    source.view ? viewed(actual, source.view) : actual,
  );
  const wanted = source.view ? merged(expected, found) : actual;
  const toMigrations = source.isExact === false ? [] : repair(wanted, expected, { version: 18 });
  const toDatabase = source.view ? [] : repair(expected, actual, { version: source.version ?? 12 });
  return {
    expected,
    actual: wanted,
    found: found.map((difference) => ({
      ...difference,
      group: groupOf(difference),
      toDatabase: statementsFor(difference, toDatabase),
      toMigrations: statementsFor(difference, toMigrations),
    })),
  };
}

/** The objects of which a source speaks, in its words. */
export const viewed = (objects: LiveObjects, view: NonNullable<Source['view']>): LiveObjects => {
  const seen = new Map<string, LiveObject>();
  for (const object of objects.values()) {
    const own = view(object);
    if (own) seen.set(keyOf(own), own);
  }
  return seen;
};

/** The objects of the migrations as a source would have them that speaks of a part of their properties. */
function merged(expected: LiveObjects, found: readonly Difference[]): LiveObjects {
  const wanted = new Map(expected);
  for (const { kind, expected: own, actual } of found) {
    if (kind === 'missing') {
      wanted.delete(keyOf(own!));
      continue;
    }
    const full = expected.get(keyOf(actual!));
    wanted.set(keyOf(actual!), { ...full, ...actual!, properties: propertiesOf(actual!, full) });
  }
  return wanted;
}

/** What a source says of an object, and what it leaves open as it is in the migrations. */
function propertiesOf({ properties }: LiveObject, full: LiveObject | undefined): LiveObject['properties'] {
  const { auto, ...said } = properties;
  const all: Record<string, string | null> = { ...full?.properties, ...said };
  // A column that counts, of which more is not said.
  if (auto !== 'yes') return all;
  if (!full) return { ...all, identity: 'BY DEFAULT', 'identity sequence': null };
  return { ...all, default: full.properties.default ?? null };
}

const statementsFor = ({ expected, actual }: Difference, statements: readonly Statement[]): Statement[] => {
  const key = keyOf((expected ?? actual)!);
  return statements.filter(({ object }) => keyOf(object) === key);
};
