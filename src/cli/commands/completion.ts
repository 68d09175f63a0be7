import { UserError } from '../../errors.ts';
import { flatMap } from '../../lists.ts';
import { reporters } from '../../reporters/index.ts';
import { rules } from '../../rules/index.ts';
import { readArguments } from '../arguments.ts';
import { say, type Command } from '../command.ts';
import { OPTION_NAMES } from '../options.ts';
import { CHECK_OBJECTS_OPTION_NAMES } from './check-objects.ts';
import { DOWN_OPTION_NAMES } from './down.ts';
import { DRIFT_OPTION_NAMES } from './drift.ts';
import { GRAPH_OPTION_NAMES } from './graph.ts';
import { HISTORY_OPTION_NAMES } from './history.ts';
import { TEMPLATES } from '../templates.ts';
import { commands } from './index.ts';
import { SQUASH_OPTION_NAMES } from './squash.ts';
import { VERIFY_OPTION_NAMES } from './verify.ts';

const HELP = `sql-lint completion prints a script that lets a shell complete commands, options, rules and formats.

Usage
  sql-lint completion bash | zsh | fish

Examples
  sql-lint completion bash >> ~/.bashrc
  sql-lint completion fish > ~/.config/fish/completions/sql-lint.fish`;

const OF_RULES = ['--rule', '--rule-only'];

/** The options of commands that have many of their own. */
const OWN_OPTIONS: Readonly<Record<string, readonly string[]>> = {
  verify: VERIFY_OPTION_NAMES,
  down: DOWN_OPTION_NAMES,
  drift: DRIFT_OPTION_NAMES,
  squash: SQUASH_OPTION_NAMES,
  'check-objects': CHECK_OBJECTS_OPTION_NAMES,
  graph: GRAPH_OPTION_NAMES,
  history: HISTORY_OPTION_NAMES,
};

const commandNames = (): string => list([...Object.keys(commands), 'help']);

const list = (words: readonly string[]): string => words.join(' ');
const withDashes = (names: readonly string[]): string => list(names.map((name) => `--${name}`));

/** For bash; zsh reads it too. */
const bash = (): string => `_sql_lint() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" command="\${COMP_WORDS[1]}"
  case "$before" in
    ${OF_RULES.join('|')}|explain) COMPREPLY=($(compgen -W "${list(Object.keys(rules))}" -- "$word")); return ;;
    --format) COMPREPLY=($(compgen -W "${list(Object.keys(reporters))}" -- "$word")); return ;;
    --template) COMPREPLY=($(compgen -W "${list(Object.keys(TEMPLATES))}" -- "$word")); return ;;
    completion) COMPREPLY=($(compgen -W "bash zsh fish" -- "$word")); return ;;
  esac
  case "$word" in
    -*)
      case "$command" in
${Object.entries(OWN_OPTIONS)
  .map(([command, names]) => `        ${command}) COMPREPLY=($(compgen -W "${withDashes(names)}" -- "$word")) ;;`)
  .join('\n')}
        *) COMPREPLY=($(compgen -W "${withDashes(OPTION_NAMES)}" -- "$word")) ;;
      esac ;;
    *)
      COMPREPLY=($(compgen -f -- "$word"))
      if [ "$COMP_CWORD" = 1 ]; then COMPREPLY+=($(compgen -W "${commandNames()}" -- "$word")); fi ;;
  esac
}
complete -o filenames -F _sql_lint sql-lint`;

const fish = (): string => {
  const of = (condition: string, names: readonly string[]) =>
    names.map((name) => `complete -c sql-lint -n '${condition}' -l ${name}`);
  const isOne = (...names: string[]) => `__fish_seen_subcommand_from ${names.join(' ')}`;
  return [
    `complete -c sql-lint -n __fish_use_subcommand -a '${commandNames()}'`,
    `complete -c sql-lint -f -n '__fish_seen_subcommand_from explain' -a '${list(Object.keys(rules))}'`,
    `complete -c sql-lint -f -n '__fish_seen_subcommand_from completion' -a 'bash zsh fish'`,
    `complete -c sql-lint -n '__fish_seen_subcommand_from new' -l template -x -a '${list(Object.keys(TEMPLATES))}'`,
    ...OF_RULES.map((option) => `complete -c sql-lint -l ${option.slice(2)} -x -a '${list(Object.keys(rules))}'`),
    `complete -c sql-lint -l format -x -a '${list(Object.keys(reporters))}'`,
    ...of(`not ${isOne(...Object.keys(OWN_OPTIONS))}`, OPTION_NAMES),
    ...flatMap(Object.entries(OWN_OPTIONS), ([command, names]) => of(isOne(command), names)),
  ].join('\n');
};

const SCRIPTS: Readonly<Record<string, () => string>> = {
  bash,
  zsh: () => `autoload -U +X bashcompinit && bashcompinit\n${bash()}`,
  fish,
};

/** Prints a script for a shell. */
export const completion: Command = async (argv) => {
  const { values, positionals } = readArguments('completion', argv, { help: { type: 'boolean', short: 'h' } });
  if (values.help) return say(HELP);
  const [shell] = positionals;
  if (shell === undefined || positionals.length > 1 || !Object.hasOwn(SCRIPTS, shell))
    throw new UserError(`completion takes the name of a shell: ${Object.keys(SCRIPTS).join(', ')}`);
  return await Promise.resolve(say(SCRIPTS[shell]!()));
};
