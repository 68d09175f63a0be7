import { expect, it } from 'vitest';
import { diffStates, normalizeDump } from '../../src/database/dump.ts';

const dump = `--
-- PostgreSQL database dump
--

SET default_tablespace = '';

CREATE FUNCTION public.f() RETURNS void
    LANGUAGE plpgsql
    AS $$
-- a comment of the author's
BEGIN
SET LOCAL work_mem = '1MB';
END $$;

--
-- Data for Name: t; Type: TABLE DATA; Schema: public; Owner: postgres
--

INSERT INTO public.t VALUES (2, 'two);
INSERT INTO');
INSERT INTO public.t VALUES (1, 'one');

SELECT pg_catalog.setval('public.t_id_seq', 7, true);
`;

it('keeps what belongs to the state', () => {
  expect(normalizeDump(dump).split('\n')).toEqual([
    'CREATE FUNCTION public.f() RETURNS void',
    '    LANGUAGE plpgsql',
    '    AS $$',
    "-- a comment of the author's",
    'BEGIN',
    "SET LOCAL work_mem = '1MB';",
    'END $$;',
    "INSERT INTO public.t VALUES (1, 'one');",
    "INSERT INTO public.t VALUES (2, 'two);",
    "INSERT INTO');",
  ]);
});

it('shows a difference as a diff', async () => {
  expect(await diffStates('a\nb', 'a\nb')).toBe('');
  expect(await diffStates('a\nb', 'a\nc')).toBe('@@ -1,2 +1,2 @@\n a\n-b\n+c');
});

it('tells rows apart where the names of tables have quotes', () => {
  const rows = ['public."it\'s"', '"a VALUES b".t', 'public."say ""it\'s"""'].flatMap((table) => [
    `INSERT INTO ${table} VALUES (2, 'two');`,
    `INSERT INTO ${table} VALUES (1, 'it''s');`,
  ]);
  const state = normalizeDump(rows.join('\n'));
  expect(state.split('\n')).toEqual([...rows].sort());
});
