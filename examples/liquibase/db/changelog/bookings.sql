--liquibase formatted sql

--changeset hotel:bookings
CREATE TABLE bookings (
    id int PRIMARY KEY,
    room int NOT NULL REFERENCES rooms (id)
);
--rollback DROP TABLE bookings;

--changeset hotel:bookings-room runInTransaction:false
CREATE INDEX CONCURRENTLY bookings_room_idx ON bookings (room);
--rollback DROP INDEX bookings_room_idx;
