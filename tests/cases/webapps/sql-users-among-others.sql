--
-- PostgreSQL database dump
--
SET client_encoding = 'UTF8';
COPY public.orders (id, email, phone, first_name, last_name) FROM stdin;
1	guest@example.com	030 123456	Guest	One
2	guest2@example.com	\N	Guest	Two
\.

COPY public.password_resets (email, token, created_at) FROM stdin;
ulla@example.com	abcdef	2024-01-02 03:04:05
\.

COPY public.users (id, email, password, status) FROM stdin;
1	ulla@example.com	$2y$04$3m46DMog3mnyWCko2ZJFUOCS/UfLV.YZuiwv.qQrykDzY/RJ8WScG	active
2	otto@example.com	$2y$04$3m46DMog3mnyWCko2ZJFUOCS/UfLV.YZuiwv.qQrykDzY/RJ8WScG	suspended
\.
