/** Findings as the protocol has them. */
import { DiagnosticSeverity, DiagnosticTag, type Diagnostic } from 'vscode-languageserver/node';
import { Lines } from '../lines.ts';
import type { LintMessage } from '../linter/linter.ts';
import { ruleOf } from '../reporters/types.ts';
import { rules } from '../rules/index.ts';
import type { Checked } from './checking.ts';
import type { Sheet } from './documents.ts';

const SOURCE = 'sql-lint';

/** The rules that say that something is out of date. */
const OF_DEPRECATED: ReadonlySet<string> = new Set(['no-deprecated-auth-role']);

/** The range of a message in its text. */
export function rangeOfMessage(lines: Lines, message: LintMessage): { start: number; end: number } {
  const start = lines.offsetOf(message);
  return { start, end: Math.max(start, lines.offsetOf({ line: message.endLine, column: message.endColumn })) };
}

function tagsOf({ ruleId }: LintMessage): DiagnosticTag[] {
  if (ruleId === null) return [DiagnosticTag.Unnecessary];
  return OF_DEPRECATED.has(ruleId) ? [DiagnosticTag.Deprecated] : [];
}

export function diagnosticOf(message: LintMessage, sheet: Sheet, lines: Lines): Diagnostic {
  const url = message.ruleId === null ? undefined : rules[message.ruleId]?.meta.docs.url;
  const tags = tagsOf(message);
  return {
    range: sheet.rangeOf(rangeOfMessage(lines, message)),
    severity: message.severity === 2 ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning,
    code: ruleOf(message),
    ...(url !== undefined && { codeDescription: { href: url } }),
    source: SOURCE,
    message: message.message,
    ...(tags.length > 0 && { tags }),
  };
}

/** What the editor shows of a text. Why it could not be looked at stands at its beginning. */
export function diagnosticsOf(checked: Checked, sheet: Sheet): Diagnostic[] {
  switch (checked.kind) {
    case 'ignored':
      return [];
    case 'failed':
      return [
        {
          range: sheet.rangeOf({ start: 0, end: 0 }),
          severity: DiagnosticSeverity.Error,
          source: SOURCE,
          message: checked.message,
        },
      ];
    case 'found': {
      const lines = new Lines(sheet.text);
      return checked.result.messages.map((message) => diagnosticOf(message, sheet, lines));
    }
  }
}
