/** What all tools have in common: who asks, what they may see, how long they wait, and what is said of mistakes. */
import {
  CLIENT_CAPABILITIES_META_KEY,
  inputRequired,
  inputResponse,
  type CallToolResult,
  type ClientCapabilities,
  type InputRequiredResult,
  type McpServer,
  type ServerContext,
  type ToolAnnotations,
} from '@modelcontextprotocol/server';
import type { z } from 'zod';
import { UserError } from '../errors.ts';
import { plural } from '../plural.ts';
import { printable } from '../printable.ts';
import { Roots } from './roots.ts';

/** One call of a tool. */
export interface Call {
  roots: Roots;
  /** Ends the work: the client does not want it any more, or it takes too long. */
  signal: AbortSignal;
  /** Tells the client how far the work is, if it wants to know. */
  report: (done: number, total: number, said: string) => void;
}

/** What a tool answers: a text for a model, and the same as data. */
export interface Answer<T> {
  text: string;
  data: T;
}

interface Tool<I extends z.ZodObject, O extends z.ZodObject> {
  title: string;
  description: string;
  input: I;
  output: O;
  annotations: ToolAnnotations;
  /** How many seconds the work may take. */
  seconds: (input: z.output<I>) => number;
  work: (input: z.output<I>, call: Call) => Promise<Answer<z.input<O>>>;
}

/** Seconds that are enough for what runs no SQL. */
export const SECONDS = 60;

/** Adds a tool to a server. Whatever goes wrong in it is an answer, and the server goes on. */
export function addTool<I extends z.ZodObject, O extends z.ZodObject>(
  server: McpServer,
  name: string,
  { title, description, input, output, annotations, seconds, work }: Tool<I, O>,
): void {
  // Nothing is asked of the world outside.
  const hints = { openWorldHint: false, idempotentHint: true, ...annotations };
  const schemas: { inputSchema: z.ZodObject; outputSchema: z.ZodObject } = { inputSchema: input, outputSchema: output };
  server.registerTool(
    name,
    { title, description, ...schemas, annotations: { title, ...hints } },
    async (given, context): Promise<CallToolResult | InputRequiredResult> => {
      const roots = rootsOf(server, context);
      if (!(roots instanceof Roots)) return roots;
      const wanted = given as z.output<I>;
      const limit = AbortSignal.timeout(1000 * seconds(wanted));
      const signal = AbortSignal.any([context.mcpReq.signal, limit]);
      try {
        const { text, data } = await work(wanted, { roots, signal, report: reporterOf(context) });
        return { content: [{ type: 'text', text }], structuredContent: data };
      } catch (error) {
        const words = wordsOf(error, context.mcpReq.signal, limit, seconds(wanted));
        return { isError: true, content: [{ type: 'text', text: printable(words) }] };
      }
    },
  );
}

/** What went wrong, for whoever asked. */
function wordsOf(error: unknown, cancelled: AbortSignal, limit: AbortSignal, seconds: number): string {
  if (limit.aborted) return `It was stopped, because it took longer than ${plural(seconds, 'second')}.`;
  if (error instanceof UserError) return error.message;
  // Nobody reads the answer.
  if (cancelled.aborted) return 'It was stopped.';
  const { stack = String(error), message = String(error) } = error instanceof Error ? error : {};
  process.stderr.write(`sql-lint mcp: ${stack}\n`);
  return `This is a bug of sql-lint: ${message.split('\n')[0]!}. Please report it with the SQL that it happened on.`;
}

const ROOTS = 'roots';

/** The folders that the client lets its servers see, or the question for them. */
function rootsOf(server: McpServer, { mcpReq }: ServerContext): Roots | InputRequiredResult {
  // From 2026 on each request says what its client can do; before, the client said so once.
  const envelope = mcpReq.envelope as Partial<Record<string, unknown>> | undefined;
  const said = envelope?.[CLIENT_CAPABILITIES_META_KEY] as ClientCapabilities | undefined;
  const capabilities = said ?? server.server.getClientCapabilities();
  if (!capabilities?.roots) return Roots.of([], process.cwd());
  const answer = inputResponse(mcpReq.inputResponses, ROOTS);
  if (answer.kind !== 'roots') return inputRequired({ inputRequests: { [ROOTS]: inputRequired.listRoots() } });
  return Roots.of(
    answer.roots.map(({ uri }) => uri),
    process.cwd(),
  );
}

function reporterOf({ mcpReq }: ServerContext): Call['report'] {
  const token = mcpReq._meta?.progressToken;
  if (token === undefined) return () => undefined;
  // It must grow with each message.
  let progress = 0;
  return (done, total, message) => {
    progress = Math.max(done, progress + 0.001);
    // Whoever has gone away needs no news.
    mcpReq
      .notify({ method: 'notifications/progress', params: { progressToken: token, progress, total, message } })
      .catch(() => undefined);
  };
}
