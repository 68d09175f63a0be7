/** Tables that get another name or go, and keys that change. */
import { quoteIdent, truncateName } from '../../catalog/names.ts';
import { isNotNull } from '../../catalog/locks/relations.ts';
import { flatMap } from '../../lists.ts';
import { proveNotNull } from './not-null.ts';
import { BRIEFLY, type Plan, type Target } from './plan.ts';

/** Since when a view may ask for the rights of who reads it. */
const SECURITY_INVOKER = 15;

export function planRenamedTable(target: Target, to: string, version: number): Plan {
  const isOfCaller = version >= SECURITY_INVOKER ? ' WITH (security_invoker = true)' : '';
  return {
    says: `"${target.name}" is called "${to}", and clients find both names for a while`,
    steps: [
      {
        phase: 'expand',
        goes: 'file',
        says: 'The table gets its new name, and a view of the old name reads and writes it, in one transaction',
        sql: [
          BRIEFLY,
          `ALTER TABLE ${target.sql} RENAME TO ${quoteIdent(to)};`,
          `CREATE VIEW ${target.sql}${isOfCaller} AS SELECT * FROM ${target.beside(to)};`,
        ].join('\n'),
      },
      {
        phase: 'contract',
        goes: 'file',
        says: `The old name goes. Run it once every client asks for "${to}"`,
        sql: `${BRIEFLY}\nDROP VIEW ${target.sql};`,
      },
    ],
    notes: [`Grant on the view what roles may do on the table: a view begins with no rights but those of its owner.`],
  };
}

export function planDroppedTable(target: Target): Plan {
  const retired = truncateName(`${target.name}_retired`);
  return {
    says: `"${target.name}" goes in two steps, of which the first can be taken back`,
    steps: [
      {
        phase: 'expand',
        goes: 'file',
        says: 'Clients find the table no more, and nothing is lost. Run it once none of them asks for it',
        sql: `${BRIEFLY}\nALTER TABLE ${target.sql} RENAME TO ${quoteIdent(retired)};`,
      },
      {
        phase: 'contract',
        goes: 'file',
        says: 'The rows go, once nobody misses them',
        sql: `${BRIEFLY}\nDROP TABLE ${target.beside(retired)};`,
      },
    ],
    notes: [],
  };
}

/** A unique or primary key from an index that is built while clients work, in the place of an old key or not. */
export function planKey(
  target: Target,
  { name, columns, isPrimary }: { name: string | undefined; columns: readonly string[]; isPrimary: boolean },
  version: number,
): Plan {
  const old = isPrimary ? target.primaryKey() : undefined;
  const called =
    name ??
    (old ? old.name : target.constraintName(isPrimary ? undefined : columns.join('_'), isPrimary ? 'pkey' : 'key'));
  const index = truncateName(`${called}_new`);
  const nullable = isPrimary ? columns.filter((column) => !isNotNull(target.ref, column, target.world)) : [];
  const key = isPrimary ? 'PRIMARY KEY' : 'UNIQUE';
  const list = columns.map(quoteIdent).join(', ');
  const referring = old ? target.referring() : [];
  return {
    says: `"${target.name}" gets its ${isPrimary ? 'primary' : 'unique'} key while clients work`,
    steps: [
      ...flatMap(nullable, (column) => proveNotNull(target, column, version, [])),
      {
        phase: 'expand',
        goes: 'alone',
        says: 'The index is built while clients read and write. Where it fails, drop the invalid index and try again',
        sql: `CREATE UNIQUE INDEX CONCURRENTLY ${quoteIdent(index)} ON ${target.sql} (${list});`,
      },
      {
        phase: 'contract',
        goes: 'file',
        says: 'The index becomes the key, and nothing is read or built',
        sql: [
          BRIEFLY,
          `ALTER TABLE ${target.sql}`,
          ...(old ? [`  DROP CONSTRAINT ${quoteIdent(old.name)},`] : []),
          `  ADD CONSTRAINT ${quoteIdent(called)} ${key} USING INDEX ${quoteIdent(index)};`,
        ].join('\n'),
      },
    ],
    notes:
      referring.length > 0
        ? [
            `Foreign keys of ${referring.join(', ')} need the old key. Give its columns a unique index first, and ` +
              'drop these keys and add them again with NOT VALID in the file that changes the key.',
          ]
        : [],
  };
}
