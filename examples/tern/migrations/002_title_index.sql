---- tern: disable-tx ----
create index concurrently songs_title_idx on songs (title);

---- create above / drop below ----

drop index songs_title_idx;
