/** The pages of the rules, as resources. */
import { ResourceTemplate, type McpServer } from '@modelcontextprotocol/server';
import { pageOf } from '../cli/commands/explain.ts';
import { UserError } from '../errors.ts';
import { rules } from '../rules/index.ts';

const MARKDOWN = 'text/markdown';
const START = 'sql-lint://rules/';

export function addPages(server: McpServer): void {
  const template = new ResourceTemplate(`${START}{name}`, {
    list: () => ({
      resources: Object.entries(rules).map(([name, { meta }]) => ({
        uri: START + name,
        name,
        title: name,
        description: meta.docs.description,
        mimeType: MARKDOWN,
      })),
    }),
    complete: { name: (begun) => Object.keys(rules).filter((name) => name.startsWith(begun)) },
  });
  const about = { title: 'Rules', description: 'The problem, the fix, and when not to use it', mimeType: MARKDOWN };
  server.registerResource('rules', template, about, (uri, { name }) => {
    if (typeof name !== 'string' || !Object.hasOwn(rules, name))
      throw new UserError(`there is no rule ${String(name)}; the tool list_rules lists them`);
    return { contents: [{ uri: uri.href, mimeType: MARKDOWN, text: pageOf(name, false) }] };
  });
}
