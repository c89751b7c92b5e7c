CREATE TABLE users (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    email TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    avatar BIGINT
);

CREATE TABLE avatars (
    user_id BIGINT PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    media_type TEXT NOT NULL,
    content BLOB NOT NULL
);

INSERT INTO users (name, email, role) VALUES
    ('Ada Lovelace', 'ada@example.com', 'admin'),
    ('Grace Hopper', 'grace@example.com', 'member'),
    ('Edsger Dijkstra', 'edsger@example.com', 'guest');
