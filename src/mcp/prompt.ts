/** The prompt: how a migration is written that can run twice. */
import type { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';

const textFor = (change: string): string => `Write a repeatable PostgreSQL migration for: ${change}

1. Call project: it says which tool runs the migrations, how the latest file is called, and which tables, columns and
   policies there are. Name only what is there or what you create.
2. Write a new file, called as the others are. Never edit a migration that has been applied.
3. Every statement must be able to run twice and leave the same: CREATE … IF NOT EXISTS or CREATE OR REPLACE where
   PostgreSQL has it, DROP … IF EXISTS before what has neither (policies, triggers), a condition in a DO block for the
   rest, ON CONFLICT DO NOTHING for rows. PostgreSQL has no CREATE POLICY IF NOT EXISTS and no ADD CONSTRAINT IF NOT
   EXISTS.
4. Call check with the SQL as text and the name of the new file as path. Then call fix in the same way, and take the
   text that it answers. What is left is for you: each finding says what to write instead.
5. Call verify with the result. It runs it twice. Go on until its verdict is "proven".
6. Save the file, and show what verify said.`;

export function addPrompt(server: McpServer): void {
  server.registerPrompt(
    'repeatable_migration',
    {
      title: 'Write a repeatable migration for …',
      description: 'Writes a migration, fixes it, and proves that it can run twice',
      argsSchema: z.object({ change: z.string().describe('What shall change, in a sentence') }),
    },
    ({ change }) => ({ messages: [{ role: 'user', content: { type: 'text', text: textFor(change) } }] }),
  );
}
