import type { Node } from '../syntax/parser.ts';
import { Caught, failureInUndone, missingType } from '../history/caught.ts';
import { guardBeside, isAskedFor, isHandled, isMisasked, isRun, type IfResults } from '../history/guards.ts';
import { findsOnlyOnce } from '../catalog/variables.ts';
import { recordDependencies, type Step } from '../history/play.ts';
import { fillInStar } from '../history/naming.ts';
import type { Effect } from '../catalog/effects.ts';
import { describe, ownerOf, type ObjectRef } from '../catalog/objects.ts';
import type { Unit } from '../catalog/units.ts';
import type { Moves } from '../history/moves.ts';
import type { World } from '../history/world.ts';
import { flatMap } from '../lists.ts';
import { dependsOnLater, findingAt, isMendedAlone, sqlstateOf, type Finding, type Judgement } from './finding.ts';
import { stepBehind, type FirstRun } from './first-run.ts';
import { NOTHING_BEFORE, type Occurrence } from './occurrence.ts';
import { judge, mentions } from './semantics/index.ts';
import type { Stops } from './stops.ts';
import { goneLabel, refusedComparison, refusedValue } from './watches/column-values.ts';
import { preparedConversion } from './watches/conversion.ts';
import { DataLoss } from './watches/data-loss.ts';
import { EndState } from './watches/end-state.ts';
import { FreshTables } from './watches/fresh-tables.ts';
import { differsAnew } from './watches/made-anew.ts';
import { isAbout } from './watches/namesakes.ts';
import type { RowFlow } from './watches/row-flow.ts';

/** A step that cannot be guarded alone. */
export interface Tangle {
  step: number;
  /** The keys of the objects whose lineage it belongs to. */
  about: readonly string[];
  /** The keys of later objects that make the statement fail when it runs again: a view on the table that it drops. */
  blockedBy: readonly string[];
  /** The key of an object that exists after only one of the two runs, although no statement fails. */
  leftover?: string;
}

/**
 * The state of a second run: the objects as they are now, and what is watched. A statement that fails is taken to be
 * guarded, so that what comes after it is judged as it will be once the file is fixed.
 */
export class Replay {
  readonly first: FirstRun;
  readonly world: World;
  readonly findings: Finding[] = [];
  /** Steps that cannot be guarded alone. */
  readonly tangles: Tangle[] = [];
  /** Steps that conditions around them keep from running. */
  readonly skipped: number[] = [];
  readonly freshTables = new FreshTables();
  /** The objects when the second run begins. */
  readonly start: World;
  private readonly ifResults: IfResults = new Map();
  private readonly dataLoss: DataLoss;
  private readonly endState = new EndState();
  /** The conditions of the DELETEs so far, by the table's key. */
  private readonly conditions = new Map<string, (Node | undefined)[]>();

  /** What is renamed and dropped in the second run; the list grows. */
  private readonly moves: Moves;
  /** Whether an event trigger that writes rows has been reported. */
  private isFired = false;
  private readonly stops: Stops | undefined;
  private readonly caught: Caught;
  /** The last step of the first run. */
  readonly lastStep: number;

  /**
   * @param start the objects when the second run begins: after the first run, or where it was cut
   * @param options.stops what happens where the first run stops on the way; left out where it has been cut already
   * @param options.lastStep the step behind which it was cut
   */
  constructor(first: FirstRun, start: World, options: { stops?: Stops; lastStep?: number } = {}) {
    this.first = first;
    this.stops = options.stops;
    this.lastStep = options.lastStep ?? first.steps.length - 1;
    this.start = start;
    this.world = start.fork();
    this.moves = this.world.trackMoves();
    this.dataLoss = new DataLoss(first);
    this.caught = new Caught(first.steps, false);
  }

  /** How values go from statement to statement of the file. */
  get rowFlow(): RowFlow {
    return this.first.rowFlow;
  }

  /** Whether the first run can stop behind a step and before a later one. */
  canStopBetween(step: number, later: number): boolean {
    return this.stops?.canStopBetween(step, later) ?? true;
  }

  /** The conditions of the DELETEs from a table so far. */
  deletes(table: string): readonly (Node | undefined)[] {
    return this.conditions.get(table) ?? [];
  }

