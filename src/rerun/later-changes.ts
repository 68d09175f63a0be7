/** What the statements behind an INSERT do to the rows of its table: a question for a row must still find it. */
import type { Effect } from '../catalog/effects.ts';
import { nameOf } from '../catalog/nodes.ts';
import type { Detail, Name, ObjectRef } from '../catalog/objects.ts';
import type { Unit } from '../catalog/units.ts';
import { assignmentsOf } from '../catalog/update-conditions.ts';
import type { Step } from '../history/play.ts';
import type { World } from '../history/world.ts';
import type { NodeTag } from '../syntax/parser.ts';
import type { Statement } from '../syntax/script.ts';
import type { Occurrence } from './occurrence.ts';

/** What later statements do to the rows of a table. */
export interface LaterChanges {
  /** The columns that an UPDATE sets; undefined where any may be set. */
  columns: ReadonlySet<string> | undefined;
  /** Whether rows are deleted. */
  isDeleted: boolean;
  /** Whether the table may refuse a row by then: a column has become NOT NULL, or a trigger guards the table. */
  isReshaped: boolean;
}

interface Change {
  step: number;
  /** Undefined for a change of any column. */
  columns: readonly string[] | undefined;
  isDeleted: boolean;
  isReshaped: boolean;
  /** The statement that makes the function which changes the rows when it is called. */
  inFunction?: Statement;
}

const NOTHING = { columns: [], isDeleted: false, isReshaped: false };

/** The changes of rows of a file, by the keys of the tables. */
export class RowChanges {
  private readonly changes = new Map<string, Change[]>();
  private readonly steps: readonly Step[];
  private readonly called = new Map<Statement, boolean>();

  constructor(steps: readonly Step[]) {
    this.steps = steps;
  }

  /** Records an effect of the first run. */
  record({ step, unit, effect }: Occurrence, world: World): void {
    const add = (key: string, change: Partial<Change>) => {
      const known = this.changes.get(key);
      if (known) known.push({ step, ...NOTHING, ...change });
      else this.changes.set(key, [{ step, ...NOTHING, ...change }]);
    };
    if (effect.action === 'write') {
      const columns = effect.rows && [...assignmentsOf(effect.rows.targetList).keys()];
      const { statement } = unit;
      const isInFunction = statement.type === 'CreateFunctionStmt';
      add(world.key(effect.table), { columns, ...(isInFunction && { inFunction: statement }) });
    } else if (effect.action === 'delete') add(world.key(effect.object), { isDeleted: true });
    else if ('object' in effect && effect.object.of && reshapes(effect, unit, world))
      add(world.key({ kind: 'table', ...effect.object.of }), { isReshaped: true });
  }

  /** Whether a statement of the file may call the function that another one makes: whether it has its name. */
  private isCalled(made: Statement): boolean {
    const known = this.called.get(made);
    if (known !== undefined) return known;
    const name = nameOf(made.as('CreateFunctionStmt')?.funcname).name.toLowerCase();
    const mayCall = ({ statement }: Step) =>
      statement !== made &&
      !NAMES_ONLY.has(statement.type ?? '') &&
      statement.script.text.slice(statement.start, statement.end).toLowerCase().includes(name);
    const found = this.steps.some(mayCall);
    this.called.set(made, found);
    return found;
  }

  /** What happens to the rows of a table behind a step. */
  after(step: number, table: string): LaterChanges {
    const later = (this.changes.get(table) ?? []).filter(
      (change) => change.step > step && (!change.inFunction || this.isCalled(change.inFunction)),
    );
    const columns = new Set<string>();
    for (const change of later) for (const column of change.columns ?? []) columns.add(column);
    return {
      columns: later.some((change) => change.columns === undefined) ? undefined : columns,
      isDeleted: later.some((change) => change.isDeleted),
      isReshaped: later.some((change) => change.isReshaped),
    };
  }
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
