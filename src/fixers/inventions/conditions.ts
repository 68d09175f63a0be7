/** IF NOT EXISTS, OR REPLACE and IF EXISTS in statements that do not have them. */
import { describe, kindInfo, type Kind, type Name, type ObjectRef } from '../../catalog/objects.ts';
import { argumentTypes, nameOf, nameOfRange, nodeAs, strings } from '../../catalog/nodes.ts';
import { quoteName } from '../../catalog/names.ts';
import { parseFragment, type Node, type NodeOf } from '../../syntax/parse.ts';
import { edited, type Edit } from '../edits.ts';
import { guardEdits } from '../layout.ts';
import { inCaseOf, lineIndent } from '../style.ts';
import type { Statement } from '../../syntax/script.ts';
import { rangeOf, readerOf, type Reader, type Span } from '../../syntax/tokens.ts';
import { everywhere, moveBefore } from './everywhere.ts';
import type { Around, Correction, Invention } from './types.ts';

const HEAD_WORDS: ReadonlySet<string> = new Set([
  'fulltext',
  ...['create', 'alter', 'drop', 'comment', 'on', 'unlogged', 'temp', 'temporary', 'unique', 'materialized', 'foreign'],
  ...['event', 'constraint', 'table', 'index', 'view', 'policy', 'trigger', 'function', 'procedure', 'routine'],
  ...['aggregate', 'type', 'domain', 'role', 'user', 'group', 'publication', 'subscription', 'rule', 'sequence'],
  ...['schema', 'extension', 'server', 'collation', 'cast', 'operator', 'language', 'database', 'statistics', 'column'],
]);

/** The words up to the name, as people say them: "CREATE UNIQUE INDEX". */
function headOf(reader: Reader): string {
  const words: string[] = [];
  for (let k = 0; HEAD_WORDS.has(reader.word(k)); k++) words.push(reader.word(k).toUpperCase());
  return words.join(' ');
}

/** What CREATE can make with IF NOT EXISTS, if it stands where it belongs. */
const HAS_CONDITION = / (TABLE|INDEX|SCHEMA|SEQUENCE|EXTENSION|MATERIALIZED VIEW|COLLATION|SERVER|STATISTICS)$/;

/** IF NOT EXISTS after a column or a value is PostgreSQL's own. */
const isOwnForm = (reader: Reader, { from }: Span): boolean =>
  /^(column|attribute|value|add)$/.test(reader.word(from - 1)) && reader.word(from + 3) !== 'constraint';

/**
 * The object that a statement makes without its IF NOT EXISTS, if earlier migrations have left one of that name: OR
 * REPLACE and DROP would change it, and IF NOT EXISTS asks not to.
 */
function madeBefore({ statement }: Reader, removal: Edit, { world }: Around): ObjectRef | undefined {
  const parsed = parsedWith(statement, removal);
  const made = parsed?.ok ? replaceable(parsed.type, parsed.node) : undefined;
  return made && world.has(made) === true ? made : undefined;
}

/** What the parser makes of a statement after an edit; undefined where it has placeholders. */
const parsedWith = ({ script, start, end, placeholders }: Statement, edit: Edit) =>
  placeholders ? undefined : script.parse(edited(script.text, [edit], start, end));

function replaceable(type: string, node: object): ObjectRef | undefined {
  switch (type) {
    case 'CreatePolicyStmt': {
      const { policy_name: name = '', table } = node as NodeOf<'CreatePolicyStmt'>;
      return { kind: 'policy', name, of: nameOfRange(table) };
    }
    case 'CreateTrigStmt': {
      const { trigname: name = '', relation } = node as NodeOf<'CreateTrigStmt'>;
      return { kind: 'trigger', name, of: nameOfRange(relation) };
    }
    case 'ViewStmt':
      return { kind: 'view', ...nameOfRange((node as NodeOf<'ViewStmt'>).view) };
    case 'CreateFunctionStmt': {
      const { funcname, parameters, is_procedure: isProcedure } = node as NodeOf<'CreateFunctionStmt'>;
      return { kind: isProcedure ? 'procedure' : 'function', ...nameOf(funcname), args: argumentTypes(parameters) };
    }
    default:
      return undefined;
  }
}

