import { resolve } from 'node:path';
import type { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { cacheFolder } from '../../cli/cache.ts';
import { selectProjects, verifyProject, type ProofRequest, type Selection } from '../../cli/verify-project.ts';
import { UserError } from '../../errors.ts';
import { MAX_FILE_BYTES } from '../../history/files.ts';
import { plural } from '../../plural.ts';
import { slashPath } from '../../reporters/types.ts';
import type { FileVerdict } from '../../verify/index.ts';
import { addTool, type Call } from '../call.ts';
import { subject, targetsOf, type Target } from '../files.ts';
import { ALONE } from './linting.ts';

const input = z.strictObject({
  ...subject,
  fixed: z.boolean().default(false).describe('Prove what the tool fix would write, and that it does the same'),
  states: z
    .boolean()
    .optional()
    .describe('Also run where tables hold rows, and after a run that stopped half-way (default: with fixed)'),
  environment: z
    .enum(['plain', 'supabase'])
    .optional()
    .describe('What exists before the first migration (default: what the project has)'),
  seconds: z.int().min(1).max(600).default(120).describe('How long it may take in all'),
});

const failure = z.object({
  code: z.string().describe('SQLSTATE; `timeout` or `crash` where PostgreSQL gave none'),
  message: z.string(),
  detail: z.string().optional(),
  hint: z.string().optional(),
  line: z.int(),
  column: z.int(),
  statement: z.string(),
});

const output = z.object({
  verdict: z.enum(['proven', 'failed', 'not verifiable']),
  files: z.array(
    z.object({
      path: z.string(),
      verdict: z.string().describe('`ok` where it runs twice and the second run changes nothing'),
      says: z.string(),
      failure: failure.optional().describe('The statement that PostgreSQL refused'),
      diff: z.string().optional().describe('What the second run changed in the database'),
      seconds: z.number(),
    }),
  ),
  engine: z.string().optional(),
  sent: z.array(z.string()).describe('As which tools send them'),
  notes: z.array(z.string()),
});

/** So much of a statement, of a difference, and of what is said of all files is worth reading. */
const MOST_STATEMENT = 2_000;
const MOST_DIFF = 10_000;
const MOST_LINES = 200;

/** Proves by running on the embedded PostgreSQL. */
export function addVerify(server: McpServer): void {
  addTool(server, 'verify', {
    title: 'Prove SQL migrations',
    description:
      'Runs migrations twice on an embedded PostgreSQL, in memory, after the migrations before them, and compares ' +
      'what both runs leave. Answers a verdict a file, with the statement, the line and the SQLSTATE that failed. ' +
      'Touches no database of yours and no file. Takes seconds.',
    input,
    output,
    annotations: { readOnlyHint: true },
    seconds: ({ seconds }) => seconds,
    work: (asked, call) => oneAtATime(call.signal, () => prove(asked, call)),
  });
}

let last: Promise<unknown> = Promise.resolve();

/** Each proof starts databases, and two of them at once take longer than one after the other. */
async function oneAtATime<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const before = last;
  const own = (async () => {
    await before;
    signal.throwIfAborted();
    return work();
  })();
  // The next one waits for it, however it ends.
  last = own.catch(() => undefined);
  return Promise.race([own, stopOf(signal)]);
}

/** Fails once the work is to stop, also while it waits for its turn. */
const stopOf = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }));

async function prove(asked: z.output<typeof input>, call: Call) {
  const { fixed, states, environment, text, path, paths } = asked;
  const notes: string[] = [];
  const targets = await targetsOf({ text, path, paths }, call, (note) => notes.push(note));
  const verdicts: FileVerdict[] = [];
  for (const target of targets) {
    const request = requestOf(target, { fixed, states, environment }, call);
    const selections = await selectProjects(target.files, request, target.configs);
    // Who names one file means it, and a new one comes last.
    const meant = path === undefined ? selections : selections.map((selection) => withUnlisted(selection, call, notes));
    for (const selection of meant)
      for (const verdict of await verifyProject(selection, request, target.configs))
        verdicts.push({ ...verdict, path: call.roots.shown(resolve(target.root, verdict.path)) });
  }
  if (verdicts.length === 0) throw new UserError('there is no file to verify: none of them runs forward');
  const { hasFailed, headline, renderVerdicts } = await import('../../verify/index.ts');
  const isAlone = targets.some((target) => target.isAlone);
  const lines = [...notes, ...shortened(renderVerdicts(verdicts, 'text').trimEnd()), ...(isAlone ? [ALONE] : [])];
  const isProven = verdicts.some(({ verdict }) => verdict === 'ok');
  const data: z.input<typeof output> = {
    verdict: verdicts.some(hasFailed) ? 'failed' : isProven ? 'proven' : 'not verifiable',
    files: verdicts.map((verdict) => ({
      path: verdict.path,
      verdict: verdict.verdict,
      says: headline(verdict),
      ...('failure' in verdict && { failure: failureOf(verdict.failure) }),
      ...('diff' in verdict && { diff: verdict.diff.slice(0, MOST_DIFF) }),
      seconds: verdict.seconds,
    })),
    engine: verdicts[0]!.engine,
    sent: [...new Set(verdicts.map(({ sent }) => sent))],
    notes,
  };
  return { text: lines.join('\n'), data };
}

/** The lines of a text; of a long one the first, and the last two, which count the files. */
function shortened(text: string): string[] {
  const lines = text.split('\n');
  const left = lines.length - MOST_LINES - 2;
  if (left <= 0) return lines;
  return [...lines.slice(0, MOST_LINES), `… ${plural(left, 'line')} left out`, ...lines.slice(-2)];
}

/** With the files that the tool passes over as the project is now, behind all others. */
function withUnlisted(selection: Selection, { roots }: Call, notes: string[]): Selection {
  const { project, asked } = selection;
  const late = [...asked].filter((path) => project.roles.get(path) === 'skipped');
  if (late.length === 0 || !project.tool) return selection;
  const { tool, site } = project;
  for (const file of late) {
    const name = roots.shown(file);
    const isNamedSo = tool.roleOf(slashPath(site.folder, file), site) === 'skipped';
    const why = isNamedSo
      ? `${tool.title} does not run ${name}, because of its name or its folder`
      : `${name} is not in the list of ${tool.title} yet`;
    notes.push(`${why}: it is run after all others`);
  }
  const roles = new Map([...project.roles, ...late.map((path) => [path, 'up'] as const)]);
  return { ...selection, project: { ...project, roles, forward: [...project.forward, ...late] } };
}

function failureOf({ code, message, detail, hint, line, column, statement }: z.input<typeof failure>) {
  const said = { ...(detail !== undefined && { detail }), ...(hint !== undefined && { hint }) };
  return { code, message, ...said, line, column, statement: statement.slice(0, MOST_STATEMENT) };
}

const requestOf = (
  { root, store }: Target,
  { fixed, states = fixed, environment }: { fixed: boolean; states?: boolean; environment?: string },
  { report, signal }: Call,
): ProofRequest => ({
  cwd: root,
  store,
  only: [],
  fixed,
  environment,
  options: { states, cache: cacheFolder(process.env) },
  maxBytes: MAX_FILE_BYTES,
  onProgress: report,
  signal,
});
