ALTER TABLE shelves ADD CONSTRAINT shelves_wide CHECK (width > 0);---> statement-breakpoint
ALTER TABLE shelves ADD CONSTRAINT shelves_high CHECK (height > 0); --> statement-breakpoint
CREATE POLICY "everyone" ON shelves FOR SELECT USING (true) -- ---> statement-breakpoint
