/**
 * Settings that dynamic SQL changes without naming the object: a loop over pg_tables enables row level security on
 * every table.
 */
import { saysInString } from '../syntax/nested.ts';
import type { Statement } from '../syntax/script.ts';
import type { Effect, SetEffect, Setting } from './effects.ts';
import type { ObjectRef } from './objects.ts';
import { set } from './settings.ts';
import { flatMap } from '../lists.ts';

const everyTable = (setting: Setting): SetEffect => ({
  ...set({ kind: 'table', name: '' }, setting, true),
  every: 'present',
});

/** The settings that dynamic SQL changes if it contains a phrase. */
const DYNAMIC: readonly { phrase: string; effect: SetEffect }[] = [
  { phrase: 'enable row level security', effect: everyTable('row level security') },
  { phrase: 'create policy', effect: everyTable('policies') },
  {
    phrase: 'set search_path',
    effect: { ...set({ kind: 'function', name: '' }, 'search_path', 'dynamic'), every: 'present' },
  },
];

/** Whether format() fills in the whole name. The parser gets underscores in its place. */
const isFilledIn = (name: string | undefined): boolean => name !== undefined && /^__+$/.test(name);

/** If format() fills in the name, the effect applies to every object of the kind. */
function onAll(effect: SetEffect): SetEffect {
  const { object } = effect;
  if (!isFilledIn(object.name)) return effect;
  const { kind, schema } = object;
  return { ...effect, object: { kind, schema: isFilledIn(schema) ? undefined : schema, name: '' }, every: 'present' };
}

/** The effects of a statement, those of its dynamic SQL on objects without a name among them. */
export function withDynamic(statement: Statement, effects: readonly Effect[]): readonly Effect[] {
  if (statement.embedded?.kind !== 'execute') return effects;
  if (statement.type === 'ExecuteStmt') {
    const { parent, script, embedded } = statement;
    const own = script.text.slice(embedded.start, embedded.end);
    // EXECUTE of a variable runs SQL that stands elsewhere in the block.
    const text = own.includes("'") || !parent ? own : parent.text;
    return [...effects, ...flatMap(DYNAMIC, ({ phrase, effect }) => (saysInString(text, phrase) ? [effect] : []))];
  }
  if (!statement.placeholders) return effects;
  const table = statement.as('CreatePolicyStmt')?.table;
  return [
    ...effects.map((effect) => (effect.action === 'set' ? onAll(effect) : effect)),
    ...(isFilledIn(table?.relname) ? [onAll(set({ kind: 'table', name: '__' }, 'policies', true))] : []),
  ];
}

/**
 * The settings that a function changes with dynamic SQL when it is called; see `settingsOfCall`. A phrase that the body
 * does not have is reset, since OR REPLACE may have replaced a body that had it.
 */
export function bodySettings(routine: ObjectRef, body: string): SetEffect[] {
  // Most functions execute no dynamic SQL, and need not be read.
  const lower = body.toLowerCase();
  const executes = (phrase: string) =>
    lower.includes('execute') &&
    lower.includes(phrase.slice(phrase.lastIndexOf(' ') + 1)) &&
    saysInString(body, phrase);
  return DYNAMIC.map(({ phrase }) => set(routine, `executes ${phrase}`, executes(phrase) || undefined));
}

/** The settings that a call of a function changes. Its body has been read before. */
export const settingsOfCall = (settings: Readonly<Partial<Record<Setting, unknown>>>): SetEffect[] =>
  flatMap(DYNAMIC, ({ phrase, effect }) => (settings[`executes ${phrase}`] === true ? [effect] : []));
