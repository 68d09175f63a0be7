import { COMMON_TYPES, isKnownType, MISTAKEN_TYPES, takesModifiers } from '../catalog/types.ts';
import { quoteIdent } from '../catalog/names.ts';
import { nodeAs, stringOf, strings, walk } from '../catalog/nodes.ts';
import { unitsOf } from '../catalog/units.ts';
import { defineRule, fixWith, type RuleContext } from './api/rule.ts';
import { editDistance } from '../nearest.ts';
import type { Node, NodeOf } from '../syntax/parser.ts';
import type { Statement } from '../syntax/script.ts';
import { tokensInStrings, type Tokens } from '../syntax/nested.ts';
import { readerOf } from '../syntax/tokens.ts';
import { flatMap } from '../lists.ts';

export default defineRule({
  meta: {
    type: 'problem',
    docs: {
      description: 'Disallow misspelled type names',
      presets: { recommended: 'error', supabase: 'error', strict: 'error', development: 'error' },
    },
    fixable: 'code',
    messages: {
      misspelled: 'Type "{{name}}" does not exist: the statement fails with 42704 (undefined object). Write {{type}}.',
      ambiguous:
        'Type "{{name}}" does not exist: the statement fails with 42704 (undefined object). It may stand for ' +
        '{{types}}.',
    },
    schema: [],
  },
  create: (context) => ({
    Script() {
      let made: Set<string> | undefined;
      for (const statement of context.sourceCode.script.all())
        check(context, statement, () => (made ??= typesMadeIn(context)));
    },
  }),
});

/** The kinds of objects whose making makes a type of the same name: every row of a table has one. */
const MAKES_TYPE = new Set<string>([
  'type',
  'domain',
  'table',
  'view',
  'materialized view',
  'foreign table',
  'sequence',
]);

/** The types that this file makes, and those that earlier files have left. */
function typesMadeIn({ sourceCode: { script, world } }: RuleContext): Set<string> {
  const made = new Set<string>();
  for (const kind of ['type', 'domain', 'table', 'view', 'materialized view', 'foreign table'] as const)
    for (const ref of world.ofKind(kind)) made.add(ref.name);
  for (const statement of script.all()) {
    for (const { effects } of unitsOf(statement)) {
      for (const effect of effects) {
        if (effect.action === 'create' && MAKES_TYPE.has(effect.object.kind)) made.add(effect.object.name);
        if (effect.action === 'rename') made.add(effect.to.name);
      }
    }
  }
  for (const inner of tokensInStrings(script.text)) for (const name of typesCreatedIn(inner)) made.add(name);
  return made;
}

/** The names behind CREATE TYPE and CREATE DOMAIN, in the body of a function or in dynamic SQL. */
function typesCreatedIn({ text, tokens }: Tokens): string[] {
  const raw = (k: number) => (tokens[k] ? text.slice(tokens[k].start, tokens[k].end) : '');
  return flatMap(tokens, (_, k) => {
    if (raw(k).toLowerCase() !== 'create' || !['type', 'domain'].includes(raw(k + 1).toLowerCase())) return [];
    const name = raw(k + 3) === '.' ? raw(k + 4) : raw(k + 2);
    return [name.startsWith('"') ? name.slice(1, -1) : name.toLowerCase()];
  });
}

/** Whether a type cannot be checked: types in other schemas are not known, and name%TYPE is a reference. */
const isSound = ({ names, pct_type }: NodeOf<'TypeName'>): boolean =>
  names?.length !== 1 || pct_type === true || isKnownType(stringOf(names[0]));

