/**
 * The engine in a browser: lints, fixes and proves the files of a page. It needs no Node.js, no files and no server;
 * the page gives it the parser's WebAssembly, and PostgreSQL's where something is to be proven.
 */
import { settingsFor, type FileSettings } from '../config/settings.ts';
import type { ConfigSeverity } from '../config/types.ts';
import type { LintResult, LintSettings } from '../linter/linter.ts';
import { PRESETS } from '../linter/presets.ts';
import * as fix from '../linter/fix.ts';
import * as linter from '../linter/linter.ts';
import type { Preset, RuleMeta } from '../rules/api/rule.ts';
import { rules as allRules } from '../rules/index.ts';
import { tools as allTools } from '../project/tools/index.ts';
import type { ToolChoice, ToolName } from '../project/types.ts';
import { useParser } from '../syntax/parse.ts';
import { planSteps as plan } from '../verify/steps.ts';
import { Workspace } from '../workspace/workspace.ts';
import type { MemoryDisk } from './disk.ts';

export type { Disk, FileStat, Listing } from '../disk/disk.ts';
export { UserError } from '../errors.ts';
export type { LintMessage, LintResult, LintSettings, RuleSettings, Severity } from '../linter/linter.ts';
export { presetRules } from '../linter/presets.ts';
export { Workspace } from '../workspace/workspace.ts';
export { MemoryDisk } from './disk.ts';
export { Prover, type Measured, type ProofReport, type ProofRequest } from './prover.ts';
export type { Postgres, PostgresSource } from './thread.ts';
export type { Ran, Resumed, Walk, WalkedStatement } from '../verify/walk.ts';
export type { Failure, FileVerdict } from '../verify/types.ts';
export type { Preset, RuleMeta, ToolChoice, ToolName };

/** What each rule says of itself, by its name. */
export const rules: Readonly<Record<string, { readonly meta: RuleMeta }>> = allRules;

/** The presets, from the narrowest to the widest. */
export const presets: readonly Preset[] = PRESETS;

/** The migration tools, as their makers write them. */
export const tools: readonly { readonly name: ToolName; readonly title: string }[] = Object.values(allTools).map(
  ({ name, title }) => ({ name, title }),
);

type Compilable = BufferSource | WebAssembly.Module | Response;

/**
 * Makes the parser ready, before anything is linted.
 * @param wasm `libpg-query.wasm` of this package: its bytes, compiled, or the answer to a request for it
 */
export async function loadParser(wasm: Compilable | Promise<Response>): Promise<void> {
  if (wasm instanceof WebAssembly.Module) return useParser(wasm);
  const isRequest = wasm instanceof Promise || wasm instanceof Response;
  useParser(await (isRequest ? WebAssembly.compileStreaming(wasm) : WebAssembly.compile(wasm)));
}

/** Lints a text by itself. The parser must be loaded. */
export const lintText: (text: string, filePath: string, options: LintSettings) => LintResult = linter.lintText;

/** Fixes a text by itself, until nothing changes. The parser must be loaded. */
export const fixText: (text: string, filePath: string, options: LintSettings) => LintResult = fix.fixText;

/** The statements of a text that a migration tool runs going forward, or why that cannot be known. */
export const planSteps: (
  text: string,
  path: string,
) => {
  steps: readonly { sql: string; offset: number }[];
  unknown?: { reason: string; offset: number } | undefined;
} = plan;

/** What applies to all files of a page. */
export interface PageSettings {
  /** @default that of the files' place */
  preset?: Preset | undefined;
  /** The oldest PostgreSQL that the migrations must run on. @default 14 */
  postgresVersion?: number | undefined;
  environment?: 'plain' | 'supabase' | undefined;
  /** @default what the files' places tell */
  tool?: ToolChoice | undefined;
  /** Severities by the rules' names. */
  rules?: Readonly<Record<string, ConfigSeverity>> | undefined;
}

/** A workspace on files in memory. The parser must be loaded. */
export function openWorkspace(disk: MemoryDisk, { preset, environment, tool, ...rest }: PageSettings = {}): Workspace {
  const last = {
    ...(rest.postgresVersion !== undefined && { postgresVersion: rest.postgresVersion }),
    ...(rest.rules && { rules: rest.rules }),
  };
  const of = (path: string): FileSettings => ({
    ...settingsFor(path, undefined, last, preset ?? (environment === 'supabase' ? 'supabase' : undefined)),
    environment,
    tool,
  });
  return new Workspace({ disk, settings: { of, forget: () => undefined }, remember: 200_000, back: 300 });
}