const createIfNotExists: Invention = {
  id: 'create-if-not-exists',
  find(reader, around) {
    if (reader.word(0) !== 'create') return undefined;
    const span = reader.first('if not exists');
    if (!span) return undefined;
    const head = headOf(reader);
    // What stands in its place is no mistake, whatever else is.
    const place = reader.after(0, `${head.toLowerCase()} [concurrently]`);
    if (HAS_CONDITION.test(head) && span.from === place && reader.word(span.to) !== 'on') return undefined;
    const unnamed = span.from === place && head.endsWith(' INDEX');
    const misplaced = HAS_CONDITION.test(head);
    const before = misplaced ? undefined : madeBefore(reader, reader.remove(span), around);
    return {
      ...rangeOf(reader, span),
      problem: unnamed
        ? 'CREATE INDEX IF NOT EXISTS needs the name of the index'
        : misplaced
          ? `IF NOT EXISTS stands in the wrong place of ${head}`
          : `${head} has no IF NOT EXISTS`,
      advice: unnamed
        ? 'Give the index a name.'
        : misplaced
          ? 'Put it before the name.'
          : (HOW_TO_CREATE[head.replace(' CONSTRAINT', '')] ?? 'Ask the catalog in a DO block whether it is there.'),
      correction: before
        ? { why: `an earlier statement made ${describe(before)}, and this one would change it` }
        : {
            edits:
              misplaced && !unnamed && place !== undefined && place < span.from
                ? moveBefore(reader, span, place)
                : [reader.remove(span)],
          },
    };
  },
};

/** CREATE TABLE NOT EXISTS t */
const withoutIf = everywhere({
  id: 'condition-without-if',
  edit(reader, k) {
    const verb = reader.word(0);
    const to = reader.after(k, verb === 'create' ? 'not exists' : 'exists');
    if ((verb !== 'create' && verb !== 'drop') || to === undefined || reader.depth(k) > 0) return undefined;
    const name = reader.after(0, `${headOf(reader).toLowerCase()} [concurrently]`);
    if (k !== name || reader.afterName(to) === undefined) return undefined;
    const { start } = reader.tokens[k]!;
    return { start, end: start, text: inCaseOf(reader.statement, 'IF ') };
  },
  problem: 'IF is missing before the condition',
  advice: 'Write IF.',
});

const HOW_TO_CREATE: Record<string, string> = {
  'CREATE POLICY': 'Put DROP POLICY IF EXISTS before it.',
  'CREATE EVENT TRIGGER': 'Put DROP EVENT TRIGGER IF EXISTS before it.',
  ...Object.fromEntries(
    ['FUNCTION', 'PROCEDURE', 'VIEW', 'TRIGGER', 'RULE', 'AGGREGATE'].map((kind) => [
      `CREATE ${kind}`,
      `Write CREATE OR REPLACE ${kind}.`,
    ]),
  ),
};

/** CREATE FUNCTION OR REPLACE f */
const replaceBehindKind: Invention = {
  id: 'or-replace-behind-kind',
  find(reader) {
    const kind = reader.after(0, 'create function|procedure|aggregate|view|trigger|rule');
    const to = kind === undefined ? undefined : reader.after(kind, 'or replace');
    if (kind === undefined || to === undefined || reader.afterName(to) === undefined) return undefined;
    const span = { from: kind, to };
    return {
      ...rangeOf(reader, span),
      problem: 'OR REPLACE stands behind the kind of object',
      advice: `Write CREATE OR REPLACE ${reader.raw(1).toUpperCase()}.`,
      correction: { edits: moveBefore(reader, span, 1) },
    };
  },
};

