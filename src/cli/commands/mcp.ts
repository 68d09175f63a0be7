import { UserError } from '../../errors.ts';
import { readArguments } from '../arguments.ts';
import { EXIT, say, type Command } from '../command.ts';

const HELP = `sql-lint mcp is a server for assistants (Model Context Protocol), over standard input and output.

Usage
  sql-lint mcp                an assistant starts it; see docs/assistants.md for Claude Code, Cursor and VS Code

Tools
  check                       what is found in a text or in files
  fix                         the fixed text, a diff, and what is left; writes only where it is asked to
  verify                      a proof by running twice on the embedded PostgreSQL
  explain                     a rule, an error code, a kind of statement or a finding
  list_rules                  the rules
  project                     the migrations in their order, and what they have made

It reads files only inside the folders that the client names, or else the one that it is started in, and uses no
network.

Examples
  claude mcp add sql-lint -- npx --no-install sql-lint mcp
  npx @modelcontextprotocol/inspector --cli npx --no-install sql-lint mcp --method tools/list`;

/** Serves assistants until they close standard input. */
export const mcp: Command = async (argv) => {
  const { values, positionals } = readArguments('mcp', argv, {
    stdio: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values.help) return say(HELP);
  if (positionals.length > 0) throw new UserError(`mcp takes no path, and not "${positionals[0]!}"`);
  if (process.stdin.isTTY)
    process.stderr.write('sql-lint mcp waits for an assistant on standard input; Ctrl-D ends it\n');
  const { serve } = await import('../../mcp/server.ts');
  await serve();
  return EXIT.clean;
};
