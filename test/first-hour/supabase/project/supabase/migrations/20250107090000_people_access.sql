alter table public.clinics enable row level security;
alter table public.staff enable row level security;
alter table public.patients enable row level security;

create policy "staff see their clinic" on public.clinics
  for select to authenticated
  using (id in (select clinic_id from public.staff where staff.id = auth.uid()));

create policy "staff see themselves" on public.staff
  for select to authenticated
  using (id = auth.uid());

create policy "staff see patients" on public.patients
  for select to authenticated
  using (clinic_id in (select clinic_id from public.staff where staff.id = auth.uid()));

create policy "staff add patients" on public.patients
  for insert to authenticated
  with check (clinic_id in (select clinic_id from public.staff where staff.id = auth.uid()));

create policy "staff change patients" on public.patients
  for update to authenticated
  using (clinic_id in (select clinic_id from public.staff where staff.id = auth.uid()));
