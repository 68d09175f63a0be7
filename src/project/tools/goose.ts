import { partsBy } from '../marks.ts';
import { byNumber } from '../order.ts';
import { statementByStatement } from '../runners.ts';
import type { Tool } from '../types.ts';

const NO_TRANSACTION = /^--[ \t]*\+goose[ \t]+no[ \t]+transaction\b/im;

export const goose: Tool = {
  name: 'goose',
  title: 'goose',
  url: 'https://pressly.github.io/goose/',
  read: '3.27.3',
  recognised: '`-- +goose Up` in the files',
  speaks: /^--[ \t]*\+goose[ \t]+up\b/im,
  roleOf: (path) => (/^\d+_[^/]*\.sql$/.test(path) ? 'up' : 'skipped'),
  compare: byNumber,
  order: 'the number before the first `_`',
  marks: {
    parts: partsBy(/^--[ \t]*\+goose[ \t]+(up|down)\b.*$/gim),
    block: {
      begin: '-- +goose StatementBegin',
      end: '-- +goose StatementEnd',
      mark: /^--[ \t]*\+goose[ \t]+statement(begin|end)\b.*$/gim,
    },
    substitution: /^--[ \t]*\+goose[ \t]+envsub[ \t]+(on|off)\b.*$/gim,
  },
  runners: ({ text }) => [statementByStatement('goose', NO_TRANSACTION.test(text) ? 'none' : 'file', 'line-ends')],
  transactionOff: 'a line `-- +goose NO TRANSACTION`, for both directions',
  forbidden: [
    { text: /\+goose(?![ \t]+(?:statement(?:begin|end)|envsub[ \t]+o(?:n|ff))\b)/i, why: 'goose takes it for a mark' },
  ],
  begins: {
    path: (name, next) => `${next('time')}_${name}.sql`,
    frame: { above: '-- +goose Up', below: '-- +goose Down' },
  },
  back: () => ({ section: '-- +goose Down' }),
  edited: 'nothing: it knows a migration by its number alone',
  refusesEdited: false,
};
