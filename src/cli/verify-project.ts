/** Proves the files of projects, for whoever asks: the command, an editor or an assistant. */
import { relative, resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { ConfigFinder } from '../config/load.ts';
import { nodeDisk } from '../disk/node.ts';
import { Projects } from '../project/find.ts';
import { isBefore } from '../project/since.ts';
import type { Project, ToolChoice } from '../project/types.ts';
import type { FileVerdict, VerifyOptions } from '../verify/index.ts';
import { FoundSettings } from '../workspace/open.ts';
import { fixedTexts } from './lint.ts';
import { migrationOf, readEnvironment, refuseEqualVersions } from './migrations.ts';
import type { Store } from './tasks.ts';
import { tuneV8ForWorkload } from './tune-v8.ts';

/** What is to be proven, and how. Paths are absolute. */
export interface ProofRequest {
  /** The folder that paths in verdicts are relative to. */
  cwd: string;
  /** Where the files are read. */
  store: Store;
  /** The only files that are judged; empty for all that are named. */
  only: readonly string[];
  /** The migration from which on files are judged. */
  since?: string | undefined;
  /** Whether what `--fix` would write is proven, in the place of the files as they are. */
  fixed: boolean;
  /** The tool that sends the files. @default that of the project */
  runner?: ToolChoice | undefined;
  /** What exists before the first migration: `supabase`, `plain` or the path of an SQL file. */
  environment?: string | undefined;
  /** What the migration tool fills in, besides what the configuration says. */
  placeholders?: Readonly<Record<string, string>>;
  /** The options that hold for every project. */
  options: VerifyOptions;
  maxBytes: number;
  /** Told of what is being done. */
  onProgress: (done: number, total: number, said: string) => void;
  signal: AbortSignal;
}

/** A project with those of its files that are asked for. */
export interface Selection {
  projects: Projects;
  project: Project;
  asked: ReadonlySet<string>;
}

/** The projects of the files that are named. */
export async function selectProjects(
  named: readonly string[],
  { only, runner, store }: Pick<ProofRequest, 'only' | 'runner' | 'store'>,
  configs: ConfigFinder,
): Promise<Selection[]> {
  const projects = new Projects(store.disk ?? nodeDisk);
  const projectOf = new Map<string, Project>();
  for (const path of new Set([...named, ...only]))
    projectOf.set(path, projects.of(path, runner ?? (await configs.of(path))?.tool));
  return [...new Set(named.map((path) => projectOf.get(path)!))].map((project) => ({
    projects,
    project,
    asked: new Set([...projectOf.keys()].filter((path) => projectOf.get(path) === project)),
  }));
}

/** The verdicts on the files of one project that are asked for. */
export async function verifyProject(
  { projects, project, asked }: Selection,
  request: ProofRequest,
  configs: ConfigFinder,
  atEnd?: VerifyOptions['atEnd'],
): Promise<FileVerdict[]> {
  const { cwd, store, maxBytes, onProgress, signal } = request;
  const { headline, looksLikeSupabase, verify } = await import('../verify/index.ts');
  const paths = project.forward;
  refuseEqualVersions(paths, project.site.folder);
  const shown = (path: string) => relative(cwd, path) || path;
  const judged = await judgedFiles(project, asked, request, configs);
  if (judged.length === 0) return [];
  const files = paths.map((path) => ({ ...migrationOf(project, path, store.read(path).text), path: shown(path) }));
  tuneV8ForWorkload(files.reduce((bytes, { text }) => bytes + text.length, 0));
  const config = await configs.ofFolder(project.site.folder);
  const onFile = async (path: string) => {
    onProgress(0, judged.length, `fixes of ${shown(path)}`);
    await setImmediate();
    signal.throwIfAborted();
  };
  const fixed = request.fixed ? await fixedTexts(judged, configs, maxBytes, onFile, store) : undefined;
  onProgress(0, judged.length, 'PostgreSQL starts');
  return verify(files, {
    ...request.options,
    only: judged.map(shown),
    runnersOf: ({ path, text }) => projects.runnersOf(project, { path: resolve(cwd, path), text }),
    environment: readEnvironment(request.environment ?? config?.environment, looksLikeSupabase(paths)),
    placeholders: { ...config?.placeholders, ...request.placeholders },
    ...(fixed && { fixed: new Map([...fixed].map(([path, text]) => [shown(path), text])) }),
    onProgress: ({ done, total, path, verdict }) => onProgress(done, total, verdict ? headline(verdict) : path),
    signal,
    atEnd,
  });
}

/** The files of a project that are judged. What is named is judged also where it counts as applied. */
async function judgedFiles(
  project: Project,
  asked: ReadonlySet<string>,
  { only, since: start }: ProofRequest,
  configs: ConfigFinder,
): Promise<string[]> {
  if (only.length > 0) return project.forward.filter((path) => only.includes(path));
  const settings = new FoundSettings(() => configs, start === undefined ? {} : { since: start });
  const judged: string[] = [];
  for (const path of project.forward) {
    const { since } = await settings.of(path);
    if (asked.has(path) && (since === undefined || !isBefore(project, path, since))) judged.push(path);
  }
  return judged;
}
