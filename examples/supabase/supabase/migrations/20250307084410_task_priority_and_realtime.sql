-- priority, and the board updates itself
alter type task_status add value 'blocked' before 'done';

alter table tasks
  add column priority smallint not null default 0,
  add column position double precision;

alter table projects add column description text;   -- asked for by sales

alter table tasks add constraint tasks_priority_range check (priority between 0 and 3) not valid;
alter table tasks validate constraint tasks_priority_range;

alter publication supabase_realtime add table tasks;
alter publication supabase_realtime add table comments;
