create table public.invoices (
  id bigint generated always as identity primary key,
  appointment_id uuid not null references public.appointments (id),
  amount numeric(10, 2) not null,
  paid_at timestamptz
);

create index invoices_appointment_idx on public.invoices (appointment_id);

alter table public.invoices enable row level security;

create policy "doctors see their invoices" on public.invoices
  for select to authenticated
  using (
    appointment_id in (select id from public.appointments where doctor_id = (select auth.uid()))
  );

alter publication supabase_realtime add table public.invoices;
