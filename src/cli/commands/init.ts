import { appendFileSync, chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { CONFIG_NAMES, hasPackageConfig } from '../../config/load.ts';
import type { Config } from '../../config/types.ts';
import { UserError } from '../../errors.ts';
import { PRESETS } from '../../linter/presets.ts';
import { readArguments } from '../arguments.ts';
import { EXIT, say, type Command } from '../command.ts';
import { hookPath } from '../git.ts';
import { USUAL_FOLDERS } from '../paths.ts';

const HELP = `sql-lint init writes a configuration, and a hook that lints what is committed.

Usage
  sql-lint init               asks
  sql-lint init --yes         chooses what fits the project without asking`;

const CONFIG_FILE = 'sql-lint.config.json';
const SCHEMA = 'node_modules/idempotent-sql-lint/dist/schema.json';
const COMMAND = 'npx sql-lint --staged';

/** Sets a project up. Files that exist are not changed. */
export const init: Command = async (argv) => {
  const { values } = readArguments('init', argv, {
    yes: { type: 'boolean', short: 'y' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values.help) return say(HELP);
  if (!values.yes && !process.stdin.isTTY)
    throw new UserError('init asks, and this is not a terminal; sql-lint init --yes does not ask');
  const cwd = process.cwd();
  const folders = USUAL_FOLDERS.filter((folder) => existsSync(join(cwd, folder)));
  const ask = values.yes
    ? { text: (_: string, standard: string) => Promise.resolve(standard), close: () => undefined }
    : terminal();
  try {
    const existing =
      CONFIG_NAMES.find((name) => existsSync(join(cwd, name))) ??
      ((await hasPackageConfig(cwd)) ? 'sqlLint in package.json' : undefined);
    if (existing) say(`There is a configuration already: ${existing}.`);
    else writeConfig(cwd, await chooseConfig(cwd, ask.text, folders));
    if (
      /^(y|yes)$/i.test(
        await ask.text('Lint what is staged before every commit? (yes, no)', 'yes', (answer) =>
          /^(y|yes|n|no)$/i.test(answer) ? undefined : 'Answer yes or no.',
        ),
      )
    )
      installHook(cwd);
  } finally {
    ask.close();
  }
  return say('Now run sql-lint, and then sql-lint --fix.');
};

/** Asks for a text. `mistake` says what is wrong with an answer; then the question is put once more. */
type Ask = (question: string, standard: string, mistake?: (answer: string) => string | undefined) => Promise<string>;

function terminal(): { text: Ask; close: () => void } {
  const io = createInterface({ input: process.stdin, output: process.stdout });
  return {
    async text(question, standard, mistake) {
      for (;;) {
        const answer = (await io.question(`${question} [${standard}] `)).trim() || standard;
        const wrong = mistake?.(answer);
        if (wrong === undefined) return answer;
        say(wrong);
      }
    },
    close: () => io.close(),
  };
}

async function chooseConfig(cwd: string, ask: Ask, folders: readonly string[]): Promise<Config> {
  const paths = (answer: string) => answer.split(/[\s,]+/).filter(Boolean);
  const files = paths(
    await ask('Where are the migrations?', folders.join(', ') || 'migrations', (answer) => {
      // A project that is just begun has no folder yet, and is not asked for another.
      const missing =
        folders.length > 0
          ? paths(answer).find((path) => !/[*?[{]/.test(path) && !existsSync(join(cwd, path)))
          : undefined;
      return missing && `There is no "${missing}" here.`;
    }),
  );
  const preset = await ask(
    `Which preset? (${PRESETS.join(', ')})`,
    files.some((f) => f.split('/').includes('supabase')) ? 'supabase' : 'recommended',
    (answer) => ((PRESETS as readonly string[]).includes(answer) ? undefined : `There is no preset "${answer}".`),
  );
  const version = await ask('Which is the oldest PostgreSQL that they run on? (12 to 18)', '14', (answer) =>
    /^1[2-8]$/.test(answer) ? undefined : 'It is a whole number from 12 to 18.',
  );
  return { extends: [preset], files, postgresVersion: Number(version) };
}

function writeConfig(cwd: string, config: Config): void {
  const schema = existsSync(join(cwd, SCHEMA)) ? { $schema: `./${SCHEMA}` } : {};
  writeFileSync(join(cwd, CONFIG_FILE), `${JSON.stringify({ ...schema, ...config }, null, 2)}\n`, { flag: 'wx' });
  say(`Wrote ${CONFIG_FILE}.`);
}

/**
 * Adds the hook to what the project has for hooks; where that is a list for people to keep, it only says what to add.
 */
function installHook(cwd: string): number {
  if (existsSync(join(cwd, '.husky'))) return writeHook(cwd, join(cwd, '.husky', 'pre-commit'), '');
  for (const name of ['lefthook.yml', 'lefthook.yaml', '.lefthook.yml', 'lefthook.toml', 'lefthook.json']) {
    if (existsSync(join(cwd, name)))
      return say(
        `Add this to ${name}:\n\n  pre-commit:\n    jobs:\n` +
          `      - name: sql-lint\n        glob: "*.sql"\n        run: ${COMMAND}\n`,
      );
  }
  if (existsSync(join(cwd, '.pre-commit-config.yaml')))
    return say(
      'Add this to .pre-commit-config.yaml:\n\n  - repo: local\n    hooks:\n' +
        `      - id: sql-lint\n        name: sql-lint\n        entry: ${COMMAND}\n        language: system\n` +
        '        files: \\.sql$\n        pass_filenames: false\n',
    );
  const path = hookPath(cwd, 'pre-commit');
  if (path === undefined) return say('This is no git repository, so there is no place for a hook.');
  return writeHook(cwd, path, '#!/bin/sh\n');
}

function writeHook(cwd: string, path: string, head: string): number {
  const shown = relative(cwd, path);
  const before = existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  if (before?.includes('sql-lint')) return say(`${shown} runs sql-lint already.`);
  if (before !== undefined && !/^#!.*\b(ba|da|z)?sh\b/.test(before) && before.startsWith('#!'))
    return say(`${shown} is no shell script; add ${COMMAND} to it.`);
  mkdirSync(dirname(path), { recursive: true });
  if (before === undefined) writeFileSync(path, `${head}${COMMAND}\n`);
  else appendFileSync(path, `${before.endsWith('\n') ? '' : '\n'}${COMMAND}\n`);
  chmodSync(path, 0o755);
  say(`${before === undefined ? 'Wrote' : 'Added sql-lint to'} ${shown}.`);
  return EXIT.clean;
}