  /** Runs one step again. */
  run(step: Step, index: number): void {
    const { statement } = step;
    const { first, world } = this;
    if (this.isPassedOver(step, index) || this.runsOnlyNow(index)) return;
    this.watchUndone(step, index);
    if (this.refusesValue(step, index) || this.missesSchema(step, index)) return;
    this.watchEventTriggers(step, index);
    let isSkipped = false;
    for (const occurrence of first.occurrences[index]!) {
      const { effect } = occurrence;
      const judged = judge(occurrence, this);
      const judgement = first.namesakes.judge(occurrence, judged, this) ?? judged;
      if (judgement && this.missesType(occurrence, judgement)) return;
      if (judgement && !isHandled(statement, sqlstateOf(judgement))) {
        this.assumeGuarded(occurrence, this.withStop(occurrence, judgement));
        isSkipped ||= skipsStatement(occurrence, judgement);
        // Without its table, nothing else of the statement matters.
        if (effect.action === 'use' && effect.object.kind === 'table') return;
        if (judgement.kind === 'redefines' && judgement.of) return;
      } else if (effect.action === 'use') {
        if (isWithoutTable(effect, world)) return;
      } else if (!judgement && !isSkipped) this.apply(occurrence);
    }
  }

  /** Reports a statement of an exception handler that changes something; says whether it is one. */
  private mayHandle({ statement }: Step, index: number): boolean {
    if (!statement.guards.some((guard) => guard.kind === 'never' && guard.isHandler)) return false;
    const at = this.first.occurrences[index]!.find(
      ({ effect, unit }) => leavesMore(effect, unit) || FIRES.has(effect.action),
    );
    const reason = 'it runs where its block catches an error, and the text does not tell in which run that is';
    if (at) this.report(at, { kind: 'undecidable', reason, why: 'only you know whether it is to run then' });
    return true;
  }

  /** Reports a statement that runs where another one finds no rows, which it does once; says whether it is one. */
  private mayFindNone({ statement }: Step, index: number): boolean {
    const finding = findsOnlyOnce(statement);
    const at = finding && this.first.occurrences[index]!.find((occurrence) => this.doesMore(occurrence));
    if (!at) return false;
    const what = finding.type!.replace('Stmt', '').toUpperCase();
    const reason = `it runs where the ${what} before it finds no rows, which it may find in the first run alone`;
    this.report(at, { kind: 'undecidable', reason, why: 'only you know whether it is to run then' });
    return true;
  }

  /** Whether an effect changes something in a run that comes to it, or fails there. */
  private doesMore({ effect, unit }: Occurrence): boolean {
    return leavesMore(effect, unit) || FIRES.has(effect.action) || mayMiss(effect, this.world);
  }

  /** Whether conditions keep a step from running, or its block is rolled back. */
  private isPassedOver(step: Step, index: number): boolean {
    const { statement, units } = step;
    if (this.mayHandle(step, index) || this.mayFindNone(step, index)) return true;
    if (this.caught.isRolledBack(index, this.world)) return true;
    if (isRun(statement, units, this.world, this.first.filled, this.ifResults) !== false) return false;
    this.skipped.push(index);
    return true;
  }

  /** Reports a statement that the conditions around it let run for the first time; says whether it is one. */
  private runsOnlyNow(index: number): boolean {
    const occurrences = this.first.occurrences[index]!;
    const isCaught = this.first.steps[index]!.statement.guards.some(
      (guard) => guard.kind === 'handler' && guard.conditions.length > 0,
    );
    const at = occurrences.find(
      ({ effect, unit }) =>
        leavesMore(effect, unit) || (isCaught && FIRES.has(effect.action)) || mayMiss(effect, this.world),
    );
    if (!at || occurrences.some(({ isRun: wasRun }) => wasRun)) return false;
    const isAsked = at.unit.statement.guards.some(({ kind }) => kind === 'if');
    const reason = isAsked
      ? 'the conditions around it keep the first run from it, and may let a second one through'
      : 'the block around it catches an error in the first run and rolls it back, and may not in a second one';
    this.report(at, { kind: 'undecidable', reason, why: 'only you know whether it is to run then' });
    return true;
  }

  /** Reports a statement that fails before its transaction is rolled back: what it needs is another thing by then. */
  private watchUndone({ undone = [] }: Step, index: number): void {
    const failure = undone.length > 0 ? failureInUndone(undone, this.world) : undefined;
    if (!failure) return;
    const reason = `a second run fails with ${failure.state}, before its transaction is rolled back`;
    const why = 'leave out what is rolled back, or ask whether the object is there';
    this.report(needing(failure.object, failure.unit, index), { kind: 'undecidable', reason, why });
  }

