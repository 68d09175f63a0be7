DROP TABLE public.pets;
