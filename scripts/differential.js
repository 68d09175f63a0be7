// Compares what two builds find and write: npm run differential -- OLD [FOLDER…], where OLD is a checkout that is
// built, or its dist folder. Both lint and fix the fixtures, the cases of the rules, the examples, the SQL on the
// pages, generated migrations and the folders named. Every rule is on. Exits with 1 where anything differs.
import { createTwoFilesPatch } from 'diff';
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { bundle } from './bundle.js';

const USAGE = `usage: npm run differential -- [--show N] [--inputs N] [--seed N] [--new NEW] OLD [FOLDER…]
  OLD, NEW     a checkout that is built, or its dist folder; NEW is this one where it is not named
  FOLDER       migrations to lint as well, each with those before it in its folder
  --show N     print N examples of each kind of difference (default 3)
  --inputs N   how many migrations to generate (default 300), beginning at --seed N (default 1)`;

/** @typedef {{ range: [number, number], text: string }} Fix */
/** @typedef {{ ruleId: string | null, severity: number, message: string, line: number, column: number, endLine: number,
 *   endColumn: number, fix?: Fix, suggestions?: { desc: string, fix: Fix }[] }} Message */
/** @typedef {{ source: string, messages: Message[], fixed: string | undefined, left: Message[] }} FileResult */
/** @typedef {{ files: Map<string, FileResult>, failures: string[] }} BuildResult */
/** @typedef {{ kind: string, rule: string, file: string, before: string, after: string }} Difference */

/** What two findings of one rule may differ in, the first difference naming the kind. */
const ASPECTS = /** @type {[string, (message: Message) => string][]} */ ([
  ['finding moved', ({ line, column, endLine, endColumn }) => `${line}:${column} to ${endLine}:${endColumn}`],
  ['message', (m) => m.message],
  ['severity', (m) => String(m.severity)],
  ['fix of a finding', (m) => JSON.stringify(m.fix) ?? 'no fix'],
  ['suggestions', (m) => JSON.stringify(m.suggestions, null, 2) ?? 'no suggestions'],
]);

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    show: { type: 'string', default: '3' },
    inputs: { type: 'string', default: '300' },
    seed: { type: 'string', default: '1' },
    new: { type: 'string', default: '.' },
  },
});
const [old, ...folders] = positionals;
if (old === undefined) giveUp(USAGE);
const commands = { old: commandOf(old), new: commandOf(values.new) };
for (const folder of folders) if (!existsSync(folder)) giveUp(`${folder}: no such folder`);

const root = mkdtempSync(join(tmpdir(), 'sql-lint-differential-'));
try {
  const started = performance.now();
  const rules = { old: await ruleNames(commands.old), new: await ruleNames(commands.new) };
  await writeInputs(rules.old.filter((name) => rules.new.includes(name)));
  const [before, after] = await Promise.all([
    runBuild(
      commands.old,
      [...rules.old].filter((name) => !rules.new.includes(name)),
    ),
    runBuild(
      commands.new,
      [...rules.new].filter((name) => !rules.old.includes(name)),
    ),
  ]);
  const differences = compare(before, after);
  print(differences, before, (performance.now() - started) / 1000);
  process.exitCode = differences.length > 0 ? 1 : 0;
} finally {
  rmSync(root, { recursive: true });
}

/** @param {string} message @returns {never} */
function giveUp(message) {
  console.error(message);
  process.exit(2);
}

/** The command of a build. @param {string} path */
function commandOf(path) {
  const found = [join(path, 'dist', 'cli.js'), join(path, 'cli.js')].find((file) => existsSync(file));
  return resolve(
    found ?? giveUp(`${path}: neither a checkout that is built nor a dist folder; run npm run build there`),
  );
}

/** The names of a build's rules. @param {string} command @returns {Promise<string[]>} */
async function ruleNames(command) {
  const { stdout } = await run(command, ['rules', '--json']);
  return JSON.parse(stdout).map((/** @type {{ name: string }} */ rule) => rule.name);
}

