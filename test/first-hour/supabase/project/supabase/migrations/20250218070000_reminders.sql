alter table public.patients add column phone text;
alter table public.patients add column wants_reminders boolean not null default false;
alter table public.appointments add column reminded_at timestamptz;

create table public.reminder_texts (
  id int primary key,
  language text not null,
  body text not null
);

alter table public.reminder_texts enable row level security;

create policy "everyone reads texts" on public.reminder_texts
  for select to authenticated
  using (true);

insert into public.reminder_texts (id, language, body) values
  (1, 'en', 'Your appointment is tomorrow.'),
  (2, 'de', 'Ihr Termin ist morgen.');
