/** Renaming of what a comment names that switches a rule off or on. */
import type { TextEdit } from 'vscode-languageserver/node';
import { flatMap } from '../lists.ts';
import { readDirectives } from '../linter/directives.ts';
import { proposal } from '../nearest.ts';
import { rules } from '../rules/index.ts';
import type { Script } from '../syntax/script.ts';
import type { Sheet } from './documents.ts';
import { refused } from './requests.ts';

/** Puts another rule in the place of one, in all comments of a text. @throws ResponseError where there is none of it */
export function renameRule(script: Script, sheet: Sheet, from: string, to: string): TextEdit[] {
  if (!Object.hasOwn(rules, to)) throw refused(`there is no rule "${to}"${proposal(to, Object.keys(rules))}`);
  return flatMap(readDirectives(script), ({ names }) => names.filter(({ name }) => name === from)).map((name) => ({
    range: sheet.rangeOf(name),
    newText: sheet.text.slice(name.start, name.end).replace(/[^/]+$/, to),
  }));
}
