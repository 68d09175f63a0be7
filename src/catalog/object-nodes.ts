/** Reads the names of objects out of the statements that name one of many kinds. */
import type { Node, NodeOf } from '../syntax/parser.ts';
import { argumentTypes, nameOf, nameOfParts, nameOfRange, nodeAs, stringOf, strings, typeText } from './nodes.ts';
import type { Kind, ObjectRef } from './objects.ts';

/** How the parser writes a name. */
type Shape = 'name' | 'plain' | 'type' | 'routine' | 'of-table' | 'cast' | 'operator' | 'transform' | 'by-method';

/** What the parser calls an object, and how it writes its name (DROP, COMMENT, ALTER … OWNER). */
const OBJECTS: Record<string, [kind: Kind, shape: Shape]> = {
  OBJECT_TABLE: ['table', 'name'],
  OBJECT_FOREIGN_TABLE: ['foreign table', 'name'],
  OBJECT_VIEW: ['view', 'name'],
  OBJECT_MATVIEW: ['materialized view', 'name'],
  OBJECT_INDEX: ['index', 'name'],
  OBJECT_SEQUENCE: ['sequence', 'name'],
  OBJECT_TYPE: ['type', 'type'],
  OBJECT_DOMAIN: ['domain', 'type'],
  OBJECT_SCHEMA: ['schema', 'plain'],
  OBJECT_EXTENSION: ['extension', 'plain'],
  OBJECT_FUNCTION: ['function', 'routine'],
  OBJECT_PROCEDURE: ['procedure', 'routine'],
  OBJECT_ROUTINE: ['routine', 'routine'],
  OBJECT_AGGREGATE: ['aggregate', 'routine'],
  OBJECT_TRIGGER: ['trigger', 'of-table'],
  OBJECT_RULE: ['rule', 'of-table'],
  OBJECT_POLICY: ['policy', 'of-table'],
  OBJECT_EVENT_TRIGGER: ['event trigger', 'plain'],
  OBJECT_COLLATION: ['collation', 'name'],
  OBJECT_CONVERSION: ['conversion', 'name'],
  OBJECT_CAST: ['cast', 'cast'],
  OBJECT_OPERATOR: ['operator', 'operator'],
  OBJECT_OPCLASS: ['operator class', 'by-method'],
  OBJECT_OPFAMILY: ['operator family', 'by-method'],
  OBJECT_STATISTIC_EXT: ['statistics', 'name'],
  OBJECT_TSCONFIGURATION: ['text search configuration', 'name'],
  OBJECT_TSDICTIONARY: ['text search dictionary', 'name'],
  OBJECT_TSPARSER: ['text search parser', 'name'],
  OBJECT_TSTEMPLATE: ['text search template', 'name'],
  OBJECT_PUBLICATION: ['publication', 'plain'],
  OBJECT_FDW: ['foreign-data wrapper', 'plain'],
  OBJECT_FOREIGN_SERVER: ['server', 'plain'],
  OBJECT_ACCESS_METHOD: ['access method', 'plain'],
  OBJECT_LANGUAGE: ['language', 'plain'],
  OBJECT_TRANSFORM: ['transform', 'transform'],
  OBJECT_ROLE: ['role', 'plain'],
  OBJECT_DATABASE: ['database', 'plain'],
  OBJECT_TABLESPACE: ['tablespace', 'plain'],
  OBJECT_SUBSCRIPTION: ['subscription', 'plain'],
  OBJECT_TABCONSTRAINT: ['constraint', 'of-table'],
  OBJECT_COLUMN: ['column', 'of-table'],
  OBJECT_ATTRIBUTE: ['attribute', 'of-table'],
  OBJECT_DOMCONSTRAINT: ['domain constraint', 'of-table'],
};

type Identity = Omit<ObjectRef, 'kind'>;

/** The types of an operator's arguments; NONE where it has none on that side. */
const operandTypes = (types: readonly Node[] | undefined): string[] =>
  (types ?? []).map((type) => typeText(nodeAs(type, 'TypeName')) || 'NONE');

/** The argument types of a routine as a statement names it; undefined where it leaves them out. */
function routineTypes(routine: NodeOf<'ObjectWithArgs'> | undefined): string[] | undefined {
  if (routine?.args_unspecified) return undefined;
  if (routine?.objfuncargs) return argumentTypes(routine.objfuncargs);
  return (routine?.objargs ?? []).map((type) => typeText(nodeAs(type, 'TypeName')));
}

const itemsOf = (node: Node) => nodeAs(node, 'List')?.items;

/** Reads a name of each shape. */
const READERS: Record<Shape, (node: Node) => Identity> = {
  plain: (node) => ({ name: stringOf(node) }),
  // ALTER gives a relation where DROP and COMMENT give a list.
  name: (node) => ('RangeVar' in node ? nameOfRange(nodeAs(node, 'RangeVar')) : nameOf(itemsOf(node))),
  // DROP and COMMENT give a type, GRANT and OWNER its name.
  type: (node) => nameOf(nodeAs(node, 'TypeName')?.names ?? itemsOf(node)),
  routine: (node) => {
    const routine = nodeAs(node, 'ObjectWithArgs');
    return { ...nameOf(routine?.objname), args: routineTypes(routine) };
  },
  operator: (node) => {
    const operator = nodeAs(node, 'ObjectWithArgs');
    return { ...nameOf(operator?.objname), args: operandTypes(operator?.objargs) };
  },
  'of-table': (node) => {
    const parts = strings(itemsOf(node));
    return { name: parts.at(-1) ?? '', of: nameOfParts(parts.slice(0, -1)) };
  },
  'by-method': (node) => {
    const [method, ...parts] = strings(itemsOf(node));
    return { ...nameOfParts(parts), args: [method ?? ''] };
  },
  cast: (node) => ({ name: '', args: (itemsOf(node) ?? []).map((type) => typeText(nodeAs(type, 'TypeName'))) }),
  transform: (node) => ({
    name: stringOf(itemsOf(node)?.[1]),
    args: [typeText(nodeAs(itemsOf(node)?.[0], 'TypeName'))],
  }),
};

/**
 * The object that a node names; undefined for kinds that the table of kinds does not have.
 * @param objectType the parser's word, such as `OBJECT_TABLE`
 */
export function objectOf(objectType: string | undefined, node: Node | undefined): ObjectRef | undefined {
  const known = OBJECTS[objectType ?? ''];
  if (!known || !node) return undefined;
  const [kind, shape] = known;
  return { kind, ...READERS[shape](node) };
}

/** The kind that the parser's word for an object stands for, as in ALTER … RENAME of a column. */
export const kindOfObject = (objectType: string): Kind | undefined => OBJECTS[objectType]?.[0];

/** The object that ALTER … RENAME or SET SCHEMA names; one that stands in a relation has that as its owner. */
export function alteredObject(
  objectType: string,
  { relation, object, subname }: Pick<NodeOf<'RenameStmt'>, 'relation' | 'object' | 'subname'>,
): ObjectRef | undefined {
  const kind = kindOfObject(objectType);
  if (!kind) return undefined;
  if (relation && subname !== undefined) return { kind, name: subname, of: nameOfRange(relation) };
  if (relation) return { kind, ...nameOfRange(relation) };
  // RENAME CONSTRAINT of a domain names the domain; that of a role or a schema has the name in a field of its own.
  if (subname !== undefined && object) return { kind, name: subname, of: nameOf(itemsOf(object)) };
  if (subname !== undefined) return { kind, name: subname };
  return objectOf(objectType, object);
}
