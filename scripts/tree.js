// Writes src/syntax/pg-query/tree.ts: where each field of PostgreSQL's parse trees lies in the memory of libpg-query.
//
// node scripts/tree.js FOLDER…     needed once for every version of libpg-query; src/syntax/pg-query/README.md says how
//
// Fails, and writes nothing, where it learns nothing or where a field is not where it should be.
//
// The fields and their order come from @pgsql/types, and are compared with the JSON that libpg-query makes of every
// statement in the folders. PostgreSQL's own regression tests have nearly everything. A type, a field or a value that
// no statement has shown is not read: such a statement is read from JSON.
import { build } from 'esbuild';
import glob from 'fast-glob';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';

import { pathToFileURL } from 'node:url';

const bundle = 'node_modules/.cache/sql-lint/syntax.mjs';
await build({
  stdin: {
    contents:
      "export { compilePgQuery } from './src/syntax/pg-query/compile.ts';" +
      "export { loadPgQuery } from './src/syntax/pg-query/pg-query.ts';" +
      "export { splitStatements } from './src/syntax/split.ts';",
    resolveDir: '.',
  },
  outfile: bundle,
  bundle: true,
  platform: 'node',
  format: 'esm',
  logLevel: 'error',
});
const { compilePgQuery, loadPgQuery, splitStatements } = await import(pathToFileURL(resolve(bundle)).href);

const types = dirname(createRequire(import.meta.url).resolve('@pgsql/types/package.json'));
const enums = new Set(
  [...readFileSync(join(types, 'enums.d.ts'), 'utf8').matchAll(/export type (\w+) =/g)].map(([, name]) => name),
);
const interfaces = new Map(
  [...readFileSync(join(types, 'types.d.ts'), 'utf8').matchAll(/export interface (\w+) \{([^}]*)\}/g)].map(
    ([, name, body]) => [
      name,
      [...body.matchAll(/(\w+)\?: ([^;]+);/g)].map(([, field, type]) => ({ name: field, type: type.trim() })),
    ],
  ),
);

/** A string in the types, and one character in C. */
const CHARACTERS = new Set([
  'RangeVar.relpersistence',
  'Constraint.generated_when',
  'Constraint.generated_kind',
  'Constraint.fk_matchtype',
  'Constraint.fk_upd_action',
  'Constraint.fk_del_action',
  'ColumnDef.storage',
  'ColumnDef.identity',
  'ColumnDef.generated',
  'ReplicaIdentityStmt.identity_type',
  'PartitionBoundSpec.strategy',
  'AlterEventTrigStmt.tgenabled',
  'CreateAmStmt.amtype',
  'AlterDomainStmt.subtype',
]);
/** Numbers of 16 bits. */
const SHORTS = new Set(['CreateTrigStmt.timing', 'CreateTrigStmt.events', 'ColumnDef.inhcount', 'AlterTableCmd.num']);
/** What the types do not show: a structure within a structure, a field that is left out. */
const UNREADABLE = new Set(['CreateForeignTableStmt', 'GroupingFunc']);
/** An empty string is left out, as zero is, but of this one. */
const MAY_BE_EMPTY = 'String.sval';
/** Standing alone, FALSE is written out; in a constant, it is left out as everywhere. */
const ALONE = '{ boolval: bytes[p + 4] === 1 }';
/** Nodes that are collected while a tree is read, and the list of `Mentions` that they are in. */
const COLLECTED = new Map([
  ['TypeName', 'types'],
  ['RangeVar', 'relations'],
  ['RoleSpec', 'roles'],
  ['FuncCall', 'calls'],
]);
const CONSTANTS = { ival: 'Integer', fval: 'Float', boolval: 'Boolean', sval: 'String', bsval: 'BitString' };
/** A_Const has the constant, whether it is NULL, and the location. */
const CONSTANT = { value: 4, isnull: 12, location: 16 };

function kindOf(id, type) {
  if (type === 'Node') return { kind: 'node', size: 4 };
  if (type === 'Node[]') return { kind: 'list', size: 4 };
  if (type === 'boolean') return { kind: 'boolean', size: 1 };
  if (type === 'string') return CHARACTERS.has(id) ? { kind: 'character', size: 1 } : { kind: 'string', size: 4 };
  if (type === 'number' || type === 'bigint')
    return SHORTS.has(id) ? { kind: 'short', size: 2 } : { kind: 'number', size: 4 };
  return { kind: enums.has(type) ? 'enum' : 'structure', size: 4 };
}

