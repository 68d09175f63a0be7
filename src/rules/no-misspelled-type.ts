import { fixWith, defineRule, type RuleContext } from '../linter/rule.ts';
import { strings, walk } from '../catalog/nodes.ts';
import type { Node } from '../syntax/parser.ts';
import type { Statement } from '../syntax/script.ts';

/** What people write, or assistants invent, for a type of PostgreSQL. */
const MISSPELLED: Record<string, string> = {
  timestampz: 'timestamptz',
  timestamtz: 'timestamptz',
  timestamptzz: 'timestamptz',
  timestamp_tz: 'timestamptz',
  timestamptx: 'timestamptz',
  timestmptz: 'timestamptz',
  timestamptzt: 'timestamptz',
  timesatmptz: 'timestamptz',
};

export default defineRule({
  meta: {
    type: 'problem',
    docs: { description: 'Disallow type names that are a slip away from a real one', presets: { recommended: 'error', supabase: 'error', strict: 'error', development: 'error' } },
    fixable: 'code',
    messages: { misspelled: 'Type "{{name}}" does not exist: the statement fails with 42704 (undefined object). Write {{type}}.' },
    schema: [],
  },
  create(context) {
    return {
      Script() {
        for (const statement of context.sourceCode.script.all()) check(context, statement);
      },
    };
  },
});

function check(context: RuleContext, statement: Statement): void {
  const { text } = statement.script;
  walk(statement.node, (type, node) => {
    if (type !== 'typeName' && type !== 'TypeName') return;
    const names = strings(node.names as Node[]);
    const correct = names.length === 1 ? MISSPELLED[names[0]!] : undefined;
    if (!correct || context.sourceCode.world.has({ kind: 'type', name: names[0]! })) return;
    const start = statement.start + ((node.location as number | undefined) ?? 0);
    const end = start + names[0]!.length;
    if (text.slice(start, end).toLowerCase() !== names[0]) return;
    const written = text.slice(start, end);
    const replacement = written === written.toUpperCase() ? correct.toUpperCase() : correct;
    context.report({ loc: context.sourceCode.locOf(start, end), messageId: 'misspelled', data: { name: written, type: replacement }, fix: fixWith([{ start, end, text: replacement }]) });
  });
}

