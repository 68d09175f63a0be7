CREATE TABLE U&"d\0061t\+000061" (U&"c!006Flumn" UESCAPE '!' int, "quo""te" int, "semi;colon" int, "dollar$$" int, "new
line" int);
CREATE TABLE "Ünïcödé 🐘" ("🐘;" int);
CREATE TABLE größe (straße int, naïve$1 int, _x int);
CREATE TABLE a_name_of_more_than_sixty_three_bytes_is_cut_by_postgresql_and_said_so_in_a_notice (id int);
CREATE TABLE "ein Name mit Umlauten äöü, der bei dreiundsechzig Bytes äöü zerschnitten wird äöü" (id int);
CREATE SCHEMA "a.b"; CREATE TABLE "a.b"."c.d" ("e.f" int); CREATE INDEX "$$;" ON "a.b"."c.d" ("e.f");
CREATE TABLE "select" ("from" int, "table" text, "primary" int PRIMARY KEY);
COMMENT ON TABLE "select" IS '🐘 -- not a comment /* nor this */ $$';
CREATE INDEX ON "Ünïcödé 🐘" ("🐘;");
CREATE TABLE "tab	and control" (id int);
