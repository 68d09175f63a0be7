--- case small keys
CREATE TABLE IF NOT EXISTS orders (id int PRIMARY KEY);
CREATE TABLE IF NOT EXISTS pairs (a serial, b bigint, n int, PRIMARY KEY (a, b));
--- found
1:39 "id" is a key that ends at 2147483647 or before: to widen it later writes the table anew, and every table that refers to it. Write bigint.
2:37 "a" is a key that ends at 2147483647 or before: to widen it later writes the table anew, and every table that refers to it. Write bigint.

--- case large keys
CREATE TABLE IF NOT EXISTS orders (id bigint PRIMARY KEY, n int);
CREATE TABLE IF NOT EXISTS users (id uuid PRIMARY KEY);
