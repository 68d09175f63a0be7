ALTER TABLE "orders" RENAME COLUMN "total" TO "total_cents";--> statement-breakpoint
-- The house customer; orders without one belong to it.
INSERT INTO "customers" ("email") VALUES ('house@example.com');--> statement-breakpoint
CREATE FUNCTION "open_orders"("customer" integer) RETURNS bigint LANGUAGE sql STABLE AS $$
	SELECT count(*) FROM orders WHERE customer_id = customer AND status = 'open';
$$;--> statement-breakpoint
DROP INDEX "orders_status_idx";--> statement-breakpoint
CREATE INDEX "orders_open_idx" ON "orders" USING btree ("customer_id") WHERE "orders"."status" = 'open'
