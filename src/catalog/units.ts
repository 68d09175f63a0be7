import type { Node, NodeOf } from '../syntax/parser.ts';
import { perStatement, type Statement } from '../syntax/script.ts';
import { splitTopLevel } from '../syntax/nesting.ts';
import { withDynamic } from './dynamic.ts';
import type { Effect, Entry, Surroundings } from './effects.ts';
import { nameOfRange, nodeAs } from './nodes.ts';
import { ownerKind, ownerOf, type Name } from './objects.ts';
import { GIVES_TO_ROLES, namesOfRoles } from './roles.ts';
import { entryFor } from './statements/index.ts';
import { use } from './uses.ts';
import { flatMap } from '../lists.ts';

/** One statement, or one subcommand of ALTER TABLE, with its row of the table and its effects. */
export class Unit {
  readonly statement: Statement;
  readonly entry: Entry;
  readonly effects: readonly Effect[];
  /** Which subcommand it is, from 0; undefined for a whole statement. */
  private readonly subcommand: number | undefined;

  constructor(statement: Statement, entry: Entry, effects: readonly Effect[], subcommand?: number) {
    this.statement = statement;
    this.entry = entry;
    this.effects = effects;
    this.subcommand = subcommand;
  }

  /** The node that the entry speaks of: the statement's, or that of the subcommand. */
  get node(): object {
    const { statement, subcommand } = this;
    if (subcommand === undefined) return statement.node;
    return nodeAs(statement.as('AlterTableStmt')!.cmds![subcommand], 'AlterTableCmd')!;
  }

  /** The range of the subcommand, or of the whole statement. */
  get start(): number {
    return this.range.start;
  }

  get end(): number {
    return this.range.end;
  }

  /** Computed lazily: only reports need the range. */
  private get range(): { start: number; end: number } {
    if (this.subcommand === undefined) return this.statement;
    const ranges = subcommandRanges(this.statement);
    return ranges.length === this.statement.as('AlterTableStmt')?.cmds?.length
      ? ranges[this.subcommand]!
      : this.statement;
  }
}

/** Looks a statement up in the table: one unit, or one for each subcommand of an ALTER TABLE. */
export const unitsOf: (statement: Statement) => readonly Unit[] = perStatement(read);

function read(statement: Statement): Unit[] {
  if (!statement.type) return [];
  const alter = statement.as('AlterTableStmt');
  if (alter) return readAlterTable(statement, alter);
  const around: Surroundings = { statement, table: NO_TABLE, missingOk: false, objectType: '' };
  const entry = entryFor(statement.type, statement.node, around);
  if (!entry) return [];
  const effects = entry.effects?.(statement.node as never, around) ?? [];
  const roles = GIVES_TO_ROLES.has(statement.type) ? usesOfRoles(statement.mentions.roles) : [];
  return [new Unit(statement, entry, withDynamic(statement, [...withOwners(effects), ...roles]))];
}

/** Fails where a role is not there. */
const usesOfRoles = (roles: readonly NodeOf<'RoleSpec'>[]): Effect[] =>
  namesOfRoles(roles).map((name) => use({ kind: 'role', name }));

const NO_TABLE: Name = { name: '' };

/** A part of an object that is not a table (a value of an enum, a member of a publication) needs that object. */
function withOwners(effects: readonly Effect[]): readonly Effect[] {
  const made = effects.find(
    (effect) =>
      effect.action === 'create' && effect.object.of !== undefined && ownerKind(effect.object.kind) !== 'table',
  );
  return made?.action === 'create'
    ? [{ action: 'use', object: ownerOf(made.object, made.object.of!), mode: 'bare' }, ...effects]
    : effects;
}

function readAlterTable(statement: Statement, alter: NodeOf<'AlterTableStmt'>): Unit[] {
  const around: Surroundings = {
    statement,
    table: nameOfRange(alter.relation),
    missingOk: alter.missing_ok ?? false,
    objectType: alter.objtype ?? '',
  };
  return flatMap(inTurn(alter.cmds ?? []), ({ cmd, k }, turn): Unit | Unit[] => {
    const entry = entryFor('AlterTableCmd', cmd, around);
    if (!entry) return [];
    const needs: Effect = {
      action: 'use',
      object: { kind: around.objectType === 'OBJECT_TYPE' ? 'type' : 'table', ...around.table },
      mode: around.missingOk ? 'if-exists' : 'bare',
    };
    const owner = cmd.newowner ? usesOfRoles([cmd.newowner]) : [];
    const effects = withDynamic(statement, [...(entry.effects?.(cmd as never, around) ?? []), ...owner]);
    return new Unit(statement, entry, turn === 0 ? [needs, ...effects] : effects, k);
  });
}

/** A subcommand, and which it is in the text, from 0. */
interface Subcommand {
  cmd: NodeOf<'AlterTableCmd'>;
  k: number;
}

/**
 * The subcommands of an ALTER TABLE in the order in which PostgreSQL runs them, as far as they touch one another: what
 * is dropped is dropped before anything is added, wherever it stands.
 */
function inTurn(nodes: readonly Node[]): Subcommand[] {
  const all = nodes.map((node, k): Subcommand => ({ cmd: nodeAs(node, 'AlterTableCmd')!, k }));
  const isDropped = ({ cmd, k }: Subcommand): boolean =>
    DROPS.has(cmd.subtype ?? '') && all.slice(0, k).some((other) => addedBy(other.cmd) === cmd.name);
  const first = all.filter(isDropped);
  return first.length === 0 ? all : [...first, ...all.filter((one) => !first.includes(one))];
}

const DROPS = new Set<string>(['AT_DropColumn', 'AT_DropConstraint']);

const addedBy = ({ def }: NodeOf<'AlterTableCmd'>): string | undefined =>
  nodeAs(def, 'ColumnDef')?.colname ?? nodeAs(def, 'Constraint')?.conname;

/** The ranges of the subcommands of ALTER TABLE: what stands between the commas outside parentheses. */
export const subcommandRanges: (statement: Statement) => readonly { start: number; end: number }[] =
  perStatement(readRanges);

function readRanges(statement: Statement): { start: number; end: number }[] {
  const { tokens, script } = statement;
  // The head is ALTER <kind> [IF EXISTS] [ONLY] name [*]: the first subcommand begins behind the name.
  return splitTopLevel(script.text, tokens, ',', headLength(statement)).map(({ from, to }) => ({
    start: tokens[from]?.start ?? statement.start,
    end: tokens[to - 1]?.end ?? statement.end,
  }));
}

/** How many tokens stand before the first subcommand of ALTER TABLE. */
export function headLength(statement: Statement): number {
  const { tokens } = statement;
  const text = statement.script.text;
  const word = (k: number) =>
    tokens[k]?.kind === 'word' ? text.slice(tokens[k].start, tokens[k].end).toLowerCase() : '';
  let i = 1;
  while (['table', 'index', 'view', 'sequence', 'type', 'materialized', 'foreign'].includes(word(i))) {
    const kind = word(i++);
    if (kind !== 'materialized' && kind !== 'foreign') break;
  }
  if (word(i) === 'if' && word(i + 1) === 'exists') i += 2;
  if (word(i) === 'only') i++;
  i++; // the name
  while (text[tokens[i]?.start ?? 0] === '.' && tokens[i]?.kind === 'punctuation') i += 2;
  if (tokens[i]?.kind === 'operator' && text.slice(tokens[i]!.start, tokens[i]!.end) === '*') i++;
  return i;
}
