/** What a new migration begins with. */
import { flatMap } from '../lists.ts';
import type { Tool } from '../project/types.ts';

/** A comment, or a statement with semicolons in it. */
type Piece = { comment: string } | { block: string };

const raise = (example: string, message: string): Piece => ({
  block: [
    'DO $$',
    'BEGIN',
    `  -- Write what must not be in the place of FALSE, such as ${example}.`,
    '  IF FALSE THEN',
    `    RAISE EXCEPTION '${message}';`,
    '  END IF;',
    'END $$;',
  ].join('\n'),
});

/** The templates by their names, in pieces with an empty line between them. */
export const TEMPLATES: Readonly<Record<string, readonly Piece[]>> = {
  empty: [],
  validated: [
    { comment: 'Before: whether all is as the change expects it. A second run asks again.' },
    raise('EXISTS (SELECT 1 FROM orders WHERE total < 0)', 'before: there are orders with a negative total'),
    { comment: 'The change.' },
    { comment: 'After: whether it has done what it should. Otherwise the transaction is rolled back.' },
    raise('EXISTS (SELECT 1 FROM orders WHERE total IS NULL)', 'after: there are orders without a total'),
  ],
};

/** A migration as a tool reads it. */
export function migrationText(title: string, pieces: readonly Piece[], { begins, marks }: Tool): string {
  const frame = typeof begins === 'string' ? undefined : begins.frame;
  const lines = flatMap(pieces, (piece) => {
    if ('comment' in piece) return ['', `-- ${piece.comment}`];
    return marks?.block && frame ? [marks.block.begin, piece.block, marks.block.end] : [piece.block];
  });
  const head = `-- ${title.replaceAll(/\s+/g, ' ')}`;
  return [
    ...(frame ? [frame.above] : []),
    head,
    ...lines,
    ...(frame?.below === undefined ? [] : ['', frame.below]),
    '',
  ].join('\n');
}
