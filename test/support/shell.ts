/** A shell whose commands and output are written down as a person would see them, the same on every machine. */
import { spawnSync } from 'node:child_process';
import { environment } from './project.ts';
import { onTerminal } from './terminal.ts';

/** What differs from machine to machine, and what stands for it. */
const MASKS: readonly [RegExp, string][] = [
  [/\b\d+\.\d s\b/g, '… s'],
  [/\badded \d+ packages in \S+/g, 'added … packages in …'],
];

/** What npm says of itself and of others is not told. */
const NPM = {
  npm_config_prefer_offline: 'true',
  npm_config_audit: 'false',
  npm_config_fund: 'false',
  npm_config_update_notifier: 'false',
};

export class Shell {
  /** Where the next command runs. */
  cwd: string;
  private readonly root: string;
  private readonly env: NodeJS.ProcessEnv;
  private lines: string[] = [];

  /** @param root the folder in which all of it happens, of which nothing is written down */
  constructor(root: string, env: NodeJS.ProcessEnv = {}) {
    this.root = root;
    this.cwd = root;
    // What npm says to its scripts would be taken for what the user says to npm.
    const own = Object.entries(environment()).filter(([name]) => !/^npm_|^INIT_CWD$/i.test(name));
    this.env = { ...Object.fromEntries(own), ...NPM, ...env };
  }

  /**
   * Runs a command of bash.
   * @param more.fails whether it must fail
   * @param more.hidden whether nobody reads of it
   * @throws where it fails, or does not, against what is expected
   */
  run(command: string, { fails = false, hidden = false, env = {} } = {}): void {
    const { status, stdout } = spawnSync('bash', ['-c', `exec 2>&1; ${command}`], {
      cwd: this.cwd,
      env: { ...this.env, ...env },
      encoding: 'utf8',
    });
    if ((status !== 0) !== fails) throw new Error(`$ ${command}\n${stdout}\nexit code ${status}`);
    if (!hidden) this.write(command, stdout, status ?? -1);
  }

  /** Runs a command on a terminal, and types each answer when what goes before it has been printed. */
  async ask(command: string, answers: readonly (readonly [after: string, answer: string])[]): Promise<void> {
    const env = { ...this.env, TERM: 'xterm-256color', NO_COLOR: '1' };
    const { screen, status, typed } = await onTerminal(command, answers, { cwd: this.cwd, env, columns: 100 });
    if (status !== 0 || typed < answers.length) throw new Error(`$ ${command}\n${screen}\nexit code ${status}`);
    this.write(command, onScreen(screen), status);
  }

  /** What was written down since the last call, as a block of Markdown. */
  take(): string {
    const text = this.lines.join('\n');
    this.lines = [];
    return `\`\`\`\`console\n${text}\n\`\`\`\``;
  }

  private write(command: string, output: string, status: number): void {
    let text = output.replaceAll(this.root, '~').replace(/^\n+/, '').trimEnd();
    for (const [pattern, mask] of MASKS) text = text.replace(pattern, mask);
    this.lines.push(`$ ${command}`, ...(text === '' ? [] : [text]), ...(status === 0 ? [] : [`[exit code ${status}]`]));
  }
}

/** What a terminal shows in the end, of a program that writes lines anew while somebody types. */
function onScreen(text: string): string {
  const lines: string[] = [''];
  let column = 0;
  // eslint-disable-next-line no-control-regex -- it is what terminals obey
  for (const [part, code, letter] of text.matchAll(/\u001b\[([\d;?]*)([A-Za-z])|[^]/g)) {
    const last = lines.length - 1;
    const line = lines[last]!;
    if (letter === 'G') column = Number(code || 1) - 1;
    else if (letter === 'J' || letter === 'K') lines[last] = line.slice(0, column);
    else if (letter !== undefined) continue;
    else if (part === '\r') column = 0;
    else if (part === '\n') column = lines.push('') * 0;
    else lines[last] = line.slice(0, column).padEnd(column) + part + line.slice(++column);
  }
  return lines.map((line) => line.trimEnd()).join('\n');
}
