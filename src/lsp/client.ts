/** What the editor can do, and what it wants. */
import type { InitializeParams } from 'vscode-languageserver/node';
import { PRESETS } from '../linter/presets.ts';
import { proposal } from '../nearest.ts';
import type { Preset } from '../rules/api/rule.ts';
import type { Encoding } from './documents.ts';

/** What the editor can do, as far as the server does something else otherwise. */
export interface Client {
  encoding: Encoding;
  /** Whether it asks for diagnostics itself, and can be told to ask again. */
  pullsDiagnostics: boolean;
  /** Whether an edit can name the version of the document that it is for. */
  versionedEdits: boolean;
  /** Whether the edit of an action may be found out when the action is chosen. */
  resolvesEdits: boolean;
  opensPages: boolean;
  hasSettings: boolean;
  tellsSettings: boolean;
  tellsFolders: boolean;
  watchesFiles: boolean;
  showsProgress: boolean;
  refreshesLenses: boolean;
}

/** Reads it from what the editor says at the beginning. Older editors leave out what they do not know. */
export function clientOf({ capabilities = {} }: Partial<InitializeParams>): Client {
  const { general, textDocument: text = {}, workspace = {}, window = {} } = capabilities;
  const encodings: readonly string[] = general?.positionEncodings ?? [];
  return {
    encoding: ENCODINGS.find((known) => known === encodings.find(isEncoding)) ?? 'utf-16',
    pullsDiagnostics: text.diagnostic !== undefined && isTrue(workspace.diagnostics?.refreshSupport),
    versionedEdits: isTrue(workspace.workspaceEdit?.documentChanges),
    resolvesEdits: isTrue(text.codeAction?.resolveSupport?.properties.includes('edit')),
    opensPages: isTrue(window.showDocument?.support),
    hasSettings: isTrue(workspace.configuration),
    tellsSettings: isTrue(workspace.didChangeConfiguration?.dynamicRegistration),
    tellsFolders: isTrue(workspace.workspaceFolders),
    watchesFiles: isTrue(workspace.didChangeWatchedFiles?.dynamicRegistration),
    showsProgress: isTrue(window.workDoneProgress),
    refreshesLenses: isTrue(workspace.codeLens?.refreshSupport),
  };
}

const ENCODINGS: readonly Encoding[] = ['utf-8', 'utf-16'];
const isEncoding = (name: string): boolean => ENCODINGS.some((known) => known === name);
const isTrue = (value: boolean | undefined): boolean => value === true;

/** The section of the editor's settings that is ours. */
export const SECTION = 'sql-lint';

/** What people set in their editor. All else stands in the configuration of the project. */
export interface ClientSettings {
  /** The preset of a project whose configuration names none. */
  preset: Preset | undefined;
  /** When a text is linted: while it is typed, or when it is saved. */
  run: 'onType' | 'onSave';
  /** Whether a file is proven when it is saved. */
  proveOnSave: boolean;
}

export const DEFAULTS: ClientSettings = { preset: undefined, run: 'onType', proveOnSave: false };

const RUNS = ['onType', 'onSave'] as const;

/** Reads settings; `mistakes` says what is wrong with them. What is wrong counts as not set. */
export function readSettings(value: unknown, before = DEFAULTS): { settings: ClientSettings; mistakes: string[] } {
  const mistakes: string[] = [];
  if (value === undefined || value === null) return { settings: before, mistakes };
  if (typeof value !== 'object' || Array.isArray(value))
    return { settings: before, mistakes: [`the settings of ${SECTION} must be an object`] };
  const given = value as Record<string, unknown>;
  const choose = <T extends string>(key: string, known: readonly T[], usual: T | undefined): T | undefined => {
    const wanted = given[key];
    // An editor that has a field for it sends it empty.
    if (wanted === undefined || wanted === null || wanted === '') return usual;
    const found = known.find((name) => name === wanted);
    if (found) return found;
    const meant = typeof wanted === 'string' ? proposal(wanted, known) : '';
    mistakes.push(`${SECTION}.${key} is ${known.join(', ')}, not ${JSON.stringify(wanted)}${meant}`);
    return usual;
  };
  const preset = choose('preset', PRESETS, before.preset);
  const run = choose('run', RUNS, before.run)!;
  let { proveOnSave } = before;
  if (typeof given.proveOnSave === 'boolean') ({ proveOnSave } = given as { proveOnSave: boolean });
  else if (given.proveOnSave !== undefined && given.proveOnSave !== null)
    mistakes.push(`${SECTION}.proveOnSave is true or false, not ${JSON.stringify(given.proveOnSave)}`);
  return { settings: { preset, run, proveOnSave }, mistakes };
}
