/** Columns that get another type or another name, or go. */
import { quoteIdent, truncateName } from '../../catalog/names.ts';
import { listed } from '../../plural.ts';
import { VALUE, proveNotNull } from './not-null.ts';
import { BRIEFLY, inBatches, keptBy, keptNoMore, type Plan, type Step, type Target } from './plan.ts';

/** A new type, as the statement writes it, with what USING makes of the old values. */
export interface NewType {
  type: string;
  using: string | undefined;
}

export function planType(target: Target, column: string, { type, using }: NewType, version: number): Plan {
  const fresh = truncateName(`${column}_new`);
  const old = truncateName(`${column}_old`);
  const trigger = truncateName(`${target.name}_fill_${fresh}`);
  const [now, next, past] = [column, fresh, old].map(quoteIdent) as [string, string, string];
  const known = target.column(column);
  const isRequired = known?.detail?.notNull === true;
  const value =
    using === undefined ? `NEW.${now}` : `(SELECT ${using} FROM (SELECT NEW.*) AS ${quoteIdent(target.name)})`;
  const backfill: Step = {
    phase: 'backfill',
    goes: 'batches',
    says: 'The rows that are there get their value in the new column',
    sql: inBatches(target, `${next} = ${using ?? now}`, using === undefined ? `${now} IS NOT NULL` : undefined),
  };
  return {
    says: `"${column}" of "${target.name}" gets the type ${type} while clients work`,
    steps: [
      {
        phase: 'expand',
        goes: 'file',
        says: 'A column of the new type, which a trigger keeps in step with the old one',
        sql: [
          `ALTER TABLE ${target.sql} ADD COLUMN ${next} ${type};`,
          keptBy(trigger, target, [`NEW.${next} := ${value};`]),
        ].join('\n'),
      },
      ...(isRequired ? proveNotNull(target, fresh, version, [backfill]) : [backfill]),
      {
        phase: 'contract',
        goes: 'file',
        says: 'The new column takes the place of the old one, in one transaction',
        sql: [
          BRIEFLY,
          keptNoMore(trigger, target),
          `ALTER TABLE ${target.sql} RENAME COLUMN ${now} TO ${past};`,
          `ALTER TABLE ${target.sql} RENAME COLUMN ${next} TO ${now};`,
          ...(isRequired ? [`ALTER TABLE ${target.sql} ALTER COLUMN ${past} DROP NOT NULL;`] : []),
          ...(known?.detail?.hasDefault ? [`ALTER TABLE ${target.sql} ALTER COLUMN ${now} SET DEFAULT ${VALUE};`] : []),
        ].join('\n'),
      },
      dropStep(target, old, 'The old values go, once nobody misses them'),
    ],
    notes: [
      ...(known?.detail?.hasDefault ? [`${VALUE} stands for the default that the column has now.`] : []),
      ...(known?.detail?.isIdentity
        ? [
            `"${column}" is an identity: give the new column one too as it takes the place, with ADD GENERATED and ` +
              'RESTART.',
          ]
        : []),
      ...carriedOver(target, column, fresh),
    ],
  };
}

/** What is made of the column, and stays with the old one. */
function carriedOver(target: Target, column: string, fresh: string): string[] {
  const parts = target.partsWith(column);
  const users = target.usersOf(column);
  return [
    ...(parts.length > 0
      ? [
          `Make the like of ${listed(parts)} for "${fresh}" behind the backfill: an index with CONCURRENTLY, a key ` +
            'from such an index with USING INDEX, a check or a foreign key with NOT VALID, and VALIDATE in the next ' +
            'file.',
        ]
      : []),
    ...(users.length > 0
      ? [
          `Make ${listed(users)} anew as the column takes the place: until then ` +
            `${users.length > 1 ? 'they read' : 'it reads'} the old one.`,
        ]
      : []),
  ];
}

const dropStep = (target: Target, column: string, says: string): Step => ({
  phase: 'contract',
  goes: 'file',
  says,
  sql: `${BRIEFLY}\nALTER TABLE ${target.sql} DROP COLUMN ${quoteIdent(column)};`,
});

