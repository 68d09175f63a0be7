-- migrate:up
create table authors (id integer primary key, name text not null);
insert into authors (id, name) values (1, 'The editors'), (2, 'A guest');
alter table articles add column author_id integer references authors (id);

-- migrate:down
alter table articles drop column author_id;
drop table authors;
