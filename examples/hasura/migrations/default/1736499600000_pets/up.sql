CREATE TABLE public.pets (
    id int PRIMARY KEY,
    name text NOT NULL
);