export function planRenamedColumn(target: Target, column: string, to: string, version: number): Plan {
  const trigger = truncateName(`${target.name}_keep_${column}_and_${to}`);
  const [old, fresh] = [quoteIdent(column), quoteIdent(to)];
  const { type, modifiers = '', notNull } = target.column(column)?.detail ?? {};
  const typeText = type === undefined ? '<type>' : `${type}${modifiers}`;
  const isRequired = notNull === true;
  const backfill: Step = {
    phase: 'backfill',
    goes: 'batches',
    says: 'The rows that are there get their value under the new name',
    sql: inBatches(target, `${fresh} = ${old}`, `${old} IS NOT NULL`),
  };
  return {
    says: `"${column}" of "${target.name}" is called "${to}" at last, and clients find both names until then`,
    steps: [
      {
        phase: 'expand',
        goes: 'file',
        says: 'A column of the new name, and a trigger that gives each what the other one is given',
        sql: [
          `ALTER TABLE ${target.sql} ADD COLUMN ${fresh} ${typeText};`,
          keptBy(trigger, target, [
            "IF TG_OP = 'INSERT' THEN",
            `  IF NEW.${fresh} IS NULL THEN NEW.${fresh} := NEW.${old}; ELSE NEW.${old} := NEW.${fresh}; END IF;`,
            `ELSIF NEW.${fresh}::text IS DISTINCT FROM OLD.${fresh}::text THEN`,
            `  NEW.${old} := NEW.${fresh};`,
            'ELSE',
            `  NEW.${fresh} := NEW.${old};`,
            'END IF;',
          ]),
        ].join('\n'),
      },
      ...(isRequired ? proveNotNull(target, to, version, [backfill]) : [backfill]),
      {
        phase: 'contract',
        goes: 'file',
        says: `The old name goes. Run it once every client reads and writes "${to}" alone`,
        sql: [BRIEFLY, keptNoMore(trigger, target), `ALTER TABLE ${target.sql} DROP COLUMN ${old};`].join('\n'),
      },
    ],
    notes: [
      ...(type === undefined ? ['<type> stands for the type that the column has: no migration says it.'] : []),
      ...carriedOver(target, column, to),
    ],
  };
}

export function planDroppedColumn(target: Target, column: string): Plan {
  const backup = truncateName(`${target.name}_${column}_backup`);
  const known = target.column(column);
  const isInTheWay = known?.detail?.notNull === true && known.detail.hasDefault !== true;
  const key = target.keyColumns();
  const copied = [...key.filter((name) => name !== column), column].map(quoteIdent).join(', ');
  return {
    says: `"${column}" of "${target.name}" goes once no client asks for it, and its values are kept for a while`,
    steps: [
      ...(isInTheWay
        ? [
            {
              phase: 'expand',
              goes: 'file',
              says: 'Clients may leave the column out when they write rows',
              sql: `${BRIEFLY}\nALTER TABLE ${target.sql} ALTER COLUMN ${quoteIdent(column)} DROP NOT NULL;`,
            } as const,
          ]
        : []),
      {
        phase: 'expand',
        goes: 'file',
        says: 'A copy of the values, once no client writes them any more',
        sql: `CREATE TABLE ${target.beside(backup)} AS SELECT ${copied} FROM ${target.sql};`,
      },
      dropStep(target, column, 'The column goes. Run it once no client reads it any more'),
      {
        phase: 'contract',
        goes: 'file',
        says: 'The copy goes, once nobody misses it',
        sql: `DROP TABLE ${target.beside(backup)};`,
      },
    ],
    notes: [
      ...(key.length === 0 ? [`No migration says which key "${target.name}" has: add its columns to the copy.`] : []),
      ...(target.usersOf(column).length > 0
        ? [`It is used by ${listed(target.usersOf(column))}: change that first.`]
        : []),
    ],
  };
}
