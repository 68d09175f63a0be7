/** What the statements behind an INSERT do to the rows of its table: a question for a row must still find it. */
import { givesType, type Effect } from '../catalog/effects.ts';
import { nameOf } from '../catalog/nodes.ts';
import type { Detail, Name, ObjectRef } from '../catalog/objects.ts';
import type { Unit } from '../catalog/units.ts';
import { assignmentsOf } from '../catalog/update-conditions.ts';
import { flatMap, pushTo } from '../lists.ts';
import type { Step } from '../history/play.ts';
import type { World } from '../history/world.ts';
import type { NodeOf, NodeTag } from '../syntax/parser.ts';
import type { Statement } from '../syntax/script.ts';
import { escapeRegExp } from '../regexp.ts';
import { keepsValues } from './conversions.ts';
import type { Occurrence } from './occurrence.ts';

/** What later statements do to the rows of a table. */
export interface LaterChanges {
  /**
   * The columns that get other values: by an UPDATE, by a conversion, or since another column gets their name.
   * Undefined where any may.
   */
  columns: ReadonlySet<string> | undefined;
  /** Whether rows are deleted. */
  isDeleted: boolean;
  /** Whether the table may refuse a row by then: a column has become NOT NULL, or a trigger guards the table. */
  isReshaped: boolean;
  /** Whether a trigger is made that may refuse a row before ON CONFLICT applies. */
  isRefused: boolean;
  /** Columns as they are before they get another type. */
  converted: readonly ObjectRef[];
  /** The keys of unique keys and indexes that are not there at every stop behind the statement. */
  passing: ReadonlySet<string>;
}

type UpdateStmt = NodeOf<'UpdateStmt'>;

interface Change {
  step: number;
  /** Undefined for a change of any column. */
  columns: readonly string[] | undefined;
  /** The UPDATE that makes it. */
  update?: UpdateStmt | undefined;
  isDeleted: boolean;
  isReshaped: boolean;
  isRefused: boolean;
  /** A column as it is before it gets another type. */
  converted?: ObjectRef;
  /** The keys of unique keys and indexes that are made or dropped. */
  keys?: readonly string[];
  /** The statement that makes the function which changes the rows when it is called. */
  inFunction?: Statement;
}

const NOTHING = { columns: [], isDeleted: false, isReshaped: false, isRefused: false };

/** The changes of rows of a file, by the keys of the tables. */
export class RowChanges {
  private readonly changes = new Map<string, Change[]>();
  /** The tables that get another name, by their keys. */
  private readonly renames: { step: number; from: string; to: string }[] = [];
  private readonly steps: readonly Step[];
  private readonly called = new Map<Statement, boolean>();

  constructor(steps: readonly Step[]) {
    this.steps = steps;
  }

  /** Records an effect of the first run. */
  record(occurrence: Occurrence, world: World): void {
    const { step, unit, effect, isRun } = occurrence;
    if (effect.action === 'write') {
      const columns = effect.rows && [...assignmentsOf(effect.rows.targetList).keys()];
      const { statement } = unit;
      const isInFunction = statement.type === 'CreateFunctionStmt';
      this.add(world.key(effect.table), {
        step,
        columns,
        update: effect.rows,
        ...(isInFunction && { inFunction: statement }),
      });
    } else if (effect.action === 'delete') this.add(world.key(effect.object), { step, isDeleted: true });
    if (!('object' in effect)) return;
    const { of } = effect.object;
    if (of && reshapes(effect, unit, world))
      this.add(world.key({ kind: 'table', ...of }), {
        step,
        isReshaped: true,
        isRefused: effect.object.kind === 'trigger',
      });
    if (!isRun) return;
    this.recordColumn(occurrence, world);
    this.recordKeys(occurrence, world);
    if (effect.action === 'rename' && effect.object.kind === 'table')
      this.renames.push({ step, from: world.key(effect.object), to: world.key(effect.to) });
  }

  /** Records the columns of a table that get other values, types or names. */
  private recordColumn({ step, unit, effect, before }: Occurrence, world: World): void {
    if (effect.action !== 'create' && effect.action !== 'rename') return;
    const { kind, name, of } = effect.action === 'rename' ? effect.to : effect.object;
    if (!of) return;
    if (effect.action === 'rename' && kind === 'enum label')
      for (const column of world.columnsOfType({ kind: 'type', ...of }))
        this.add(world.key({ kind: 'table', ...column.of! }), { step, columns: [column.name] });
    if (kind !== 'column' && kind !== 'column type') return;
    const table = world.key({ kind: 'table', ...of });
    const { column: converted } = before;
    if (effect.action === 'rename' || !converted) this.add(table, { step, columns: [name] });
    else if (kind === 'column type' || givesType(effect))
      this.add(table, { step, columns: keepsValues(unit, converted, effect.object, world) ? [] : [name], converted });
  }

  /** Records the keys and indexes of a table that are made or dropped. */
  private recordKeys({ step, effect }: Occurrence, world: World): void {
    if (effect.action !== 'create' && effect.action !== 'duplicate' && effect.action !== 'drop') return;
    const parts = effect.action === 'drop' ? [] : (effect.parts ?? []);
    for (const part of [effect.object, ...parts])
      if (part.of && (part.kind === 'constraint' || part.kind === 'index'))
        this.add(world.key({ kind: 'table', ...part.of }), { step, keys: [world.key(part)] });
  }

