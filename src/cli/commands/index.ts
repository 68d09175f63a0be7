import type { Command } from '../command.ts';
import { lint } from './lint.ts';

/**
 * The commands that the first argument can name; everything else is for `lint`. Each is loaded only when it is called.
 */
export const commands: Readonly<Record<string, () => Promise<Command>>> = {
  lint: () => Promise.resolve(lint),
  verify: async () => (await import('./verify.ts')).verify,
  locks: async () => (await import('./locks.ts')).locks,
  access: async () => (await import('./access.ts')).access,
  apply: async () => (await import('./apply.ts')).apply,
  status: async () => (await import('./status.ts')).status,
  adopt: async () => (await import('./adopt.ts')).adopt,
  down: async () => (await import('./down.ts')).down,
  drift: async () => (await import('./drift.ts')).drift,
  squash: async () => (await import('./squash.ts')).squash,
  'check-objects': async () => (await import('./check-objects.ts')).checkObjects,
  graph: async () => (await import('./graph.ts')).graph,
  history: async () => (await import('./history.ts')).history,
  rules: async () => (await import('./rules.ts')).rules,
  explain: async () => (await import('./explain.ts')).explain,
  mcp: async () => (await import('./mcp.ts')).mcp,
  completion: async () => (await import('./completion.ts')).completion,
  lsp: async () => (await import('./lsp.ts')).lsp,
  new: async () => (await import('./new.ts')).begin,
  init: async () => (await import('./init.ts')).init,
};
