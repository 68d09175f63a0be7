/** `sql-lint mcp`: a server for assistants, over standard input and output. */
import { Console } from 'node:console';
import { McpServer } from '@modelcontextprotocol/server';
import { serveStdio, StdioServerTransport } from '@modelcontextprotocol/server/stdio';
import { printable } from '../printable.ts';
import { addPages } from './pages.ts';
import { addPrompt } from './prompt.ts';
import { addCheck } from './tools/check.ts';
import { addExplain } from './tools/explain.ts';
import { addFix } from './tools/fix.ts';
import { addListRules } from './tools/list-rules.ts';
import { addProject } from './tools/project.ts';
import { addVerify } from './tools/verify.ts';

const INSTRUCTIONS =
  'sql-lint makes PostgreSQL migrations repeatable and proves it. Before you write one, call project. When you have ' +
  'written one, call check, then fix, then verify, until verify says "proven". Give `path` with `text`, so that the ' +
  'migrations before it count. Never change a migration that has been applied: write a new one.';

/** A message may hold a text that is too large for any tool: the tool says so, and the server goes on. */
const MOST_BYTES = 200_000_000;

function makeServer(): McpServer {
  const server = new McpServer(
    { name: 'sql-lint', title: 'sql-lint', version: process.env.SQL_LINT_VERSION ?? '0' },
    { instructions: INSTRUCTIONS },
  );
  for (const add of [addCheck, addFix, addVerify, addExplain, addListRules, addProject]) add(server);
  addPages(server);
  addPrompt(server);
  return server;
}

/** What goes wrong in the protocol itself; the library knows of a wrong message only what it is not, line by line. */
function tell({ message }: Error): void {
  const said = message.startsWith('[') ? 'a message is none of the protocol, and was passed over' : message;
  process.stderr.write(`sql-lint mcp: ${printable(said)}\n`);
}

/** Serves until the client closes standard input. */
export async function serve(): Promise<void> {
  // Standard output is for the protocol, also where a configuration in JavaScript prints something.
  globalThis.console = new Console(process.stderr);
  const transport = new StdioServerTransport(process.stdin, process.stdout, { maxBufferSize: MOST_BYTES });
  const closed = new Promise<void>((resolve) => process.stdin.once('close', resolve).once('end', resolve));
  const handle = serveStdio(makeServer, { transport, onerror: tell });
  await closed;
  await handle.close();
}