const layouts = new Map();
function layoutOf(type) {
  const known = layouts.get(type);
  if (known) return known;
  // The tag of the node comes first; an expression has nothing but that in its `xpr`.
  let at = 4;
  const fields = /** @type {{ name: string, type: string }[]} */ (interfaces.get(type))
    .filter((f) => f.name !== 'xpr')
    .map((f) => {
      const { kind, size } = kindOf(`${type}.${f.name}`, f.type);
      at = Math.ceil(at / size) * size;
      at += size;
      return { ...f, kind, at: at - size, shown: false };
    });
  layouts.set(type, fields);
  return fields;
}

let memory;
const tags = new Map();
const values = new Map();
const constants = new Set();
const mistakes = new Map();
const complain = (where, what) => mistakes.set(where, mistakes.get(where) ?? what);
const word = (at) => memory.readInt32LE(at);
const string = (at) => memory.toString('utf8', at, memory.indexOf(0, at));

function compareNode(at, expected, where) {
  const [type, ...more] = Object.keys(expected);
  if (type === undefined || more.length > 0) return complain(where, 'is no node');
  if (type === 'List') {
    tags.set(word(at), 'List');
    return compareList(at, expected.List.items ?? [], where);
  }
  compare(at, expected[type], type, where);
}

function compareList(at, expected, where) {
  if (word(at + 4) !== expected.length) return complain(where, 'is a list of another length');
  expected.forEach((item, k) => {
    const address = word(word(at + 12) + 4 * k);
    if (address === 0) return Object.keys(item).length > 0 && complain(where, 'has an item that is NULL');
    compareNode(address, item, where);
  });
}

function compare(at, expected, type, where) {
  if (UNREADABLE.has(type)) return;
  const tag = word(at);
  if (tags.has(tag) ? tags.get(tag) !== type : [...tags.values()].includes(type))
    return complain(where, `has the tag ${tag}, of ${tags.get(tag)} and not of ${type}`);
  tags.set(tag, type);
  if (type === 'A_Const') {
    const [name] = Object.keys(CONSTANTS).filter((key) => key in expected);
    if (
      (name === undefined) !== (memory[at + CONSTANT.isnull] === 1) ||
      (expected.location ?? 0) !== word(at + CONSTANT.location)
    )
      return complain(type, 'differs');
    if (name !== undefined) compare(at + CONSTANT.value, expected[name], CONSTANTS[name], `A_Const.${name}`);
    constants.add(name);
    return;
  }
  const fields = layoutOf(type);
  const order = fields.map((f) => f.name);
  const keys = Object.keys(expected);
  if (
    keys.some((key, k) => k > 0 && order.indexOf(key) < order.indexOf(keys[k - 1])) ||
    keys.some((key) => !order.includes(key))
  )
    complain(type, `has other fields or another order: ${keys.join(', ')}`);
  for (const field of fields) compareField(at + field.at, expected[field.name], field, `${type}.${field.name}`);
}

function compareField(at, expected, field, where) {
  const same = isSame(at, expected, field, where);
  if (!same) complain(where, `is not ${JSON.stringify(expected)?.slice(0, 60)}`);
  else if (expected !== undefined) field.shown = true;
  if (!same || expected === undefined) return;
  if (field.kind === 'node') compareNode(word(at), expected, where);
  else if (field.kind === 'list') compareList(word(at), expected, where);
  else if (field.kind === 'structure') compare(word(at), expected, field.type, where);
}

/** Whether the memory holds the value; for a pointer, whether there is one where there must be. */
function isSame(at, expected, field, where) {
  switch (field.kind) {
    case 'boolean':
      return (memory[at] === 1) === (expected ?? false);
    case 'character':
      return (memory[at] ? String.fromCharCode(memory[at]) : undefined) === expected;
    case 'short':
      return memory.readInt16LE(at) === (expected ?? 0);
    case 'number':
      return word(at) === Number(expected ?? 0);
    case 'string':
      return isSameString(word(at), expected, where);
    case 'enum':
      return isSameName(word(at), expected, field.type);
    default:
      return expected === undefined ? word(at) === 0 : isAddress(word(at));
  }
}

function isSameString(address, expected, where) {
  if (address !== 0 && !isAddress(address)) return false;
  const found = address === 0 ? undefined : string(address);
  return found === expected || (found === '' && expected === undefined && where !== MAY_BE_EMPTY);
}

/** Learns the name of an enum's value, or compares it. */
function isSameName(value, expected, type) {
  const names = values.get(type) ?? new Map();
  values.set(type, names);
  const same = expected !== undefined && (names.get(value) ?? expected) === expected;
  if (same) names.set(value, expected);
  return same;
}