/** The words of the kind behind CREATE, and OR REPLACE before or behind them; undefined where it is not there. */
function kindWithReplace(reader: Reader): { span: Span; keywords: string[]; end: number } | undefined {
  if (reader.word(0) !== 'create') return undefined;
  const before = reader.after(1, 'or replace');
  const first = before ?? 1;
  // TABLE, UNIQUE INDEX, MATERIALIZED VIEW, …
  const keywords: string[] = [];
  for (let k = first; KIND_WORDS.has(reader.word(k)); k++) keywords.push(reader.word(k));
  const end = first + keywords.length;
  if (before !== undefined) return { span: { from: 1, to: before }, keywords, end };
  const behind = reader.after(end, 'or replace');
  return behind === undefined ? undefined : { span: { from: end, to: behind }, keywords, end: behind };
}

/** CREATE OR REPLACE TABLE t, CREATE MATERIALIZED VIEW OR REPLACE v */
const createOrReplace: Invention = {
  id: 'create-or-replace',
  find(reader, { world }) {
    const found = kindWithReplace(reader);
    if (!found) return undefined;
    const { span, keywords, end: last } = found;
    const start = reader.after(last, '[concurrently] [if] [not] [exists]')!;
    const name = reader.afterName(start);
    const label = keywords.join(' ').replace('unique ', '');
    if (keywords.length === 0 || name === undefined || HAS_OR_REPLACE.test(label)) return undefined;
    const ref = nameIn(reader.slice({ from: start, to: name }));
    const known = ref && world.has({ kind: KIND_OF[label] ?? 'table', ...ref });
    const edits = [reader.remove(span)];
    let correction: Correction = { edits };
    if (known && (label === 'index' || label === 'materialized view')) {
      const { statement } = reader;
      const { script } = statement;
      const drop = inCaseOf(statement, `DROP ${label.toUpperCase()} IF EXISTS ${quoteName(ref)};`);
      edits.push({
        start: statement.start,
        end: statement.start,
        text: drop + (script.format.breakpoint ?? '') + script.eol + lineIndent(script, statement.start),
      });
    } else if (known && KIND_OF[label])
      correction = { why: `an earlier statement made "${ref.name}", and replacing it would lose what it holds` };
    return {
      ...rangeOf(reader, span),
      problem: `CREATE ${label.toUpperCase()} has no OR REPLACE`,
      advice:
        label === 'policy'
          ? 'Put DROP POLICY IF EXISTS before it.'
          : label === 'type' || label === 'domain'
            ? 'Ask the catalog in a DO block whether it is there.'
            : `Write CREATE ${label.toUpperCase()} IF NOT EXISTS, or drop it first.`,
      correction,
    };
  },
};

/** A name as SQL has it, taken apart; undefined where it is none. */
export function nameIn(written: string): Name | undefined {
  const parsed = parseFragment(`DROP TABLE ${written}`);
  return parsed.ok ? nameOf(nodeAs((parsed.node as NodeOf<'DropStmt'>).objects?.[0], 'List')?.items) : undefined;
}

/** What CREATE OR REPLACE makes. */
const HAS_OR_REPLACE = /^((temp|temporary) )?(view|trigger)$/;

const KIND_WORDS = new Set([
  'table',
  'index',
  'unique',
  'policy',
  'type',
  'domain',
  'materialized',
  'view',
  'sequence',
  'schema',
  'extension',
  'temp',
  'temporary',
  'unlogged',
  'foreign',
  'publication',
  'role',
  'event',
  'trigger',
]);
const KIND_OF: Record<string, Kind> = {
  table: 'table',
  'unlogged table': 'table',
  index: 'index',
  'materialized view': 'materialized view',
  type: 'type',
  domain: 'domain',
  sequence: 'sequence',
};

