/** The language server: it wires the protocol to what the other files of this folder do. */
import { hash } from 'node:crypto';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  CodeActionKind,
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  DocumentDiagnosticReportKind,
  ErrorCodes,
  LSPErrorCodes,
  MessageType,
  ResponseError,
  createConnection,
  ShowMessageNotification,
  TextDocumentSyncKind,
  TextDocuments,
  type CancellationToken,
  type CodeAction,
  type CodeLens,
  type Connection,
  type DocumentDiagnosticReport,
  type ExecuteCommandParams,
  type InitializeParams,
  type InitializeResult,
  type ReferenceParams,
  type RenameParams,
  type ServerCapabilities,
  type WorkDoneProgressReporter,
  type WorkspaceFolder,
  type WorkspaceFoldersChangeEvent,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { Crash } from '../database/crash.ts';
import { UserError } from '../errors.ts';
import { flatMap } from '../lists.ts';
import { rules } from '../rules/index.ts';
import { tokenize } from '../syntax/lexer.ts';
import {
  COMMANDS,
  editTo,
  FIX_ALL,
  fixAction,
  quickFixes,
  workspaceEdit,
  type Offering,
  type Postponed,
} from './actions.ts';
import { Checking } from './checking.ts';
import { clientOf, DEFAULTS, readSettings, SECTION, type Client, type ClientSettings } from './client.ts';
import { Diagnosing } from './diagnosing.ts';
import { placeOfUri, Positions, Sheet } from './documents.ts';
import { Looking } from './looking.ts';
import { Pace, Stale } from './pace.ts';
import { Proving } from './proof.ts';
import { Runs, type Reins } from './runs.ts';
import { readPosition, readRange, readString, readUri, refused } from './requests.ts';

/** The files besides migrations that decide about what is found. */
const WATCHED = [
  '**/*.sql',
  '**/sql-lint.config.*',
  '**/sql-lint-baseline.json',
  '**/.sqllintignore',
  '**/.gitignore',
  '**/package.json',
];

/** Serves one editor, over standard input and output, until it says that it ends. */
export function serve(): void {
  new Server(createConnection(process.stdin, process.stdout)).listen();
}

class Server {
  private readonly connection: Connection;
  private readonly checking: Checking;
  private readonly diagnosing: Diagnosing;
  private readonly documents: TextDocuments<TextDocument>;
  private client: Client = clientOf({});
  private positions = new Positions(this.client.encoding);
  /** What the editor has said at the beginning, and what it says of each folder since. */
  private initial: ClientSettings = DEFAULTS;
  private settings: { root: string; settings: ClientSettings }[] = [];
  private readonly seenCrashes = new Set<string>();
  private readonly runs: Runs;
  private readonly looking: Looking;

  constructor(connection: Connection) {
    this.connection = connection;
    this.checking = new Checking((path) => this.settingsOf(path));
    this.diagnosing = new Diagnosing(this.checking, {
      publish: (uri, version, diagnostics) =>
        void connection.sendDiagnostics({ uri, ...(version !== undefined && { version }), diagnostics }),
      refresh: () => void this.refresh(),
      pulls: () => this.client.pullsDiagnostics,
      crashed: (sheet, error) => this.crashed(sheet.path, error),
    });
    this.looking = new Looking(this.checking, this.diagnosing, () => this.positions);
    const proving = new Proving(
      this.checking,
      (path) => this.diagnosing.sheets.find((sheet) => sheet.path === path)?.text,
    );
    this.runs = new Runs({ connection, proving, diagnosing: this.diagnosing, positions: () => this.positions });
    this.documents = new TextDocuments<TextDocument>({
      create: (...given) => TextDocument.create(...given),
      update: (document, changes, version) => {
        for (const change of changes)
          document = TextDocument.update(
            document,
            ['range' in change ? { ...change, range: this.positions.rangeInUnits(document, change.range) } : change],
            version,
          );
        return document;
      },
    });
  }

