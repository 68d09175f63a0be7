/** The locks that the statements of a file take on what was there before it, and what they do meanwhile. */
import { stringConstant } from '../catalog/constants.ts';
import type { Effect, Surroundings } from '../catalog/effects.ts';
import { isUnidentified, tableRef } from '../catalog/locks/relations.ts';
import { stopsWriters, stronger, strengthOf, type LockMode, type Touch } from '../catalog/locks/types.ts';
import { nameOfRange } from '../catalog/nodes.ts';
import { isTemporary, type ObjectRef } from '../catalog/objects.ts';
import { unitsOf, type Unit } from '../catalog/units.ts';
import { asMade } from '../history/naming.ts';
import type { Moves } from '../history/moves.ts';
import type { World } from '../history/world.ts';
import { flatMap } from '../lists.ts';
import type { Statement } from '../syntax/script.ts';
import { NewLabels, type NewLabel } from './new-labels.ts';

/** A lock on a relation that was there before, with the statement or the subcommand that takes it. */
export interface Locked {
  statement: Statement;
  unit: Unit;
  touch: Touch;
  /** The key that the relation had before the file. */
  key: string;
  /** The strongest lock that the statement takes on the relation. */
  lock: LockMode;
}

/** Work on all rows of a relation under a lock for which others wait. */
export interface Cost extends Locked {
  /** The earlier statement of the transaction whose lock it is, where its own would stop nobody. */
  holder: Statement | undefined;
}

/** A statement that drops or renames what was there before. */
export interface Removal {
  statement: Statement;
  unit: Unit;
  action: 'drop' | 'rename';
  object: ObjectRef;
  /** For a rename: the new name. */
  to: ObjectRef | undefined;
  cascade: boolean;
  /** What is known to need it. */
  dependents: readonly ObjectRef[];
  key: string;
  /** The key that it had before the file, by which clients know it. */
  origin: string;
}

/** The kinds of objects that clients name. */
const NAMED_BY_CLIENTS = new Set<ObjectRef['kind']>([
  'table',
  'view',
  'materialized view',
  'foreign table',
  'column',
  'schema',
  'type',
  'domain',
  'function',
  'procedure',
  'enum label',
]);

/** Whether a statement makes something that is there, and fails. ALTER TABLE drops before it adds. */
function makesWhatIsThere(units: readonly Unit[], world: World): boolean {
  const effects = flatMap(units, (unit) => unit.effects);
  const isDropped = (key: string): boolean =>
    effects.some((effect) => effect.action === 'drop' && world.key(effect.object) === key);
  return effects.some((effect) => {
    if (effect.action !== 'create' || effect.mode !== 'bare') return false;
    const made = asMade(effect.object, world);
    return world.has(made) === true && !isDropped(world.key(made));
  });
}

/** What leaves every table the key that it has. */
const LEAVES_KEYS = new Set<Effect['action']>([
  'use',
  'avoid',
  'insert',
  'write',
  'delete',
  'change',
  'call',
  'fill',
  'raise',
  'session',
]);

/** Whether a published table may have another key behind a statement, or another table be published. */
function mayChangeIdentities(effect: Effect): boolean {
  if (LEAVES_KEYS.has(effect.action)) return false;
  if (effect.action === 'set') return effect.setting === 'replica identity';
  return !('object' in effect) || !['policy', 'trigger', 'rule'].includes(effect.object.kind);
}

/** Whether a function is called by triggers alone, and by no client. */
const isForTriggers = (object: ObjectRef, world: World): boolean =>
  object.kind === 'function' && /^(?:event_)?trigger$/.test(world.get(object)?.ref.detail?.returns ?? '');

/** Says which of the statements are in one transaction. */
export type Transactions = (statement: Statement) => number;

export class Locking {
  /** In the order of the statements. */
  readonly locked: Locked[] = [];
  readonly removals: Removal[] = [];
  /** Statements that use a value of an enum before it can be used. */
  readonly unusable: { statement: Statement; label: NewLabel }[] = [];
  /** Statements behind which a published table has nothing that identifies its rows. */
  readonly unidentified: { statement: Statement; table: ObjectRef }[] = [];
  /** The objects so far; at last, those behind the file. */
  world: World | undefined;
  private lacking: ReadonlySet<string> | undefined;
  private identitiesMayChange = true;
  private last: Statement | undefined;
  private isStopping = false;
  private readonly base: World;
  private readonly applied: (() => World) | undefined;
  private readonly transactionOf: () => Transactions;
  private readonly origins = new Map<string, string>();
  private readonly dropped = new Set<string>();
  private moves: Moves | undefined;
  private read = 0;
  private isUtc: boolean | undefined;
  /** What SET LOCAL has replaced, until the transaction ends. */
  private beforeLocal: { isUtc: boolean | undefined } | undefined;
  private costsOfFile: Cost[] | undefined;
  /** The values of enums that cannot be used yet. */
  private readonly enums = new NewLabels((statement) => this.transaction(statement));

