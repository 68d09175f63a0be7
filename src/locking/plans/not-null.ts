/** NOT NULL on a table with rows, alone and as a part of other plans. */
import { quoteIdent } from '../../catalog/names.ts';
import { inBatches, type Plan, type Step, type Target } from './plan.ts';

/** Since when NOT NULL may be NOT VALID. */
const NOT_NULL_NOT_VALID = 18;

/** What stands for a value that no migration says. */
export const VALUE = '<value>';

/** What a column gets where it has no value. */
const valueOf = (target: Target, column: string): string =>
  target.column(column)?.detail?.hasDefault === true ? 'DEFAULT' : VALUE;

/** Has a column that is filled hold no NULL from then on, without reading the table under a lock that stops others. */
export function proveNotNull(target: Target, column: string, version: number, backfill: readonly Step[]): Step[] {
  const written = quoteIdent(column);
  const is18 = version >= NOT_NULL_NOT_VALID;
  const name = quoteIdent(target.constraintName(column, is18 ? 'not_null' : 'check'));
  const check = is18 ? `NOT NULL ${written}` : `CHECK (${written} IS NOT NULL)`;
  return [
    {
      phase: 'expand',
      goes: 'file',
      says: 'New rows need a value from then on; the old ones are not looked at',
      sql: `ALTER TABLE ${target.sql} ADD CONSTRAINT ${name} ${check} NOT VALID;`,
    },
    ...backfill,
    {
      phase: 'contract',
      goes: 'file',
      says: 'All rows are read, while clients read and write',
      sql: `ALTER TABLE ${target.sql} VALIDATE CONSTRAINT ${name};`,
    },
    ...(is18
      ? []
      : [
          {
            phase: 'contract',
            goes: 'file',
            says: 'The constraint proves it, so that nothing is read',
            sql: [
              `ALTER TABLE ${target.sql} ALTER COLUMN ${written} SET NOT NULL;`,
              `ALTER TABLE ${target.sql} DROP CONSTRAINT ${name};`,
            ].join('\n'),
          } as const,
        ]),
  ];
}

export function planNotNull(target: Target, column: string, version: number): Plan {
  const value = valueOf(target, column);
  return {
    says: `"${column}" of "${target.name}" becomes NOT NULL while clients work`,
    steps: proveNotNull(target, column, version, [
      {
        phase: 'backfill',
        goes: 'batches',
        says: 'Rows without a value get one',
        sql: inBatches(target, `${quoteIdent(column)} = ${value}`, `${quoteIdent(column)} IS NULL`),
      },
    ]),
    notes: value === VALUE ? [`${VALUE} stands for what rows without a value get.`] : [],
  };
}

/** A column that every row must have a value in, on a table with rows. */
export function planRequiredColumn(target: Target, column: string, type: string, version: number): Plan {
  const written = quoteIdent(column);
  return {
    says: `"${target.name}" gets the column "${column}", and later requires it`,
    steps: [
      {
        phase: 'expand',
        goes: 'file',
        says: 'The column may be empty: clients that do not know it go on writing rows',
        sql: `ALTER TABLE ${target.sql} ADD COLUMN ${written} ${type};`,
      },
      ...proveNotNull(target, column, version, [
        {
          phase: 'backfill',
          goes: 'batches',
          says: 'The rows that are there get a value',
          sql: inBatches(target, `${written} = ${VALUE}`, `${written} IS NULL`),
        },
      ]).map((step, k) =>
        k === 0 ? { ...step, says: `${step.says}. Run it once every client writes the column` } : step,
      ),
    ],
    notes: [`${VALUE} stands for what the rows that are there get.`],
  };
}