  listen(): void {
    const { connection, documents } = this;
    connection.onInitialize((params) => this.initialize(params));
    connection.onInitialized(() => this.initialized());
    connection.onDidChangeConfiguration(({ settings }: { settings?: unknown }) => this.settingsChanged(settings));
    connection.onDidChangeWatchedFiles(() => this.filesChanged());
    documents.onDidChangeContent(({ document }) => this.changed(document));
    documents.onDidSave(({ document: { uri } }) => {
      this.filesChanged();
      this.diagnosing.look(uri);
      void this.proveSaved(uri);
    });
    documents.onDidClose(({ document: { uri } }) => {
      this.runs.stop(uri);
      this.diagnosing.close(uri);
    });
    connection.languages.diagnostics.on((params, token) => this.answer(token, (pace) => this.diagnose(params, pace)));
    connection.onCodeAction((params, token) => this.answer(token, (pace) => this.actions(params, pace)));
    connection.onCodeActionResolve((action, token) => this.answer(token, (pace) => this.resolve(action, pace)));
    connection.onExecuteCommand((params, token, progress) =>
      this.answer(token, (pace) => this.execute(params, pace, progress)),
    );
    this.listenForLooks();
    connection.onCodeLens((params, token) => this.answer(token, () => this.lenses(params)));
    documents.listen(connection);
    connection.listen();
  }

  /** What the editor asks about a place, or about a text as a whole. */
  private listenForLooks(): void {
    const { connection, looking } = this;
    const about = <P, T>(work: (sheet: Sheet, pace: Pace, params: P) => Promise<T>) => {
      return (params: P, token: CancellationToken) =>
        this.answer(token, (pace) => work(this.open(readUri(params)), pace, params));
    };
    connection.onHover(about((sheet, pace, params) => looking.hover(sheet, readPosition(params), pace)));
    connection.onDefinition(about((sheet, pace, params) => looking.definition(sheet, readPosition(params), pace)));
    connection.onReferences(
      about((sheet, pace, params) => {
        const { includeDeclaration = true } = (params as Partial<ReferenceParams>).context ?? {};
        return looking.references(sheet, readPosition(params), includeDeclaration, pace);
      }),
    );
    connection.onDocumentSymbol(about((sheet) => looking.symbols(sheet)));
    connection.onFoldingRanges(about((sheet) => looking.folds(sheet)));
    connection.onPrepareRename(about((sheet, _, params) => looking.renamable(sheet, readPosition(params))));
    connection.onRenameRequest(
      about(async (sheet, _, params) => {
        const to = readString((params as Partial<RenameParams>).newName, 'newName');
        return workspaceEdit(sheet, await looking.rename(sheet, readPosition(params), to), this.client);
      }),
    );
  }

  private changed(document: TextDocument): void {
    // The library takes any address, and that is none.
    if (typeof document.uri !== 'string') return;
    const sheet = this.sheetOf(document);
    this.runs.stop(sheet.uri);
    this.diagnosing.take(sheet, this.settingsOf(sheet.path).run === 'onType');
  }

  /** The folder in which texts without a place stand. */
  private get root(): string {
    return this.checking.roots[0] ?? process.cwd();
  }

  private settingsOf(path: string): ClientSettings {
    const root = this.checking.rootOf(path);
    return this.settings.find((known) => known.root === root)?.settings ?? this.initial;
  }

  private sheetOf(document: TextDocument): Sheet {
    const { path, isFile } = placeOfUri(document.uri, this.root);
    return new Sheet(document, path, isFile, this.positions);
  }

