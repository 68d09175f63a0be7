-- Files on tasks: a private bucket, one folder a team.
insert into storage.buckets (id, name, public, file_size_limit)
values ('attachments', 'attachments', false, 10485760);

create table attachments (
  id uuid primary key default gen_random_uuid(),
  task_id bigint not null,
  path text not null,
  size_bytes bigint,
  uploaded_by uuid default auth.uid(),
  uploaded_at timestamptz not null default now()
);

alter table attachments add foreign key (task_id) references tasks (id) on delete cascade;
alter table attachments add constraint attachments_path_key unique (path);

alter table attachments enable row level security;

create policy "Members see attachments" on attachments
  for select to authenticated
  using (exists (select 1 from tasks where id = task_id));

create policy "Members read files of their team" on storage.objects
  for select to authenticated
  using (bucket_id = 'attachments' and public.is_team_member((storage.foldername(name))[1]::uuid));

create policy "Members upload files for their team" on storage.objects
  for insert to authenticated
  with check (bucket_id = 'attachments' and public.is_team_member((storage.foldername(name))[1]::uuid));
