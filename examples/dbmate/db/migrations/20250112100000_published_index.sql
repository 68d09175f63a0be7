-- migrate:up transaction:false
create index concurrently articles_published_idx on articles (published_at) where published_at is not null;

-- migrate:down transaction:false
drop index concurrently articles_published_idx;