  private initialize(params: InitializeParams): InitializeResult {
    this.client = clientOf(params);
    this.positions = new Positions(this.client.encoding);
    const folders = params.workspaceFolders ?? (params.rootUri ? [{ uri: params.rootUri, name: '' }] : []);
    this.checking.roots = folders.map(({ uri }) => placeOfUri(uri, process.cwd()).path);
    const { settings, mistakes } = readSettings(params.initializationOptions);
    this.initial = settings;
    for (const mistake of mistakes) this.show(MessageType.Warning, mistake);
    const capabilities: ServerCapabilities = {
      positionEncoding: this.client.encoding,
      textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: true },
      codeActionProvider: {
        codeActionKinds: [CodeActionKind.QuickFix, CodeActionKind.SourceFixAll, FIX_ALL],
        resolveProvider: true,
      },
      hoverProvider: true,
      definitionProvider: true,
      referencesProvider: true,
      documentSymbolProvider: true,
      foldingRangeProvider: true,
      renameProvider: { prepareProvider: true },
      codeLensProvider: {},
      executeCommandProvider: { commands: Object.values(COMMANDS) },
      workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
      ...(this.client.pullsDiagnostics && {
        diagnosticProvider: { identifier: 'sql-lint', interFileDependencies: true, workspaceDiagnostics: false },
      }),
    };
    return { capabilities, serverInfo: { name: 'sql-lint', version: process.env.SQL_LINT_VERSION ?? '' } };
  }

  private async initialized(): Promise<void> {
    const { connection, client } = this;
    if (client.tellsSettings)
      await connection.client.register(DidChangeConfigurationNotification.type, { section: SECTION });
    if (client.watchesFiles)
      await connection.client.register(DidChangeWatchedFilesNotification.type, {
        watchers: WATCHED.map((globPattern) => ({ globPattern })),
      });
    if (client.tellsFolders) connection.workspace.onDidChangeWorkspaceFolders((event) => this.foldersChanged(event));
    if (client.hasSettings) await this.askForSettings();
  }

  private foldersChanged({ added, removed }: Partial<WorkspaceFoldersChangeEvent> = {}): void {
    const pathOf = ({ uri }: WorkspaceFolder) => placeOfUri(uri, process.cwd()).path;
    const gone = new Set((removed ?? []).map(pathOf));
    const kept = this.checking.roots.filter((root) => !gone.has(root));
    this.checking.roots = [...kept, ...(added ?? []).map(pathOf)];
    void this.askForSettings();
  }

  /** Asks the editor what is set for each of its folders. */
  private async askForSettings(): Promise<void> {
    const { roots } = this.checking;
    if (this.client.hasSettings) {
      const items = roots.map((root) => ({ scopeUri: pathToFileURL(root).href, section: SECTION }));
      const found: unknown[] = await this.connection.workspace.getConfiguration(
        items.length > 0 ? items : [{ section: SECTION }],
      );
      const read = found.map((value) => readSettings(value, this.initial));
      if (items.length === 0) this.initial = read[0]!.settings;
      this.settings = roots.map((root, k) => ({ root, settings: read[k]!.settings }));
      for (const mistake of new Set(flatMap(read, ({ mistakes }) => mistakes))) this.show(MessageType.Warning, mistake);
    }
    this.reconsider();
  }

  /** An editor says what has changed, or that something has. */
  private async settingsChanged(given: unknown): Promise<void> {
    const own = (given as Record<string, unknown> | null | undefined)?.[SECTION];
    if (!this.client.hasSettings && own !== undefined) {
      const { settings, mistakes } = readSettings(own, this.initial);
      this.initial = settings;
      for (const mistake of mistakes) this.show(MessageType.Warning, mistake);
    }
    await this.askForSettings();
  }

  private filesChanged(): void {
    const folders = new Map(this.diagnosing.sheets.map(({ path }) => [dirname(path), path]));
    for (const path of folders.values()) this.checking.workspace.refresh(path);
    this.reconsider();
  }

  /** Finds out anew what depends on settings and on files that are not open. */
  private reconsider(): void {
    this.checking.forget();
    this.diagnosing.invalidate();
  }

  private async refresh(): Promise<void> {
    try {
      await this.connection.languages.diagnostics.refresh();
    } catch {
      // An editor that ends does not answer any more.
    }
  }

  /** Answers a request: with the protocol's error where it cannot be answered, or is not waited for any more. */
  private async answer<T>(token: CancellationToken, work: (pace: Pace) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    if (token.isCancellationRequested) controller.abort(new Stale());
    const listening = token.onCancellationRequested(() => controller.abort(new Stale()));
    try {
      return await work(new Pace(controller.signal));
    } catch (error) {
      if (error instanceof ResponseError) throw error as ResponseError;
      if (error instanceof Stale)
        throw token.isCancellationRequested
          ? new ResponseError(LSPErrorCodes.RequestCancelled, 'nobody waits for it any more')
          : new ResponseError(LSPErrorCodes.ContentModified, 'the text has changed since');
      if (error instanceof UserError) throw new ResponseError(LSPErrorCodes.RequestFailed, error.message);
      if (error instanceof Crash) throw new ResponseError(LSPErrorCodes.RequestFailed, `PostgreSQL: ${error.message}`);
      const crash = error instanceof Error ? error : new Error(String(error));
      this.crashed(undefined, crash);
      throw new ResponseError(ErrorCodes.InternalError, `a bug of sql-lint: ${crash.message}`);
    } finally {
      listening.dispose();
    }
  }

  /** A bug is told of once, and logged with all that is known. */
  private crashed(path: string | undefined, error: Error): void {
    const said = `a bug of sql-lint${path === undefined ? '' : `, met in ${path}`}; please report it`;
    this.connection.console.error(`${said}\n${error.stack ?? error.message}`);
    if (this.seenCrashes.has(error.message)) return;
    this.seenCrashes.add(error.message);
    this.show(MessageType.Error, `${said}: ${error.message}`);
  }

  private show(type: MessageType, message: string): void {
    void this.connection.sendNotification(ShowMessageNotification.type, { type, message: `sql-lint: ${message}` });
  }

  /** @throws ResponseError where the text is not open */
  private open(uri: string): Sheet {
    const sheet = this.diagnosing.sheetOf(uri);
    if (!sheet) throw refused(`${uri} is not open`);
    return sheet;
  }

  private async diagnose(params: unknown, pace: Pace): Promise<DocumentDiagnosticReport> {
    const sheet = this.open(readUri(params));
    const items = await this.diagnosing.answer(sheet, pace).catch((error: unknown) => {
      if (!(error instanceof Stale) || this.diagnosing.sheetOf(sheet.uri) === sheet) throw error;
      // An editor would show nothing until the next change, and not ask again.
      const data = { retriggerRequest: true };
      throw new ResponseError(LSPErrorCodes.ServerCancelled, 'the text has changed since', data);
    });
    const resultId = hash('sha1', JSON.stringify(items));
    return (params as { previousResultId?: unknown }).previousResultId === resultId
      ? { kind: DocumentDiagnosticReportKind.Unchanged, resultId }
      : { kind: DocumentDiagnosticReportKind.Full, resultId, items };
  }

  private async offering(sheet: Sheet, pace: Pace): Promise<Offering> {
    const checked = await this.diagnosing.ask(sheet, pace);
    return {
      sheet,
      messages: checked.kind === 'found' ? checked.result.messages : [],
      client: this.client,
      fix: (rule) => this.fixed(sheet, pace, rule),
    };
  }

  private fixed(sheet: Sheet, pace: Pace, rule?: string): Promise<string | undefined> {
    return this.diagnosing.inLane(() => this.checking.fix(sheet, pace, { rule }));
  }

  private async actions(params: unknown, pace: Pace): Promise<CodeAction[]> {
    const sheet = this.open(readUri(params));
    const { start, end } = readRange(params);
    const { only } = (params as { context?: { only?: string[] } }).context ?? {};
    const wants = (kind: string) => !only || only.some((wanted) => kind === wanted || kind.startsWith(`${wanted}.`));
    const offering = await this.offering(sheet, pace);
    // Who asks for the plain kind by its name gets it under that name.
    const kind = only?.includes(CodeActionKind.SourceFixAll) ? CodeActionKind.SourceFixAll : FIX_ALL;
    return [
      ...(wants(CodeActionKind.QuickFix) ? await quickFixes(offering, sheet.offsetAt(start), sheet.offsetAt(end)) : []),
      ...(wants(FIX_ALL)
        ? (await fixAction('Fix all that sql-lint can fix', offering)).map((action) => ({ ...action, kind }))
        : []),
    ];
  }

  private async resolve(action: CodeAction, pace: Pace): Promise<CodeAction> {
    const { uri, version, rule } = (action.data ?? {}) as Partial<Postponed>;
    if (uri === undefined) return action;
    const sheet = this.open(uri);
    if (sheet.version !== version) throw new ResponseError(LSPErrorCodes.ContentModified, 'the text has changed');
    const after = await this.fixed(sheet, pace, rule);
    return { ...action, edit: workspaceEdit(sheet, after === undefined ? [] : editTo(sheet, after), this.client) };
  }

  private async execute(params: unknown, pace: Pace, progress: WorkDoneProgressReporter): Promise<unknown> {
    const { command, arguments: given, workDoneToken } = params as Partial<ExecuteCommandParams>;
    const [first] = Array.isArray(given) ? (given as unknown[]) : [];
    const sheet = () => this.open(readString(first, 'the address of the text'));
    const run = <T>(work: (reins: Reins) => Promise<T>) =>
      this.withProgress(pace.signal, workDoneToken === undefined ? undefined : progress, work);
    switch (command) {
      case COMMANDS.openRule:
        return this.openRule(readString(first, 'the name of the rule'));
      case COMMANDS.fixAll:
        return this.fixAll(sheet(), pace);
      case COMMANDS.prove:
        return run((reins) => this.runs.prove(sheet(), reins));
      case COMMANDS.proveProject:
        return run((reins) => this.runs.proveProject(sheet(), reins));
      case COMMANDS.locks:
        return run((reins) => this.runs.locks(sheet(), reins));
      default:
        throw refused(`there is no command ${String(command)}`);
    }
  }

  /** Has the editor show how far something is, where it can; the editor may end it there. */
  private async withProgress<T>(
    signal: AbortSignal,
    given: WorkDoneProgressReporter | undefined,
    work: (reins: Reins) => Promise<T>,
  ): Promise<T> {
    const own = given || !this.client.showsProgress ? undefined : await this.connection.window.createWorkDoneProgress();
    const ended = new AbortController();
    const listening = own?.token.onCancellationRequested(() => ended.abort(new Stale()));
    const progress = given ?? own;
    try {
      return await work({ signal: AbortSignal.any([signal, ended.signal]), progress });
    } finally {
      progress?.done();
      listening?.dispose();
    }
  }

  /** A proof that nobody has asked for by itself: what it shows is enough. */
  private async proveSaved(uri: string): Promise<void> {
    const sheet = this.diagnosing.sheetOf(uri);
    if (!sheet || !this.settingsOf(sheet.path).proveOnSave) return;
    const { signal } = new AbortController();
    try {
      await this.withProgress(signal, undefined, (reins) => this.runs.prove(sheet, reins, true));
    } catch (error) {
      if (!(error instanceof Stale)) this.connection.console.warn(`${sheet.path}: not proven: ${String(error)}`);
    }
  }

  private async lenses(params: unknown): Promise<CodeLens[]> {
    const sheet = this.open(readUri(params));
    return this.runs.lensesOf(sheet, tokenize(sheet.text, 0, sheet.text.length, { most: 1 })[0]?.start ?? 0);
  }

  private async openRule(name: string): Promise<void> {
    const url = rules[name]?.meta.docs.url;
    if (url === undefined) throw refused(`there is no rule "${name}"`);
    if (this.client.opensPages) await this.connection.window.showDocument({ uri: url, external: true });
    else this.show(MessageType.Info, url);
  }

  private async fixAll(sheet: Sheet, pace: Pace): Promise<boolean> {
    const after = await this.fixed(sheet, pace);
    if (after === undefined) return false;
    const edit = workspaceEdit(sheet, editTo(sheet, after), this.client);
    return (await this.connection.workspace.applyEdit(edit)).applied;
  }
}
