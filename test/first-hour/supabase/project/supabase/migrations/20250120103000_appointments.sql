create type public.appointment_state as enum ('booked', 'arrived', 'done', 'missed');

create table public.rooms (
  id uuid primary key default gen_random_uuid(),
  clinic_id uuid not null references public.clinics (id),
  label text not null
);

create table public.appointments (
  id uuid primary key default gen_random_uuid(),
  clinic_id uuid not null references public.clinics (id),
  patient_id uuid not null references public.patients (id),
  doctor_id uuid not null references public.staff (id),
  room_id uuid references public.rooms (id),
  starts_at timestamptz not null,
  minutes int not null default 15,
  state public.appointment_state not null default 'booked'
);

create index rooms_clinic_idx on public.rooms (clinic_id);
create index appointments_clinic_idx on public.appointments (clinic_id, starts_at);
create index appointments_patient_idx on public.appointments (patient_id);
create index appointments_doctor_idx on public.appointments (doctor_id);
create index appointments_room_idx on public.appointments (room_id);

alter table public.rooms enable row level security;
alter table public.appointments enable row level security;

create policy "staff see rooms" on public.rooms
  for select to authenticated
  using (clinic_id in (select clinic_id from public.staff where staff.id = auth.uid()));

create policy "staff see appointments" on public.appointments
  for select to authenticated
  using (clinic_id in (select clinic_id from public.staff where staff.id = auth.uid()));

create policy "staff book appointments" on public.appointments
  for insert to authenticated
  with check (clinic_id in (select clinic_id from public.staff where staff.id = auth.uid()));
