/** Wires the language server into VS Code. What can be known without VS Code is in the other files. */
import { join } from 'node:path';
import * as vscode from 'vscode';
import {
  LanguageClient,
  RevealOutputChannelOn,
  State,
  TransportKind,
  type ServerOptions,
} from 'vscode-languageclient/node';
import { described, findServer, type Found } from './server.ts';
import { initializationOptions, SECTION, serverPath } from './settings.ts';
import { Proofs, statusOf, type Proof } from './status.ts';

const PROOF_NOTIFICATION = '$/sql-lint/proof';

/** The texts that the server is told of. Extensions call the language of migrations differently. */
const SELECTOR = [
  { scheme: 'file', language: 'sql' },
  { scheme: 'untitled', language: 'sql' },
  { scheme: 'file', pattern: '**/*.sql' },
];

let running: Extension | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  running = new Extension(context);
  await running.restart();
}

export async function deactivate(): Promise<void> {
  await running?.stop();
  running = undefined;
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

class Extension {
  private readonly context: vscode.ExtensionContext;
  private readonly output: vscode.LogOutputChannel;
  private readonly bar: vscode.StatusBarItem;
  private readonly proofs = new Proofs();
  private client: LanguageClient | undefined;
  private state: 'starting' | 'running' | 'stopped' = 'stopped';
  private server = '';
  /** What is started and stopped, one after the other: two servers would both show what they find. */
  private turn: Promise<void> = Promise.resolve();

  constructor(context: vscode.ExtensionContext) {
    this.context = context;
    this.output = vscode.window.createOutputChannel('sql-lint', { log: true });
    this.bar = vscode.window.createStatusBarItem('sql-lint', vscode.StatusBarAlignment.Right, 100);
    this.bar.name = 'sql-lint';
    this.bar.command = 'sqlLint.showOutput';
    const draw = () => this.draw();
    context.subscriptions.push(
      this.output,
      this.bar,
      vscode.window.onDidChangeActiveTextEditor(draw),
      vscode.languages.onDidChangeDiagnostics(draw),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0) this.proofs.forget(document.uri.toString());
        draw();
      }),
      vscode.workspace.onDidChangeConfiguration((change) => {
        // All other settings are the server's own business, which asks for them.
        if (change.affectsConfiguration(`${SECTION}.path`)) void this.restart();
      }),
      ...this.commands(),
    );
  }

  /** Starts a server, in the place of the one that runs. */
  restart(): Promise<void> {
    this.turn = this.turn.then(async () => {
      await this.end();
      await this.start();
    });
    return this.turn;
  }

  stop(): Promise<void> {
    this.turn = this.turn.then(() => this.end());
    return this.turn;
  }

  private async start(): Promise<void> {
    this.show('starting');
    try {
      const found = this.find();
      this.server = described(found);
      this.output.info(this.server);
      this.client = this.clientFor(found);
      await this.client.start();
    } catch (error) {
      const said = wordsOf(error);
      this.server = said;
      this.output.error(said);
      this.show('stopped');
      void vscode.window.showErrorMessage(`sql-lint: ${said}`);
    }
  }

  private async end(): Promise<void> {
    const { client } = this;
    this.client = undefined;
    try {
      // One that has not started, or has ended by itself, cannot be stopped.
      if (client?.needsStop()) await client.stop();
    } catch (error) {
      // One that does not answer is ended by the library, and must not keep another one from being started.
      this.output.warn(wordsOf(error));
    }
  }

  private find(): Found {
    const folders = (vscode.workspace.workspaceFolders ?? []).flatMap(({ uri }) =>
      uri.scheme === 'file' ? [uri.fsPath] : [],
    );
    const settings = vscode.workspace.getConfiguration(SECTION);
    return findServer(
      serverPath((name) => settings.get(name)),
      folders,
      join(this.context.extensionPath, 'server'),
    );
  }

  private clientFor(found: Found): LanguageClient {
    const args = ['lsp'];
    const options: ServerOptions =
      found.kind === 'script'
        ? { module: found.path, args, transport: TransportKind.stdio }
        : { command: found.path, args, transport: TransportKind.stdio };
    const settings = vscode.workspace.getConfiguration(SECTION);
    const client = new LanguageClient('sql-lint', 'sql-lint', options, {
      documentSelector: SELECTOR,
      initializationOptions: initializationOptions((name) => settings.get(name)),
      outputChannel: this.output,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
    });
    client.onDidChangeState(({ newState }) => {
      // One that is being replaced has no say any more.
      if (client === this.client)
        this.show(newState === State.Running ? 'running' : newState === State.Starting ? 'starting' : 'stopped');
    });
    client.onNotification(PROOF_NOTIFICATION, (proof: Proof) => {
      this.proofs.add(proof);
      this.draw();
    });
    return client;
  }

  private commands(): vscode.Disposable[] {
    const register = (name: string, work: () => unknown) => vscode.commands.registerCommand(`sqlLint.${name}`, work);
    return [
      register('fixAll', () => this.ask('sql-lint.fixAll')),
      register('proveFile', () => this.ask('sql-lint.prove')),
      register('proveProject', () => this.ask('sql-lint.proveProject')),
      register('showLocks', () => this.ask('sql-lint.locks')),
      register('restart', () => this.restart()),
      register('showOutput', () => this.output.show()),
    ];
  }

  /** Has the server do something with the file that is looked at. */
  private async ask(command: string): Promise<unknown> {
    const document = vscode.window.activeTextEditor?.document;
    if (!document || !this.isOurs(document)) {
      void vscode.window.showInformationMessage('sql-lint: open an SQL file first.');
      return undefined;
    }
    if (!this.client?.isRunning()) {
      void vscode.window.showErrorMessage('sql-lint: the server does not run; see its output.');
      return undefined;
    }
    try {
      return await this.client.sendRequest('workspace/executeCommand', {
        command,
        arguments: [this.client.code2ProtocolConverter.asUri(document.uri)],
      });
    } catch (error) {
      void vscode.window.showErrorMessage(`sql-lint: ${wordsOf(error)}`);
      return undefined;
    }
  }

  private isOurs(document: vscode.TextDocument): boolean {
    return vscode.languages.match(SELECTOR, document) > 0;
  }

  private show(state: Extension['state']): void {
    this.state = state;
    this.draw();
  }

  private draw(): void {
    const document = vscode.window.activeTextEditor?.document;
    const isOurs = document !== undefined && this.isOurs(document);
    const findings = isOurs
      ? vscode.languages.getDiagnostics(document.uri).filter(({ source }) => source === 'sql-lint').length
      : undefined;
    const proof = isOurs ? this.proofs.of(document.uri.toString()) : undefined;
    const status = statusOf({ state: this.state, findings, proof, server: this.server });
    if (!status) return this.bar.hide();
    this.bar.text = status.text;
    this.bar.tooltip = status.tooltip;
    this.bar.backgroundColor = status.isError ? new vscode.ThemeColor('statusBarItem.errorBackground') : undefined;
    this.bar.show();
  }
}
