import { pathToFileURL } from 'node:url';
import type { Fix, Log, Region, ReportingDescriptor, Result } from 'sarif';
import type { LintMessage, LintResult, SuppressedMessage } from '../linter/linter.ts';
import { rules } from '../rules/index.ts';
import { fingerprinter } from './fingerprint.ts';
import { ruleOf, slashPath, type Reporter } from './types.ts';
import { Lines } from '../lines.ts';
import { flatMap } from '../lists.ts';

const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json';

/** SARIF 2.1.0, which GitHub's code scanning and many other tools read. */
export const sarif: Reporter = (results, { cwd }) => {
  const ids = [...new Set(flatMap(results, (r) => [...r.messages, ...r.suppressedMessages].map(ruleOf)))].sort();
  const log: Log = {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'sql-lint',
            semanticVersion: process.env.SQL_LINT_VERSION ?? '0.0.0',
            rules: ids.map(descriptor),
          },
        },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: { PROJECT: { uri: `${pathToFileURL(cwd).href.replace(/\/$/, '')}/` } },
        results: flatMap(results, (result) => resultsOf(result, cwd, ids)),
      },
    ],
  };
  return JSON.stringify(log, null, 2);
};

function descriptor(id: string): ReportingDescriptor {
  const meta = rules[id]?.meta;
  if (!meta)
    return {
      id,
      shortDescription: { text: 'Report comments that switch off nothing.' },
      defaultConfiguration: { level: 'warning' },
    };
  const { description, presets, url } = meta.docs;
  return {
    id,
    shortDescription: { text: `${description}.` },
    ...(url !== undefined && { helpUri: url }),
    defaultConfiguration: { level: (presets.strict ?? presets.recommended) === 'warn' ? 'warning' : 'error' },
  };
}

function resultsOf(file: LintResult, cwd: string, ids: readonly string[]): Result[] {
  const path = slashPath(cwd, file.filePath);
  const artifactLocation = { uri: path.split('/').map(encodeURIComponent).join('/'), uriBaseId: 'PROJECT' };
  const fingerprint = fingerprinter(path);
  const regionOf = regions(file.source ?? '');
  const toResult = (message: LintMessage | SuppressedMessage): Result => {
    const ruleId = ruleOf(message);
    const change = (fix: NonNullable<LintMessage['fix']>, text: string): Fix => ({
      description: { text },
      artifactChanges: [
        {
          artifactLocation,
          replacements: [{ deletedRegion: regionOf(...fix.range), insertedContent: { text: fix.text } }],
        },
      ],
    });
    return {
      ruleId,
      ruleIndex: ids.indexOf(ruleId),
      level: message.severity === 2 ? 'error' : 'warning',
      message: { text: message.message },
      locations: [
        {
          physicalLocation: {
            artifactLocation,
            region: {
              startLine: message.line,
              startColumn: message.column,
              endLine: message.endLine,
              endColumn: message.endColumn,
            },
          },
        },
      ],
      partialFingerprints: { 'sqlLint/v1': fingerprint(message) },
      // Fixes can be applied without asking, which suggestions cannot.
      ...(message.fix && { fixes: [change(message.fix, 'What sql-lint --fix does.')] }),
      ...('suppressions' in message && {
        suppressions: message.suppressions.map((s) => ({
          kind: s.kind === 'file' ? ('external' as const) : ('inSource' as const),
          ...(s.justification && { justification: s.justification }),
        })),
      }),
    };
  };
  return [...file.messages, ...file.suppressedMessages].map(toResult);
}

/** Turns offsets of a text into lines and columns. */
function regions(text: string): (start: number, end: number) => Region {
  const lines = new Lines(text);
  return (start, end) => {
    const [from, to] = [lines.locate(start), lines.locate(end)];
    return { startLine: from.line, startColumn: from.column, endLine: to.line, endColumn: to.column };
  };
}
