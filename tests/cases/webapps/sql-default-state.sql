INSERT INTO users (id, email, active, created_at) VALUES (1, 'ulla@example.com', TRUE, NOW());
INSERT INTO users (id, email, active, created_at) VALUES (2, 'otto@example.com', DEFAULT, CURRENT_TIMESTAMP);
INSERT INTO users (id, email, active, created_at) VALUES (3, 'pia@example.com', FALSE, '2024-01-02 03:04:05');
