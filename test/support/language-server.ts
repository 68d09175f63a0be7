/** Speaks to a language server as an editor does: ESLint's, or ours. */
import { spawn } from 'node:child_process';
import { pathToFileURL } from 'node:url';

interface Message {
  id?: number | string;
  method?: string;
  params?: unknown;
  result?: unknown;
  error?: { message: string };
}

export interface LanguageServer {
  request<T>(method: string, params: unknown): Promise<T>;
  notify(method: string, params: unknown): void;
  stop(): Promise<void>;
}

/**
 * @param program the script, with its arguments
 * @param folder the folder that is open in the editor
 * @param settings what the editor says where the server asks for its settings
 */
export async function startLanguageServer(
  program: readonly string[],
  folder: string,
  settings: object,
): Promise<LanguageServer> {
  const server = spawn(process.execPath, [...program, '--stdio'], { cwd: folder, stdio: ['pipe', 'pipe', 'inherit'] });
  const waiting = new Map<number, (message: Message) => void>();
  let id = 0;

  const send = (message: Message) => {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    server.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  };
  const receive = (message: Message) => {
    if (message.method === undefined) {
      waiting.get(message.id as number)?.(message);
      return;
    }
    if (message.id !== undefined) {
      const { items } = (message.params ?? {}) as { items?: unknown[] };
      send({
        id: message.id,
        result: message.method === 'workspace/configuration' ? items!.map(() => settings) : null,
      });
    }
  };
  let buffer = Buffer.alloc(0);
  server.stdout.on('data', (chunk: Buffer) => {
    buffer = Buffer.concat([buffer, chunk]);
    for (;;) {
      const head = buffer.indexOf('\r\n\r\n');
      const length = head < 0 ? undefined : /Content-Length: (\d+)/i.exec(buffer.subarray(0, head).toString())?.[1];
      if (length === undefined || buffer.length < head + 4 + Number(length)) return;
      const body = buffer.subarray(head + 4, head + 4 + Number(length)).toString();
      buffer = buffer.subarray(head + 4 + Number(length));
      receive(JSON.parse(body) as Message);
    }
  });

  const client: LanguageServer = {
    request: <T>(method: string, params: unknown) =>
      new Promise<T>((resolve, reject) => {
        waiting.set(++id, (message) =>
          message.error ? reject(new Error(message.error.message)) : resolve(message.result as T),
        );
        send({ id, method, params });
      }),
    notify: (method, params) => send({ method, params }),
    stop: async () => {
      await client.request('shutdown', null);
      client.notify('exit', null);
      await new Promise((resolve) => server.once('exit', resolve));
    },
  };
  const uri = pathToFileURL(folder).href;
  await client.request('initialize', {
    processId: process.pid,
    rootUri: uri,
    workspaceFolders: [{ uri, name: 'project' }],
    capabilities: {
      workspace: {
        configuration: true,
        workspaceFolders: true,
        applyEdit: true,
        workspaceEdit: { documentChanges: true },
      },
      textDocument: {
        publishDiagnostics: {},
        diagnostic: {},
        codeAction: {
          codeActionLiteralSupport: { codeActionKind: { valueSet: ['quickfix', 'source.fixAll.eslint'] } },
        },
      },
    },
  });
  client.notify('initialized', {});
  return client;
}
