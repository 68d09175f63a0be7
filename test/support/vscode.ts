/**
 * Stands for VS Code in Node.js: as much of its API as a language client needs, for the real client to meet the real
 * server. What is not here is a thing that can be called, made and asked for anything, and does nothing.
 */
import Module, { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

type Listener<T> = (event: T) => unknown;

class Emitter<T> {
  private readonly listeners = new Set<Listener<T>>();
  event = (listener: Listener<T>, self?: unknown) => {
    const bound: Listener<T> = (event) => listener.call(self, event);
    this.listeners.add(bound);
    return { dispose: () => this.listeners.delete(bound) };
  };
  fire(event: T): void {
    for (const listener of [...this.listeners]) listener(event);
  }
  dispose(): void {
    this.listeners.clear();
  }
}

class Uri {
  readonly scheme: string;
  readonly path: string;
  private constructor(scheme: string, path: string) {
    this.scheme = scheme;
    this.path = path;
  }
  static file = (path: string) => new Uri('file', pathToFileURL(path).pathname);
  static parse = (text: string) =>
    new Uri(/^([\w+.-]+):/.exec(text)?.[1] ?? 'file', text.replace(/^[\w+.-]+:(\/\/)?/, ''));
  get fsPath(): string {
    return fileURLToPath(this.toString());
  }
  toString(): string {
    return `${this.scheme}://${this.path}`;
  }
}

class Position {
  line: number;
  character: number;
  constructor(line: number, character: number) {
    this.line = line;
    this.character = character;
  }
}

class Range {
  start: Position;
  end: Position;
  constructor(...at: [Position, Position] | [number, number, number, number]) {
    [this.start, this.end] = at.length === 2 ? at : [new Position(at[0], at[1]), new Position(at[2], at[3])];
  }
}

class Diagnostic {
  range: Range;
  message: string;
  severity: number;
  source?: string;
  code?: unknown;
  constructor(range: Range, message: string, severity = 0) {
    this.range = range;
    this.message = message;
    this.severity = severity;
  }
}

class TextEdit {
  range: Range;
  newText: string;
  constructor(range: Range, newText: string) {
    this.range = range;
    this.newText = newText;
  }
}

class WorkspaceEdit {
  readonly texts = new Map<string, TextEdit[]>();
  set(uri: Uri, edits: readonly (TextEdit | [TextEdit, unknown])[]): void {
    this.texts.set(
      uri.toString(),
      edits.map((edit) => (Array.isArray(edit) ? edit[0] : edit)),
    );
  }
  replace(uri: Uri, range: Range, newText: string): void {
    this.set(uri, [...(this.texts.get(uri.toString()) ?? []), new TextEdit(range, newText)]);
  }
}

class CodeActionKind {
  static Empty = new CodeActionKind('');
  readonly value: string;
  constructor(value: string) {
    this.value = value;
  }
  append = (part: string) => new CodeActionKind(this.value === '' ? part : `${this.value}.${part}`);
}

class TokenSource {
  private readonly emitter = new Emitter<void>();
  token = { isCancellationRequested: false, onCancellationRequested: this.emitter.event };
  cancel(): void {
    this.token.isCancellationRequested = true;
    this.emitter.fire();
  }
  dispose = () => undefined;
}

/** A text that is open. */
class Document {
  readonly uri: Uri;
  readonly languageId: string;
  version = 1;
  text: string;
  constructor(uri: Uri, languageId: string, text: string) {
    this.uri = uri;
    this.languageId = languageId;
    this.text = text;
  }
  getText = () => this.text;
  get fileName(): string {
    return this.uri.fsPath;
  }
  isClosed = false;
  isDirty = false;
  lineCount = 1;
  offsetAt({ line, character }: Position): number {
    const before = this.text.split('\n').slice(0, line);
    return before.reduce((sum, text) => sum + text.length + 1, 0) + character;
  }
}

/** Something that can be called, made, extended and asked for anything. */
function anything(name: string): object {
  const Thing = class {
    readonly name = name;
  };
  const known = new Map<PropertyKey, unknown>();
  return new Proxy(Thing, {
    get: (target, key) => {
      if (key in target || typeof key === 'symbol') return Reflect.get(target, key) as unknown;
      if (!known.has(key)) known.set(key, anything(`${name}.${key}`));
      return known.get(key);
    },
    apply: () => ({ dispose: () => undefined }),
    construct: (_, __, made) => Reflect.construct(Thing, [], made) as object,
  });
}

const withRest = (name: string, own: object): object => {
  const rest = anything(name) as Record<PropertyKey, unknown>;
  return new Proxy(own, { get: (target, key) => (key in target ? (Reflect.get(target, key) as unknown) : rest[key]) });
};

export interface StandIn {
  /** What `require('vscode')` gets. */
  api: object;
  open(path: string, text: string): Document;
  /** Types a text into a document, in the place of what is there. */
  type(document: Document, text: string): void;
  /** Looks at an editor, or at none. */
  look(document: Document | undefined): void;
  run(command: string): Promise<unknown>;
  /** What stands in the status bar; undefined where nothing does. */
  bar(): string | undefined;
  findings(document: Document): readonly Diagnostic[];
  /** What people were told, and what stands in the output. */
  said: string[];
  settings: Record<string, unknown>;
  set(name: string, value: unknown): void;
}

export function standIn(folder: string): StandIn {
  const changed = new Emitter<object>();
  const opened = new Emitter<Document>();
  const seen = new Emitter<readonly object[]>();
  const looked = new Emitter<object | undefined>();
  const diagnosed = new Emitter<object>();
  const configured = new Emitter<object>();
  const commands = new Map<string, (...given: unknown[]) => unknown>();
  /** One a collection: what is pushed, and what is asked for. */
  const diagnostics = new Set<Map<string, readonly Diagnostic[]>>();
  const found = (uri: Uri) => [...diagnostics].flatMap((own) => own.get(uri.toString()) ?? []);
  const documents: Document[] = [];
  const settings: Record<string, unknown> = {};
  const said: string[] = [];
  let active: { document: Document } | undefined;
  const bar = {
    text: '',
    isShown: false,
    show: () => (bar.isShown = true),
    hide: () => (bar.isShown = false),
    dispose: () => undefined,
  };
  const nothing = { dispose: () => undefined };
  const never = () => nothing;
  const isSql = ({ uri, languageId }: Document) =>
    uri.scheme === 'file' && (languageId === 'sql' || uri.path.endsWith('.sql'));
  const say = (message: string) => (said.push(message), Promise.resolve(undefined));

  const type = (document: Document, text: string) => {
    const lines = document.text.split('\n');
    const range = new Range(0, 0, lines.length - 1, lines.at(-1)!.length);
    const contentChanges = [{ range, rangeOffset: 0, rangeLength: document.text.length, text }];
    document.text = text;
    document.version++;
    changed.fire({ document, contentChanges, reason: undefined });
  };
  const apply = (edit: WorkspaceEdit) => {
    for (const [uri, edits] of edit.texts) {
      const document = documents.find((other) => other.uri.toString() === uri)!;
      let text = document.text;
      for (const { range, newText } of edits.toSorted(
        (a, b) => document.offsetAt(b.range.start) - document.offsetAt(a.range.start),
      ))
        text = text.slice(0, document.offsetAt(range.start)) + newText + text.slice(document.offsetAt(range.end));
      type(document, text);
    }
    return Promise.resolve(true);
  };
  const configuration = (section = '') => ({
    get(name: string, usual?: unknown): unknown {
      const whole = section === '' ? name : `${section}.${name}`;
      const below = Object.entries(settings).filter(([key]) => key.startsWith(`${whole}.`));
      if (below.length === 0) return settings[whole] ?? usual;
      return Object.fromEntries(below.map(([key, value]) => [key.slice(whole.length + 1), value]));
    },
  });

  const api = withRest('vscode', {
    version: '1.101.0',
    Uri,
    Position,
    Range,
    Diagnostic,
    CodeActionKind,
    TextEdit,
    WorkspaceEdit,
    EventEmitter: Emitter,
    CancellationTokenSource: TokenSource,
    Disposable: class {
      dispose: () => unknown;
      constructor(dispose: () => unknown) {
        this.dispose = dispose;
      }
      static from = (...all: { dispose(): unknown }[]) => ({ dispose: () => all.forEach((one) => one.dispose()) });
    },
    CancellationError: class extends Error {},
    ThemeColor: class {
      id: string;
      constructor(id: string) {
        this.id = id;
      }
    },
    DiagnosticSeverity: { Error: 0, Warning: 1, Information: 2, Hint: 3 },
    StatusBarAlignment: { Left: 1, Right: 2 },
    env: withRest('env', { appName: 'stand-in', language: 'en', openExternal: () => Promise.resolve(true) }),
    workspace: withRest('workspace', {
      isTrusted: true,
      workspaceFolders: [{ uri: Uri.file(folder), name: 'project', index: 0 }],
      textDocuments: documents,
      notebookDocuments: [],
      getWorkspaceFolder: ({ fsPath }: Uri) =>
        fsPath.startsWith(folder) ? { uri: Uri.file(folder), name: 'project', index: 0 } : undefined,
      getConfiguration: (section?: string) => configuration(section),
      onDidOpenTextDocument: opened.event,
      onDidChangeTextDocument: changed.event,
      onDidChangeConfiguration: configured.event,
      createFileSystemWatcher: () => ({ onDidCreate: never, onDidChange: never, onDidDelete: never, ...nothing }),
      applyEdit: apply,
    }),
    window: withRest('window', {
      get activeTextEditor() {
        return active;
      },
      get visibleTextEditors() {
        return documents.map((document) => ({ document }));
      },
      onDidChangeVisibleTextEditors: seen.event,
      tabGroups: withRest('tabGroups', { all: [], onDidChangeTabs: never }),
      onDidChangeActiveTextEditor: looked.event,
      createOutputChannel: (name: string) =>
        withRest('output', {
          name,
          logLevel: 3,
          ...nothing,
          ...Object.fromEntries(
            ['append', 'appendLine', 'trace', 'debug', 'info', 'warn', 'error'].map((how) => [how, say]),
          ),
        }),
      createStatusBarItem: () => bar,
      showErrorMessage: say,
      showWarningMessage: say,
      showInformationMessage: say,
      withProgress: (_: unknown, work: (progress: object, token: object) => unknown) =>
        work({ report: () => undefined }, new TokenSource().token),
    }),
    languages: withRest('languages', {
      match: (_: unknown, document: Document) => (isSql(document) ? 10 : 0),
      onDidChangeDiagnostics: diagnosed.event,
      getDiagnostics: found,
      createDiagnosticCollection() {
        const own = new Map<string, readonly Diagnostic[]>();
        diagnostics.add(own);
        return {
          set(uri: Uri, all: readonly Diagnostic[] = []) {
            own.set(uri.toString(), all);
            diagnosed.fire({ uris: [uri] });
          },
          delete: (uri: Uri) => own.delete(uri.toString()),
          get: (uri: Uri) => own.get(uri.toString()),
          has: (uri: Uri) => own.has(uri.toString()),
          clear: () => own.clear(),
          dispose: () => diagnostics.delete(own),
        };
      },
    }),
    commands: withRest('commands', {
      registerCommand(name: string, work: (...given: unknown[]) => unknown) {
        if (commands.has(name)) throw new Error(`command '${name}' already exists`);
        commands.set(name, work);
        return { dispose: () => commands.delete(name) };
      },
      executeCommand: () => Promise.resolve(undefined),
    }),
  });
  return {
    api,
    open(path, text) {
      const document = new Document(Uri.file(path), 'sql', text);
      documents.push(document);
      active = { document };
      // In the order of VS Code.
      seen.fire([active]);
      opened.fire(document);
      looked.fire(active);
      return document;
    },
    look(document) {
      active = document && { document };
      looked.fire(active);
    },
    type,
    run: (command) => Promise.resolve(commands.get(command)!()),
    bar: () => (bar.isShown ? bar.text : undefined),
    findings: ({ uri }) => found(uri),
    said,
    settings,
    set(name, value) {
      settings[name] = value;
      configured.fire({
        affectsConfiguration: (section: string) => name === section || name.startsWith(`${section}.`),
      });
    },
  };
}

export interface Activated {
  activate(context: object): Promise<void>;
  deactivate(): Promise<void>;
}

/** Loads a bundled extension, to which the stand-in is VS Code. */
export function loadExtension(path: string, { api }: StandIn): Activated {
  const modules = Module as unknown as { _load: (name: string, ...rest: unknown[]) => unknown };
  const load = modules._load;
  modules._load = (name, ...rest) => (name === 'vscode' ? api : load.call(Module, name, ...rest));
  try {
    return createRequire(import.meta.url)(path) as Activated;
  } finally {
    modules._load = load;
  }
}
