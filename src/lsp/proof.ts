/** What PostgreSQL shows of the texts of an editor, when somebody asks: a proof by running twice, and the locks. */
import { DiagnosticSeverity, type Diagnostic } from 'vscode-languageserver/node';
import { whomItStops } from '../cli/apply-locks.ts';
import { cacheFolder } from '../cli/cache.ts';
import { readSource } from '../cli/files.ts';
import { migrationOf, readEnvironment, refuseEqualVersions } from '../cli/migrations.ts';
import { UserError } from '../errors.ts';
import { firstLineEnd, Lines } from '../lines.ts';
import { flatMap } from '../lists.ts';
import type { Project } from '../project/types.ts';
import { measureLocks, type MeasuredFile } from '../verify/locks.ts';
import {
  evidence,
  hasFailed,
  headline,
  lineOf,
  looksLikeSupabase,
  verify,
  type FileVerdict,
  type MigrationFile,
} from '../verify/index.ts';
import type { Checking } from './checking.ts';

const SOURCE = 'sql-lint prove';
const SOURCE_OF_LOCKS = 'sql-lint locks';

/** A diagnostic whose range is in offsets of the text that ran. */
export interface Note extends Omit<Diagnostic, 'range' | 'message'> {
  message: string;
  start: number;
  end: number;
}

/** How far a run is. */
export type OnStep = (done: number, total: number, what: string) => void;

/** Runs the files of projects, with the texts that are open in the place of those on the disk. */
export class Proving {
  private readonly checking: Checking;
  private readonly textOf: (path: string) => string;

  /** @param openText the text of a file that is open */
  constructor(checking: Checking, openText: (path: string) => string | undefined) {
    this.checking = checking;
    this.textOf = (path) => openText(path) ?? readSource(path).text;
  }

  /** The project of a file. @throws UserError where its tool does not run the file forward */
  async projectOf(path: string): Promise<Project> {
    const { tool } = await this.checking.workspace.settingsOf(path);
    const project = this.checking.workspace.history.projects.of(path, tool);
    if (!project.forward.includes(path)) throw new UserError(`${path}: no migration tool runs this file forward`);
    return project;
  }

  /** Whether the project of a file runs it forward. */
  async isMigration(path: string): Promise<boolean> {
    try {
      await this.projectOf(path);
      return true;
    } catch (error) {
      if (error instanceof UserError) return false;
      throw error;
    }
  }

  /** Runs files twice, each on what those before it leave. */
  async prove(project: Project, only: readonly string[], onStep: OnStep, signal: AbortSignal): Promise<FileVerdict[]> {
    const { history } = this.checking.workspace;
    refuseEqualVersions(project.forward, project.site.folder);
    const files = this.filesUpTo(project, only);
    return verify(files, {
      only: [...only],
      runnersOf: (file) => history.projects.runnersOf(project, file),
      ...(await this.surroundings(project)),
      onProgress: ({ done, total, path }) => onStep(done, total, path),
      signal,
    });
  }

  /** Measures the locks of one file. */
  async locks(project: Project, path: string, signal: AbortSignal): Promise<MeasuredFile | undefined> {
    const files = this.filesUpTo(project, [path]);
    const [measured] = await measureLocks(files, {
      only: new Set([path]),
      ...(await this.surroundings(project)),
      signal,
    });
    return measured;
  }

  private async surroundings(project: Project) {
    const config = await this.checking.configOf(project.site.folder);
    return {
      environment: readEnvironment(config?.environment, looksLikeSupabase(project.forward)),
      placeholders: config?.placeholders ?? {},
      cache: cacheFolder(process.env),
    };
  }

  private filesUpTo(project: Project, only: readonly string[]): MigrationFile[] {
    const last = Math.max(...only.map((path) => project.forward.indexOf(path)));
    return project.forward.slice(0, last + 1).map((path) => migrationOf(project, path, this.textOf(path)));
  }
}

/** What there is to say of a verdict in the text; nothing where the file runs twice. */
export function notesOfVerdict(verdict: FileVerdict, text: string): Note[] {
  if (verdict.verdict === 'ok') return [];
  const place = placeOf(verdict, text);
  const behind = verdict.behind === undefined ? [] : [`${verdict.behind}, which runs before it, does not run in full.`];
  return [
    {
      ...place,
      severity: hasFailed(verdict) ? DiagnosticSeverity.Error : DiagnosticSeverity.Information,
      source: SOURCE,
      code: verdict.verdict,
      message: [headline(verdict), ...evidence(verdict), ...behind].join('\n'),
    },
  ];
}

/** The statement that fails, or the line that a verdict speaks of, or the first line. */
function placeOf(verdict: FileVerdict, text: string): { start: number; end: number } {
  if ('failure' in verdict) {
    const { offset, statement } = verdict.failure;
    return { start: offset, end: firstLineEnd(text, offset, offset + statement.length) };
  }
  return lineAt(text, lineOf(verdict) ?? 1);
}

function lineAt(text: string, line: number): { start: number; end: number } {
  const start = new Lines(text).offsetOf({ line, column: 1 });
  return { start, end: firstLineEnd(text, start, text.length) };
}

/** Whom the statements of a file stop, each at its place. */
export const notesOfLocks = ({ statements }: MeasuredFile, text: string): Note[] =>
  flatMap(statements, (statement): Note | [] => {
    const said = statement.note ?? whomItStops(statement);
    return said === undefined
      ? []
      : {
          ...lineAt(text, statement.line),
          severity: DiagnosticSeverity.Information,
          source: SOURCE_OF_LOCKS,
          message: [
            said,
            ...statement.rewrites.map((relation) => `writes all rows of ${relation} anew`),
            ...statement.scans.map((table) => `reads all rows of ${table}`),
          ].join('\n'),
        };
  });
