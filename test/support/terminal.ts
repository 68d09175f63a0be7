/** A terminal, on which a program runs as a person sees it. */
import { spawn } from 'node:child_process';

/** The prompt may come behind the words that are waited for. */
const PAUSE_MS = 300;

/** Runs a command of the shell, and types each answer when what goes before it has been printed. */
export function onTerminal(
  command: string,
  answers: readonly (readonly [after: string, answer: string])[],
  { cwd, env, columns }: { cwd: string; env: NodeJS.ProcessEnv; columns: number },
): Promise<{ screen: string; status: number; typed: number }> {
  // script(1) gives a program a terminal of its own.
  const child = spawn('script', ['-qec', `stty cols ${columns}; ${command}`, '/dev/null'], {
    cwd,
    env,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let screen = '';
  let [read, typed] = [0, 0];
  child.stdout.on('data', (data: Buffer) => {
    screen += data.toString();
    const answer = answers[typed];
    const at = answer ? screen.indexOf(answer[0], read) : -1;
    if (!answer || at < 0) return;
    typed++;
    read = at + answer[0].length;
    setTimeout(() => child.stdin.write(`${answer[1]}\n`), PAUSE_MS);
  });
  return new Promise((done, fail) => {
    child.on('error', fail).on('close', (code) => done({ screen, status: code ?? -1, typed }));
  });
}