const alterIfNotExists: Invention = {
  id: 'alter-if-not-exists',
  find(reader) {
    if (reader.word(0) !== 'alter') return undefined;
    const spans = reader.all('if not exists').filter((span) => !isOwnForm(reader, span));
    const span = spans[0];
    if (!span) return undefined;
    const previous = reader.word(span.from - 1) === 'if' ? '' : reader.word(span.from - 1).toUpperCase();
    const what =
      reader.word(1) === 'publication'
        ? 'ALTER PUBLICATION … ADD TABLE'
        : previous === 'CONSTRAINT' || reader.word(span.to) === 'constraint'
          ? 'ADD CONSTRAINT'
          : `ALTER ${reader.word(1).toUpperCase()}`;
    return {
      ...rangeOf(reader, span),
      problem: `${what} has no IF NOT EXISTS`,
      advice: 'Ask the catalog in a DO block whether it is there.',
      correction: { edits: spans.map((s) => reader.remove(s)) },
    };
  },
};

const enableRowSecurity: Invention = {
  id: 'enable-row-level-security-if',
  find(reader) {
    const security = reader.word(0) === 'alter' ? reader.first('row level security') : undefined;
    if (!security) return undefined;
    // … SECURITY IF NOT ENABLED, … SECURITY IF NOT EXISTS, ENABLE IF NOT EXISTS ROW LEVEL SECURITY
    let to = reader.after(security.to, 'if');
    while (to !== undefined && /^(not|already|exists|enabled|disabled|forced|done|set)$/.test(reader.word(to))) to++;
    const before = reader.first('enable|disable if not exists|enabled row');
    const span = to !== undefined ? { from: security.to, to } : before && { from: before.from + 1, to: before.to - 1 };
    return (
      span && {
        ...rangeOf(reader, span),
        problem: 'ENABLE ROW LEVEL SECURITY takes no condition',
        advice: 'Leave it out: where row level security is enabled already, nothing changes.',
        correction: { edits: [reader.remove(span)] },
      }
    );
  },
};

const renameIfExists: Invention = {
  id: 'rename-if-exists',
  find(reader) {
    if (reader.word(0) !== 'alter') return undefined;
    const phrase = reader.first('rename [column|constraint|value|attribute] if exists');
    if (!phrase) return undefined;
    const span = { from: phrase.to - 2, to: phrase.to };
    return {
      ...rangeOf(reader, span),
      problem: 'RENAME has no IF EXISTS for what it renames',
      advice: 'Ask the catalog in a DO block whether the old name is there.',
      correction: { edits: [reader.remove(span)] },
    };
  },
};

const dropFromIfExists: Invention = {
  id: 'alter-publication-drop-if-exists',
  find(reader) {
    const span = reader.after(0, 'alter publication') ? reader.first('if exists') : undefined;
    return span && span.from > 2
      ? {
          ...rangeOf(reader, span),
          problem: 'ALTER PUBLICATION has no IF EXISTS',
          advice: 'Ask pg_publication_rel in a DO block whether the table is there.',
          correction: { edits: [reader.remove(span)] },
        }
      : undefined;
  },
};

/** ALTER FUNCTION IF EXISTS f() …: the statement runs only if the object is there, which a DO block can ask. */
const alterIfExists: Invention = {
  id: 'alter-if-exists',
  find(reader) {
    if (reader.word(0) !== 'alter' && reader.word(0) !== 'comment') return undefined;
    const span = reader.first('if exists');
    if (!span) return undefined;
    const head = headOf(reader);
    const { statement } = reader;
    const removal = reader.remove(span);
    const parsed = parsedWith(statement, removal);
    const ref = parsed?.ok ? objectOf(parsed.type, parsed.node) : undefined;
    const condition = ref && kindInfo(ref.kind).existence?.(ref)?.exists;
    return {
      ...rangeOf(reader, span),
      problem: `${head} has no IF EXISTS${head === 'ALTER TABLE' ? ' for a column' : ''}`,
      advice: ref
        ? `Ask in a DO block whether ${describe(ref)} is there.`
        : 'Ask the catalog in a DO block whether it is there.',
      correction:
        condition === undefined
          ? { edits: [removal] }
          : { edits: guardEdits([{ statement, condition, edits: [removal] }]) },
    };
  },
};