/** Writes all inputs but the folders named, with a configuration that has every rule on. @param {string[]} rules */
async function writeInputs(rules) {
  const script = await bundle('test/support/differential.ts');
  const { inputFolders } = await import(script.href);
  rmSync(script);
  const all = Object.fromEntries(rules.map((name) => [name, 'error']));
  const config = (/** @type {string} */ folder, /** @type {object} */ own) =>
    writeFileSync(join(folder, 'sql-lint.config.json'), JSON.stringify({ rules: { ...all, ...own } }));
  config(root, {});
  for (const { path, texts, rules: own } of inputFolders(Number(values.inputs), Number(values.seed))) {
    const folder = join(root, path);
    mkdirSync(folder, { recursive: true });
    for (const [k, text] of texts.entries()) if (text !== '') writeFileSync(join(folder, `${k + 1}_input.sql`), text);
    if (own) config(folder, own);
  }
  // An older build may not know the key `tool` of the configuration.
  const isKnown = (/** @type {string} */ path) => path !== join('examples', 'psql', 'sql-lint.config.json');
  cpSync('examples', join(root, 'examples'), { recursive: true, filter: isKnown });
}

/**
 * Lints and fixes all inputs.
 * @param {string} command
 * @param {string[]} ownRules what only this build has; the configuration cannot name it
 * @returns {Promise<BuildResult>}
 */
async function runBuild(command, ownRules) {
  const files = new Map();
  const failures = [];
  const own = ownRules.flatMap((name) => ['--rule', `${name}: error`]);
  const options = ['--no-cache', '--format', 'json', '--max-file-size', '100', ...own];
  const named = ['--config', join(root, 'sql-lint.config.json')];
  for (const [paths, more] of [
    [[root], []],
    [folders.map((folder) => resolve(folder)), named],
  ]) {
    if (paths.length === 0) continue;
    const lint = await lintFolders(command, [...options, ...more, ...paths]);
    const fix = await lintFolders(command, ['--fix-dry-run', ...options, ...more, ...paths]);
    failures.push(...lint.failures, ...fix.failures.map((line) => `--fix: ${line}`));
    for (const [path, { messages, source }] of lint.results)
      files.set(path, {
        source,
        messages,
        fixed: fix.results.get(path)?.output,
        left: fix.results.get(path)?.messages ?? [],
      });
  }
  return { files, failures };
}

/** @param {string} command @param {string[]} args */
async function lintFolders(command, args) {
  const { stdout, stderr } = await run(command, args);
  const nameOf = (/** @type {string} */ path) =>
    path.startsWith(root) ? relative(root, path) : relative(process.cwd(), path);
  try {
    return {
      results: new Map(JSON.parse(stdout).map((/** @type {{ filePath: string }} */ r) => [nameOf(r.filePath), r])),
      failures: stderr.split('\n').filter(Boolean),
    };
  } catch {
    return giveUp(`${command} ${args.join(' ')} printed no JSON: ${stderr || stdout.slice(0, 200)}`);
  }
}

/**
 * @param {string} command
 * @param {string[]} args
 * @returns {Promise<{ stdout: string, stderr: string }>}
 */
function run(command, args) {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [command, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    /** @type {[Buffer[], Buffer[]]} */
    const [stdout, stderr] = [[], []];
    child.stdout.on('data', (data) => stdout.push(data));
    child.stderr.on('data', (data) => stderr.push(data));
    child.on('error', fail);
    child.on('close', () =>
      done({ stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() }),
    );
  });
}

/** @param {BuildResult} before @param {BuildResult} after @returns {Difference[]} */
function compare(before, after) {
  /** @type {Difference[]} */
  const differences = [];
  const add = (/** @type {Difference} */ difference) => differences.push(difference);
  for (const [file, was] of before.files) {
    const is = after.files.get(file);
    if (!is) add({ kind: 'file is no longer linted', rule: '', file, before: '', after: '' });
    else compareFile(file, was, is, add);
  }
  for (const file of after.files.keys())
    if (!before.files.has(file)) add({ kind: 'file is linted now', rule: '', file, before: '', after: '' });
  const failures = { before: before.failures.join('\n'), after: after.failures.join('\n') };
  if (failures.before !== failures.after) add({ kind: 'errors of the command', rule: '', file: 'stderr', ...failures });
  return differences;
}

