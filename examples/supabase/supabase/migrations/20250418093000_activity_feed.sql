-- Written after the deploy of 17 April had stopped half-way: this one can simply be run again.
create table if not exists activity (
  id bigint generated always as identity primary key,
  team_id uuid not null references teams (id) on delete cascade,
  actor_id uuid references profiles (id) on delete set null,
  verb text not null,
  subject jsonb not null default '{}',
  created_at timestamptz not null default now()
);

create index if not exists activity_team_id_created_at_idx on activity (team_id, created_at desc);

alter table activity enable row level security;

drop policy if exists "Members read the feed" on activity;
create policy "Members read the feed" on activity
  for select to authenticated using (is_team_member(team_id));

create or replace function log_task_activity() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  insert into public.activity (team_id, actor_id, verb, subject)
  select p.team_id, auth.uid(), lower(tg_op), jsonb_build_object('task', new.id, 'title', new.title)
  from public.projects p
  where p.id = new.project_id;
  return new;
end;
$$;

create or replace trigger tasks_log_activity
  after insert or update of status on tasks
  for each row execute function log_task_activity();