  /** Reports the first statement at which an event trigger writes rows again. */
  private watchEventTriggers({ units }: Step, index: number): void {
    if (this.isFired || !units.some(({ effects }) => effects.some(({ action }) => FIRES.has(action)))) return;
    const trigger = this.world.eventTriggers('writes rows')[0];
    const at = this.first.occurrences[index]![0];
    if (!trigger || !at) return;
    this.isFired = true;
    const reason = `${describe(trigger)} fires again and writes rows, also where IF NOT EXISTS makes nothing`;
    this.report(at, { kind: 'undecidable', reason });
  }

  /** Compares the end of the second run with that of the first. */
  end(): void {
    const { first, world } = this;
    world.endSession(first.base.searchPath);
    for (const { key, step } of this.endState.differences(world, first.after))
      if (!this.tangles.some((tangle) => tangle.step === step))
        this.tangles.push({ step, about: [key, ...this.carriersOf(key)], blockedBy: [], leftover: key });
  }

  /** What tells whether a default was made, which the catalog is not asked for: its column, or the table. */
  private carriersOf(key: string): string[] {
    const ref = this.first.after.refOfKey(key);
    if (ref?.kind !== 'default' || !ref.of) return [];
    return this.keysOf([
      { kind: 'column', name: ref.name, of: ref.of },
      { kind: 'table', ...ref.of },
    ]);
  }

  /**
   * Reports a statement that names a value which its column does not take any more; says whether nothing of it runs.
   */
  private refusesValue({ statement, units }: Step, index: number): boolean {
    const { first, world } = this;
    const unit = units[0];
    if (!unit) return false;
    const needs = (object: ObjectRef) => needing(object, unit, index);
    const refused = isHandled(statement, '22P02') ? undefined : refusedValue(statement, world, first.base);
    if (refused) {
      if (!isAskedFor(refused, statement))
        this.report(needs(refused), {
          kind: 'fails',
          cause: 'value-refused',
          sqlstate: '22P02',
          ...(this.stops?.canStopBetween(index, this.lastStep) && { again: this.stops.findingsAt(index) }),
        });
      return true;
    }
    const reason = isHandled(statement, '42883') ? undefined : refusedComparison(statement, world, first.base);
    if (reason !== undefined) {
      const why = 'write it so that it runs with both types, or ask for the type of the column';
      this.report(first.occurrences[index]![0]!, { kind: 'undecidable', reason, why });
      return true;
    }
    const gone = goneLabel(statement, first.goneLabels);
    if (gone && !this.hasLabel(gone)) {
      this.report(needs(gone), { kind: 'fails', cause: 'label-gone', sqlstate: '22P02' });
      this.tangles.push({ step: index, about: this.keysOf([gone, ownerOf(gone, gone.of!)]), blockedBy: [] });
    }
    return false;
  }

  /**
   * Whether an enum has a value when the second run begins. Where the first one was cut, the enum may not have its
   * last name yet.
   */
  private hasLabel(label: ObjectRef): boolean {
    if (this.stops) return this.start.has(label) === true;
    return this.start.named({ kind: 'enum label', name: label.name }).some(({ exists }) => exists);
  }

  /** Reports a statement that names an object in a schema which has another name by then, or none. */
  private missesSchema({ statement, units }: Step, index: number): boolean {
    const { first, world } = this;
    if (first.goneSchemas.size === 0) return false;
    const unit = units[0];
    const names = flatMap(units, ({ effects }) =>
      flatMap(effects, (effect) => schemaNeeded(effect, first.goneSchemas) ?? []),
    );
    const schema = names.map((name): ObjectRef => ({ kind: 'schema', name })).find((ref) => world.isGone(ref));
    if (!unit || !schema || isHandled(statement, '3F000')) return false;
    const at = needing(schema, unit, index);
    if (!isAskedFor(schema, statement))
      this.assumeGuarded(at, this.withStop(at, { kind: 'fails', cause: 'missing', sqlstate: '3F000' }));
    return true;
  }