/**
 * @param {string} file
 * @param {FileResult} was
 * @param {FileResult} is
 * @param {(difference: Difference) => void} add
 */
function compareFile(file, was, is, add) {
  compareMessages(file, was.messages, is.messages, add);
  if (was.fixed !== is.fixed)
    add({ kind: 'fixed text', rule: '', file, before: was.fixed ?? was.source, after: is.fixed ?? is.source });
  else {
    const [before, after] = [was.left.map(lineOf).join('\n'), is.left.map(lineOf).join('\n')];
    // Without a fix these are the findings again.
    if (was.fixed !== undefined && before !== after) add({ kind: 'left after --fix', rule: '', file, before, after });
  }
}

/** @param {Message} message */
function lineOf({ line, column, ruleId, message }) {
  return `${line}:${column} ${ruleId ?? ''}: ${message}`;
}

/**
 * Pairs the findings of each rule: the ones that are equal, then those at one place, then those with one message.
 * What is left has gone or is new.
 * @param {string} file
 * @param {Message[]} was
 * @param {Message[]} is
 * @param {(difference: Difference) => void} add
 */
function compareMessages(file, was, is, add) {
  let [before, after] = [was, is];
  const at = (/** @type {Message} */ m) => `${m.ruleId} ${m.line}:${m.column}`;
  for (const key of [JSON.stringify, at, (/** @type {Message} */ m) => `${m.ruleId} ${m.message}`]) {
    const open = groupBy(after, key);
    before = before.filter((message) => {
      const match = open.get(key(message))?.shift();
      if (!match) return true;
      for (const [kind, aspect] of ASPECTS) {
        if (aspect(message) === aspect(match)) continue;
        const head = kind === 'message' ? '' : `${lineOf(message)}\n`;
        add({ kind, rule: message.ruleId ?? '', file, before: head + aspect(message), after: head + aspect(match) });
      }
      return false;
    });
    after = [...open.values()].flat();
  }
  for (const m of before) add({ kind: 'finding gone', rule: m.ruleId ?? '', file, before: lineOf(m), after: '' });
  for (const m of after) add({ kind: 'new finding', rule: m.ruleId ?? '', file, before: '', after: lineOf(m) });
}

/**
 * @template T
 * @param {readonly T[]} items
 * @param {(item: T) => string} key
 * @returns {Map<string, T[]>}
 */
function groupBy(items, key) {
  const groups = new Map();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return groups;
}

/** @param {Difference[]} differences @param {BuildResult} before @param {number} seconds */
function print(differences, before, seconds) {
  for (const [kind, all] of groupBy(differences, (d) => d.kind)) {
    for (const { rule, file, before: a, after: b } of all.slice(0, Number(values.show))) {
      const patch = createTwoFilesPatch(file, file, `${a}\n`, `${b}\n`, undefined, undefined, { context: 3 });
      console.log(`━━ ${kind}${rule && `: ${rule}`}\n${patch.split('\n').slice(2).join('\n')}`);
    }
  }
  for (const [kind, all] of groupBy(differences, (d) => d.kind)) {
    console.log(`${all.length} × ${kind}`);
    for (const [rule, some] of groupBy(all, (d) => d.rule)) if (rule) console.log(`    ${some.length} × ${rule}`);
  }
  const findings = [...before.files.values()].reduce((n, { messages }) => n + messages.length, 0);
  console.log(
    `${differences.length === 0 ? 'no' : differences.length} differences in ${before.files.size} files ` +
      `with ${findings} findings, ${seconds.toFixed(0)} s`,
  );
}
