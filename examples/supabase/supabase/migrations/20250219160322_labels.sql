-- Labels come with a few defaults for every team.
create table labels (
  id serial primary key,
  name text not null,
  color text not null default '#888888'
);

create table task_labels (
  task_id bigint references tasks (id) on delete cascade,
  label_id int references labels (id) on delete cascade,
  primary key (task_id, label_id)
);

alter table task_labels enable row level security;

create policy "Members label tasks" on task_labels
  for all to authenticated
  using (exists (select 1 from tasks where id = task_id));

insert into labels (name, color) values
  ('bug', '#d73a4a'),
  ('feature', '#0e8a16'),
  ('question', '#d876e3');

comment on table labels is 'Shared by all teams.';