  /** Reports a table whose columns have a type that is gone, where a block catches only that the table is there. */
  private missesType({ effect, unit, step }: Occurrence, judgement: Judgement): boolean {
    if (!isHandled(unit.statement, sqlstateOf(judgement))) return false;
    const type = effect.action === 'create' && effect.mode === 'bare' ? missingType(effect, this.world) : undefined;
    if (!type || isHandled(unit.statement, '42704')) return false;
    const needs = needing(type, unit, step);
    this.assumeGuarded(needs, this.withStop(needs, { kind: 'fails', cause: 'missing', sqlstate: '42704' }));
    return true;
  }

  private report(at: Occurrence, judgement: Judgement): void {
    const { statement } = at.unit;
    const isValue =
      judgement.kind === 'fails' && (judgement.cause === 'label-gone' || judgement.cause === 'value-refused');
    const wrongCondition = !isValue && guardBeside(statement) !== undefined && isMisasked(statement, at.effect);
    this.findings.push(findingAt(judgement, { at, after: this.start, wrongCondition }));
  }

  /** Reports a finding, and continues as if the statement were guarded. */
  private assumeGuarded(occurrence: Occurrence, judgement: Judgement): void {
    const { world, first } = this;
    const { effect, step } = occurrence;
    this.report(occurrence, judgement);
    if (effect.action === 'create') {
      const alreadyMade = judgement.kind === 'repeats' || (judgement.kind === 'fails' && judgement.cause === 'exists');
      // It must still exist at the end, although its owner may be dropped before.
      if (alreadyMade) this.endState.record(world.key(effect.object), step);
      // A table whose keys get other names is made all the same.
      if (judgement.kind === 'redefines' && effect.object.kind === 'table' && world.has(effect.object) !== true)
        world.apply(effect);
    }
    // What is wrong with it is not that it fails.
    const isDone =
      (effect.action === 'rename' && judgement.kind === 'redefines') ||
      (effect.action === 'drop' && judgement.kind === 'undecidable');
    if (isDone) this.apply(occurrence);
    if (dependsOnLater(judgement))
      this.tangles.push({
        step,
        about: this.keysOf(judgement.kind === 'redefines' && judgement.of ? [judgement.of] : mentions(effect)),
        blockedBy: this.blockedBy(occurrence, judgement),
      });
    const converted = effect.action === 'change' ? preparedConversion(occurrence, first, world) : undefined;
    if (converted)
      this.tangles.push({ step, about: this.keysOf([converted, { ...converted, kind: 'column' }]), blockedBy: [] });
  }

  /**
   * Adds what is wrong with a statement where the run stops in between: one that needs what a later one removes, or
   * that drops what a later one makes again.
   */
  private withStop({ effect, step }: Occurrence, judgement: Judgement): Judgement {
    if (!this.stops || judgement.kind !== 'fails' || !('object' in effect)) return judgement;
    const { first } = this;
    const key = first.base.key(effect.object);
    const isIt = (ref: ObjectRef) => first.base.key(ref) === key;
    if (effect.action === 'drop' && judgement.cause === 'needed') {
      const made = stepBehind(step, first, (later) => mentions(later).some(isIt));
      const canStop = made !== undefined && this.stops.canStopBetween(step, made);
      return canStop ? { ...judgement, again: this.stops.findingsAt(step) } : judgement;
    }
    if (effect.action !== 'use') return judgement;
    const removal = stepBehind(
      step,
      first,
      (later) => (later.action === 'drop' || later.action === 'rename') && isIt(later.object),
    );
    if (removal !== undefined && !this.stops.canStopBetween(step, removal)) return judgement;
    const atOnce = this.stops.findingsAt(step);
    // The last stop before the removal: what stands between may have changed what the statement finds.
    const late = removal === undefined ? [] : this.stops.findingsBehind(removal - 1, step);
    const again = [...atOnce, ...late.filter(({ at }) => atOnce.every((known) => known.at !== at))];
    if (![...atOnce, ...late].every(isMendedAlone))
      this.tangles.push({ step, about: this.keysOf([effect.object]), blockedBy: [] });
    return { ...judgement, again };
  }

  private keysOf(refs: readonly ObjectRef[]): string[] {
    return refs.map((ref) => this.first.base.key(ref));
  }

