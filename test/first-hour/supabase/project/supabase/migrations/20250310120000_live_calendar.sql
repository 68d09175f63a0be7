alter publication supabase_realtime add table public.appointments;

create view public.calendar with (security_invoker = true) as
  select a.id, a.clinic_id, a.starts_at, p.full_name
  from public.appointments a
  join public.patients p on p.id = a.patient_id;

drop policy "staff see appointments" on public.appointments;

create policy "staff see the calendar" on public.appointments
  for select to authenticated
  using (clinic_id in (select clinic_id from public.staff where staff.id = (select auth.uid())));
