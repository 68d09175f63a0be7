/**
 * Functions that only execute SQL which their arguments fill in, as `diesel_manage_updated_at('posts')` makes a trigger
 * on a table: what such a call does can be read.
 */
import type { Node, NodeOf } from '../syntax/parser.ts';
import { parseFragment } from '../syntax/parse.ts';
import { parseBody } from '../syntax/plpgsql.ts';
import { flatMap } from '../lists.ts';
import type { Body } from './body.ts';
import { stringConstant } from './constants.ts';
import { quoteIdent, quoteLiteral } from './names.ts';
import { nodeAs, optionOf, strings } from './nodes.ts';

/** The body of a function that only executes SQL. */
export interface Executed {
  parameters: readonly { name: string; type: string }[];
  /** The expressions behind EXECUTE, in their order. */
  sql: readonly string[];
}

/** What a parameter holds. As text, a `regclass` is a name that is quoted where it has to be. */
interface Value {
  text: string;
  isName: boolean;
}

/** The types of parameters whose values are known as text. */
const TEXTS = new Set(['text', 'varchar', 'name', 'regclass']);

/** What a function executes; undefined where it may do anything else. */
export function executedBy(node: NodeOf<'CreateFunctionStmt'>, body: Body | undefined): Executed | undefined {
  // Most functions begin otherwise, and need not be read.
  if (body?.words[0] !== 'begin' || body.words[1] !== 'execute') return undefined;
  // With a search_path of its own, names in the SQL are looked up in other schemas.
  if (optionOf(node.options, 'set')) return undefined;
  const parameters = flatMap(node.parameters ?? [], (p) => nodeAs(p, 'FunctionParameter') ?? []).map(
    ({ name = '', argType, mode, defexpr }) => {
      const type = strings(argType?.names).at(-1) ?? '';
      const isPlain = (mode === 'FUNC_PARAM_DEFAULT' || mode === 'FUNC_PARAM_IN') && !defexpr && !argType?.arrayBounds;
      return isPlain && TEXTS.has(type) ? { name, type } : undefined;
    },
  );
  const { text } = body;
  const statements = parseBody(text, 0, text.length) ?? [];
  const sql = statements.map(({ kind, start, end, guards }) =>
    kind === 'execute' && guards.every((guard) => guard.kind === 'handler' && guard.conditions.length === 0)
      ? text.slice(start + 'execute'.length, end)
      : undefined,
  );
  // RETURN at the end does nothing.
  if (/^return(\s+null)?$/i.test(textOf(text, statements.at(-1)))) sql.pop();
  return isKnown(parameters) && isKnown(sql) ? { parameters, sql } : undefined;
}

const textOf = (text: string, range: { start: number; end: number } | undefined): string =>
  range ? text.slice(range.start, range.end) : '';

const isKnown = <T>(items: readonly (T | undefined)[]): items is readonly T[] => !items.includes(undefined);

/** The SQL that a call executes; undefined where its arguments, or the SQL, are put together in another way. */
export function sqlOfCall({ parameters, sql }: Executed, args: readonly Node[]): string[] | undefined {
  if (args.length !== parameters.length) return undefined;
  const values = parameters.map(({ name, type }, k) => {
    const named = args.map((node) => nodeAs(node, 'NamedArgExpr')).find((node) => node?.name === name);
    const text = stringConstant(named ? named.arg : args[k]);
    return text === undefined ? undefined : { text, isName: type === 'regclass' };
  });
  if (!isKnown(values)) return undefined;
  const given = new Arguments(
    parameters.map(({ name }) => name),
    values,
  );
  const texts = sql.map((expression) => {
    const parsed = parseFragment(`SELECT ${expression}`);
    const { targetList = [], fromClause } = parsed.ok ? (parsed.node as NodeOf<'SelectStmt'>) : {};
    const isOne = targetList.length === 1 && fromClause === undefined;
    return isOne ? given.textOf(nodeAs(targetList[0], 'ResTarget')?.val) : undefined;
  });
  return isKnown(texts) ? [...texts] : undefined;
}

/** The arguments of a call, by the names of the parameters. */
class Arguments {
  private readonly names: readonly string[];
  private readonly values: readonly Value[];

  constructor(names: readonly string[], values: readonly Value[]) {
    this.names = names;
    this.values = values;
  }

  /** The text of an expression. */
  textOf(node: Node | undefined): string | undefined {
    return this.valueOf(node)?.text;
  }

  private valueOf(node: Node | undefined): Value | undefined {
    const constant = nodeAs(node, 'A_Const')?.sval;
    if (constant) return plain(constant.sval ?? '');
    const column = nodeAs(node, 'ColumnRef')?.fields;
    if (column) return column.length === 1 ? this.values[this.names.indexOf(strings(column)[0]!)] : undefined;
    const parameter = nodeAs(node, 'ParamRef')?.number;
    if (parameter !== undefined) return this.values[parameter - 1];
    const cast = nodeAs(node, 'TypeCast');
    if (cast) return this.castTo(cast);
    const { name, lexpr, rexpr } = nodeAs(node, 'A_Expr') ?? {};
    if (strings(name)[0] === '||') return plain(this.joined([lexpr, rexpr]));
    const { funcname, args = [] } = nodeAs(node, 'FuncCall') ?? {};
    return plain(this.called(strings(funcname).at(-1), args));
  }

  /** Only to text: PostgreSQL writes a regclass otherwise than the text that it is made from. */
  private castTo({ arg, typeName }: NodeOf<'TypeCast'>): Value | undefined {
    const type = strings(typeName?.names).at(-1) ?? '';
    return TEXTS.has(type) && type !== 'regclass' ? this.valueOf(arg) : undefined;
  }

  private called(name: string | undefined, args: readonly Node[]): string | undefined {
    switch (name) {
      case 'format':
        return this.formatted(this.textOf(args[0]), args.slice(1));
      case 'concat':
        return this.joined(args);
      case 'quote_ident':
        return identifier(this.valueOf(args[0]));
      case 'quote_literal':
        return literal(this.valueOf(args[0]));
      default:
        return undefined;
    }
  }

  private joined(nodes: readonly (Node | undefined)[]): string | undefined {
    const texts = nodes.map((node) => this.textOf(node));
    return isKnown(texts) ? texts.join('') : undefined;
  }

  /** What format() returns. */
  private formatted(pattern: string | undefined, args: readonly Node[]): string | undefined {
    if (pattern === undefined) return undefined;
    let next = 0;
    const unread: string[] = [];
    const text = pattern.replace(/%(?:(\d+)\$)?(.)/gs, (_, position: string | undefined, type: string) => {
      if (type === '%') return '%';
      if (position !== undefined) next = Number(position) - 1;
      const filled = FORMATS[type]?.(this.valueOf(args[next++]));
      if (filled === undefined) unread.push(type);
      return filled ?? '';
    });
    return unread.length === 0 ? text : undefined;
  }
}

const plain = (text: string | undefined): Value | undefined =>
  text === undefined ? undefined : { text, isName: false };

/** A name that is quoted already must not be quoted again. */
const identifier = (value: Value | undefined): string | undefined =>
  value && (!value.isName || /^[a-z_][a-z0-9_]*$/.test(value.text)) ? quoteIdent(value.text) : undefined;

const literal = (value: Value | undefined): string | undefined => value && quoteLiteral(value.text);

const FORMATS: Partial<Record<string, (value: Value | undefined) => string | undefined>> = {
  s: (value) => value?.text,
  I: identifier,
  L: literal,
};
