ALTER TABLE "orders" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE POLICY "customers see their orders" ON "orders" AS PERMISSIVE FOR SELECT TO public USING (customer_id = current_setting('app.customer', true)::integer);--> statement-breakpoint
ALTER TYPE "public"."order_status" ADD VALUE 'returned';--> statement-breakpoint
ALTER TABLE "orders" ADD COLUMN "note" text;
