/** The values of enums that a transaction has added, and that nothing may use before it ends. */
import { constantOf } from '../catalog/constants.ts';
import { nameOf, nameOfRange, typeText, walk } from '../catalog/nodes.ts';
import { namesIn } from '../catalog/needs.ts';
import { nameOfType } from '../catalog/names.ts';
import type { Name, ObjectRef } from '../catalog/objects.ts';
import type { World } from '../history/world.ts';
import { flatMap } from '../lists.ts';
import type { Statement } from '../syntax/script.ts';

/** A value that cannot be used yet. */
export interface NewLabel {
  label: string;
  type: Name;
  /** The key of the type. */
  key: string;
  /** The statement that has added it. */
  statement: Statement;
  /** Whether the transaction has made the type too; PostgreSQL 17 lets its values be used. */
  ofNewType: boolean;
}

/** Statements in which a new value is only text. */
const READS_NO_VALUE = new Set(['AlterEnumStmt', 'CommentStmt', 'CreateFunctionStmt', 'DoStmt', 'TransactionStmt']);

export class NewLabels {
  private readonly labels: NewLabel[] = [];
  private readonly made = new Map<string, Statement>();
  private readonly transactionOf: (statement: Statement) => number;

  constructor(transactionOf: (statement: Statement) => number) {
    this.transactionOf = transactionOf;
  }

  /** Whether a statement makes an enum, or adds a value to one. */
  static reads(statement: Statement): boolean {
    return statement.as('CreateEnumStmt') !== undefined || statement.as('AlterEnumStmt') !== undefined;
  }

  /** Called before a statement runs. */
  begin(statement: Statement, world: World): void {
    const created = statement.as('CreateEnumStmt');
    if (created) this.made.set(world.key({ kind: 'type', ...nameOf(created.typeName) }), statement);
    const added = statement.as('AlterEnumStmt');
    if (!added || added.oldVal !== undefined) return;
    const type = nameOf(added.typeName);
    const ref: ObjectRef = { kind: 'enum label', name: added.newVal ?? '', of: type };
    if (added.skipIfNewValExists && world.has(ref) === true) return;
    const key = world.key({ kind: 'type', ...type });
    const maker = this.made.get(key);
    const ofNewType = maker !== undefined && this.transactionOf(maker) === this.transactionOf(statement);
    this.labels.push({ label: added.newVal ?? '', type, key, statement, ofNewType });
  }

  /** The values that a statement uses in the transaction that has added them. */
  usedBy(statement: Statement, world: World): NewLabel[] {
    if (this.labels.length === 0 || READS_NO_VALUE.has(statement.type ?? '')) return [];
    const texts = constantsIn(statement.node);
    return this.labels.filter(
      (added) =>
        texts.has(added.label) &&
        this.transactionOf(added.statement) === this.transactionOf(statement) &&
        mentionsType(statement, added, world),
    );
  }
}

function constantsIn(tree: unknown): Set<string> {
  const found = new Set<string>();
  walk([tree], (type, node) => {
    if (type !== 'A_Const') return;
    const constant = constantOf({ A_Const: node });
    if (constant?.kind === 'string') found.add(constant.text);
  });
  return found;
}

/** Whether a statement names the type, or a table with a column of it. */
function mentionsType(statement: Statement, { key, type }: NewLabel, world: World): boolean {
  const isType = (text: string | undefined): boolean => {
    const name = text === undefined ? undefined : nameOfType(text);
    return name !== undefined && (world.key({ kind: 'type', ...name }) === key || name.name === type.name);
  };
  const types: string[] = [];
  const relations: Name[] = [];
  walk([statement.node], (tag, node) => {
    if (tag === 'typeName' || tag === 'TypeName') types.push(typeText(node));
    if (typeof node.relname === 'string') relations.push(nameOfRange(node));
  });
  return (
    types.some(isType) ||
    flatMap([...relations, ...namesIn(statement.node).relations.map(({ name }) => name)], (name) =>
      world.parts({ kind: 'table', ...name }),
    ).some((part) => part.kind === 'column' && isType(part.detail?.type))
  );
}