function check(context: RuleContext, statement: Statement, made: () => Set<string>): void {
  const { text } = statement.script;
  if (statement.mentions.types.every(isSound)) return;
  walk(statement.node, (type, node) => {
    // The grammar takes any name for a type where an option has a value: SUBTYPE_DIFF = float8mi names a function.
    if (type === 'DefElem') return false;
    if (type !== 'typeName' && type !== 'TypeName' && type !== 'returnType' && type !== 'argType') return;
    const name = isSound(node) ? undefined : stringOf((node.names as Node[])[0]);
    if (name === undefined || made().has(name)) return;
    const candidates = likely(name, made());
    if (candidates.length === 0) return;
    const start = statement.start + ((node.location as number | undefined) ?? 0);
    const end = start + name.length;
    const written = text.slice(start, end);
    if (written.toLowerCase() !== name) return;
    const loc = context.sourceCode.locOf(start, end);
    if (candidates.length > 1) {
      context.report({ loc, messageId: 'ambiguous', data: { name: written, types: candidates.join(' or ') } });
      return;
    }
    const correct = hasUnlimitedLength(node)
      ? 'text'
      : isBoolean(name, text.slice(end, statement.end))
        ? 'boolean'
        : candidates[0];
    const replacement = written === written.toUpperCase() && /[A-Z]/.test(written) ? correct!.toUpperCase() : correct!;
    const modifiers = node.typmods && !takesModifiers(correct!) ? modifiersBehind(statement, start) : 0;
    context.report({
      loc,
      messageId: 'misspelled',
      data: { name: written, type: replacement },
      fix: modifiers === undefined ? null : fixWith([{ start, end: end + modifiers, text: replacement }]),
    });
  });
}

/** TINYINT(1) DEFAULT true of MySQL. */
const isBoolean = (name: string, rest: string): boolean =>
  name === 'tinyint' && /^\s*(\(1\))?(\s+not\s+null)?\s+default\s+(true|false)\b/i.test(rest);

/** NVARCHAR(MAX) of SQL Server. */
const hasUnlimitedLength = (type: Record<string, unknown>): boolean =>
  ((type.typmods ?? []) as Node[]).some((node) => /^max$/i.test(strings(nodeAs(node, 'ColumnRef')?.fields).join()));

/** The length of `(10, 2)` behind a type, with the space before it; undefined where something else stands there. */
function modifiersBehind(statement: Statement, typeStart: number): number | undefined {
  const reader = readerOf(statement);
  const type = reader.tokens.findIndex(({ start }) => start === typeStart);
  const close = type >= 0 && reader.raw(type + 1) === '(' ? reader.closing(type + 1) : undefined;
  return close === undefined ? undefined : reader.tokens[close]!.end - reader.tokens[type]!.end;
}

/** The shortest name that may be two slips away: among shorter ones, too many words are neighbours. */
const LONG = 8;

/** The types that a name may stand for: nearest first, and only those that are equally near. */
function likely(name: string, made: Set<string>): string[] {
  const mistaken = MISTAKEN_TYPES[name];
  if (mistaken) return [mistaken];
  let best = name.length >= LONG ? 2 : 1;
  let found: string[] = [];
  for (const type of [...COMMON_TYPES, ...[...made].filter((t) => t.length >= LONG)]) {
    // A slip leaves the first letter alone; a word that begins with another one is another word.
    if (!type.startsWith(name.charAt(0)) || type.length < 3) continue;
    const distance = editDistance(name, type, best);
    if (distance > best) continue;
    if (distance < best) found = [];
    best = distance;
    found.push(quoteIdent(type) === type || COMMON_TYPES.includes(type) ? type : quoteIdent(type));
  }
  return [...new Set(found.length > 0 ? found : nearMistaken(name))];
}

/** `strnig`: a slip in what another database calls a type. */
const nearMistaken = (name: string): string[] =>
  flatMap(Object.entries(MISTAKEN_TYPES), ([mistaken, type]) =>
    mistaken.length >= SHORTEST && mistaken[0] === name[0] && editDistance(name, mistaken, 1) === 1 ? type : [],
  );

/** The shortest name of another database that is known with a slip in it. */
const SHORTEST = 6;
