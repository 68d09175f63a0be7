ALTER TABLE public.pets ADD COLUMN kind text NOT NULL DEFAULT 'cat';
ALTER TABLE public.pets ADD CONSTRAINT pets_kind_check CHECK (kind IN ('cat', 'dog'));
