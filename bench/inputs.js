// Writes the inputs of the benchmarks: invented migrations, the same at every run.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What one feature of an application asks for: about 2 KB of SQL in twelve statements, some of which can run twice. */
const feature = (n) => `-- Feature ${n}: what a customer orders, and who may see it.
CREATE TABLE orders_${n} (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  customer_id uuid NOT NULL,
  status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'paid', 'sent')),
  total numeric(12, 2) NOT NULL DEFAULT 0,
  note text,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX orders_${n}_customer_idx ON orders_${n} (customer_id, created_at DESC) WHERE status <> 'sent';
ALTER TABLE orders_${n} ENABLE ROW LEVEL SECURITY;
CREATE POLICY "customers see their orders" ON orders_${n} FOR SELECT TO authenticated USING (customer_id = (SELECT current_setting('app.user')::uuid));
CREATE POLICY "customers make orders" ON orders_${n} FOR INSERT TO authenticated WITH CHECK (customer_id = (SELECT current_setting('app.user')::uuid));

CREATE OR REPLACE FUNCTION touch_orders_${n}() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  -- whoever changes an order leaves a trace
  IF NEW.status IS DISTINCT FROM OLD.status THEN
    NEW.note := concat_ws(E'\\n', NEW.note, format('%s: %s', now(), NEW.status));
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER touch_orders_${n} BEFORE UPDATE ON orders_${n} FOR EACH ROW EXECUTE FUNCTION touch_orders_${n}();

ALTER TABLE orders_${n} ADD COLUMN IF NOT EXISTS currency char(3) NOT NULL DEFAULT 'EUR';
ALTER TABLE orders_${n} ADD CONSTRAINT orders_${n}_total_positive CHECK (total >= 0);
CREATE TABLE IF NOT EXISTS order_states_${n} (code text PRIMARY KEY, label text NOT NULL);
INSERT INTO order_states_${n} (code, label) VALUES ('open', 'Open'), ('paid', 'Paid — thank you'), ('sent', 'Sent') ON CONFLICT DO NOTHING;
COMMENT ON TABLE orders_${n} IS 'What a customer has ordered; one row an order.';
`;

const statement = (n) =>
  [
    `CREATE TABLE t_${n} (id bigint PRIMARY KEY, name text NOT NULL);\n`,
    `CREATE INDEX t_${n - 1}_name_idx ON t_${n - 1} (name);\n`,
    `ALTER TABLE t_${n - 2} ADD COLUMN note text;\n`,
    `COMMENT ON TABLE t_${n - 3} IS 'a table';\n`,
  ][n % 4];

const pad = (n) => String(n).padStart(6, '0');

/** @returns the path of a folder with `count` migrations of about 2 KB */
export function writeFiles(folder, count) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (let n = 1; n <= count; n++) writeFileSync(join(folder, `${pad(n)}_feature.sql`), feature(n));
  return folder;
}

/** @returns the paths of migrations with these texts */
export function writeTexts(folder, texts) {
  return texts.map((text, k) => {
    const path = join(folder, `${pad(k + 1)}_migration.sql`);
    writeFileSync(path, text);
    return path;
  });
}

/** @returns the path of a file of about `bytes`, made of pieces */
export function writeLarge(path, bytes, piece = feature) {
  let text = '';
  for (let n = 1; text.length < bytes; n++) text += piece(n);
  writeFileSync(path, text);
  return path;
}

/** @returns the path of a file with `count` short statements */
export function writeStatements(path, count) {
  let text = '';
  for (let n = 0; n < count; n++) text += statement(n);
  writeFileSync(path, text);
  return path;
}

/** @returns the path of one small migration in a folder of its own */
export function writeSmall(folder) {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, '000001_profiles.sql');
  writeFileSync(
    path,
    `CREATE TABLE profiles (id bigint PRIMARY KEY, email text NOT NULL, created_at timestamptz DEFAULT now());\nCREATE INDEX profiles_email_idx ON profiles (email);\nALTER TABLE profiles ADD COLUMN bio text;\n`,
  );
  return path;
}
