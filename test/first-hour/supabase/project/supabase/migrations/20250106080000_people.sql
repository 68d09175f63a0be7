create type public.staff_role as enum ('doctor', 'nurse', 'reception');

create table public.clinics (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  created_at timestamptz not null default now()
);

create table public.staff (
  id uuid primary key references auth.users (id) on delete cascade,
  clinic_id uuid not null references public.clinics (id),
  role public.staff_role not null default 'reception',
  full_name text not null
);

create table public.patients (
  id uuid primary key default gen_random_uuid(),
  clinic_id uuid not null references public.clinics (id),
  full_name text not null,
  born_on date
);

create index staff_clinic_idx on public.staff (clinic_id);
create index patients_clinic_idx on public.patients (clinic_id);
