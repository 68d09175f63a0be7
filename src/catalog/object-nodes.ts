/** Reads the names of objects out of the statements that name one of many kinds. */
import type { Node } from '../syntax/parser.ts';
import { argumentTypes, nameOf, nameOfParts, nodeAs, stringOf, strings, typeText } from './nodes.ts';
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
};

/** The object that a node names; undefined for kinds that nothing here speaks of. `objectType` is the parser's, such as `OBJECT_TABLE`. */
export function objectOf(objectType: string | undefined, node: Node | undefined): ObjectRef | undefined {
  const known = OBJECTS[objectType ?? ''];
  if (!known || !node) return undefined;
  const [kind, shape] = known;
  const items = nodeAs(node, 'List')?.items;
  switch (shape) {
    case 'plain':
      return { kind, name: stringOf(node) };
    case 'name':
      return { kind, ...nameOf(items) };
    case 'type':
      // DROP and COMMENT give a type, GRANT and OWNER its name.
      return { kind, ...nameOf(nodeAs(node, 'TypeName')?.names ?? items) };
    case 'routine': {
      const routine = nodeAs(node, 'ObjectWithArgs');
      return {
        kind,
        ...nameOf(routine?.objname),
        args: routine?.args_unspecified
          ? undefined
          : routine?.objfuncargs
            ? argumentTypes(routine.objfuncargs)
            : (routine?.objargs ?? []).map((a) => typeText(nodeAs(a, 'TypeName'))),
      };
    }
    case 'operator': {
      const operator = nodeAs(node, 'ObjectWithArgs');
      return {
        kind,
        ...nameOf(operator?.objname),
        args: (operator?.objargs ?? []).map((a) => typeText(nodeAs(a, 'TypeName')) || 'NONE'),
      };
    }
    case 'of-table': {
      const parts = strings(items);
      return { kind, name: parts.at(-1) ?? '', of: nameOfParts(parts.slice(0, -1)) };
    }
    case 'by-method': {
      const [method, ...parts] = strings(items);
      return { kind, ...nameOfParts(parts), args: [method ?? ''] };
    }
    case 'cast':
      return { kind, name: '', args: (items ?? []).map((t) => typeText(nodeAs(t, 'TypeName'))) };
    case 'transform':
      return { kind, name: stringOf(items?.[1]), args: [typeText(nodeAs(items?.[0], 'TypeName'))] };
  }
}
