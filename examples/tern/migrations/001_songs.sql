create table songs (
    id int primary key,
    title text not null
);

---- create above / drop below ----

drop table songs;
