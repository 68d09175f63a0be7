// Messages of PostgreSQL's protocol. https://www.postgresql.org/docs/current/protocol-message-formats.html
import { Buffer } from 'node:buffer';

/** Ends a text, and is also an empty name. */
const NUL = Buffer.alloc(1);
/** No formats, no parameters, no formats of results: what Bind says behind its two names. */
const NOTHING_BOUND = Buffer.alloc(6);
/** Execute fetches all rows. */
const ALL_ROWS = Buffer.alloc(4);

function message(kind, ...parts) {
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(5);
  head.write(kind);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

/** A text of any number of statements: several are one implicit transaction. */
export const simpleQuery = (sql) => message('Q', Buffer.from(sql), NUL);

/** Statements of which one Sync ends the transaction. */
export const pipelineOf = (statements) =>
  Buffer.concat([
    ...statements.flatMap((sql) => [
      message('P', NUL, Buffer.from(sql), NUL, Buffer.alloc(2)),
      message('B', NUL, NUL, NOTHING_BOUND),
      message('E', NUL, ALL_ROWS),
    ]),
    message('S'),
  ]);
