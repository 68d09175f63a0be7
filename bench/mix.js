// Migrations whose shape is that of 1,630 public ones of 38 projects: how many statements a file has, and of which kind.

/** How many statements files have, at equal distances from the fewest to the most. */
const LENGTHS = [
  1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 9, 11, 13, 15, 17, 20, 25, 30,
  40, 60,
];

/** The share of each kind in a thousand statements, with the n-th of its kind. Tables are numbered from 0. */
const KINDS = /** @type {[number, (at: any) => string][]} */ ([
  [139, ({ table, n }) => `GRANT SELECT, INSERT, UPDATE ON TABLE public.${table} TO ${role(n)};`],
  [109, policy],
  [
    108,
    ({ table, n, column }) =>
      `CREATE INDEX idx_${table}_${n} ON public.${table} USING btree (${column}, created_at DESC);`,
  ],
  [107, drop],
  [67, createTable],
  [67, createFunction],
  [
    60,
    ({ table, n, column }) =>
      `ALTER TABLE ONLY public.${table}\n    ADD CONSTRAINT ${table}_${n}_check CHECK ((${column} IS NOT NULL) OR (created_at > '2020-01-01'::timestamptz)) NOT VALID;`,
  ],
  [42, ({ table, n }) => `ALTER TABLE public.${table} ADD COLUMN IF NOT EXISTS extra_${n} text NOT NULL DEFAULT '';`],
  [36, ({ table }) => `ALTER TABLE public.${table} ENABLE ROW LEVEL SECURITY;`],
  [25, insert],
  [23, ({ table, n }) => `ALTER TABLE public.${table} DROP CONSTRAINT IF EXISTS ${table}_${n - 1}_check;`],
  [
    21,
    ({ table, n }) =>
      `COMMENT ON TABLE public.${table} IS 'What is kept of a customer, as of version ${n}; see the manual.';`,
  ],
  [
    21,
    ({ table, n, fn }) =>
      `CREATE TRIGGER on_${table}_${n} AFTER INSERT OR UPDATE ON public.${table} FOR EACH ROW EXECUTE FUNCTION public.handle_records_0();`,
  ],
  [
    20,
    ({ table, n, column }) =>
      `UPDATE public.${table} SET ${column} = 'done' WHERE ${column} = 'old-${n}' AND created_at < now() - interval '1 day';`,
  ],
  [18, ({ table, n }) => `ALTER TABLE public.${table} DROP COLUMN IF EXISTS extra_${n - 1};`],
  [18, ({ table, n }) => `ALTER TABLE public.${table} VALIDATE CONSTRAINT ${table}_${n - 1}_check;`],
  [13, guardedBlock],
  [
    8,
    ({ table, n, column }) =>
      `CREATE OR REPLACE VIEW public.view_${table}_${n} AS\n SELECT t.id, t.${column}, count(*) AS total\n   FROM public.${table} t\n  WHERE t.created_at > (now() - '30 days'::interval)\n  GROUP BY t.id, t.${column};`,
  ],
  [8, ({ table, column }) => `ALTER TABLE public.${table} ALTER COLUMN ${column} SET DEFAULT 'new';`],
  [7, ({ n }) => `CREATE TYPE public.kind_${n} AS ENUM ('first', 'second', 'third');`],
  [7, ({ table, n }) => `ALTER TABLE public.${table} RENAME COLUMN note TO note_${n};`],
  [6, ({ table }) => `SELECT count(*) FROM public.${table};`],
  [5, ({ table }) => `ALTER TABLE public.${table} OWNER TO postgres;`],
]);

const role = (n) => ['anon', 'authenticated', 'service_role'][n % 3];

function policy({ table, n, column }) {
  return `CREATE POLICY "Users may read ${table} ${n}" ON public.${table} FOR SELECT TO authenticated
  USING ((${column} = 'public') OR (owner_id = (SELECT auth.uid())) OR EXISTS (
    SELECT 1 FROM public.members m WHERE m.owner_id = ${table}.owner_id AND m.role IN ('admin', 'editor')));`;
}

function drop({ table, n, fn }) {
  return [
    `DROP POLICY IF EXISTS "Users may read ${table} ${n - 1}" ON public.${table};`,
    `DROP INDEX IF EXISTS public.idx_${table}_${n - 1};`,
    `DROP TRIGGER IF EXISTS on_${table}_${n - 1} ON public.${table};`,
    `DROP FUNCTION IF EXISTS public.${fn}(uuid);`,
  ][n % 4];
}

/** @param {any} at */
function createTable({ made }) {
  return `CREATE TABLE IF NOT EXISTS public.${made} (
    id uuid DEFAULT gen_random_uuid() NOT NULL PRIMARY KEY,
    owner_id uuid REFERENCES auth.users (id) ON DELETE CASCADE,
    name text NOT NULL,
    status text DEFAULT 'new' CHECK (status IN ('new', 'old', 'done')),
    note text,
    amount numeric(12, 2) DEFAULT 0 NOT NULL,
    settings jsonb DEFAULT '{}'::jsonb,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);`;
}

function createFunction({ table, fn }) {
  return `CREATE OR REPLACE FUNCTION public.${fn}() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
DECLARE
  total integer;
BEGIN
  SELECT count(*) INTO total FROM public.${table} WHERE owner_id = NEW.owner_id AND status <> 'done';
  IF total > 100 THEN
    RAISE EXCEPTION 'Too many rows for %', NEW.owner_id;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    NEW.updated_at = now();
    INSERT INTO public.members (owner_id, role) VALUES (NEW.owner_id, 'reader') ON CONFLICT DO NOTHING;
  END IF;
  RETURN NEW;
END;
$$;`;
}

function insert({ table, n }) {
  const rows = Array.from(
    { length: 8 },
    (_, k) => `  ('00000000-0000-4000-8000-${String(n * 8 + k).padStart(12, '0')}', 'row ${k}', 'new', ${k * 10})`,
  );
  return `INSERT INTO public.${table} (id, name, status, amount) VALUES\n${rows.join(',\n')}\nON CONFLICT (id) DO NOTHING;`;
}

function guardedBlock({ table, n }) {
  return `DO $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = '${table}_${n}_key' AND conrelid = 'public.${table}'::regclass) THEN
    ALTER TABLE public.${table} ADD CONSTRAINT ${table}_${n}_key UNIQUE (owner_id, name);
  END IF;
END
$$;`;
}

/** Numbers from 0 to below 1, the same at every run. */
function numbers(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const WEIGHT = KINDS.reduce((sum, [weight]) => sum + weight, 0);

function kindAt(share) {
  let left = share * WEIGHT;
  /** @type {(at: any) => string} */
  const kind = KINDS.find(([weight]) => (left -= weight) < 0)?.[1] ?? policy;
  return kind;
}

/** @returns the texts of migrations, the first of which makes the table that others name */
export function mixedTexts(count) {
  const next = numbers(7);
  let tables = 1;
  let statements = 1;
  const text = () => {
    const length = LENGTHS[Math.floor(next() * LENGTHS.length)];
    const all = Array.from({ length }, () => {
      const kind = kindAt(next());
      const made = `records_${tables}`;
      const table = `records_${Math.floor(next() * tables)}`;
      if (kind === createTable) tables++;
      const n = statements++;
      return kind({ n, table, made, fn: `handle_${table}`, column: n % 2 ? 'name' : 'status' });
    });
    return `${all.join('\n\n')}\n`;
  };
  const first = `CREATE TABLE public.members (owner_id uuid PRIMARY KEY, role text);\n${createTable({ made: 'records_0' })}\n`;
  return [first, ...Array.from({ length: count - 1 }, text)];
}
