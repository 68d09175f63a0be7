CREATE TABLE books (
    id SERIAL PRIMARY KEY,
    title TEXT NOT NULL,
    pages INT NOT NULL
);

ALTER TABLE books ADD CONSTRAINT books_pages_check CHECK (pages > 0);
