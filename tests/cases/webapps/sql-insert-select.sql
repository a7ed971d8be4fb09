INSERT INTO users (id, email) VALUES (1, 'ulla@example.com');
INSERT INTO users (id, email) SELECT id, email FROM old_users;