  /**
   * @param base the objects before the file
   * @param applied the objects where the migrations run next; undefined for all of `base`
   */
  constructor(base: World, transactionOf: () => Transactions, applied?: () => World) {
    this.base = base;
    this.transactionOf = transactionOf;
    this.applied = applied;
  }

  /** Called before a statement runs for the first time. */
  begin(statement: Statement, runs: boolean | undefined, world: World): void {
    this.moves ??= world.trackMoves();
    this.world = world;
    this.followMoves();
    this.followIdentities(world);
    this.last = statement;
    this.followSession(statement);
    const units = unitsOf(statement);
    this.identitiesMayChange ||= units.some(({ effects }) => effects.some(mayChangeIdentities));
    if (runs === false || this.isPending(statement, world)) return;
    const used = this.enums.usedBy(statement, world);
    const removals = flatMap(units, (unit) => this.removalsOf(unit, world));
    const found = flatMap(units, (unit) => this.touchesOf(unit, world));
    if (used.length + removals.length + found.length === 0 && !NewLabels.reads(statement)) return;
    // A bare CREATE of what is there fails, whatever its conditions say.
    if (makesWhatIsThere(units, world)) return;
    this.enums.begin(statement, world);
    for (const label of used) this.unusable.push({ statement, label });
    if (used.some(({ ofNewType }) => !ofNewType)) return;
    this.removals.push(...removals);
    const strongest = new Map<string, LockMode>();
    for (const { key, touch } of found) strongest.set(key, stronger(touch.lock, strongest.get(key) ?? touch.lock));
    for (const locked of found) this.locked.push({ ...locked, lock: strongest.get(locked.key)! });
    this.isStopping ||= found.some(({ touch }) => stopsWriters(touch.lock));
  }

  /** The last statement has run: what it leaves is known now. */
  end(): void {
    if (this.world) this.followIdentities(this.world);
  }

  private removalsOf(unit: Unit, world: World): Removal[] {
    return flatMap(unit.effects, (effect): Removal | [] => {
      if (effect.action !== 'drop' && effect.action !== 'rename') return [];
      const { object, action } = effect;
      if (!NAMED_BY_CLIENTS.has(object.kind)) return [];
      const key = world.keyOf(object);
      // What nothing is known of is there where a statement asks for it without IF EXISTS.
      if (world.existsKey(key) !== true && (effect.mode === 'if-exists' || world.has(object) === false)) return [];
      if (!this.isOld(object, key, world) || isForTriggers(object, world)) return [];
      const owner = object.of && object.kind === 'column' ? tableRef(object.of) : undefined;
      if (owner && !this.isOld(owner, world.key(owner), world)) return [];
      return {
        statement: unit.statement,
        unit,
        action,
        object,
        to: action === 'rename' ? effect.to : undefined,
        cascade: action === 'drop' && effect.cascade === true,
        dependents: flatMap(world.dependents(object), (dependent) => world.refOfKey(dependent) ?? []),
        key,
        origin: this.origins.get(key) ?? key,
      };
    });
  }

  /** Published tables that a statement has left without a primary key, or another identity. */
  private followIdentities(world: World): void {
    if (!this.identitiesMayChange) return;
    this.identitiesMayChange = false;
    const published = world.ofKind('publication table');
    if (published.length === 0 && !this.lacking) return;
    const tables = new Map(
      published.map(({ schema, name }) => [world.key(tableRef({ schema, name })), { schema, name }]),
    );
    const lacking = [...tables].filter(([, name]) => isUnidentified(tableRef(name), world));
    if (this.last)
      for (const [key, name] of lacking)
        if (!this.lacking?.has(key)) this.unidentified.push({ statement: this.last, table: tableRef(name) });
    this.lacking = new Set(lacking.map(([key]) => key));
  }

  private touchesOf(unit: Unit, world: World): Locked[] {
    const { statement, entry } = unit;
    if (!entry.locks || (entry.locks.areWeak && !this.isStopping)) return [];
    const alter = statement.as('AlterTableStmt');
    const around: Surroundings = {
      statement,
      table: nameOfRange(alter?.relation),
      missingOk: alter?.missing_ok ?? false,
      objectType: alter?.objtype ?? '',
      isUtc: this.isUtc,
    };
    return flatMap(entry.locks.touches(unit.node as never, around, world), (touch): Locked | [] => {
      const key = world.key(touch.relation);
      if (!this.isOld(touch.relation, key, world)) return [];
      // Under a new name it is the same relation.
      return { statement, unit, touch, key: this.origins.get(key) ?? key, lock: touch.lock };
    });
  }

