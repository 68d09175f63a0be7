--liquibase formatted sql

--changeset hotel:rooms
CREATE TABLE rooms (
    id int PRIMARY KEY,
    beds int NOT NULL
);
--rollback DROP TABLE rooms;

--changeset hotel:rooms-beds
ALTER TABLE rooms ADD CONSTRAINT rooms_beds_check CHECK (beds > 0);
--rollback ALTER TABLE rooms DROP CONSTRAINT rooms_beds_check;
