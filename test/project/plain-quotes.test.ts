/** The Supabase CLI cuts as its own tests say, which differ from what PostgreSQL reads. */
import { describe, expect, it } from 'vitest';
import { plainStatements } from '../../src/project/plain-quotes.ts';

const pieces = (text: string): string[] =>
  plainStatements(text, { start: 0, end: text.length }).map(({ start, end }) => text.slice(start, end));

describe('plain quotes', () => {
  it.each([
    ["SELECT ';'';', \"a;b\"; SELECT 2", ["SELECT ';'';', \"a;b\";", 'SELECT 2']],
    ['SELECT /*; /*;*/ ;*/ 1; -- a; b\nSELECT 2;', ['SELECT /*; /*;*/ ;*/ 1;', 'SELECT 2;']],
    ['DO $a$ BEGIN; $$;$$ END; $A$; $a$; SELECT 1;', ['DO $a$ BEGIN; $$;$$ END; $A$; $a$;', 'SELECT 1;']],
    ['CREATE RULE r AS ON UPDATE TO t DO (NOTIFY a; SELECT (1)); SELECT 2;', undefined],
    [
      'CREATE FUNCTION f() RETURNS int BEGIN  ATOMIC SELECT 1; SELECT 2; END; SELECT 3;',
      ['CREATE FUNCTION f() RETURNS int BEGIN  ATOMIC SELECT 1; SELECT 2; END;', 'SELECT 3;'],
    ],
    ['SELECT $1, a - b / c; SELECT 2;', ['SELECT $1, a - b / c;', 'SELECT 2;']],
    ['-- only\n/* comments */\n', []],
  ])('are read as PostgreSQL reads them: %s', (text, expected) =>
    expect(pieces(text)).toEqual(
      expected ?? ['CREATE RULE r AS ON UPDATE TO t DO (NOTIFY a; SELECT (1));', 'SELECT 2;'],
    ),
  );

  it.each([
    // Backslashes escape nothing, so that the quote behind it closes, and the next one opens.
    ["SELECT E'it\\'s'; SELECT 'x'; SELECT 3;", ["SELECT E'it\\'s'; SELECT 'x'; SELECT 3;"]],
    ["SELECT E'\\''; SELECT 2;", ["SELECT E'\\''; SELECT 2;"]],
    ['SELECT a$b$c; SELECT 2; SELECT d$b$;', ['SELECT a$b$c; SELECT 2; SELECT d$b$;']],
    // Any END, also that of a word, ends the body.
    [
      'CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END;',
      ['CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END;', 'SELECT 2;', 'END;'],
    ],
    ['CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT legend; END;', undefined],
  ])('are read otherwise: %s', (text, expected) =>
    expect(pieces(text)).toEqual(expected ?? ['CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT legend;', 'END;']),
  );
});
