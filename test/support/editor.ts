/** Speaks to `sql-lint lsp` as an editor does, over standard input and output. */
import { spawn, type ChildProcess } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import {
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
  type ClientCapabilities,
  type CodeAction,
  type Diagnostic,
  type InitializeResult,
  type ProtocolConnection,
  type PublishDiagnosticsParams,
  type Range,
  type TextEdit,
  type WorkspaceEdit,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { environment, packedCommand } from './project.ts';

export const uriOf = (path: string): string => pathToFileURL(path).href;

export interface EditorOptions {
  capabilities?: ClientCapabilities;
  initializationOptions?: unknown;
  /** What it answers where it is asked for its settings. */
  settings?: unknown;
  /** Environment variables of the server. */
  env?: NodeJS.ProcessEnv;
}

/** What an editor of today can do, besides asking for diagnostics itself. */
export const CAPABILITIES: ClientCapabilities = {
  workspace: {
    applyEdit: true,
    workspaceEdit: { documentChanges: true },
    configuration: true,
    workspaceFolders: true,
    didChangeConfiguration: { dynamicRegistration: true },
    didChangeWatchedFiles: { dynamicRegistration: true },
  },
  window: { workDoneProgress: true, showDocument: { support: true } },
  textDocument: { codeAction: { resolveSupport: { properties: ['edit'] } } },
};

/** What an editor counts in a line. */
const WHOLE: Range = { start: { line: 0, character: 0 }, end: { line: 1_000_000, character: 0 } };

export class Editor {
  readonly connection: ProtocolConnection;
  readonly process: ChildProcess;
  readonly documents = new Map<string, TextDocument>();
  /** What the server has shown last of each text. */
  readonly shown = new Map<string, PublishDiagnosticsParams>();
  /** What the server has said to the user, and the pages that it has opened. */
  readonly said: string[] = [];
  readonly logged: string[] = [];
  readonly opened: string[] = [];
  readonly progress: { kind: string; message?: string }[] = [];
  readonly registered: string[] = [];
  refreshes = 0;
  settings: unknown;
  initialized!: InitializeResult;
  private readonly exited: Promise<number | null>;

  private constructor({ settings = null, env }: EditorOptions) {
    this.settings = settings;
    this.process = spawn(process.execPath, [packedCommand(), 'lsp', '--stdio'], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...environment(), ...env },
    });
    this.exited = new Promise((resolve) => this.process.once('exit', resolve));
    this.connection = createProtocolConnection(
      new StreamMessageReader(this.process.stdout!),
      new StreamMessageWriter(this.process.stdin!),
    );
    this.answer();
  }

  /** Starts a server for some folders. */
  static async start(folders: readonly string[], options: EditorOptions = {}): Promise<Editor> {
    const editor = new Editor(options);
    editor.initialized = await editor.request<InitializeResult>('initialize', {
      processId: process.pid,
      rootUri: null,
      workspaceFolders: folders.map((path) => ({ uri: uriOf(path), name: path })),
      capabilities: options.capabilities ?? CAPABILITIES,
      initializationOptions: options.initializationOptions,
    });
    editor.notify('initialized', {});
    return editor;
  }

  private answer(): void {
    const { connection } = this;
    connection.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => {
      this.shown.set(params.uri, params);
    });
    connection.onNotification('window/showMessage', ({ message }: { message: string }) => {
      this.said.push(message);
    });
    connection.onNotification('window/logMessage', ({ message }: { message: string }) => {
      this.logged.push(message);
    });
    connection.onNotification('$/progress', ({ value }: { value: Editor['progress'][number] }) => {
      this.progress.push(value);
    });
    connection.onRequest('workspace/configuration', ({ items }: { items: unknown[] }) =>
      items.map(() => this.settings),
    );
    connection.onRequest('client/registerCapability', (params: { registrations: { method: string }[] }) => {
      this.registered.push(...params.registrations.map(({ method }) => method));
      return null;
    });
    connection.onRequest('window/workDoneProgress/create', () => null);
    connection.onRequest('workspace/diagnostic/refresh', () => (this.refreshes++, null));
    connection.onRequest(
      'window/showDocument',
      ({ uri }: { uri: string }) => (this.opened.push(uri), { success: true }),
    );
    connection.onRequest('workspace/applyEdit', ({ edit }: { edit: WorkspaceEdit }) => {
      this.apply(edit);
      return { applied: true };
    });
    connection.listen();
  }

  request<T>(method: string, params?: unknown): Promise<T> {
    return params === undefined
      ? this.connection.sendRequest<T>(method)
      : this.connection.sendRequest<T>(method, params);
  }

  notify(method: string, params?: unknown): void {
    void (params === undefined
      ? this.connection.sendNotification(method)
      : this.connection.sendNotification(method, params));
  }

  open(uri: string, text: string): void {
    const document = TextDocument.create(uri, 'sql', 1, text);
    this.documents.set(uri, document);
    this.notify('textDocument/didOpen', { textDocument: { uri, languageId: 'sql', version: 1, text } });
  }

  textOf(uri: string): string {
    return this.documents.get(uri)!.getText();
  }

  /** Changes a text as somebody does who types: the server is told of the difference alone. */
  edit(uri: string, edits: readonly TextEdit[]): void {
    const before = this.documents.get(uri)!;
    const version = before.version + 1;
    // Each change is one of the text that those before it have left.
    const changes = [...edits]
      .sort((a, b) => before.offsetAt(b.range.start) - before.offsetAt(a.range.start))
      .map(({ range, newText }) => ({ range, text: newText }));
    this.documents.set(uri, TextDocument.update(before, changes, version));
    this.notify('textDocument/didChange', { textDocument: { uri, version }, contentChanges: changes });
  }

  /** Puts a text in the place of a part of another. */
  replace(uri: string, from: string, to: string): void {
    const document = this.documents.get(uri)!;
    const start = document.getText().indexOf(from);
    if (start < 0) throw new Error(`${from} is not in the text`);
    const range = { start: document.positionAt(start), end: document.positionAt(start + from.length) };
    this.edit(uri, [{ range, newText: to }]);
  }

  /** Applies what an action says. */
  apply(edit: WorkspaceEdit): void {
    for (const change of edit.documentChanges ?? [])
      if ('edits' in change) this.edit(change.textDocument.uri, change.edits as TextEdit[]);
    for (const [uri, edits] of Object.entries(edit.changes ?? {})) this.edit(uri, edits);
  }

  close(uri: string): void {
    this.documents.delete(uri);
    this.notify('textDocument/didClose', { textDocument: { uri } });
  }

  /** The position where something stands in a text. */
  at(uri: string, what: string): { textDocument: { uri: string }; position: { line: number; character: number } } {
    const document = this.documents.get(uri)!;
    const offset = document.getText().indexOf(what);
    if (offset < 0) throw new Error(`${what} is not in the text`);
    return { textDocument: { uri }, position: document.positionAt(offset) };
  }

  /** The actions for a whole text, or for some kinds of them. */
  actions(uri: string, only?: string[]): Promise<CodeAction[]> {
    const context = { diagnostics: this.diagnosticsOf(uri), ...(only && { only }) };
    return this.request('textDocument/codeAction', { textDocument: { uri }, range: WHOLE, context });
  }

  /** An action with its edit, which the server may find out only now. */
  resolve(action: CodeAction): Promise<CodeAction> {
    return (action.edit ?? action.command) ? Promise.resolve(action) : this.request('codeAction/resolve', action);
  }

  execute<T>(command: string, ...given: unknown[]): Promise<T> {
    return this.request('workspace/executeCommand', { command, arguments: given });
  }

  diagnosticsOf(uri: string): Diagnostic[] {
    return this.shown.get(uri)?.diagnostics ?? [];
  }

  /** The names of the rules that are shown of a text. */
  codesOf(uri: string): unknown[] {
    return this.diagnosticsOf(uri).map(({ code }) => code);
  }

  /** Says that it ends. @returns the exit code of the server */
  async stop(): Promise<number | null> {
    await this.request('shutdown');
    this.notify('exit');
    return this.exited;
  }

  /** Ends the server where a test has failed before. */
  kill(): void {
    this.process.kill();
  }
}
