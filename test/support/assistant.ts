/** Speaks to `sql-lint mcp`, as it is packed, with the client of the protocol's own library. */
import { pathToFileURL } from 'node:url';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { environment, packedCommand } from './project.ts';

/** What a tool has answered. */
export interface Answer<T = Record<string, unknown>> {
  isError: boolean;
  text: string;
  data: T;
}

export interface Assistant {
  client: Client;
  call<T = Record<string, unknown>>(
    tool: string,
    input: object,
    options?: { signal?: AbortSignal; onprogress?: (progress: { progress: number; message?: string }) => void },
  ): Promise<Answer<T>>;
  /** What the server has written to standard error. */
  errors: () => string;
  close(): Promise<void>;
}

/**
 * @param cwd the folder in which the server is started
 * @param roots the folders that it may see; undefined for a client that knows no roots
 * @param mode `auto` for the protocol of 2026
 */
export async function startAssistant(
  cwd: string,
  {
    roots,
    mode = 'legacy',
    env = {},
  }: { roots?: readonly string[]; mode?: 'legacy' | 'auto'; env?: Record<string, string> } = {},
): Promise<Assistant> {
  const client = new Client(
    { name: 'test', version: '1' },
    { capabilities: roots ? { roots: {} } : {}, versionNegotiation: { mode } },
  );
  if (roots)
    client.setRequestHandler('roots/list', () => ({ roots: roots.map((path) => ({ uri: pathToFileURL(path).href })) }));
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [packedCommand(), 'mcp'],
    cwd,
    env: { ...(environment() as Record<string, string>), ...env },
    stderr: 'pipe',
  });
  let errors = '';
  transport.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  await client.connect(transport);
  return {
    client,
    async call(tool, input, options = {}) {
      // On a machine that does other things besides, a proof takes its time.
      const patient = { timeout: 170_000, ...options };
      const {
        isError = false,
        content,
        structuredContent,
      } = await client.callTool({ name: tool, arguments: input as Record<string, unknown> }, patient);
      const [first] = content;
      return { isError, text: first?.type === 'text' ? first.text : '', data: structuredContent as never };
    },
    errors: () => errors,
    close: () => client.close(),
  };
}