const isAddress = (address) => address > 0 && address < memory.length;

/** No table of the WebAssembly is as long. */
const MOST_FUNCTIONS = 5000;

/** Finds the function that returns a List of one RawStmt for `SELECT 1`, by its place in the table. */
function findRawParser(module) {
  const { stmts } = loadPgQuery(module, () => undefined, -1)('SELECT 1');
  for (let index = 0; index < MOST_FUNCTIONS; index++) {
    let found = false;
    const parse = loadPgQuery(
      module,
      (heap, list) => {
        memory = heap;
        try {
          compareList(list, [{ RawStmt: stmts[0] }], 'SELECT 1');
          found ||= mistakes.size === 0 && tags.size > 0;
        } catch {
          // What another function returns need not be an address.
        }
        for (const known of [tags, values, constants, mistakes, layouts]) known.clear();
        return undefined;
      },
      index,
    );
    parse('SELECT 1');
    if (found) return index;
  }
  console.error('No function of the WebAssembly returns a List of one RawStmt for SELECT 1: has its layout changed?');
  process.exit(2);
}

const wasm = compilePgQuery();
const rawParser = findRawParser(wasm);
let expected;
const parse = loadPgQuery(
  wasm,
  (heap, list) => {
    memory = heap;
    expected?.forEach((statement, k) => compare(word(word(list + 12) + 4 * k), statement, 'RawStmt', 'RawStmt'));
    return undefined;
  },
  rawParser,
);
const seen = new Set();
for (const path of process.argv
  .slice(2)
  .flatMap((folder) => glob.sync('**/*.{sql,test}', { cwd: folder, absolute: true }))) {
  for (const { text } of splitStatements(readFileSync(path, 'utf8'))) {
    if (seen.has(text) || text.includes('\0')) continue;
    seen.add(text);
    expected = undefined;
    const result = parse(text);
    if ('message' in result) continue;
    expected = result.stmts;
    parse(text);
  }
}
for (const [where, what] of mistakes) console.error(`${where} ${what}`);
if (mistakes.size > 0) process.exit(2);
if (seen.size === 0 || tags.size === 0) {
  console.error(
    `${seen.size} statements, and ${tags.size} types of nodes in them: nothing was learned, ` +
      'and src/syntax/pg-query/tree.ts is left as it is.\n' +
      'usage: node scripts/tree.js FOLDER… (folders with SQL files, such as src/test/regress/sql of PostgreSQL)',
  );
  process.exit(2);
}
const digest = createHash('sha256')
  .update(readFileSync(join(dirname(createRequire(import.meta.url).resolve('libpg-query')), 'libpg-query.wasm')))
  .digest('hex');

/** @returns what reads a field, with `v` for its word */
function readerOf(owner, { name, kind, type, at, shown }) {
  const place = `words[w + ${at >> 2}]!`;
  const byte = `bytes[p + ${at}]`;
  if (kind === 'enum') return `o.${name} = named(${type}, ${place});`;
  if (!shown)
    return kind === 'boolean' || kind === 'character' || kind === 'short'
      ? `if (${kind === 'short' ? `short(p + ${at})` : byte}) unknown();`
      : `if (${place}) unknown();`;
  const own = {
    boolean: 'true',
    character: 'String.fromCharCode(v)',
    short: 'v',
    number: 'v',
    string: 'text(v)',
    node: 'node(v)',
    list: 'list(v)',
    structure: `read${type}(v)`,
  }[kind];
  const condition =
    { boolean: byte, character: `(v = ${byte}!)`, short: `(v = short(p + ${at}))` }[kind] ??
    `(v = ${place})${kind === 'string' && `${owner}.${name}` !== MAY_BE_EMPTY ? ' && bytes[v]' : ''}`;
  const set = `${name === 'constructor' ? "o['constructor' as string]" : `o.${name}`} = ${own};`;
  // A chain of UNIONs is as deep as it is long, without a node in between.
  return type === owner ? `if (${condition}) { enter(); ${set} leave(); }` : `if (${condition}) ${set}`;
}

