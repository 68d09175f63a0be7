import { partsBy } from '../marks.ts';
import { byText } from '../order.ts';
import { oneMessage } from '../runners.ts';
import type { Tool } from '../types.ts';

/** Each mark says it for its own part. */
const SWITCHED_OFF = {
  up: /^--\s*migrate:up\b.*\btransaction:false\b/m,
  down: /^--\s*migrate:down\b.*\btransaction:false\b/m,
};

export const dbmate: Tool = {
  name: 'dbmate',
  title: 'dbmate',
  url: 'https://github.com/amacneil/dbmate',
  read: '2.35.0',
  recognised: '`-- migrate:up` in the files',
  speaks: /^--[ \t]*migrate:up(?:[ \t]*$|[ \t]+\S)/m,
  roleOf: (path) => (/^\d+[^/]*\.sql$/.test(path) ? 'up' : 'skipped'),
  compare: byText,
  order: 'the file name, as text',
  marks: { parts: partsBy(/^--[ \t]*migrate:(up|down)\b.*$/gim) },
  runners: ({ text, direction = 'up' }) => [oneMessage('dbmate', SWITCHED_OFF[direction].test(text) ? 'none' : 'file')],
  transactionOff:
    '`-- migrate:up transaction:false`; what follows is still sent as one message, so it must be one statement',
  missesTransaction: 'pq: unexpected transaction status idle',
  forbidden: [{ text: /^--[ \t]*migrate:/im, why: 'dbmate takes it for a mark' }],
  begins: {
    path: (name, next) => `${next('time')}_${name}.sql`,
    frame: { above: '-- migrate:up', below: '-- migrate:down' },
  },
  back: () => ({ section: '-- migrate:down' }),
  edited: 'nothing: it knows a migration by its version alone',
  refusesEdited: false,
};
