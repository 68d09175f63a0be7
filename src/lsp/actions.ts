/** What an editor offers to do about findings. */
import {
  CodeActionKind,
  type CodeAction,
  type Diagnostic,
  type TextEdit,
  type WorkspaceEdit,
} from 'vscode-languageserver/node';
import { Lines } from '../lines.ts';
import type { LintMessage } from '../linter/linter.ts';
import { flatMap } from '../lists.ts';
import { rules } from '../rules/index.ts';
import type { Client } from './client.ts';
import { diagnosticOf, rangeOfMessage } from './diagnostics.ts';
import { disableForFile, disableForLine } from './disabling.ts';
import type { Sheet } from './documents.ts';

/** The kind of the action that fixes all, so that editors can do it when a file is saved. */
export const FIX_ALL = `${CodeActionKind.SourceFixAll}.sql-lint`;

export const COMMANDS = {
  openRule: 'sql-lint.openRule',
  fixAll: 'sql-lint.fixAll',
  prove: 'sql-lint.prove',
  proveProject: 'sql-lint.proveProject',
  locks: 'sql-lint.locks',
} as const;

/** What an action fixes whose edit is found out when it is chosen. */
export interface Postponed {
  uri: string;
  version: number;
  /** Only this rule; all rules where it is not given. */
  rule?: string;
}

/** Edits of one text, as this editor takes them. */
export function workspaceEdit({ uri, version }: Sheet, edits: TextEdit[], client: Client): WorkspaceEdit {
  return client.versionedEdits
    ? { documentChanges: [{ textDocument: { uri, version }, edits }] }
    : { changes: { [uri]: edits } };
}

/** What changes a text into another one: the lines between those that are the same at both ends. */
export function editTo(sheet: Sheet, after: string): TextEdit[] {
  const before = sheet.text;
  if (before === after) return [];
  let start = 0;
  while (start < before.length && before[start] === after[start]) start++;
  start = before.lastIndexOf('\n', start - 1) + 1;
  let same = 0;
  const most = Math.min(before.length, after.length) - start;
  while (same < most && before[before.length - 1 - same] === after[after.length - 1 - same]) same++;
  const tail = before.slice(before.length - same);
  const line = tail.indexOf('\n');
  const kept = line < 0 ? 0 : tail.length - line - 1;
  return [
    {
      range: sheet.rangeOf({ start, end: before.length - kept }),
      newText: after.slice(start, after.length - kept),
    },
  ];
}

/** What can be offered for a text. */
export interface Offering {
  sheet: Sheet;
  messages: readonly LintMessage[];
  client: Client;
  /** What `--fix` makes of the text; only of one rule, where it is named. */
  fix: (rule?: string) => Promise<string | undefined>;
}

/** The actions for the findings that touch a range. */
export async function quickFixes(offering: Offering, from: number, to: number): Promise<CodeAction[]> {
  const { sheet, messages } = offering;
  const lines = new Lines(sheet.text);
  const touched = messages.filter((message) => {
    const { start, end } = rangeOfMessage(lines, message);
    return start <= to && end >= from;
  });
  const ofFindings = flatMap(touched, (message) => ofMessage(message, offering, lines));
  const names = [...new Set(flatMap(touched, ({ ruleId }) => ruleId ?? []))];
  const ofRules: CodeAction[] = [];
  for (const name of names) ofRules.push(...(await ofRule(name, offering, lines)));
  return [...ofFindings, ...ofRules];
}

/** Its fix, its suggestions, and how to switch the rule off there. */
function ofMessage(message: LintMessage, { sheet, client }: Offering, lines: Lines): CodeAction[] {
  const diagnostics = [diagnosticOf(message, sheet, lines)];
  const edit = ({ range: [start, end], text }: { range: [number, number]; text: string }) =>
    workspaceEdit(sheet, [{ range: sheet.rangeOf({ start, end }), newText: text }], client);
  const name = message.ruleId;
  const suppression = name === null ? undefined : disableForLine(sheet, message, name);
  return [
    ...(message.fix
      ? [quickFix(`Fix: ${name ?? 'remove the comment'}`, diagnostics, { edit: edit(message.fix), isPreferred: true })]
      : []),
    ...(message.suggestions ?? []).map(({ desc, fix }) => quickFix(desc, diagnostics, { edit: edit(fix) })),
    ...(suppression
      ? [
          quickFix(`Switch ${name} off for this line`, diagnostics, {
            edit: workspaceEdit(sheet, [suppression], client),
          }),
        ]
      : []),
  ];
}

function quickFix(title: string, diagnostics: Diagnostic[], rest: Partial<CodeAction>): CodeAction {
  return { title, kind: CodeActionKind.QuickFix, diagnostics, ...rest };
}

/** What can be done about all findings of a rule, each offered once. */
async function ofRule(name: string, offering: Offering, lines: Lines): Promise<CodeAction[]> {
  const { sheet, messages, client } = offering;
  const own = messages.filter(({ ruleId }) => ruleId === name);
  const diagnostics = own.map((message) => diagnosticOf(message, sheet, lines));
  const all =
    own.filter(({ fix }) => fix).length > 1 ? await fixAction(`Fix all ${name} in this file`, offering, name) : [];
  const off = workspaceEdit(sheet, [disableForFile(sheet, name)], client);
  const url = rules[name]?.meta.docs.url;
  return [
    ...all.map((action) => ({ ...action, kind: CodeActionKind.QuickFix, diagnostics })),
    quickFix(`Switch ${name} off in this file`, diagnostics, { edit: off }),
    ...(url === undefined
      ? []
      : [
          quickFix(`What ${name} is about`, diagnostics, {
            command: { title: `What ${name} is about`, command: COMMANDS.openRule, arguments: [name] },
          }),
        ]),
  ];
}

/** The action that does what `--fix` does, where there is something to fix. */
export async function fixAction(title: string, offering: Offering, rule?: string): Promise<CodeAction[]> {
  const { sheet, messages, client } = offering;
  if (!messages.some(({ fix }) => fix)) return [];
  const { uri, version } = sheet;
  const data: Postponed = { uri, version, ...(rule !== undefined && { rule }) };
  if (client.resolvesEdits) return [{ title, data }];
  const after = await offering.fix(rule);
  return after === undefined ? [] : [{ title, edit: workspaceEdit(sheet, editTo(sheet, after), client) }];
}
