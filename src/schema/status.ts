/**
 * What a database has of each migration, by what the migration does and not by what somebody has recorded: its
 * migrations are played elsewhere, and what each of them makes, changes and removes is looked up in the database.
 */
import type { MigrationFile } from '../verify/index.ts';
import { planSteps } from '../verify/steps.ts';
import { flatMap } from '../lists.ts';
import { Lines } from '../lines.ts';
import { effectsOf, playChain, type Chain, type ChainOptions } from './chain.ts';
import type { Recorded } from './ledger.ts';
import { differingProperties, keyOf, type Difference, type LiveObject, type LiveObjects } from './objects.ts';

/**
 * - `applied`: all that it does is there.
 * - `partly`: some of it is there, or is there otherwise.
 * - `pending`: nothing of it is there.
 * - `superseded`: later files have removed or replaced all that it does, and something of them is there.
 * - `unknown`: it does nothing that shows in the schema, or it cannot be played.
 */
export type Presence = 'applied' | 'partly' | 'pending' | 'superseded' | 'unknown';

/** What one effect of a file has come to. */
export type EffectState =
  /** The database has what the file leaves. */
  | 'there'
  /** It has what was there before the file. */
  | 'missing'
  /** It has something else. */
  | 'different'
  /** It has what a later file leaves, or what is gone after this file is gone: that tells nothing. */
  | 'later';

export interface EffectStatus {
  kind: string;
  name: string;
  state: EffectState;
  /** Which properties the database has otherwise. */
  properties?: readonly string[];
}

export interface StatementStatus {
  line: number;
  /** Its first line. */
  sql: string;
  state: Exclude<EffectState, 'later'>;
  effects: readonly EffectStatus[];
}

export interface FileStatus {
  path: string;
  presence: Presence;
  effects: readonly EffectStatus[];
  /** Why it cannot be told, or what could not be played. */
  reason?: string;
  /** The statements of a file that is there in part, as far as each has an effect. */
  statements?: readonly StatementStatus[];
  /** What the tool's table says; undefined where it is not there. */
  recorded?: boolean;
  /** What is wrong between the record and the database. */
  disagreement?: string;
}

export type StatusOptions = Omit<ChainOptions, 'each'>;

/**
 * @param live the objects of the database
 * @param recorded what the tool's table says of each file, in the same order
 */
export async function statusOf(
  files: readonly MigrationFile[],
  live: LiveObjects,
  recorded: readonly Recorded[] | undefined,
  options: StatusOptions,
): Promise<FileStatus[]> {
  const chain = await playChain(files, options);
  const effects = effectsIn(chain, (k) => files[k]!, live);
  const presences = effects.map(presenceOf);
  const hasSome = presences.some((presence) => presence === 'applied' || presence === 'partly');
  const statuses = files.map(({ path }, k): FileStatus => {
    const failure = chain.files[k]!.failure;
    const presence = settle(presences, k, hasSome);
    const reason = failure
      ? reasonOf(failure)
      : presence === 'unknown'
        ? 'it changes nothing that the schema shows'
        : undefined;
    return { path, presence, effects: effects[k]!, ...(reason !== undefined && { reason }) };
  });
  for (const [k, status] of statuses.entries()) {
    if (status.presence === 'partly') status.statements = await statementsOf(files, k, chain, live, options);
    if (recorded) Object.assign(status, recordOf(status, recorded[k]!));
  }
  return statuses;
}

/** @param fileOf the migration that a file of the chain is, or is a statement of */
const effectsIn = (chain: Chain, fileOf: (k: number) => MigrationFile, live: LiveObjects): EffectStatus[][] =>
  effectsOf(chain).map((changes, k) =>
    changes.filter((change) => isOwn(change, fileOf(k))).map((change) => stateOf(change, k, chain, live)),
  );

/** Rights that default privileges of the database give belong to the database, and not to the file. */
const isOwn = ({ expected, actual }: Difference, { text }: MigrationFile): boolean =>
  (expected ?? actual)!.kind !== 'grant' || /\b(?:grant|revoke|privileges)\b/i.test(text);

const reasonOf = (failure: NonNullable<Chain['files'][number]['failure']>): string =>
  failure.verdict === 'fails'
    ? `line ${failure.failure.line} cannot be played: ${failure.failure.message} (${failure.failure.code})`
    : `it cannot be played: ${failure.reason}`;

