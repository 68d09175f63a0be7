/** Runs on PostgreSQL in the background, with what the editor shows of them. */
import type { CodeLens } from 'vscode-languageserver/node';
import {
  MessageType,
  ShowMessageNotification,
  type Connection,
  type WorkDoneProgressReporter,
} from 'vscode-languageserver/node';
import { basename } from 'node:path';
import { readSource } from '../cli/files.ts';
import { plural } from '../plural.ts';
import type { Project } from '../project/types.ts';
import { hasFailed, headline, summary, type FileVerdict } from '../verify/index.ts';
import { COMMANDS } from './actions.ts';
import type { Diagnosing } from './diagnosing.ts';
import { sheetOfFile, type Positions, type Sheet } from './documents.ts';
import { Stale } from './pace.ts';
import { notesOfLocks, notesOfVerdict, type Note, type Proving } from './proof.ts';

/** Tells a client that wants to know what has come of a proof; others pass it over. */
const PROOF_NOTIFICATION = '$/sql-lint/proof';

/** What a command that runs something answers. */
export interface ProofResult {
  ok: boolean;
  message: string;
  files: { uri: string; verdict: FileVerdict['verdict']; message: string }[];
}

/** How a run is ended, and where it says how far it is. */
export interface Reins {
  signal: AbortSignal;
  progress: WorkDoneProgressReporter | undefined;
}

/** What the runs need of the server. */
export interface Desk {
  connection: Connection;
  proving: Proving;
  diagnosing: Diagnosing;
  positions: () => Positions;
}

export class Runs {
  private readonly desk: Desk;
  /** The runs that speak of a text, which its next change ends. */
  private readonly running = new Map<string, AbortController>();
  /** The files that are not open and of which something was said. */
  private readonly outside = new Set<string>();

  constructor(desk: Desk) {
    this.desk = desk;
  }

  /** The lenses above a file: what can be run of it. */
  async lensesOf(sheet: Sheet, firstStatement: number): Promise<CodeLens[]> {
    if (!sheet.isFile || !(await this.desk.proving.isMigration(sheet.path))) return [];
    const range = sheet.rangeOf({ start: firstStatement, end: firstStatement });
    const lens = (title: string, command: string): CodeLens => ({
      range,
      command: { title, command, arguments: [sheet.uri] },
    });
    return [lens('Prove: run twice', COMMANDS.prove), lens('Locks', COMMANDS.locks)];
  }

  /** Ends what runs of a text: it has changed, or is closed. */
  stop(uri: string): void {
    this.running.get(uri)?.abort(new Stale());
  }

  /** Proves one file. */
  async prove(sheet: Sheet, reins: Reins, isQuiet = false): Promise<ProofResult> {
    const project = await this.desk.proving.projectOf(sheet.path);
    return this.proveAll(project, [sheet], reins, isQuiet);
  }

  /** Proves all files of the project of a file. */
  async proveProject(sheet: Sheet, reins: Reins): Promise<ProofResult> {
    const project = await this.desk.proving.projectOf(sheet.path);
    const open = new Map(this.desk.diagnosing.sheets.map((other) => [other.path, other]));
    const sheets = project.forward.map(
      (path) => open.get(path) ?? sheetOfFile(path, readSource(path).text, this.desk.positions()),
    );
    return this.proveAll(project, sheets, reins, false);
  }

  private async proveAll(
    project: Project,
    sheets: readonly Sheet[],
    { signal, progress }: Reins,
    isQuiet: boolean,
  ): Promise<ProofResult> {
    const { proving } = this.desk;
    const paths = sheets.map(({ path }) => path);
    progress?.begin('sql-lint proves', 0, 'PostgreSQL starts', true);
    const verdicts = await this.during(sheets, signal, (ended) =>
      proving.prove(
        project,
        paths,
        (done, total, path) => progress?.report(Math.round((100 * done) / Math.max(1, total)), basename(path)),
        ended,
      ),
    );
    const sheetOf = new Map(sheets.map((sheet) => [sheet.path, sheet]));
    for (const verdict of verdicts) {
      const sheet = sheetOf.get(verdict.path)!;
      this.say(sheet, notesOfVerdict(verdict, sheet.text));
    }
    const ok = !verdicts.some(hasFailed);
    const [only] = verdicts;
    const message = verdicts.length === 1 && only ? `${headline(only)} (${only.engine})` : summary(verdicts);
    const result: ProofResult = {
      ok,
      message,
      files: verdicts.map((verdict) => ({
        uri: sheetOf.get(verdict.path)!.uri,
        verdict: verdict.verdict,
        message: headline(verdict),
      })),
    };
    void this.desk.connection.sendNotification(PROOF_NOTIFICATION, result);
    if (!isQuiet || !ok) this.show(ok ? MessageType.Info : MessageType.Error, message);
    return result;
  }

  /** Measures the locks of one file. */
  async locks(sheet: Sheet, { signal, progress }: Reins): Promise<string> {
    const { proving } = this.desk;
    const project = await proving.projectOf(sheet.path);
    progress?.begin('sql-lint measures locks', undefined, 'PostgreSQL starts', true);
    const measured = await this.during([sheet], signal, (ended) => proving.locks(project, sheet.path, ended));
    const notes = measured ? notesOfLocks(measured, sheet.text) : [];
    this.say(sheet, notes);
    const message =
      measured?.stopped !== undefined
        ? `not measured further: ${measured.stopped}`
        : notes.length > 0
          ? `${plural(notes.length, 'lock')} of ${basename(sheet.path)} on what was there before the file`
          : 'No statement stops others on what was there before the file.';
    this.show(MessageType.Info, message);
    return message;
  }

  /** Runs something that a change of a text, or the editor, ends. */
  private async during<T>(
    sheets: readonly Sheet[],
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const controller = new AbortController();
    for (const sheet of sheets) {
      const { uri } = sheet;
      // It may have changed since somebody asked.
      if ((this.desk.diagnosing.sheetOf(uri) ?? sheet) !== sheet) throw new Stale();
      this.stop(uri);
      this.running.set(uri, controller);
    }
    try {
      return await work(AbortSignal.any([signal, controller.signal]));
    } finally {
      for (const { uri } of sheets) if (this.running.get(uri) === controller) this.running.delete(uri);
    }
  }

  private say(sheet: Sheet, notes: readonly Note[]): void {
    const { connection, diagnosing } = this.desk;
    const diagnostics = notes.map(({ start, end, ...note }) => ({ ...note, range: sheet.rangeOf({ start, end }) }));
    if (diagnosing.sheetOf(sheet.uri)) diagnosing.note(sheet.uri, diagnostics);
    else if (diagnostics.length > 0 || this.outside.delete(sheet.uri)) {
      if (diagnostics.length > 0) this.outside.add(sheet.uri);
      void connection.sendDiagnostics({ uri: sheet.uri, diagnostics });
    }
  }

  private show(type: MessageType, message: string): void {
    void this.desk.connection.sendNotification(ShowMessageNotification.type, { type, message: `sql-lint: ${message}` });
  }
}
