import type { Reporter } from './types.ts';

/** Every output format by its name. Each is loaded only when it is asked for. */
export const reporters: Record<string, () => Promise<Reporter>> = {
  stylish: async () => (await import('./stylish.ts')).stylish,
  full: async () => (await import('./stylish.ts')).full,
  summary: async () => (await import('./summary.ts')).summary,
  markdown: async () => (await import('./markdown.ts')).markdown,
  compact: async () => (await import('./compact.ts')).compact,
  json: async () => (await import('./json.ts')).json,
  sarif: async () => (await import('./sarif.ts')).sarif,
  github: async () => (await import('./github.ts')).github,
  gitlab: async () => (await import('./gitlab.ts')).gitlab,
  junit: async () => (await import('./junit.ts')).junit,
};