/** What has become of one change that a file makes. */
function stateOf(change: Difference, file: number, chain: Chain, live: LiveObjects): EffectStatus {
  // `differences` was asked what the file leaves, beside what was there before it.
  const [after, before] = [change.expected, change.actual];
  const object = (after ?? before)!;
  const key = keyOf(object);
  const actual = live.get(key);
  const { kind, name } = object;
  const told = (state: EffectState, properties?: readonly string[]): EffectStatus => ({
    kind,
    name,
    state,
    ...(properties && properties.length > 0 && { properties }),
  });
  if (isSame(after, actual)) return told(after ? 'there' : 'later');
  const later = chain.files.slice(file + 1).map(({ objects }) => objects.get(key));
  if (later.some((version) => !isSame(version, after) && isSame(version, actual))) return told('later');
  if (isSame(before, actual)) return told('missing');
  return told('different', actual && after ? differingProperties(after, actual) : undefined);
}

const isSame = (a: LiveObject | undefined, b: LiveObject | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && differingProperties(a, b).length === 0);

function presenceOf(effects: readonly EffectStatus[]): Presence {
  const has = (state: EffectState) => effects.some((effect) => effect.state === state);
  if (effects.length === 0) return 'unknown';
  if (has('there')) return has('missing') || has('different') ? 'partly' : 'applied';
  if (has('different')) return 'partly';
  return has('missing') ? 'pending' : 'superseded';
}

/** A file whose effects tell nothing: it has run where others have, and has not where none has. */
function settle(presences: readonly Presence[], k: number, hasSome: boolean): Presence {
  const presence = presences[k]!;
  if (presence !== 'superseded') return presence;
  if (!hasSome) return 'pending';
  // A file that only removes is done once what stands before it is.
  const before = presences.slice(0, k).findLast((other) => other !== 'superseded' && other !== 'unknown');
  const isLast = presences
    .slice(k + 1)
    .every((other) => other === 'superseded' || other === 'pending' || other === 'unknown');
  if (before === 'pending' && isLast) return 'pending';
  return before === 'applied' && isLast ? 'applied' : presence;
}

/** What each statement of a file has come to: they are played as if each were a file. */
async function statementsOf(
  files: readonly MigrationFile[],
  at: number,
  before: Chain,
  live: LiveObjects,
  options: StatusOptions,
): Promise<StatementStatus[]> {
  const file = files[at]!;
  const { steps } = planSteps(file.text, file.path, options.placeholders, file.kind);
  const lines = new Lines(file.text);
  // Each is a session of its own: what an earlier one has set has to be set again.
  let settings = '';
  const pieces = steps.map(({ sql }, k): MigrationFile => {
    const text = settings + sql;
    if (SETTING.test(sql)) settings += `${sql};\n`;
    return { path: `${file.path}#${k}`, text };
  });
  const { runnersOf, ...playing } = options;
  const byFile =
    runnersOf &&
    ((one: MigrationFile) => runnersOf(one.path.startsWith(`${file.path}#`) ? { ...file, text: one.text } : one));
  const chain = await playChain([...files.slice(0, at), ...pieces], {
    ...playing,
    ...(byFile && { runnersOf: byFile }),
  });
  // What comes behind the file counts as later here too.
  const whole: Chain = { ...chain, files: [...chain.files, ...before.files.slice(at + 1)] };
  const effects = effectsIn(whole, () => file, live);
  return flatMap(steps, ({ sql, offset }, k): StatementStatus | [] => {
    const own = effects[at + k]!;
    const state = (['different', 'missing', 'there'] as const).find((one) =>
      own.some((effect) => effect.state === one),
    );
    if (state === undefined) return [];
    return { line: lines.locate(offset).line, sql: sql.trim().split('\n', 1)[0]!, state, effects: own };
  });
}

const SETTING = /^\s*(?:set|reset)\s+(?!constraints\b|transaction\b|local\b)/i;

/** Whether the record and the database say the same. */
function recordOf(
  { presence }: FileStatus,
  { row, isEdited }: Recorded,
): Pick<FileStatus, 'recorded' | 'disagreement'> {
  const recorded = row !== undefined && !row.isFailed;
  const disagreement = row?.isFailed
    ? 'its tool began it and did not come to its end'
    : recorded && (presence === 'pending' || presence === 'partly')
      ? `it is recorded, and ${presence === 'partly' ? 'only some of it is' : 'nothing of it is'} there`
      : !recorded && presence === 'applied'
        ? 'it is there, and not recorded'
        : isEdited
          ? 'it was changed after it was recorded'
          : undefined;
  return { recorded, ...(disagreement !== undefined && { disagreement }) };
}
