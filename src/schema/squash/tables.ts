/** The text of CREATE TABLE in a squash: the author's, or columns and constraints from where they stand last. */
import { flatMap } from '../../lists.ts';
import { lastPart, type LiveObject } from '../objects.ts';
import { columnBeside, columnOf, own, tableText } from '../writing.ts';
import { readIdent } from '../../catalog/names.ts';
import type { Authored, Element } from './authored.ts';
import { readable } from './readable.ts';

/** How one table is written, and what was found out about it. */
export class TableText {
  readonly table: LiveObject;
  /** In the order of the table. */
  private readonly columns: readonly LiveObject[];
  private readonly elements: readonly Element[];
  /** Columns, by their names, that are composed. */
  private readonly composed = new Set<string>();
  /** Constraints that are composed, by their names. */
  private readonly constraints = new Map<string, LiveObject>();
  private readonly raw = new Set<string>();
  /** Elements that are not taken. */
  private readonly left = new Set<Element>();
  private isComposed = false;
  /** What makes the table in the chain. */
  readonly maker: Authored | undefined;

  /**
   * @param columns in the order of the table
   * @param identities the names of the sequences of identity columns that PostgreSQL would not choose
   */
  constructor(
    table: LiveObject,
    columns: readonly LiveObject[],
    elements: readonly Element[],
    identities: ReadonlyMap<string, string>,
    maker?: Authored,
  ) {
    this.table = table;
    this.columns = columns.map((column) => withSequence(column, identities.get(column.name)));
    for (const { name } of columns) if (identities.has(name)) this.composed.add(name);
    this.elements = elements;
    this.maker = maker;
  }

  /** The element of the author for a column: the last one. */
  private elementOf(column: LiveObject): Element | undefined {
    if (this.isComposed || this.composed.has(column.name)) return undefined;
    const name = readIdent(lastPart(column.name));
    return this.elements.findLast((element) => element.isColumn && element.name === name);
  }

  isOwn(column: LiveObject): boolean {
    return this.elementOf(column) !== undefined;
  }

  /** Writes a column from the catalogs. @returns whether that is something new */
  composeColumn(name: string): boolean {
    if (this.isComposed || this.composed.has(name)) return false;
    this.composed.add(name);
    return true;
  }

  addConstraint(constraint: LiveObject): boolean {
    if (this.constraints.has(constraint.name)) return false;
    this.constraints.set(constraint.name, constraint);
    return true;
  }

  /** Writes a constraint as PostgreSQL writes it. */
  writeRaw(name: string): boolean {
    if (this.raw.has(name)) return false;
    this.raw.add(name);
    return true;
  }

  private definitionOf({ name, properties: { definition } }: LiveObject): string {
    return this.raw.has(name) ? definition! : readable(definition!);
  }

  hasConstraint = (name: string): boolean => this.constraints.has(name);

  leaveConstraint = (name: string): boolean => this.constraints.delete(name);

  /** Takes nothing of the author any more that may make a constraint. */
  removeConstraint(constraint: LiveObject): boolean {
    const name = readIdent(own(constraint));
    const named = this.elements.filter(
      (element) => !element.isColumn && element.name === name && !this.left.has(element),
    );
    const unnamed = this.elements.filter(
      (element) => !element.isColumn && element.name === undefined && !this.left.has(element),
    );
    for (const element of named.length > 0 ? named : unnamed) this.left.add(element);
    if (named.length > 0 || unnamed.length > 0) return true;
    // It stands in a column: whichever names it, or all.
    const columns = this.columns.filter((column) => {
      const element = this.elementOf(column);
      return element !== undefined && /\b(?:check|unique|primary|references|constraint|exclude)\b/i.test(element.sql);
    });
    const mentioned = columns.filter((column) => name.includes(readIdent(lastPart(column.name))));
    for (const column of mentioned.length > 0 ? mentioned : columns) this.composed.add(column.name);
    return columns.length > 0;
  }

  /** Writes the whole table from the catalogs. */
  composeAll(): boolean {
    if (this.isComposed) return false;
    this.isComposed = true;
    return true;
  }

  /** The statement, and whether it is the author's. */
  text(): { sql: string; from?: Authored; isOwn: boolean; comment: string } {
    const { maker } = this;
    const comment = maker?.comment ?? '';
    if (this.isVerbatim()) return { sql: maker!.sql, from: maker!, isOwn: true, comment };
    const lines = [
      ...this.columns.map((column): Line => {
        const element = this.elementOf(column);
        return element ? lineOf(element) : { sql: columnOf(column) };
      }),
      ...this.ownConstraints().map(lineOf),
      ...[...this.constraints.values()].map((constraint): Line => ({
        sql: `CONSTRAINT ${own(constraint)} ${constraint.properties.definition!}`,
      })),
    ];
    return {
      sql: withComments(tableText(this.table, lines.map(placeholder)), lines),
      ...(maker && { from: maker }),
      isOwn: false,
      comment,
    };
  }

  /** What CREATE TABLE has no words for. */
  beside = (): string[] =>
    flatMap(
      this.columns.filter((column) => !this.isOwn(column)),
      columnBeside,
    );

  private ownConstraints(): Element[] {
    if (this.isComposed) return [];
    const found = this.elements.filter((element) => !element.isColumn && !this.left.has(element));
    // Of several with one name, the last one counts.
    return found.filter(
      (element, k) => element.name === undefined || !found.slice(k + 1).some(({ name }) => name === element.name),
    );
  }

  private isVerbatim(): boolean {
    const { maker, elements } = this;
    if (!maker || this.isComposed || this.constraints.size > 0 || this.left.size > 0) return false;
    if (maker.type !== 'CreateStmt') return this.composed.size === 0 && this.columns.length === 0;
    if (elements.length === 0) return this.composed.size === 0;
    const taken = this.columns.map((column) => this.elementOf(column));
    return (
      taken.length === elements.filter(({ isColumn }) => isColumn).length &&
      taken.every((element) => element?.of === maker) &&
      this.ownConstraints().every(({ of }) => of === maker)
    );
  }
}

/** A column whose sequence has the name that it has. */
function withSequence(column: LiveObject, name: string | undefined): LiveObject {
  const { properties } = column;
  if (name === undefined || properties.identity == null) return column;
  const settings = `SEQUENCE NAME ${name} ${properties['identity sequence'] ?? ''}`.trim();
  return { ...column, properties: { ...properties, 'identity sequence': settings } };
}

interface Line {
  sql: string;
  above?: readonly string[];
  behind?: string;
}

const lineOf = ({ sql, above, behind }: Element): Line => ({
  sql: sql.replaceAll('\r\n', '\n'),
  ...(above.length > 0 && { above }),
  ...(behind !== undefined && { behind }),
});

/** Stands for a line until its comments are around it: characters for private use, which no SQL has. */
const placeholder = (_: Line, k: number): string => `\uE000${k}\uE001`;

/** A comment has to stand behind the comma. */
const withComments = (sql: string, lines: readonly Line[]): string =>
  sql.replaceAll(/^ {2}\uE000(\d+)\uE001(,?)$/gm, (_, k: string, comma: string) => {
    const { sql: line, above = [], behind } = lines[Number(k)]!;
    return [...above, `${line}${comma}${behind === undefined ? '' : ` ${behind}`}`].map((one) => `  ${one}`).join('\n');
  });