/** The object that ALTER TABLE needs besides its table: the column, or the composite type. */
function objectOfAlterTable({ relation, cmds, objtype }: NodeOf<'AlterTableStmt'>): ObjectRef | undefined {
  if (objtype === 'OBJECT_TYPE') return { kind: 'type', ...nameOfRange(relation) };
  const cmd = cmds?.length === 1 ? nodeAs(cmds[0], 'AlterTableCmd') : undefined;
  return cmd?.name !== undefined &&
    /^AT_(ColumnDefault|(Set|Drop)NotNull|AlterColumnType|SetStatistics)$/.test(cmd.subtype ?? '')
    ? { kind: 'column', name: cmd.name, of: nameOfRange(relation) }
    : undefined;
}

/** The object that an ALTER or COMMENT statement needs. */
function objectOf(type: string, node: object): ObjectRef | undefined {
  switch (type) {
    case 'AlterFunctionStmt': {
      const { func, objtype } = node as NodeOf<'AlterFunctionStmt'>;
      return named(objtype, func && { ObjectWithArgs: func }, undefined);
    }
    case 'RenameStmt': {
      const { renameType, object, relation, subname } = node as NodeOf<'RenameStmt'>;
      return named(renameType, object, relation, subname);
    }
    case 'AlterOwnerStmt':
    case 'AlterObjectSchemaStmt': {
      const { objectType, object, relation } = node as NodeOf<'AlterOwnerStmt'>;
      return named(objectType, object, relation);
    }
    case 'CommentStmt': {
      const { objtype, object } = node as NodeOf<'CommentStmt'>;
      return named(objtype, object, undefined);
    }
    case 'AlterEnumStmt':
      return { kind: 'type', ...nameOf((node as NodeOf<'AlterEnumStmt'>).typeName) };
    case 'AlterDomainStmt':
      return { kind: 'domain', ...nameOf((node as NodeOf<'AlterDomainStmt'>).typeName) };
    case 'AlterPolicyStmt': {
      const { policy_name, table } = node as NodeOf<'AlterPolicyStmt'>;
      return { kind: 'policy', name: policy_name ?? '', of: nameOfRange(table) };
    }
    case 'AlterRoleStmt':
    case 'AlterRoleSetStmt':
      return { kind: 'role', name: (node as NodeOf<'AlterRoleStmt'>).role?.rolename ?? '' };
    case 'AlterPublicationStmt':
      return { kind: 'publication', name: (node as NodeOf<'AlterPublicationStmt'>).pubname ?? '' };
    case 'AlterExtensionStmt':
      return { kind: 'extension', name: (node as NodeOf<'AlterExtensionStmt'>).extname ?? '' };
    case 'AlterTableStmt':
      return objectOfAlterTable(node);
    default:
      return undefined;
  }
}

const ROUTINES: Record<string, Kind> = {
  OBJECT_FUNCTION: 'function',
  OBJECT_PROCEDURE: 'procedure',
  OBJECT_AGGREGATE: 'aggregate',
  OBJECT_ROUTINE: 'routine',
};
const IN_SCHEMA: Record<string, Kind> = {
  OBJECT_TYPE: 'type',
  OBJECT_DOMAIN: 'domain',
  OBJECT_COLLATION: 'collation',
  OBJECT_CONVERSION: 'conversion',
  OBJECT_STATISTIC_EXT: 'statistics',
  OBJECT_TABLE: 'table',
  OBJECT_VIEW: 'view',
  OBJECT_MATVIEW: 'materialized view',
  OBJECT_INDEX: 'index',
  OBJECT_SEQUENCE: 'sequence',
};
const GLOBAL: Record<string, Kind> = {
  OBJECT_SCHEMA: 'schema',
  OBJECT_EXTENSION: 'extension',
  OBJECT_ROLE: 'role',
  OBJECT_PUBLICATION: 'publication',
  OBJECT_SUBSCRIPTION: 'subscription',
  OBJECT_EVENT_TRIGGER: 'event trigger',
  OBJECT_FOREIGN_SERVER: 'server',
  OBJECT_FDW: 'foreign-data wrapper',
  OBJECT_LANGUAGE: 'language',
};
const OF_TABLE: Record<string, Kind> = {
  OBJECT_TRIGGER: 'trigger',
  OBJECT_POLICY: 'policy',
  OBJECT_RULE: 'rule',
  OBJECT_TABCONSTRAINT: 'constraint',
  OBJECT_COLUMN: 'column',
};

