import { byVersion } from '../order.ts';
import { statementByStatement } from '../runners.ts';
import type { Tool } from '../types.ts';

const UNDO = /(?:^|[./])(?:down|undo|rollback)\.sql$|(?:^|\/)U\d[^/]*\.sql$/i;

export const psql: Tool = {
  name: 'psql',
  title: 'psql',
  url: 'https://www.postgresql.org/docs/current/app-psql.html',
  read: '18',
  recognised: '`"tool": "psql"` in the configuration: files alone do not tell',
  roleOf: (path) => (UNDO.test(path) ? 'down' : 'up'),
  compare: byVersion,
  order: 'the version at the beginning of the name, then the name',
  runners: () => [statementByStatement('psql', 'none')],
  transactionOff: 'psql opens none, unless it is called with `-1`',
  sendsRows: true,
  begins: { path: (name, next) => `${next('count', 3)}_${name}.sql` },
  back: (path) => ({
    file: path.replace(/(?:((?:^|\/))up|(?:\.up)?)\.sql$/i, (_, folder?: string) =>
      folder === undefined ? '.down.sql' : `${folder}down.sql`,
    ),
  }),
  edited: 'nothing: it remembers nothing',
  refusesEdited: false,
};
