/** What is sent to PostgreSQL together, by each way of sending a file. */
import { describe, expect, it } from 'vitest';
import { batchesOf } from '../../src/project/sending.ts';
import { tools } from '../../src/project/tools/index.ts';
import type { Disk } from '../../src/disk/disk.ts';
import type { Direction, ToolName } from '../../src/project/types.ts';

const disk: Disk = {
  list: () => ({ files: new Set(), folders: new Set() }),
  stat: () => undefined,
  head: () => undefined,
  read: () => undefined,
};

/** Batches as texts; `tx` before those around which the tool opens a transaction. */
function sent(tool: ToolName, text: string, version?: readonly number[], direction: Direction = 'up'): string[][] {
  const file = { path: 'm/1_a.sql', text, direction };
  const [runner] = tools[tool].runners(file, { root: '.', folder: 'm', ...(version && { version }) }, disk);
  return batchesOf({ ...file, tool: tools[tool] }, runner!, direction).map(({ transaction, messages }) => [
    ...(transaction ? ['tx'] : []),
    ...messages.map(({ start, end }) => text.slice(start, end)),
  ]);
}

const BLOCK = 'DO $$ BEGIN\n  IF true THEN\n    SELECT 1;\n  END IF;\nEND $$;';

describe('batches', () => {
  it('are the way up of dbmate, as one message', () =>
    expect(sent('dbmate', '-- migrate:up\nSELECT 1;\nSELECT 2;\n-- migrate:down\nSELECT 3;\n')).toEqual([
      ['tx', 'SELECT 1;\nSELECT 2;'],
    ]));

  it.for<[tool: ToolName, up: string, down: string, off: string]>([
    ['dbmate', '-- migrate:up', '-- migrate:down', ' transaction:false'],
    ['sql-migrate', '-- +migrate Up', '-- +migrate Down', ' notransaction'],
    ['tern', '', '---- create above / drop below ----', '\n---- tern: disable-tx ----'],
  ])('of %s stand in no transaction where their own part says so', ([tool, up, down, off]) => {
    const one = expect.stringContaining('SELECT 1;') as string;
    const two = expect.stringContaining('SELECT 2;') as string;
    const forward = `${up}${off}\nSELECT 1;\n${down}\nSELECT 2;\n`;
    expect(sent(tool, forward)).toEqual([[one]]);
    expect(sent(tool, forward, undefined, 'down')).toEqual([['tx', two]]);
    const back = `${up}\nSELECT 1;\n${down}${off}\nSELECT 2;\n`;
    expect(sent(tool, back)).toEqual([['tx', one]]);
    expect(sent(tool, back, undefined, 'down')).toEqual([[two]]);
  });

  it('of goose end at lines that end in a semicolon, blocks between their marks aside', () =>
    expect(
      sent(
        'goose',
        `-- +goose Up\n-- first\nSELECT 1; SELECT 2;\nSELECT\n  3; -- three\n-- +goose StatementBegin\n${BLOCK}\n-- +goose StatementEnd\n-- +goose Down\nSELECT 4;\n`,
      ),
    ).toEqual([['tx', 'SELECT 1; SELECT 2;', 'SELECT\n  3; -- three', BLOCK]]));

  it('of goose cut a block that stands without its marks', () =>
    expect(sent('goose', `-- +goose Up\n${BLOCK}\n`)[0]).toHaveLength(1 + 3));

  it('of Liquibase are its changesets, cut behind END', () =>
    expect(
      sent(
        'liquibase',
        `--liquibase formatted sql\n--changeset me:1\nSELECT 1; SELECT 'a;b';\n--rollback SELECT 0;\n--changeset me:2 splitStatements:false\n${BLOCK}\n--changeset me:3 runInTransaction:false\n${BLOCK}\n`,
      ),
    ).toEqual([
      ['tx', 'SELECT 1;', "SELECT 'a;b';"],
      ['tx', BLOCK],
      [BLOCK.slice(0, BLOCK.indexOf('END IF;') + 7), 'END $$;'],
    ]));

  it('of Drizzle end at breakpoints', () =>
    expect(sent('drizzle', 'SELECT 1;--> statement-breakpoint\nSELECT 2; SELECT 3;')).toEqual([
      ['tx', 'SELECT 1;', 'SELECT 2; SELECT 3;'],
    ]));

  it('of Supabase 2.109 end before a statement that cannot run in a transaction', () =>
    expect(sent('supabase', 'SELECT 1; SELECT 2;\nVACUUM; SELECT 3;', [2, 109])).toEqual([
      ['tx', 'SELECT 1;', 'SELECT 2;'],
      ['VACUUM;'],
      ['tx', 'SELECT 3;'],
    ]));

  it('of Supabase end before DROP INDEX CONCURRENTLY from 2.116', () => {
    const text = 'SELECT 1;\nDROP INDEX CONCURRENTLY i;';
    expect(sent('supabase', text, [2, 115])).toEqual([['SELECT 1;', 'DROP INDEX CONCURRENTLY i;']]);
    expect(sent('supabase', text, [2, 116])).toEqual([['SELECT 1;'], ['DROP INDEX CONCURRENTLY i;']]);
  });

  it('of Supabase are statements from 2.115 where the file has its own transaction, but not where a body has the words', () => {
    const body = 'DO $$ BEGIN\n  COMMIT;\nEND;\n$$;';
    expect(sent('supabase', `/* own */ BEGIN;\nSELECT 1;\nCOMMIT;`, [2, 116])).toEqual([
      ['BEGIN;', 'SELECT 1;', 'COMMIT;'],
    ]);
    const sending = (text: string) =>
      tools.supabase.runners({ path: 'm/1_a.sql', text }, { root: '.', folder: 'm', version: [2, 116] }, disk)[0]!
        .sending;
    expect([body, 'ROLLBACK TO a;', `${body}\nEND;`].map(sending)).toEqual(['pipeline', 'pipeline', 'simple']);
  });

  it('of Supabase before that are one pipeline', () =>
    expect(sent('supabase', 'SELECT 1;\nVACUUM;', [2, 108])).toEqual([['SELECT 1;', 'VACUUM;']]));

  it('of Prisma are statements from 7.4, and one message before', () => {
    expect(sent('prisma', `SELECT 1;\n${BLOCK}`, [7, 4])).toEqual([['SELECT 1;', BLOCK]]);
    expect(sent('prisma', `SELECT 1;\n${BLOCK}`, [7, 3])).toEqual([[`SELECT 1;\n${BLOCK}`]]);
  });

  it('of tern are one message, or statements where it opens no transaction', () => {
    const rest = '---- create above / drop below ----\nSELECT 9;\n';
    expect(sent('tern', `SELECT 1;\nSELECT 2;\n${rest}`)).toEqual([['tx', 'SELECT 1;\nSELECT 2;']]);
    expect(sent('tern', `---- tern: disable-tx ----\nSELECT 1;\nSELECT 2;\n${rest}`)).toEqual([
      ['SELECT 1;', 'SELECT 2;'],
    ]);
  });

  it('are none where nothing runs forward', () => expect(sent('sqlx', '-- nothing\n')).toEqual([]));
});
