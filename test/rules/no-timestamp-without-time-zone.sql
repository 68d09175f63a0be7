--- case where the clock hangs
CREATE TABLE IF NOT EXISTS a (x timestamp, y TIMESTAMP(3) WITHOUT TIME ZONE DEFAULT now(), z timestamp without time zone[]);
ALTER TABLE a ADD COLUMN IF NOT EXISTS w timestamp(0) NOT NULL DEFAULT now();
--- found
1:33 Column "x" has the type timestamp, which stores a date and a time without their time zone: the same row means another moment in a session with another time zone. Write timestamptz. (Write timestamptz.)
1:46 Column "y" has the type timestamp, which stores a date and a time without their time zone: the same row means another moment in a session with another time zone. Write timestamptz. (Write timestamptz.)
1:94 Column "z" has the type timestamp, which stores a date and a time without their time zone: the same row means another moment in a session with another time zone. Write timestamptz. (Write timestamptz.)
2:42 Column "w" has the type timestamp, which stores a date and a time without their time zone: the same row means another moment in a session with another time zone. Write timestamptz. (Write timestamptz.)
--- written
CREATE TABLE IF NOT EXISTS a (x timestamptz, y TIMESTAMPTZ(3) DEFAULT now(), z timestamptz[]);
ALTER TABLE a ADD COLUMN IF NOT EXISTS w timestamptz(0) NOT NULL DEFAULT now();

--- case a moment
CREATE TABLE IF NOT EXISTS a (x timestamptz, y timestamp with time zone, z date, t time);
