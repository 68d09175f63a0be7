CREATE TABLE plants (
  id int PRIMARY KEY,
  latin text NOT NULL
);
INSERT INTO plants (id, latin) VALUES (1, 'Quercus robur');
