import { full, stylish } from './stylish.ts';
import { summary } from './summary.ts';
import type { Reporter } from './types.ts';

/** Every output format by its name. Those that are not for a terminal are loaded only when they are asked for. */
export const reporters: Record<string, () => Promise<Reporter>> = {
  stylish: () => Promise.resolve(stylish),
  full: () => Promise.resolve(full),
  summary: () => Promise.resolve(summary),
  markdown: async () => (await import('./markdown.ts')).markdown,
  html: async () => (await import('./html.ts')).html,
  compact: async () => (await import('./compact.ts')).compact,
  json: async () => (await import('./json.ts')).json,
  sarif: async () => (await import('./sarif.ts')).sarif,
  github: async () => (await import('./github.ts')).github,
  gitlab: async () => (await import('./gitlab.ts')).gitlab,
  junit: async () => (await import('./junit.ts')).junit,
};
