// What migrations look like besides those of inputs.js: one function a shape, the same text at every run.

/** @type {Record<string, (n: number) => string>} Each gives the n-th piece of a file, of one to three KB. */
export const pieces = { guarded, policies, functions, seeds, orm };

/** What is guarded by hand: each block asks the catalogs. */
function guarded(n) {
  return `DO $$ BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_type WHERE typname = 'ticket_state_${n}') THEN
    CREATE TYPE ticket_state_${n} AS ENUM ('open', 'closed');
  END IF;
END $$;
CREATE TABLE IF NOT EXISTS tickets_${n} (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  state ticket_state_${n} NOT NULL DEFAULT 'open',
  assignee uuid,
  opened_at timestamptz NOT NULL DEFAULT now()
);
DO $$ BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM pg_constraint WHERE conname = 'tickets_${n}_check' AND conrelid = 'tickets_${n}'::regclass
  ) THEN
    ALTER TABLE tickets_${n} ADD CONSTRAINT tickets_${n}_check CHECK (id > 0);
  END IF;
END $$;
DO $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name = 'tickets_${n}' AND column_name = 'note'
  ) THEN
    ALTER TABLE tickets_${n} ADD COLUMN note text;
  END IF;
END
$$;
DO $$ BEGIN
  CREATE POLICY "staff reads ${n}" ON tickets_${n} FOR SELECT TO authenticated USING (true);
EXCEPTION WHEN duplicate_object THEN NULL;
END $$;
CREATE INDEX IF NOT EXISTS tickets_${n}_opened_idx ON tickets_${n} (opened_at);
`;
}

/** Row level security by the book of Supabase: a table, and who may do what. */
function policies(n) {
  const table = `documents_${n}`;
  const policy = (verb, role, condition) =>
    `CREATE POLICY "${role} may ${verb} ${table}" ON public.${table} FOR ${verb} TO ${role} ${
      verb === 'INSERT' ? 'WITH CHECK' : 'USING'
    } (${condition});\n`;
  const own = '(SELECT auth.uid()) = owner_id';
  const member = `EXISTS (SELECT 1 FROM public.members_${n} m WHERE m.document_id = ${table}.id AND m.user_id = (SELECT auth.uid()))`;
  return `CREATE TABLE public.${table} (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), owner_id uuid NOT NULL, title text);
CREATE TABLE public.members_${n} (document_id uuid REFERENCES public.${table} (id), user_id uuid, PRIMARY KEY (document_id, user_id));
ALTER TABLE public.${table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.members_${n} ENABLE ROW LEVEL SECURITY;
${policy('SELECT', 'authenticated', `${own} OR ${member}`)}${policy('INSERT', 'authenticated', own)}${policy('UPDATE', 'authenticated', own)}${policy('DELETE', 'authenticated', own)}DROP POLICY IF EXISTS "service reads ${table}" ON public.${table};
${policy('SELECT', 'service_role', 'true').replace('service_role may SELECT', 'service reads')}GRANT SELECT, INSERT, UPDATE, DELETE ON public.${table} TO authenticated;
`;
}

/** Functions with bodies, and their triggers. */
function functions(n) {
  return `CREATE TABLE accounts_${n} (id bigint PRIMARY KEY, owner uuid NOT NULL, balance numeric NOT NULL DEFAULT 0, changed timestamptz);
CREATE OR REPLACE FUNCTION transfer_${n}(source bigint, target bigint, amount numeric) RETURNS numeric
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
  available numeric;
  done boolean := false;
BEGIN
  IF amount <= 0 THEN
    RAISE EXCEPTION 'an amount must be positive, not %', amount USING ERRCODE = '22023';
  END IF;
  SELECT balance INTO available FROM public.accounts_${n} WHERE id = source FOR UPDATE;
  IF NOT FOUND THEN
    RETURN NULL;
  ELSIF available < amount THEN
    RAISE EXCEPTION 'account % has only %', source, available;
  END IF;
  UPDATE public.accounts_${n} SET balance = balance - amount WHERE id = source;
  UPDATE public.accounts_${n} SET balance = balance + amount WHERE id = target;
  FOR available IN SELECT balance FROM public.accounts_${n} WHERE id IN (source, target) LOOP
    done := done OR available >= 0;
  END LOOP;
  RETURN available;
END
$$;
CREATE FUNCTION touch_accounts_${n}() RETURNS trigger LANGUAGE plpgsql AS $fn$
BEGIN
  NEW.changed := now();
  IF TG_OP = 'UPDATE' AND NEW.balance IS DISTINCT FROM OLD.balance THEN
    PERFORM pg_notify('accounts', json_build_object('id', NEW.id, 'balance', NEW.balance)::text);
  END IF;
  RETURN NEW;
END
$fn$;
CREATE TRIGGER touch_accounts_${n} BEFORE INSERT OR UPDATE ON accounts_${n} FOR EACH ROW EXECUTE FUNCTION touch_accounts_${n}();
CREATE FUNCTION total_${n}(who uuid) RETURNS numeric LANGUAGE sql STABLE AS $$
  SELECT coalesce(sum(balance), 0) FROM accounts_${n} WHERE owner = who
$$;
`;
}

/** A table with rows: a piece has twenty of them. */
function seeds(n) {
  const row = (k) => `  (${n * 20 + k}, 'place ${n * 20 + k}', 'EUR', ${k}.5, '{"zone": ${k % 7}, "open": true}')`;
  const rows = Array.from({ length: 20 }, (_, k) => row(k)).join(',\n');
  const table =
    n === 1 ? 'CREATE TABLE places (id int PRIMARY KEY, name text, currency text, fee numeric, extra jsonb);\n' : '';
  return `${table}INSERT INTO places (id, name, currency, fee, extra) VALUES\n${rows};\n`;
}

/** What an ORM prints: every name quoted, keys at the end. */
function orm(n) {
  return `-- CreateEnum
CREATE TYPE "Status${n}" AS ENUM ('ACTIVE', 'PAUSED', 'ENDED');

-- CreateTable
CREATE TABLE "Subscription${n}" (
    "id" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,
    "status" "Status${n}" NOT NULL DEFAULT 'ACTIVE',
    "email" TEXT,
    "priceId" TEXT NOT NULL,

    CONSTRAINT "Subscription${n}_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Price${n}" (
    "id" TEXT NOT NULL,
    "amount" INTEGER NOT NULL,
    "currency" VARCHAR(3) NOT NULL,

    CONSTRAINT "Price${n}_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "Subscription${n}_email_key" ON "Subscription${n}"("email");

-- CreateIndex
CREATE INDEX "Subscription${n}_priceId_idx" ON "Subscription${n}"("priceId");

-- AlterTable
ALTER TABLE "Subscription${n}" ADD COLUMN     "endsAt" TIMESTAMP(3),
ADD COLUMN     "note" TEXT NOT NULL DEFAULT '';

-- AddForeignKey
ALTER TABLE "Subscription${n}" ADD CONSTRAINT "Subscription${n}_priceId_fkey" FOREIGN KEY ("priceId") REFERENCES "Price${n}"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
`;
}