function named(
  objectType: string | undefined,
  object: Node | undefined,
  relation: NodeOf<'RangeVar'> | undefined,
  subname?: string,
): ObjectRef | undefined {
  const type = objectType ?? '';
  if (ROUTINES[type]) {
    const routine = nodeAs(object, 'ObjectWithArgs');
    if (!routine) return undefined;
    return {
      kind: ROUTINES[type],
      ...nameOf(routine.objname),
      ...(!routine.args_unspecified && { args: argumentTypes(routine.objfuncargs) }),
    };
  }
  if (GLOBAL[type]) return { kind: GLOBAL[type], name: nodeAs(object, 'String')?.sval ?? subname ?? '' };
  const list = strings(nodeAs(object, 'List')?.items);
  if (OF_TABLE[type]) {
    if (relation) return { kind: OF_TABLE[type], name: subname ?? '', of: nameOfRange(relation) };
    return list.length < 2
      ? undefined
      : { kind: OF_TABLE[type], name: list.at(-1)!, of: { name: list.at(-2)!, schema: list.at(-3) } };
  }
  if (!IN_SCHEMA[type]) return undefined;
  if (relation) return { kind: IN_SCHEMA[type], ...nameOfRange(relation) };
  const names = list.length > 0 ? list : strings(nodeAs(object, 'TypeName')?.names);
  return names.length === 0 ? undefined : { kind: IN_SCHEMA[type], name: names.at(-1)!, schema: names.at(-2) };
}

/** DROP TRIGGER name; and DROP POLICY name; without the table that the name belongs to. */
const dropWithoutTable: Invention = {
  id: 'drop-without-table',
  find(reader, around) {
    const start = reader.after(0, 'drop policy|trigger|rule [if] [exists]');
    const kind = reader.word(1);
    if (start === undefined || reader.tokens.length !== start + 1) return undefined;
    const name = nameAt(reader, start);
    if (name === undefined) return undefined;
    const tables = tablesOf(reader, around, kind as Kind, name);
    const end = reader.tokens[start]!.end;
    const clause = inCaseOf(reader.statement, ' ON ');
    return {
      ...rangeOf(reader, { from: start, to: start + 1 }),
      problem: `DROP ${kind.toUpperCase()} needs the table that "${name}" belongs to`,
      advice: tables.length === 1 ? `Write ON ${tables[0]!}.` : 'Write ON and the table.',
      correction:
        tables.length === 1
          ? { edits: [{ start: end, end, text: clause + tables[0]! }, ...hold(reader, kind, name)] }
          : {
              why:
                tables.length > 1
                  ? `${tables.length} tables have a ${kind} of that name`
                  : `no migration shows on which table the ${kind} is`,
            },
    };
  },
};

/** Keeps other fixes from putting a second DROP before the CREATE in the same pass. */
function hold(reader: Reader, kind: string, name: string): Edit[] {
  return reader.statement.script.statements
    .filter((s) => s.start > reader.statement.start && creates(readerOf(s), kind, name) !== undefined)
    .map((s) => ({ start: s.start, end: s.start, text: '' }));
}

