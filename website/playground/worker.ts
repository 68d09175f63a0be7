/** Lints, fixes and proves what stands on the page, in a worker, so that the page answers to its keys meanwhile. */
import wasmUrl from '../../node_modules/libpg-query/wasm/libpg-query.wasm?url';
import {
  loadParser,
  MemoryDisk,
  openWorkspace,
  presets,
  tools,
  type Prover,
  type Workspace,
} from '../../src/browser/index.ts';
import {
  STOPPED,
  SUPERSEDED,
  type Answers,
  type Asked,
  type Progress,
  type Project,
  type Question,
  type Said,
  type Stop,
} from './protocol.ts';

const parser = loadParser(fetch(wasmUrl));
// Whoever asks is told of it.
parser.catch(() => undefined);

/** The files as they were when something was asked last. */
class Kept {
  readonly disk: MemoryDisk;
  readonly workspace: Workspace;
  private readonly key: string;
  private readonly texts = new Map<string, string>();

  constructor(project: Project) {
    this.key = keyOf(project);
    this.disk = diskOf(project);
    for (const { path, text } of project.files) this.texts.set(path, text);
    const { preset, rules, postgres, tool, environment } = project.settings;
    this.workspace = openWorkspace(this.disk, {
      preset,
      rules,
      postgresVersion: postgres,
      tool: tool && { name: tool },
      environment,
    });
  }

  /** Takes the texts that have changed; false where more than texts has. */
  follow(project: Project): boolean {
    if (keyOf(project) !== this.key) return false;
    for (const { path, text } of project.files) {
      if (this.texts.get(path) === text) continue;
      this.texts.set(path, text);
      this.disk.write(path, text);
      this.workspace.change(path, text);
    }
    return true;
  }
}

const diskOf = ({ files }: Project): MemoryDisk => new MemoryDisk(files.map(({ path, text }) => [path, text]));

const keyOf = ({ files, settings }: Project): string => JSON.stringify([files.map(({ path }) => path), settings]);

let kept: Kept | undefined;

function follow(project: Project): Kept {
  if (!kept?.follow(project)) kept = new Kept(project);
  return kept;
}

/** So long it works without looking at what else is asked. */
const REST_MS = 20;
/** Which report was asked for last. */
let latest = -1;

/** Lets what else was asked come first. */
function rest(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}

const say = (said: Said) => {
  postMessage(said);
};

let prover: Prover | undefined;
/** The proof that runs. */
let running: AbortController | undefined;
/** Settled once no proof runs. */
let last: Promise<void> = Promise.resolve();
/** Whoever waits for PostgreSQL now. */
let tellLoading: (progress: Progress) => void = () => undefined;

const answers: {
  [Q in Question]: (
    asked: Extract<Asked, { question: Q }>,
    tell: (progress: Progress) => void,
  ) => Promise<Answers[Q]['answer']>;
} = {
  about: () => Promise.resolve({ presets, tools }),
  async lint({ project, path }) {
    const { messages } = await follow(project).workspace.diagnostics(path);
    return { path, messages };
  },
  async report({ id, project }) {
    latest = id;
    const files = [];
    let rested = performance.now();
    for (const { path } of project.files) {
      if (!path.endsWith('.sql')) continue;
      if (performance.now() - rested > REST_MS) {
        // Who types does not wait for all files.
        await rest();
        rested = performance.now();
        if (latest !== id) throw new Error(SUPERSEDED);
      }
      const { messages } = await follow(project).workspace.diagnostics(path);
      files.push({ path, messages });
    }
    return { files };
  },
  async fix({ project, path }) {
    const { workspace } = follow(project);
    const { output, messages } = await workspace.fix(path);
    return { output: output ?? textOf(project, path), left: messages.length };
  },
  async prove({ project, path, fixed }, tell) {
    running?.abort(new Error(STOPPED));
    const ending = new AbortController();
    running = ending;
    // PostgreSQL is 4 MB, which nobody waits for who only lints.
    const { proverOf } = await import('./prover.ts');
    const { tool, environment } = project.settings;
    const output = fixed ? (await follow(project).workspace.fix(path)).output : undefined;
    prover ??= proverOf((loading, part) => {
      tellLoading({ loading, ...(part !== undefined && { part }) });
    });
    tellLoading = tell;
    // One database is enough: the next proof begins where the last one has ended.
    await last;
    ending.signal.throwIfAborted();
    const proof = prover.prove({
      // What is typed while it waits or runs is not what is proven.
      disk: diskOf(project),
      path,
      environment,
      tool: tool && { name: tool },
      onProgress: tell,
      signal: ending.signal,
      // Where nothing is fixed, the file is proven as it is.
      ...(fixed && { fixed: output ?? textOf(project, path) }),
    });
    last = proof.then(
      () => undefined,
      () => undefined,
    );
    return proof;
  },
};

const textOf = ({ files }: Project, path: string): string => files.find((file) => file.path === path)?.text ?? '';

async function answer(asked: Asked): Promise<void> {
  const { id } = asked;
  try {
    await parser;
    const work = answers[asked.question] as (
      asked: Asked,
      tell: (progress: Progress) => void,
    ) => Promise<Answers[Question]['answer']>;
    say({ id, answer: await work(asked, (progress) => say({ id, progress })) });
  } catch (error) {
    say({ id, error: error instanceof Error ? error.message : String(error) });
  }
}

addEventListener('message', ({ data }: MessageEvent<Asked | Stop>) => {
  if ('stop' in data) running?.abort(new Error(STOPPED));
  else void answer(data);
});