const tagOf = new Map([...tags].map(([tag, type]) => [type, tag]));
const readable = [...tags].sort(([a], [b]) => a - b).filter(([, type]) => type !== 'List' && type !== 'RawStmt');
const used = new Set(
  readable.flatMap(([, type]) =>
    type === 'A_Const'
      ? []
      : layoutOf(type)
          .filter((f) => f.kind === 'enum')
          .map((f) => f.type),
  ),
);
const isEmpty = (type) => type !== 'A_Const' && layoutOf(type).length === 0;
const functions = readable.map(([, type]) => {
  if (type === 'A_Const') {
    const cases = [...constants]
      .filter(Boolean)
      .map(
        (name) =>
          `case ${tagOf.get(CONSTANTS[name])}: o.${name} = read${CONSTANTS[name]}(p + ${CONSTANT.value}); break;`,
      );
    return [
      'function readA_Const(p: number): Fields {',
      '  const o: Fields = {};',
      '  const w = p >> 2;',
      `  if (bytes[p + ${CONSTANT.isnull}]) o.isnull = true;`,
      `  else switch (words[w + ${CONSTANT.value >> 2}]) {`,
      ...[...cases, 'default: unknown();'].map((line) => `    ${line}`),
      '  }',
      `  const v = words[w + ${CONSTANT.location >> 2}]!;`,
      '  if (v) o.location = v;',
      '  return o;',
      '}',
    ].join('\n');
  }
  const lines = layoutOf(type).map((field) => readerOf(type, field));
  const has = (what) => lines.some((line) => line.includes(what));
  return [
    `function read${type}(p: number): Fields {`,
    '  const o: Fields = {};',
    ...(has('words[w') ? ['  const w = p >> 2;'] : []),
    ...(has('(v = ') ? ['  let v;'] : []),
    ...lines.map((line) => `  ${line}`),
    ...(COLLECTED.has(type) ? [`  mentions.${COLLECTED.get(type)}.push(o);`] : []),
    '  return o;',
    '}',
  ]
    .join('\n')
    .replace('(p: number): Fields {\n  const o: Fields = {};\n  return o;', '(): Fields {\n  return {};');
});
const { version } = JSON.parse(readFileSync('node_modules/libpg-query/package.json', 'utf8'));
/** What reads a node of a type, wherever the tag says which. */
const wrap = (type) => (type === 'Boolean' ? ALONE : `read${type}(${isEmpty(type) ? '' : 'p'})`);
/** The names of an enum, by their values. */
const namesOf = (names) =>
  Array.from({ length: Math.max(...names.keys()) + 1 }, (_, k) => (names.has(k) ? `'${names.get(k)}'` : 'undefined'));
const raw = Object.fromEntries(layoutOf('RawStmt').map((f) => [f.name, `words[w + ${f.at >> 2}]!`]));
writeFileSync(
  'src/syntax/pg-query/tree.ts',
  `// Generated by scripts/tree.js from libpg-query ${version}: the nodes of its parse trees, as they lie in memory.
import { bytes, enter, items, leave, look, mentions, named, short, text, unknown, words, type Fields } from './memory.ts';

/** The function that parses a text, by its place in the table of the WebAssembly. */
export const RAW_PARSER = ${rawParser};

/** SHA-256 of the WebAssembly that this was learned from. The build fails where it is another. */
export const WASM_SHA256 = '${digest}';

/** One statement of a text, as libpg-query's JSON has it. */
export interface RawStatement {
  stmt: Fields;
  stmt_location?: number;
  stmt_len?: number;
}

/**
 * The statements in a list of PostgreSQL's, field by field as libpg-query writes them into its JSON.
 * @throws Unreadable where something is met that was not there to learn from
 */
export function readTree(memory: Buffer, list: number): RawStatement[] {
  look(memory);
  if (words[list >> 2] !== ${tagOf.get('List')}) unknown();
  return items(list, statement) as RawStatement[];
}

function statement(p: number): RawStatement {
  const w = p >> 2;
  if (words[w] !== ${tagOf.get('RawStmt')}) unknown();
  const o: RawStatement = { stmt: node(${raw.stmt}) };
  let v;
  if ((v = ${raw.stmt_location})) o.stmt_location = v;
  if ((v = ${raw.stmt_len})) o.stmt_len = v;
  return o;
}

const list = (p: number): Fields[] => items(p, node);

function node(p: number): Fields {
  enter();
  const o = wrapped(p);
  leave();
  return o;
}

function wrapped(p: number): Fields {
  switch (words[p >> 2]) {
    case ${tagOf.get('List')}: return { List: { items: list(p) } };
${readable.map(([tag, type]) => `    case ${tag}: return { ${type}: ${wrap(type)} };`).join('\n')}
    default: return unknown();
  }
}

${functions.join('\n\n')}

${[...used]
  .sort()
  .map((type) => {
    return `const ${type} = [${namesOf(values.get(type)).join(', ')}];`;
  })
  .join('\n')}
`,
);
const shown = [...layouts.values()].flat().filter((f) => f.shown);
console.log(`${seen.size} statements: ${readable.length} types of nodes, ${shown.length} fields`);
