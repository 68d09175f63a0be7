// Begins a rule or a statement kind:
//   npm run new:rule NAME
//   npm run new:statement ID -- "SQL" [--setup "SQL"]
// Writes every file that belongs to it, with an example that works. Change the example into what you mean.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { bundle } from './bundle.js';

const USAGE = `usage: npm run new:rule NAME
       npm run new:statement ID -- "SQL" [--setup "SQL"]
  NAME   of the rule; it begins with no-, require- or prefer-
  ID     of the statement kind, such as alter-role-login
  SQL    one such statement; --setup is what has to be there before it`;

const { values, positionals } = parseArgs({ allowPositionals: true, options: { setup: { type: 'string' } } });

/** @returns {never} */
function giveUp(message) {
  console.error(message);
  process.exit(2);
}

function write(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { flag: 'wx' });
  console.log(`wrote ${path}`);
}

/** Inserts a line or an entry behind a place in a file. */
function insert(path, place, text) {
  const before = readFileSync(path, 'utf8');
  const at = before.indexOf(place);
  if (at < 0) giveUp(`${path} has no ${JSON.stringify(place)}`);
  writeFileSync(path, before.slice(0, at + place.length) + text + before.slice(at + place.length));
  console.log(`changed ${path}`);
}

function announce(line) {
  insert('CHANGELOG.md', '### Added\n\n', `- ${line}\n`);
}

const EXAMPLE_RULE = `import { nameOfRange } from '../catalog/nodes.ts';
import { defineRule } from './api/rule.ts';

export default defineRule({
  meta: {
    type: 'suggestion',
    docs: {
      description: 'Disallow tables with the name example',
      presets: { strict: 'warn' },
    },
    messages: {
      example:
        'Table "{{name}}" has a name that says nothing: nobody knows what its rows are. Give it the name of what it holds.',
    },
    schema: [],
  },
  create: (context) => ({
    Script() {
      for (const statement of context.sourceCode.script.all()) {
        const node = statement.as('CreateStmt');
        if (!node) continue;
        const { name } = nameOfRange(node.relation);
        if (name === 'example')
          context.report({ loc: context.sourceCode.headOf(statement), messageId: 'example', data: { name } });
      }
    },
  }),
});
`;

const EXAMPLE_CASES = `--- case a table with that name
CREATE TABLE IF NOT EXISTS example (id uuid PRIMARY KEY);

--- case another name
CREATE TABLE IF NOT EXISTS notes (id uuid PRIMARY KEY);
`;

const EXAMPLE_PAGE = `<!-- generated from the rule -->
<!-- /generated -->

## The problem
What is wrong, and what comes of it.

\`\`\`sql
CREATE TABLE IF NOT EXISTS example (id uuid PRIMARY KEY);
ALTER TABLE example ENABLE ROW LEVEL SECURITY;
\`\`\`

## What to write
What to write instead.

\`\`\`sql
CREATE TABLE IF NOT EXISTS notes (id uuid PRIMARY KEY);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
\`\`\`

## When not to use it
Where it does not apply.

PostgreSQL: [CREATE TABLE](https://www.postgresql.org/docs/current/sql-createtable.html).
`;

function newRule(rule) {
  if (!/^(no|require|prefer)(-[a-z0-9]+)+$/.test(rule))
    giveUp(`${rule}: the name of a rule begins with no-, require- or prefer-, and is of lower-case words`);
  if (existsSync(`src/rules/${rule}.ts`)) giveUp(`src/rules/${rule}.ts is there already`);
  write(`src/rules/${rule}.ts`, EXAMPLE_RULE);
  write(`test/rules/${rule}.sql`, EXAMPLE_CASES);
  write(`docs/rules/${rule}.md`, EXAMPLE_PAGE);
  announce(`\`${rule}\` reports tables with the name \`example\`.`);
  console.log(`now: UPDATE_FIXTURES=1 npx vitest run test/rules/cases.test.ts -t ${rule}`);
}

/** Where the entries of a kind are: the file, and the list in it. */
const LISTS = {
  create: ['create.ts', 'export const createEntries: Entry[] = [\n'],
  alter: ['alter.ts', 'export const alterEntries: Entry[] = [\n'],
  drop: ['drop.ts', 'export const dropEntries: Entry[] = [\n'],
  other: ['data.ts', 'export const dataEntries: Entry[] = [\n'],
};

async function newStatement(id, text, setup) {
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id)) giveUp(`${id}: an id is of lower-case words with - between them`);
  const fixture = `test/fixtures/statements/${id}.sql`;
  if (existsSync(fixture)) giveUp(`${fixture} is there already`);
  const statement = text.trim().replace(/;$/, '');
  const node = await nodeOf(statement);
  const [file, list] = LISTS[id.split('-')[0]] ?? LISTS.other;
  const quoted = (string) => `'${string.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  insert(
    `src/catalog/statements/${file}`,
    list,
    `  entry<'${node}'>({
    id: '${id}',
    statement: '${id.replaceAll('-', ' ').toUpperCase()}',
    node: '${node}',
    // Write what tells it from the other statements of its node.
    when: (_, { statement }) => statement.text === ${quoted(statement)},
    inTransaction: true,
    secondRun: 'harmless',
    // What sql-lint down does about it: say what undoes it.
    back: { none: 'it leaves nothing behind' },
    effects: () => [],
  }),
`,
  );
  write(fixture, `${setup === undefined ? '' : `--- setup\n${setup.trim()}\n`}--- input\n${statement};\n`);
  announce(`\`${id.replaceAll('-', ' ').toUpperCase()}\` is a statement kind of its own.`);
  console.log(`now: UPDATE_FIXTURES=1 npx vitest run test/fixtures.test.ts -t ${id}`);
}

/** The type of the statement's node in PostgreSQL's grammar. */
async function nodeOf(statement) {
  const script = await bundle('src/syntax/parser.ts');
  const { loadParser, parseStatement } = await import(script.href);
  rmSync(script);
  await loadParser();
  const parsed = parseStatement(statement);
  if (!parsed.ok) giveUp(`${statement}: PostgreSQL does not take it`);
  return parsed.type;
}

const [what, name, sql] = positionals;
if (what === 'rule' && name !== undefined) newRule(name);
else if (what === 'statement' && name !== undefined && sql !== undefined) await newStatement(name, sql, values.setup);
else giveUp(USAGE);
execFileSync(process.execPath, ['scripts/generate.js'], { stdio: 'inherit' });
