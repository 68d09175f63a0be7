import { PostgreSQL, SQLDialect } from '@codemirror/lang-sql';

/** PostgreSQL, as the pages and the editor colour it: a body between dollars is SQL as well. */
export const dialect = SQLDialect.define({ ...PostgreSQL.spec, doubleDollarQuotedStrings: false });
