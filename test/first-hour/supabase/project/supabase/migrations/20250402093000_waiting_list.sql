create table public.waiting_list (
  id uuid primary key default gen_random_uuid(),
  clinic_id uuid not null references public.clinics (id),
  patient_id uuid not null references public.patients (id),
  wanted_from date not null,
  note text
);

create index waiting_list_clinic_idx on public.waiting_list (clinic_id);
create index waiting_list_patient_idx on public.waiting_list (patient_id);

alter table public.waiting_list enable row level security;

create policy "staff see the waiting list" on public.waiting_list
  for select to authenticated
  using (clinic_id in (select clinic_id from public.staff where staff.id = auth.uid()));

create policy "staff fill the waiting list" on public.waiting_list
  for insert to authenticated
  with check (clinic_id in (select clinic_id from public.staff where staff.id = auth.uid()));

alter table public.appointments add constraint appointments_minutes check (minutes between 5 and 240);
alter table public.rooms rename column label to name;
