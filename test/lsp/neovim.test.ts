/** The language server in a real editor: Debian's Neovim, without a screen. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { createProject, environment, packedCommand, type Project } from '../support/project.ts';

const isThere = spawnSync('nvim', ['--version']).status === 0;
if (!isThere) console.warn('The language server is not tried in Neovim: nvim is not installed (Debian: neovim).');

const projects: Project[] = [];
afterEach(() => projects.splice(0).forEach((project) => project.remove()));

it.skipIf(!isThere)('works in Neovim', () => {
  const project = createProject({
    'migrations/001_notes.sql': 'create table if not exists notes (id int primary key, body text);\n',
    'migrations/002_body.sql': 'alter table notes drop column body;\n',
  });
  const other = createProject({ 'migrations/001_other.sql': 'create table other (id int primary key);\n' });
  projects.push(project, other);
  const seen = join(project.path, 'seen.json');
  const ran = spawnSync('nvim', ['--headless', '-u', 'NONE', '-i', 'NONE', '-n', '-S', 'test/lsp/neovim.lua'], {
    encoding: 'utf8',
    timeout: 120_000,
    env: {
      ...environment(),
      // It keeps a log and a state of its own.
      HOME: project.path,
      XDG_STATE_HOME: project.path,
      FOLDER: project.path,
      OTHER: other.path,
      NODE: process.execPath,
      COMMAND: packedCommand(),
      SEEN: seen,
    },
  });
  expect(
    ran.stderr
      .trim()
      .split('\n')
      .filter((line) => /error|E\d+:/i.test(line)),
  ).toEqual([]);
  expect(JSON.parse(project.read('seen.json'))).toEqual({
    opened: ['no-bare-drop'],
    other: ['no-bare-create'],
    typed: ['no-bare-drop', 'no-unknown-name'],
    taken_back: ['no-bare-drop'],
    definition: '001_notes.sql',
    hover: expect.stringContaining('A second run fails with 42703') as string,
    actions: 4,
    fixed: 'create table if not exists other (id int primary key);',
    left: [],
    configured: [],
    ended: true,
  });
});