  private add(key: string, change: Partial<Change> & { step: number }): void {
    pushTo(this.changes, key, { ...NOTHING, ...change });
  }

  /** Whether a statement of the file may call the function that another one makes: whether it has its name. */
  private isCalled(made: Statement): boolean {
    const known = this.called.get(made);
    if (known !== undefined) return known;
    const name = asWord(nameOf(made.as('CreateFunctionStmt')?.funcname).name);
    const mayCall = ({ statement }: Step) =>
      statement !== made &&
      !NAMES_ONLY.has(statement.type ?? '') &&
      name.test(statement.script.text.slice(statement.start, statement.end));
    const found = this.steps.some(mayCall);
    this.called.set(made, found);
    return found;
  }

  /**
   * What happens to the rows of a table behind a step.
   * @param canStop whether the run can stop behind the step and before a later one
   * @param asksForOthers whether an UPDATE leaves alone the rows that are asked about, given all columns that change
   */
  after(
    step: number,
    table: string,
    canStop: (later: number) => boolean,
    asksForOthers: (update: UpdateStmt, set: ReadonlySet<string>) => boolean,
  ): LaterChanges {
    const later = this.of(table, step).filter(({ inFunction }) => !inFunction || this.isCalled(inFunction));
    return {
      columns: columnsOf(later, asksForOthers),
      isDeleted: later.some((change) => change.isDeleted),
      isReshaped: later.some((change) => change.isReshaped),
      isRefused: later.some((change) => change.isRefused),
      converted: flatMap(later, ({ converted }) => converted ?? []),
      passing: new Set(flatMap(later, ({ step: at, keys }) => (keys && canStop(at) ? [...keys] : []))),
    };
  }

  /** The changes of a table behind a step, under all the names that it gets. */
  private of(table: string, step: number): Change[] {
    const found: Change[] = [];
    const take = (key: string, from: number, to: number) => {
      for (const change of this.changes.get(key) ?? []) if (change.step > from && change.step <= to) found.push(change);
    };
    let [key, from] = [table, step];
    for (const rename of this.renames) {
      if (rename.step <= from || rename.from !== key) continue;
      take(key, from, rename.step);
      [key, from] = [rename.to, rename.step];
    }
    take(key, from, Infinity);
    return found;
  }
}

/** The columns that changes give other values; undefined where they may be any. */
function columnsOf(
  changes: readonly Change[],
  asksForOthers: (update: UpdateStmt, set: ReadonlySet<string>) => boolean,
): Set<string> | undefined {
  if (changes.some(({ columns }) => columns === undefined)) return undefined;
  const all = new Set(flatMap(changes, ({ columns }) => columns!));
  const touching = changes.filter(({ update }) => !update || !asksForOthers(update, all));
  return new Set(flatMap(touching, ({ columns }) => columns!));
}

/** Statements that name a function and do not call it. */
const NAMES_ONLY: ReadonlySet<string> = new Set<NodeTag>([
  'GrantStmt',
  'CommentStmt',
  'DropStmt',
  'AlterFunctionStmt',
  'AlterOwnerStmt',
  'RenameStmt',
  'AlterObjectSchemaStmt',
]);

/** Finds a name in a text, in any case, but not inside of a longer name. */
const asWord = (name: string): RegExp => new RegExp(`(?<![\\p{L}\\d_$])${escapeRegExp(name)}(?![\\p{L}\\d_$])`, 'iu');

/** Whether a table may refuse a row afterwards that it took before, also where ON CONFLICT would leave the row out. */
function reshapes(effect: Effect, unit: Unit, world: World): boolean {
  if (effect.action === 'set') return effect.setting === 'not null' && effect.value === true;
  if (effect.action !== 'create' && effect.action !== 'duplicate' && effect.action !== 'drop') return false;
  const { kind, detail } = effect.object;
  switch (kind) {
    case 'column':
      return effect.action === 'drop';
    case 'column type':
    case 'identity':
      return true;
    case 'constraint':
      return (
        effect.action !== 'drop' && unit.statement.type === 'AlterTableStmt' && 'cn'.includes(detail?.contype ?? 'c')
      );
    case 'trigger':
      return effect.action === 'create' && mayRefuse(effect.object, world);
    default:
      return false;
  }
}

/** Whether a trigger fires for rows that have been written: for none where ON CONFLICT leaves all out. */
export const isAfterRow = ({ isForRow, isAfter }: NonNullable<Detail['trigger']>): boolean => isForRow && isAfter;

/** Whether a trigger runs for an INSERT before ON CONFLICT applies, and may do more than to assign fields of NEW. */
export function mayRefuse({ detail }: ObjectRef, world: World): boolean {
  const trigger = detail?.trigger;
  if (!trigger) return true;
  if (!trigger.onInsert || isAfterRow(trigger)) return false;
  return fieldsAssignedBy(trigger.calls, world) === undefined;
}

/** The fields of NEW that a trigger function assigns, where it does nothing else; undefined where that is not known. */
export function fieldsAssignedBy(name: Name, world: World): readonly string[] | undefined {
  const fields = world.settings({ kind: 'function', ...name, args: [] }).assigns;
  return typeof fields === 'string' ? fields.split(',') : undefined;
}