/** The index of the name in CREATE POLICY name, where it is that name. */
function creates(reader: Reader, kind: string, name: string): number | undefined {
  const start = reader.after(0, `create [or] [replace] [constraint] ${kind} [if] [not] [exists]`);
  return start !== undefined && nameAt(reader, start) === name ? start : undefined;
}

function nameAt(reader: Reader, k: number): string | undefined {
  const parsed = parseFragment(`DROP TABLE ${reader.raw(k)}`);
  return parsed.ok
    ? strings(nodeAs((parsed.node as NodeOf<'DropStmt'>).objects?.[0], 'List')?.items).at(-1)
    : undefined;
}

/** The tables, as SQL, on which the file or its history makes a policy, trigger or rule of that name. */
function tablesOf(reader: Reader, { world }: Around, kind: Kind, name: string): string[] {
  const found = new Map<string, string>();
  for (const statement of reader.statement.script.all()) {
    const other = readerOf(statement);
    const start = creates(other, kind, name);
    if (start === undefined) continue;
    const on = other.all('on').find((span) => span.from > start);
    const end = on && other.afterName(on.to);
    if (!on || end === undefined) continue;
    const written = other.slice({ from: on.to, to: end });
    const table = nameIn(written);
    if (table) found.set(world.key({ kind: 'table', ...table }), written);
  }
  for (const ref of world.ofKind(kind))
    if (ref.name === name && ref.of && !found.has(world.key({ kind: 'table', ...ref.of })))
      found.set(world.key({ kind: 'table', ...ref.of }), quoteName(ref.of));
  return [...found.values()];
}

/** DROP TABLE t IF EXISTS: the condition belongs before the name. */
const dropConditionLast: Invention = {
  id: 'drop-condition-last',
  find(reader) {
    if (reader.word(0) !== 'drop') return undefined;
    const span = reader.first('if exists');
    const name = reader.after(
      1,
      '[materialized] [event] ' +
        'table|view|index|policy|trigger|function|type|schema|sequence|domain|extension|role|publication',
    );
    if (!span || name === undefined || span.from <= name) return undefined;
    return {
      ...rangeOf(reader, span),
      problem: 'IF EXISTS stands behind the name',
      advice: 'Put it before the name.',
      correction: { edits: moveBefore(reader, span, name) },
    };
  },
};

/** DROP INDEX i ON t: an index's name is unique in its schema. */
const dropIndexOn: Invention = {
  id: 'drop-index-on',
  find(reader) {
    const start = reader.after(0, 'drop index [concurrently] [if] [exists]');
    const end = start === undefined ? undefined : reader.afterName(start);
    const table = end !== undefined && reader.word(end) === 'on' ? reader.afterName(end + 1) : undefined;
    if (end === undefined || table === undefined) return undefined;
    const span = { from: end, to: table };
    return {
      ...rangeOf(reader, span),
      problem: 'DROP INDEX has no ON',
      advice: 'Leave the table out: the name alone tells which index it is.',
      correction: { edits: [reader.remove(span)] },
    };
  },
};

/** IF NOT EXIST, IF EXIST */
const existWithoutS: Invention = {
  id: 'if-exist',
  find(reader) {
    const span = reader.first('if [not] exist');
    if (!span) return undefined;
    const token = reader.tokens[span.to - 1]!;
    return {
      ...rangeOf(reader, span),
      problem: 'The keyword is EXISTS',
      advice: 'Write EXISTS.',
      correction: {
        edits: [{ start: token.end, end: token.end, text: reader.raw(span.to - 1) === 'EXIST' ? 'S' : 's' }],
      },
    };
  },
};

export const conditionInventions: Invention[] = [
  createIfNotExists,
  withoutIf,
  createOrReplace,
  replaceBehindKind,
  enableRowSecurity,
  renameIfExists,
  alterIfNotExists,
  dropFromIfExists,
  alterIfExists,
  dropWithoutTable,
  dropConditionLast,
  dropIndexOn,
  existWithoutS,
];