  private blockedBy({ effect, unit, before }: Occurrence, judgement: Judgement): string[] {
    const { world } = this;
    if (judgement.kind === 'fails' && judgement.cause === 'has-dependents' && effect.action === 'drop')
      return world.dependents(effect.object).filter((key) => !before.dependents.includes(key));
    if (judgement.kind !== 'redefines' || judgement.of) return [];
    // `*` stands for more columns once they are added.
    const tables = flatMap(unit.effects, (e) => (e.action === 'use' && e.object.kind === 'table' ? [e.object] : []));
    return this.keysOf(flatMap(tables, (table) => world.parts(table).filter(({ kind }) => kind === 'column')));
  }

  /** Applies an effect that succeeds. */
  private apply(occurrence: Occurrence): void {
    const { world, dataLoss, endState } = this;
    const { effect, unit, step } = occurrence;
    this.freshTables.record(effect, unit.statement, world);
    if (effect.action === 'delete') {
      const key = world.key(effect.object);
      this.conditions.set(key, [...this.deletes(key), unit.statement.as('DeleteStmt')?.whereClause]);
    }
    const loss = dataLoss.record(occurrence, world);
    if (loss) {
      const { drop: at, lost } = loss;
      this.findings.push({ kind: 'loses-data', at, lost, after: this.start, wrongCondition: false });
      const { effect: drop, step: dropStep } = loss.drop;
      if (loss.byRename) this.tangles.push({ step: dropStep, about: this.keysOf(mentions(drop)), blockedBy: [] });
    }
    for (const object of mentions(effect)) endState.record(world.key(object), step);
    const before = this.moves.length;
    const filled = fillInStar(effect, unit, world);
    if (effect.action === 'create' && world.has(effect.object) !== true) {
      const anew = differsAnew(effect.object, step, this.first, world);
      if (anew) this.report(occurrence, anew);
    }
    const isLeft = effect.action === 'create' && effect.mode === 'if-not-exists' && world.has(effect.object) === true;
    world.apply(filled);
    if (!isLeft) recordDependencies(unit, filled, world);
    if (effect.action !== 'drop' || !effect.cascade) return;
    for (const { from, to } of this.moves.from(before)) if (to === undefined) endState.record(from, step);
  }
}

/** Whether an effect leaves something that the end of the run does not show by an object that is there or not. */
const leavesMore = (effect: Effect, unit: Unit): boolean =>
  MORE.has(effect.action) || (effect.action === 'use' && isAbout(unit));

/** Whether a statement that has not run yet needs what nothing shows to be there. */
const mayMiss = (effect: Effect, world: World): boolean =>
  (effect.action === 'use' || effect.action === 'drop' || effect.action === 'rename') &&
  effect.mode === 'bare' &&
  world.has(effect.object) === undefined;

const MORE = new Set<Effect['action']>(['insert', 'write', 'delete', 'change', 'set', 'fill']);

/** What statements do at which event triggers fire. */
const FIRES = new Set<Effect['action']>(['create', 'duplicate', 'drop', 'rename']);

/** A need of a statement that none of its effects speaks of. */
const needing = (object: ObjectRef, unit: Unit, step: number): Occurrence => ({
  step,
  unit,
  effect: { action: 'use', object, mode: 'bare' },
  before: NOTHING_BEFORE,
  collision: undefined,
  isRun: true,
});

/** The schema without which an effect fails, if it is one of those that are gone at the end. */
function schemaNeeded(effect: Effect, gone: FirstRun['goneSchemas']): string | undefined {
  if (!('object' in effect) || !('mode' in effect) || effect.mode === 'if-exists') return undefined;
  const name = effect.object.of?.schema ?? effect.object.schema;
  const how = name === undefined ? undefined : gone.get(name);
  // What else names an object of a schema that is dropped misses that object first.
  return how === 'renamed' || (how === 'dropped' && effect.action === 'create') ? name : undefined;
}

/** Whether a statement does nothing, since its IF EXISTS finds no table. */
const isWithoutTable = ({ mode, object }: Extract<Effect, { action: 'use' }>, world: World): boolean =>
  mode === 'if-exists' && object.kind === 'table' && world.isGone(object);

/** Whether the fix keeps the whole statement from running; a keyword keeps only one object from being made. */
function skipsStatement({ effect, unit }: Occurrence, judgement: Judgement): boolean {
  if (effect.action === 'use') return true;
  if (judgement.kind === 'fails' && ['needed', 'has-dependents', 'wrong-kind'].includes(judgement.cause)) return true;
  return unit.entry.techniques?.[0]?.technique === 'guard' && effect.action !== 'insert';
}
