ALTER TABLE public.pets DROP COLUMN kind;
