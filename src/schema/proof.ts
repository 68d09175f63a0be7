/** Writes a repair as a migration, and proves on the embedded PostgreSQL that it does what it is for. */
import type { Session } from '../database/types.ts';
import { quoteIdent } from '../catalog/names.ts';
import { flatMap } from '../lists.ts';
import { play, type MigrationFile, type PlayOptions } from '../verify/index.ts';
import { planSteps } from '../verify/steps.ts';
import { viewed, type Source } from './drift.ts';
import { differences, keyOf, readObjects, type Difference, type LiveObjects } from './objects.ts';
import { repair, type Statement } from './repair.ts';

export interface ProofOptions extends Omit<PlayOptions, 'atStart' | 'onFile' | 'atEnd'> {
  owners?: readonly string[];
  /** The major version of PostgreSQL that is to run the migration. */
  version?: number;
  /** An object in the words of the source that is compared with. @default as it is */
  view?: Source['view'];
  /** Makes a migration repeatable: what `--fix` makes of its text. */
  fix: (text: string) => Promise<string>;
}

export interface Repaired {
  text: string;
  /** Why it is not proven, if it is not. */
  unproven?: string;
  /** What is left to differ once it has run, besides what is written as a comment only. */
  left: readonly Difference[];
}

/**
 * The migration that brings the migrations into step with what is there, or what is there into step with them.
 * @param files the migrations @param expected what they lead to @param actual what is there
 */
export async function provenRepair(
  files: readonly MigrationFile[],
  { expected, actual }: { expected: LiveObjects; actual: LiveObjects },
  toward: 'migrations' | 'database',
  options: ProofOptions,
): Promise<Repaired> {
  const { fix, view, owners = [], version = 12, ...playing } = options;
  const [from, to] = toward === 'database' ? [actual, expected] : [expected, actual];
  let repaired: Repaired | undefined;
  await play(files, {
    ...playing,
    atEnd: async (session) => {
      const read = () => readObjects((sql) => session.ask(sql), { owners });
      const rebuilt = toward === 'database' ? await rebuild(session, from, to, read) : undefined;
      repaired = await new Proof({ session, from, to, version, fix, read, view }).run(rebuilt);
    },
  });
  return repaired!;
}

/** Brings the database that the migrations lead to into the state of another; what cannot be done, in words. */
async function rebuild(
  session: Session,
  from: LiveObjects,
  end: LiveObjects,
  read: () => Promise<LiveObjects>,
): Promise<string | undefined> {
  const run = (sql: string) => session.run([{ sql, offset: 0 }], 'stop');
  for (const role of rolesOf(from)) await run(`CREATE ROLE ${role}`);
  // There are no rows to lose.
  for (const { sql } of repair(from, end, { version: 18 })) await run(sql);
  const [other] = among(differences(from, await read()), from, end);
  if (!other) return undefined;
  const { kind, name } = (other.expected ?? other.actual)!;
  return `the ${kind} ${name} that is there cannot be made on the embedded PostgreSQL`;
}

/** The roles that own something or may do something: other databases of the server make them too. */
const rolesOf = (objects: LiveObjects): Set<string> =>
  new Set(
    flatMap(objects.values(), ({ kind, name, properties: { owner } }) => [
      ...(owner == null ? [] : [quoteIdent(owner)]),
      ...(kind === 'grant' || kind === 'default privileges' ? [/^("(?:[^"]|"")*"|\S+) /.exec(name)![1]!] : []),
    ]).filter((role) => role !== 'PUBLIC'),
  );

/** Only what is compared counts: the platform has more. */
const among = (found: readonly Difference[], ...known: readonly LiveObjects[]): Difference[] =>
  found.filter(({ expected, actual }) => {
    const key = keyOf((expected ?? actual)!);
    return known.some((objects) => objects.has(key));
  });

/** Without what is written as a comment only, and what belongs to it. */
function openOf(found: readonly Difference[], statements: readonly Statement[]): Difference[] {
  const open = new Set(flatMap(statements, ({ why, object }) => (why === undefined ? [] : object.name)));
  return found.filter(({ expected, actual }) => {
    const { name, of } = (expected ?? actual)!;
    return !open.has(name) && !(of !== undefined && open.has(of));
  });
}

/** More views than any repair has to make anew. */
const MOST_ROUNDS = 20;

interface Proving {
  session: Session;
  from: LiveObjects;
  to: LiveObjects;
  version: number;
  fix: (text: string) => Promise<string>;
  read: () => Promise<LiveObjects>;
  view: Source['view'];
}

class Proof {
  private readonly proving: Proving;

  constructor(proving: Proving) {
    this.proving = proving;
  }

  /** @param rebuilt why the database is not as `from`, if it is not */
  async run(rebuilt: string | undefined): Promise<Repaired> {
    const { session, from, to, version, fix } = this.proving;
    const before = await session.mark();
    const remade = new Set<string>();
    for (let round = 0; ; round++) {
      const statements = repair(to, from, { version, remade });
      const text = await fix(textOf(statements));
      if (rebuilt !== undefined) return { text, unproven: rebuilt, left: [] };
      const failed = await this.failed(statements);
      await session.rewind(before);
      // Some changes of a view need another one in its place.
      const { object } = failed ?? {};
      if (object?.kind !== 'view' || remade.has(object.name) || round >= MOST_ROUNDS)
        return { text, ...(await this.twice(text, statements)) };
      remade.add(object.name);
    }
  }

  /** The first statement that does not run. */
  private async failed(statements: readonly Statement[]): Promise<Statement | undefined> {
    for (const statement of statements)
      if (statement.why === undefined && (await this.proving.session.run([{ sql: statement.sql, offset: 0 }], 'stop')))
        return statement;
    return undefined;
  }

  private async twice(text: string, statements: readonly Statement[]): Promise<Omit<Repaired, 'text'>> {
    const { session, to, from, read, view } = this.proving;
    const { steps } = planSteps(text, 'drift.sql');
    for (const time of ['first', 'second']) {
      const failure = await session.run(steps, 'stop');
      if (failure) return { unproven: `its ${time} run fails: ${failure.message} (${failure.code})`, left: [] };
      await session.reset();
    }
    const inWords = (objects: LiveObjects) => (view ? viewed(objects, view) : objects);
    const found = differences(inWords(to), inWords(await read()));
    return { left: openOf(among(found, to, from), statements) };
  }
}

/** Statements as the text of a migration; what must not simply run is a comment. */
function textOf(statements: readonly Statement[]): string {
  const blocks = statements.map(({ sql, why }) =>
    why === undefined
      ? `${sql};`
      : [`-- Not run, since ${why}:`, ...sql.split('\n').map((line) => `-- ${line}`)].join('\n'),
  );
  return blocks.length === 0 ? '' : `${blocks.join('\n\n')}\n`;
}
