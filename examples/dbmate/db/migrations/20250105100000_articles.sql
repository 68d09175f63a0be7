-- migrate:up
create domain slug as text check (value ~ '^[a-z0-9-]+$');

create table articles (
  id uuid primary key default gen_random_uuid(),
  slug slug not null unique,
  title text not null,
  published_at timestamptz
);

comment on table articles is 'What the magazine has printed';

-- migrate:down
drop table articles;
drop domain slug;
