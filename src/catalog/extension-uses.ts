/** Tells whether a statement may make something that needs an extension: its members are not in the text. */
import type { Node, NodeOf } from '../syntax/parser.ts';
import type { Statement } from '../syntax/script.ts';
import { callsOf } from './functions.ts';
import { namesIn } from './needs.ts';
import { nameOf, nodeAs, optionOf, walk } from './nodes.ts';
import type { ObjectRef } from './objects.ts';
import { isOwnType } from './types.ts';

/** The access methods and languages that PostgreSQL has without an extension, where only its own types need them. */
const OWN_METHODS = new Set([undefined, 'btree', 'hash', 'brin']);
const OWN_LANGUAGES = new Set([undefined, 'sql', 'plpgsql', 'c', 'internal']);

/** @param isMade whether a migration has made an object: then no extension has */
export function mayNeedExtension({ node }: Statement, isMade: (ref: ObjectRef) => boolean): boolean {
  let may = callsOf(namesIn(node)).some((effect) => effect.action === 'call' && !isMade(effect.object));
  walk([node], (type, inner) => {
    may ||= needsOne(type, inner, isMade);
    return !may;
  });
  return may || needsOne('', node as Record<string, unknown>, isMade);
}

function needsOne(type: string, node: Record<string, unknown>, isMade: (ref: ObjectRef) => boolean): boolean {
  if (type === 'TypeName' || type === 'typeName' || type === 'argType' || type === 'returnType') {
    const name = nameOf(node.names as Node[] | undefined);
    if (name.name === '' || name.schema === 'pg_catalog' || isOwnType(name.name)) return false;
    return !isMade({ kind: 'type', ...name }) && !isMade({ kind: 'table', ...name });
  }
  if (type === 'IndexElem') return node.opclass !== undefined;
  if (type === 'Constraint') return node.contype === 'CONSTR_EXCLUSION';
  if ('accessMethod' in node) return !OWN_METHODS.has(node.accessMethod as string);
  if ('fdwname' in node) return true;
  const language = 'funcname' in node && 'options' in node ? languageOf(node) : undefined;
  return !OWN_LANGUAGES.has(language);
}

const languageOf = ({ options }: NodeOf<'CreateFunctionStmt'>): string | undefined =>
  nodeAs(optionOf(options, 'language'), 'String')?.sval?.toLowerCase();
