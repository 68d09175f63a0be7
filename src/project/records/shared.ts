/** What several tools record alike. */
import { createHash } from 'node:crypto';
import { quoteLiteral } from '../../catalog/names.ts';
import type { Entry, NewRow, RecordedFile, Row } from './types.ts';

/** The hexadecimal digest of a text. */
export const digest = (algorithm: 'md5' | 'sha1' | 'sha256' | 'sha384', text: string): string =>
  createHash(algorithm).update(text).digest('hex');

/** Entries of files by a part of their paths: group 1 is the key, group 2, if there is one, the name. */
export const keyedBy =
  (pattern: RegExp, checksum?: (text: string) => string) =>
  (files: readonly RecordedFile[]): (Entry | undefined)[] =>
    files.map(({ path, text }) => {
      const match = pattern.exec(path);
      if (!match) return undefined;
      const [, key, name] = match as unknown as [string, string, string | undefined];
      return { key, name: name ?? key, ...(checksum && { checksum: checksum(text) }) };
    });

/** One INSERT for all rows; nothing where there are none. */
export const insertInto =
  (columns: string, values: (row: NewRow) => readonly string[]) =>
  (table: string, rows: readonly NewRow[]): string[] =>
    rows.length === 0
      ? []
      : [`INSERT INTO ${table} (${columns}) VALUES ${rows.map((row) => `(${values(row).join(', ')})`).join(', ')}`];

/** Takes a row away, by the column that holds its key. */
export const deleteBy =
  (column: string) =>
  (table: string, { key }: Row): string =>
    `DELETE FROM ${table} WHERE ${column} = ${quoteLiteral(key)}`;

/** Numbers in keys are compared without their leading zeros. */
export const asNumber = (key: string): string => key.replace(/^0+(?=\d)/, '');

/** A list of texts as an array. */
export const textArray = (texts: readonly string[]): string =>
  texts.length === 0 ? "'{}'::text[]" : `ARRAY[${texts.map(quoteLiteral).join(', ')}]::text[]`;
