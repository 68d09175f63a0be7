/** What `init` would write, file by file, and what only people can. */
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { hookPath } from '../git.ts';
import { agentLines } from './agents.ts';
import { commandOf, lintStagedOf, managerOf, shown, textOf } from './project.ts';

/** A file to be written. */
export interface Change {
  /** Relative, with slashes. */
  path: string;
  /** What is new in it: all of it, or what is added at its end. */
  text: string;
  /** Whether there is such a file already, to whose end the text goes. */
  isAddition: boolean;
  isExecutable: boolean;
}

/** What is to be done: a file is written, or a person reads what to do. */
export type Step = { change: Change } | { advice: string };

const LEFTHOOK = ['lefthook.yml', 'lefthook.yaml', '.lefthook.yml', 'lefthook.toml', 'lefthook.json'];

/**
 * The hook in what the project has for hooks; where that is a list for people to keep, or lint-staged, it only says
 * what to add.
 */
export function hookStep(cwd: string): Step {
  const command = `${commandOf(cwd)} --staged`;
  const staged = lintStagedOf(cwd);
  if (staged?.includes('sql-lint')) return { advice: 'lint-staged runs sql-lint already.' };
  if (staged !== undefined)
    return { advice: 'Add this to the configuration of lint-staged:\n\n  "*.sql": "sql-lint --fix"\n' };
  if (existsSync(join(cwd, '.husky'))) return addTo(cwd, join(cwd, '.husky', 'pre-commit'), '', command);
  const lefthook = LEFTHOOK.find((name) => existsSync(join(cwd, name)));
  if (lefthook !== undefined)
    return {
      advice:
        `Add this to ${lefthook}:\n\n  pre-commit:\n    jobs:\n` +
        `      - name: sql-lint\n        glob: "*.sql"\n        run: ${command}\n`,
    };
  if (existsSync(join(cwd, '.pre-commit-config.yaml')))
    return {
      advice:
        'Add this to .pre-commit-config.yaml:\n\n  - repo: local\n    hooks:\n' +
        `      - id: sql-lint\n        name: sql-lint\n        entry: ${command}\n        language: system\n` +
        '        files: \\.sql$\n        pass_filenames: false\n',
    };
  const path = hookPath(cwd, 'pre-commit');
  return path === undefined
    ? { advice: 'This is no git repository, so there is no place for a hook.' }
    : addTo(cwd, path, '#!/bin/sh\n', command);
}

function addTo(cwd: string, file: string, head: string, command: string): Step {
  const path = shown(relative(cwd, file));
  const before = textOf(file);
  if (before?.includes('sql-lint')) return { advice: `${path} runs sql-lint already.` };
  if (before?.startsWith('#!') && !/^#!.*\b(ba|da|z)?sh\b/.test(before))
    return { advice: `${path} is no shell script; add ${command} to it.` };
  const text =
    before === undefined ? `${head}${command}\n` : `${before.endsWith('\n') || before === '' ? '' : '\n'}${command}\n`;
  return { change: { path, text, isAddition: before !== undefined, isExecutable: true } };
}

/** The check of pull requests. */
export function workflowStep(cwd: string, host: 'github' | 'gitlab'): Step {
  const { install } = managerOf(cwd);
  const command = commandOf(cwd);
  if (host === 'gitlab')
    return {
      advice:
        'Add this to .gitlab-ci.yml:\n\n  sql-lint:\n    image: node:22\n    variables: { GIT_DEPTH: 0 }\n' +
        `    script:\n      - ${install}\n` +
        `      - ${command} --changed --format gitlab=gl-code-quality-report.json\n` +
        `      - ${command} verify --fixed --changed\n` +
        '    rules:\n      - if: $CI_PIPELINE_SOURCE == "merge_request_event"\n' +
        '    artifacts: { when: always, reports: { codequality: gl-code-quality-report.json } }\n',
    };
  const path = '.github/workflows/sql-lint.yml';
  if (existsSync(join(cwd, path))) return { advice: `${path} is there already.` };
  const text = `name: sql-lint
on: pull_request
permissions:
  contents: read
jobs:
  sql-lint:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
        with: { fetch-depth: 0 }
      - uses: actions/setup-node@v4
        with: { node-version: 22 }
      - run: ${install}
      - run: ${command} --changed --format github
      - run: ${command} verify --fixed --changed --format github
`;
  return { change: { path, text, isAddition: false, isExecutable: false } };
}

/** A task of VS Code that lists the findings under "Problems", where the project keeps settings of that editor. */
export function editorStep(cwd: string): Step | undefined {
  if (!existsSync(join(cwd, '.vscode'))) return undefined;
  const path = '.vscode/tasks.json';
  const before = textOf(join(cwd, path));
  if (before?.includes('sql-lint')) return undefined;
  const task = {
    label: 'sql-lint',
    type: 'shell',
    command: `${commandOf(cwd)} --format compact`,
    presentation: { reveal: 'never' },
    problemMatcher: {
      owner: 'sql-lint',
      fileLocation: ['relative', '${workspaceFolder}'],
      pattern: {
        regexp: '^(.+):(\\d+):(\\d+): (error|warning): (.*)$',
        ...{ file: 1, line: 2, column: 3, severity: 4, message: 5 },
      },
    },
  };
  const json = (value: unknown) => JSON.stringify(value, null, 2);
  // The file may have comments, so that a program cannot write it anew.
  if (before !== undefined) return { advice: `Add this to "tasks" in ${path}:\n\n${json(task)}\n` };
  const text = `${json({ version: '2.0.0', tasks: [task] })}\n`;
  return { change: { path, text, isAddition: false, isExecutable: false } };
}

/** The lines for assistants, in the file that they read. */
export function assistantStep(cwd: string): Step | undefined {
  const path = ['AGENTS.md', 'CLAUDE.md'].find((name) => existsSync(join(cwd, name)));
  if (path === undefined || textOf(join(cwd, path))!.includes('sql-lint')) return undefined;
  const text = `\n${agentLines(cwd)}\n`;
  return { change: { path, text, isAddition: true, isExecutable: false } };
}

/** Writes a file. What is there stays, and the text goes behind it. */
export function apply(cwd: string, { path, text, isAddition, isExecutable }: Change): void {
  const file = join(cwd, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text, { flag: isAddition ? 'a' : 'wx' });
  if (isExecutable) chmodSync(file, 0o755);
}
