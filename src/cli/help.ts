/** The pages of help of `lint`. */
export const HELP = {
  /** The first page: what there is. It fits on one screen. */
  overview: `Finds statements of PostgreSQL migrations that cannot run twice, and rewrites them.

Usage
  sql-lint [PATH…]           lint files, folders and globs; without a path, the usual folders
  sql-lint --fix [PATH…]     write the fixes, all of which are sound; --diff only shows them
  sql-lint verify [PATH…]    run the migrations twice on PostgreSQL
  sql-lint locks [PATH…]     run the migrations, and show which locks each statement takes
  sql-lint access [TABLE…]   show who can read and write what
  sql-lint status            say what a database has of each migration
  sql-lint apply             run the migrations that a database does not have yet
  sql-lint adopt             record migrations that a database has already
  sql-lint drift             compare the migrations with what is there
  sql-lint down FILE         write the way back of a migration, proven
  sql-lint squash            make one migration of many, proven to leave the same
  sql-lint check-objects     assert that a database has what the migrations make
  sql-lint graph             draw the schema that the migrations lead to
  sql-lint history NAME      show what the migrations have done to a table, a column, a policy, …
  sql-lint rules             list the rules
  sql-lint explain NAME      explain a rule, an error code, a kind of statement or a finding
  sql-lint new NAME          begin a migration, called as the project's tool calls its files
  sql-lint init              set a project up
  sql-lint lsp               serve an editor: findings and fixes while you type
  sql-lint mcp               serve an assistant: check, fix, prove and explain (MCP)
  sql-lint completion SHELL  complete commands in bash, zsh or fish

Often used
  --changed, --since FILE    only what the branch changes; only from a migration or commit on
  --format NAME              stylish, full, markdown, html, json, sarif, github, gitlab, junit

sql-lint help COMMAND tells all of a command; sql-lint help lint lists all options.
Exit codes: 0 no problems, 1 findings left, 2 a mistake in the call, or a crash
`,
  /** All options of `lint`. */
  all: `sql-lint lint lints and fixes; it is what sql-lint does without a command.

Usage
  sql-lint [PATH…]            lint files, folders and globs; without a path, the usual folders
  sql-lint --fix [PATH…]      apply the fixes, all of which are sound

Examples
  npx sql-lint --changed --format full
  npx sql-lint --fix --rule no-bare-create migrations/0042_orders.sql

Fixing
  --fix                       write the fixes into the files
  --prove                     with --fix, --fix-dry-run or --diff: run what the fixes make of each file on the
                              embedded PostgreSQL before it is written, and take back what is not sound; see
                              sql-lint verify --help for what is run
  --report-bug FILE           with --prove: write for each fix that is taken back what to report: the fewest statements
                              that show it; read it before you send it
  --no-prove                  write fixes without running them, also where the configuration says "prove"
  --database-url URL          with --fix and the like: files that this database has recorded are applied, see
  --env NAME                  "protectApplied"; --env: DATABASE_URL of the file .env.NAME
  --fix --rule NAME           fix only this rule; may be repeated
  --fix-type TYPE             fix only problems, suggestions, layout or directives (comments without an effect)
  --fix --interactive, -i     show each change and ask: yes, no, all of this rule, quit
  --watch, -w                 lint again after each change of a file, and keep one screen; with --fix, fix what is
                              saved; with --fix --prove, also run it
  --fix-suggestions           also apply suggestions, which need a person's decision
  --fix-dry-run               fix, but write nothing; the result is in the output (--format json)
  --diff                      print what --fix would change as a unified diff; write nothing; exit with 1 where
                              it would change a file
  --check                     name the files that --fix would change; write nothing; exit with 1 where there is one

Findings
  --rule 'NAME: SEVERITY'     off, warn or error; may be repeated
  --rule-only NAME            report and fix only this rule; may be repeated
  --baseline FILE             the file of known findings, which are neither reported nor fixed
                              (default: sql-lint-baseline.json, where there is one)
  --update-baseline           write it: take all that is found for known, and forget what is no longer there
  --no-baseline               report what is known too
  --quiet                     report errors only
  --max-warnings N            exit with 1 when there are more warnings than N
  --postgres-version N        the oldest PostgreSQL to support, 12 to 18 (default 14)
  --no-history                judge each file alone, without the migrations before it

Configuration
  --config FILE               use this configuration and no other
  --print-config FILE         print the configuration of a file as JSON

Which files
  --staged                    what is staged in git; --fix changes the index and the work tree
  --since REF                 what has changed since the branch left REF, and what is not committed
  --since FILE|VERSION        the migrations from this one on; those before it count as applied
  --changed                   the same as --since with the branch that pull requests go into
  --list-files                print them in the order in which they run, with the tool that runs them
  --max-file-size MB          read files of up to so many megabytes (default 20)

Input and output
  --stdin                     read the SQL from standard input; --fix then prints it fixed
  --stdin-filename PATH       where that SQL belongs: its history and its name in the output
  --format NAME[=FILE]        stylish (default), full (with the lines of SQL), summary, markdown (for a
                              pull request), html (a page with before and after), compact, json, sarif, github,
                              gitlab or junit; with =FILE into a file; may be repeated
  --no-cache                  neither read nor write the cache
  --cache-location FOLDER     the folder of the cache (default: sql-lint in the system's folder for caches)
  --threads N                 lint many files on N threads (default: half as many as there are processors)
  --color, --no-color         print colours or not (default: if the terminal has them and NO_COLOR is not set)

  --version, --help

Exit codes
  0  no problems      1  findings left      2  a mistake in the call, or a crash
`,
};
