INSERT INTO users (id, email, password) VALUES (1, 'ulla@example.com', crypt('secret', gen_salt('bf')));
INSERT INTO users (id, email, password) VALUES (2, 'otto@example.com', '$2y$04$3m46DMog3mnyWCko2ZJFUOCS/UfLV.YZuiwv.qQrykDzY/RJ8WScG');
