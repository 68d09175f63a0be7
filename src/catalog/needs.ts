/**
 * Reads the names in parse trees, and what PostgreSQL records of them in pg_depend: functions, types, relations and
 * sequences that cannot be dropped while an object exists. Operators are left out: their argument types are not in the
 * text.
 */
import { lookup } from '../lookup.ts';
import type { Node, NodeOf } from '../syntax/parser.ts';
import { flatMap } from '../lists.ts';
import { stringConstant } from './constants.ts';
import { nameInString } from './names.ts';
import { nameOf, nameOfRange, nodeAs, strings, typeText, walkNames } from './nodes.ts';
import type { Name, ObjectRef } from './objects.ts';
import { isOwnType } from './types.ts';

type TypeName = NodeOf<'TypeName'>;

/** The functions that take the name of a sequence. */
const TAKES_SEQUENCE = new Set(['nextval', 'currval', 'setval']);

/** The functions that take the name of a text search configuration before another argument. */
const TAKES_CONFIGURATION = new Set(
  `to_tsvector to_tsquery plainto_tsquery phraseto_tsquery websearch_to_tsquery ts_headline json_to_tsvector
  jsonb_to_tsvector`.split(/\s+/),
);

/** By the reg type that a text is cast to, what it names. */
const NAMED_BY_CAST = lookup<ObjectRef['kind']>({
  regconfig: 'text search configuration',
  regdictionary: 'text search dictionary',
});

/** A type may also be the row type of a table or a view. */
export function typeNeeds(type: TypeName | undefined): ObjectRef[] {
  if (!type?.names || type.pct_type) return [];
  const name = nameOf(type.names);
  if (name.schema === 'pg_catalog' || (name.schema === undefined && isOwnType(name.name))) return [];
  return [
    { kind: 'type', ...name },
    { kind: 'table', ...name },
  ];
}

/** A call of a function. */
interface Call {
  name: Name;
  /** The name as it is written, with all its parts. */
  written: string;
  args: readonly Node[];
}

/** The names in a parse tree. */
export interface Names {
  /** Relations, without the names that WITH gives to queries. */
  relations: readonly { name: Name; alias: string | undefined }[];
  calls: readonly Call[];
  /** Columns with their qualifiers. An empty name stands for `*`. */
  columns: readonly (readonly string[])[];
  /** Whether it asks for `*`, which stands for the columns that there are when it is read. */
  hasStar: boolean;
  /** The relations that `'t'::regclass` names. */
  cast: readonly Name[];
  /** The objects that cannot be dropped while what has the tree exists. */
  needs: readonly ObjectRef[];
}

/** Reads the names in an expression, a query or a list of them. */
export function namesIn(tree: unknown): Names {
  const reader = new NameReader();
  walkNames([tree], (type, node, isQuery) => {
    // FOR UPDATE OF names what FROM has named before, by its alias.
    if (type === 'LockingClause') return false;
    reader.read(type, node, isQuery);
    return true;
  });
  return reader;
}

class NameReader implements Names {
  readonly relations: { name: Name; alias: string | undefined }[] = [];
  readonly calls: Call[] = [];
  readonly columns: string[][] = [];
  hasStar = false;
  readonly cast: Name[] = [];
  readonly needs: ObjectRef[] = [];

  read(type: string, node: Record<string, unknown>, isQuery: boolean): void {
    switch (type) {
      case 'ColumnRef':
        this.columns.push(strings(node.fields as Node[]));
        return;
      case 'A_Star':
        this.hasStar = true;
        return;
      case 'FuncCall':
        this.readCall(node);
        return;
      case 'TypeCast':
        this.readCast(node);
        return;
      case 'typeName':
        this.needs.push(...typeNeeds(node));
        return;
      case 'CollateClause':
      case 'collClause':
        this.needs.push({ kind: 'collation', ...nameOf(node.collname as Node[]) });
        return;
      default:
        // A relation stands bare where the grammar allows nothing else, and wrapped in a FROM list.
        if (!isQuery && typeof node.relname === 'string' && 'inh' in node) this.readRelation(node);
    }
  }

  private readRelation(node: NodeOf<'RangeVar'>): void {
    const name = nameOfRange(node);
    this.relations.push({ name, alias: node.alias?.aliasname });
    this.needs.push({ kind: 'table', ...name });
  }

  private readCall({ funcname, args = [] }: NodeOf<'FuncCall'>): void {
    const name = nameOf(funcname);
    this.calls.push({ name, written: strings(funcname).join('.'), args });
    const text = TAKES_SEQUENCE.has(name.name) ? stringConstant(args[0]) : undefined;
    const sequence = text === undefined ? undefined : nameInString(text);
    this.needs.push(sequence ? { kind: 'sequence', ...sequence } : { kind: 'function', ...name });
    const configuration = TAKES_CONFIGURATION.has(name.name) && args.length > 1 ? stringConstant(args[0]) : undefined;
    if (configuration !== undefined) this.readNamed('regconfig', configuration);
  }

  private readNamed(regType: string, text: string): void {
    const kind = NAMED_BY_CAST[regType];
    const name = kind && nameInString(text);
    if (name) this.needs.push({ kind, ...name });
  }

  private readCast({ arg, typeName }: NodeOf<'TypeCast'>): void {
    const text = stringConstant(arg);
    if (text === undefined) return;
    const type = typeText(typeName);
    const name = type === 'regclass' ? nameInString(text) : undefined;
    if (name) this.cast.push(name);
    else this.readNamed(type, text);
  }
}

/** The objects that an expression, a query or a list of them names. */
export const needsOf = (tree: unknown): ObjectRef[] => [...namesIn(tree).needs];

/** What CREATE FUNCTION needs: the types in its head, and what its defaults and a body that is not a string name. */
export const routineNeeds = ({ parameters, returnType, sql_body: body }: NodeOf<'CreateFunctionStmt'>): ObjectRef[] => [
  ...flatMap(parameters ?? [], (parameter) => {
    const { argType, defexpr } = nodeAs(parameter, 'FunctionParameter')!;
    return [...typeNeeds(argType), ...(defexpr ? needsOf(defexpr) : [])];
  }),
  ...typeNeeds(returnType),
  ...(body ? needsOf(body) : []),
];

/** Options of CREATE AGGREGATE, OPERATOR and TYPE that name functions. The parser reads their names as types. */
const NAMES_FUNCTION = new Set(
  `sfunc finalfunc combinefunc serialfunc deserialfunc msfunc minvfunc mfinalfunc function procedure restrict join
  canonical subtype_diff input output receive send typmod_in typmod_out analyze subscript`.split(/\s+/),
);

/** What the options of CREATE AGGREGATE, OPERATOR and TYPE name: functions and types. */
export const optionNeeds = (options: readonly Node[] | undefined): ObjectRef[] =>
  flatMap(options ?? [], (o): ObjectRef[] => {
    const { defname = '', arg } = nodeAs(o, 'DefElem') ?? {};
    const type = nodeAs(arg, 'TypeName');
    if (!NAMES_FUNCTION.has(defname)) return typeNeeds(type);
    const names = strings(type?.names ?? nodeAs(arg, 'List')?.items);
    return names.length > 0 ? [{ kind: 'function', schema: names.at(-2), name: names.at(-1)! }] : [];
  });
