import { UserError } from '../../errors.ts';
import { readArguments } from '../arguments.ts';
import { EXIT, say, type Command } from '../command.ts';

const HELP = `sql-lint lsp is a language server: it tells an editor what sql-lint finds while somebody types.

Usage
  sql-lint lsp                speak with an editor over standard input and output
  --stdio                     the same; editors add it

What an editor shows: findings, fixes, what a statement does when it runs twice, which locks it takes, where an object
is made. A proof on PostgreSQL runs when it is asked for.

Settings of the editor (in the section "sql-lint", or as initialization options)
  preset                      for projects whose configuration names none: recommended, supabase, safety, strict or
                              development
  run                         onType (default) or onSave
  proveOnSave                 true: prove a file when it is saved (default: false)

All else stands in the configuration of the project. docs/editors.md says how to set up Neovim, Helix, Zed, Emacs,
JetBrains, Sublime Text and VS Code.`;

/** Serves one editor until it says that it ends. */
export const lsp: Command = async (argv) => {
  const { values, positionals } = readArguments('lsp', argv, {
    stdio: { type: 'boolean' },
    // Editors of the family of VS Code name their process; the protocol says it once more.
    clientProcessId: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values.help) return say(HELP);
  if (positionals.length > 0)
    throw new UserError(`lsp takes no path, and "${positionals[0]!}" is one; see sql-lint lsp --help`);
  (await import('../../lsp/server.ts')).serve();
  return EXIT.clean;
};
