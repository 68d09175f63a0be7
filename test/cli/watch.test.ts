/** `--watch`, on a terminal. */
import { spawn, type ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Engine } from '../../src/database/types.ts';
import { KeptEngines } from '../../src/verify/engines.ts';
import { verify } from '../../src/verify/index.ts';
import { createProject, packedCommand, environment, type Project } from '../support/project.ts';

const BARE = 'create table notes (id int);\n';
const GUARDED = 'create table if not exists notes (id int);\n';
const WAITS = 'waiting for changes';
const CLEAR = '\u001b[2J';

let project: Project;
let child: ChildProcess | undefined;
afterEach(() => {
  child?.kill('SIGKILL');
  project.remove();
});

/** A terminal on which files are watched. */
class Screen {
  private text = '';
  readonly ended: Promise<number>;

  constructor(...args: string[]) {
    const command = ['exec', process.execPath, packedCommand(), '--watch', ...args].join(' ');
    child = spawn('script', ['-qec', command, '/dev/null'], {
      cwd: project.path,
      env: { ...environment(), TERM: 'xterm-256color', NO_COLOR: '1' },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    child.stdout!.on('data', (data: Buffer) => (this.text += data.toString()));
    this.ended = new Promise((done) => child!.on('close', (code) => done(code ?? -1)));
  }

  /** What is on the screen once it waits again after `before`. */
  async next(before: () => void = () => undefined): Promise<string> {
    const from = this.text.length;
    before();
    for (let k = 0; k < 600; k++) {
      const shown = this.text.slice(from);
      if (shown.includes(WAITS)) return shown.slice(shown.lastIndexOf(CLEAR));
      await new Promise((done) => setTimeout(done, 100));
    }
    throw new Error(`it does not wait: ${this.text.slice(from)}`);
  }

  /** What is printed though nothing was saved. */
  async rest(): Promise<string> {
    const from = this.text.length;
    await new Promise((done) => setTimeout(done, 700));
    return this.text.slice(from);
  }

  type(keys: string): void {
    child!.stdin!.write(keys);
  }
}

describe('--watch', () => {
  it('keeps one screen of what is saved, new and deleted, until Ctrl-C', async () => {
    project = createProject({ 'migrations/0001_a.sql': GUARDED });
    const screen = new Screen();
    expect(await screen.next()).toContain('1 file checked, no problems.');
    const shown = await screen.next(() => project.write('migrations/0001_a.sql', BARE));
    expect(shown).toContain('no-bare-create');
    expect(shown).not.toContain('no problems');
    // A folder that is new is watched too.
    await screen.next(() => project.write('migrations/more/0002_b.sql', GUARDED));
    expect(await screen.next(() => project.write('migrations/more/0002_b.sql', 'drop table x;\n'))).toContain(
      'no-bare-drop',
    );
    expect(await screen.next(() => rmSync(join(project.path, 'migrations/more/0002_b.sql')))).not.toContain(
      'no-bare-drop',
    );
    // What is wrong with a configuration ends nothing.
    expect(await screen.next(() => project.write('sql-lint.config.json', '{ "rulse": {} }'))).toContain(
      'did you mean "rules"',
    );
    expect(await screen.next(() => project.write('sql-lint.config.json', '{ "extends": [] }'))).toContain(
      'no problems',
    );
    screen.type('\u0003');
    expect(await screen.ended).toBe(130);
  }, 90_000);

  it('fixes and proves what is saved, and takes its own writing for no change', async () => {
    project = createProject({ 'migrations/0001_a.sql': BARE });
    const screen = new Screen('--fix', '--prove');
    expect(await screen.next()).toContain('1 file fixed, proven on embedded PostgreSQL 18');
    expect(project.read('migrations/0001_a.sql')).toBe(GUARDED);
    const shown = await screen.next(() => project.write('migrations/0002_b.sql', 'create index on nosuch (id);\n'));
    expect(shown).toContain('no-refused-statement');
    const fixed = await screen.next(() => project.write('migrations/0002_b.sql', 'create table b (id int);\n'));
    expect(fixed).toContain('Fixed 1 file.');
    expect(fixed).toContain('1 file fixed, proven on embedded PostgreSQL 18');
    expect(await screen.rest()).toBe('');
    screen.type('\u0003');
    expect(await screen.ended).toBe(130);
  }, 90_000);

  it('goes with nothing that writes other things or asks', () => {
    project = createProject({ 'migrations/1.sql': BARE });
    for (const other of ['--update-baseline', '--staged', '--list-files'])
      expect(project.lint('--watch', other)).toMatchObject({
        status: 2,
        stderr: `sql-lint: --watch and ${other} exclude each other\n`,
      });
    expect(project.lint('--watch', '--diff').status).toBe(2);
    expect(project.lint('--watch', 'nowhere')).toMatchObject({ status: 2 });
  });
});

it('keeps one PostgreSQL for all runs', async () => {
  project = createProject();
  let started = 0;
  class Counted extends KeptEngines {
    override of(key: string, start: () => Promise<Engine>): Promise<Engine> {
      return super.of(key, () => (started++, start()));
    }
  }
  const engines = new Counted();
  for (const text of [BARE, GUARDED, GUARDED]) {
    const [verdict] = await verify([{ path: '1.sql', text }], { engines });
    expect(verdict!.verdict).toBe(text === BARE ? 'second-run-fails' : 'ok');
  }
  expect(started).toBe(1);
  await engines.close();
});