  /** Whether a relation was there before the file, or before the first file that is not applied yet. */
  private isOld(relation: ObjectRef, key: string, world: World): boolean {
    if (isTemporary(relation)) return false;
    const origin = this.origins.get(key);
    if (origin === undefined && this.dropped.has(key)) return false;
    // What the migrations before it make is new as well, where these have not run yet.
    if (this.applied && world.existsKey(key) === true) return this.applied().existsKey(origin ?? key) === true;
    // What no migration has made is there all the same.
    return this.base.existsKey(origin ?? key) === true || world.existsKey(key) !== true;
  }

  /** The tables with rows whose foreign keys are checked when the transaction ends. */
  private readonly pending = new Set<string>();

  /** Whether a statement alters a table whose rows are still to be checked: PostgreSQL refuses it (55006). */
  private isPending(statement: Statement, world: World): boolean {
    if (statement.as('TransactionStmt')) this.pending.clear();
    const changed = statement.as('UpdateStmt')?.relation ?? statement.as('InsertStmt')?.relation;
    if (changed) {
      const table: ObjectRef = { kind: 'table', ...nameOfRange(changed) };
      if (world.parts(table).some(({ detail }) => detail?.isDeferred)) this.pending.add(world.key(table));
      return false;
    }
    const altered = this.pending.size > 0 ? statement.as('AlterTableStmt')?.relation : undefined;
    return altered !== undefined && this.pending.has(world.key({ kind: 'table', ...nameOfRange(altered) }));
  }

  private followMoves(): void {
    const { moves, origins, dropped } = this;
    for (; this.read < (moves?.length ?? 0); this.read++) {
      const { from, to } = moves!.at(this.read)!;
      const origin = origins.get(from) ?? (dropped.has(from) ? undefined : from);
      origins.delete(from);
      dropped.add(from);
      if (to !== undefined && origin !== undefined) origins.set(to, origin);
    }
  }

  /** The time zone decides what some conversions cost. */
  private followSession(statement: Statement): void {
    const transaction = statement.as('TransactionStmt')?.kind;
    if (transaction === 'TRANS_STMT_COMMIT' || transaction === 'TRANS_STMT_ROLLBACK') {
      if (this.beforeLocal) ({ isUtc: this.isUtc } = this.beforeLocal);
      this.beforeLocal = undefined;
    }
    const set = statement.as('VariableSetStmt');
    if (set?.name?.toLowerCase() !== 'timezone') return;
    if (set.is_local) this.beforeLocal ??= { isUtc: this.isUtc };
    const zone = set.kind === 'VAR_SET_VALUE' ? stringConstant(set.args?.[0]) : undefined;
    this.isUtc =
      zone === undefined
        ? undefined
        : /^(?:utc|etc\/utc|gmt|etc\/gmt|z|zulu|uct|universal|etc\/gmt0|gmt0)$/i.test(zone);
  }

  /** The work that is done on old relations while others wait for them. */
  get costs(): readonly Cost[] {
    return (this.costsOfFile ??= this.findCosts());
  }

  private findCosts(): Cost[] {
    const costs: Cost[] = [];
    for (const [k, locked] of this.locked.entries()) {
      if (!locked.touch.work) continue;
      if (stopsWriters(locked.lock)) costs.push({ ...locked, holder: undefined });
      else {
        const holder = this.holderOf(locked, k);
        if (holder) costs.push({ ...locked, lock: holder.lock, holder: holder.statement });
      }
    }
    return costs;
  }

  /** The strongest lock on the relation that an earlier statement of the transaction has taken. */
  holderOf({ key, statement }: Locked, before: number): Locked | undefined {
    let found: Locked | undefined;
    for (let k = 0; k < before; k++) {
      const other = this.locked[k]!;
      if (other.key !== key || other.statement === statement || !stopsWriters(other.lock)) continue;
      if (this.transaction(other.statement) !== this.transaction(statement)) continue;
      if (!found || strengthOf(other.lock) > strengthOf(found.lock)) found = other;
    }
    return found;
  }

  private transactions: Transactions | undefined;

  /** The number of the transaction that a statement is in. */
  transaction(statement: Statement): number {
    return (this.transactions ??= this.transactionOf())(statement);
  }
}
