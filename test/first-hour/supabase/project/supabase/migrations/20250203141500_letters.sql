create table public.letters (
  id bigint generated always as identity primary key,
  patient_id uuid not null references public.patients (id) on delete cascade,
  author_id uuid not null references public.staff (id),
  body text not null,
  sent_at timestamptz
);

create index letters_patient_idx on public.letters (patient_id);
create index letters_author_idx on public.letters (author_id);

alter table public.letters enable row level security;

create policy "authors see letters" on public.letters
  for select to authenticated
  using (author_id = auth.uid());

create policy "authors write letters" on public.letters
  for insert to authenticated
  with check (author_id = auth.uid());

create function public.stamp_letter() returns trigger
language plpgsql
set search_path = ''
as $$
begin
  new.sent_at := coalesce(new.sent_at, pg_catalog.now());
  return new;
end;
$$;

create trigger letters_stamp before insert on public.letters
  for each row execute function public.stamp_letter();
