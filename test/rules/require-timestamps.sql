--- case none
CREATE TABLE IF NOT EXISTS orders (id int PRIMARY KEY, created_at timestamptz);
CREATE TABLE IF NOT EXISTS users (id int);
--- found
1:1 Table "orders" has no column "updated_at": nobody can tell when a row was made or changed. Add it.
2:1 Table "users" has no column "created_at" and no column "updated_at": nobody can tell when a row was made or changed. Add it.

--- case both
CREATE TABLE IF NOT EXISTS orders (id int PRIMARY KEY, created_at timestamptz, updated_at timestamptz);
CREATE TABLE IF NOT EXISTS copy (LIKE orders);

--- case others | {"columns":["made"]}
CREATE TABLE IF NOT EXISTS orders (id int, made date);
CREATE TABLE IF NOT EXISTS users (id int);
--- found
2:1 Table "users" has no column "made": nobody can tell when a row was made or changed. Add it.
