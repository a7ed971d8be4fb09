-- PostgreSQL database dump
COPY public.admins (id, username, encrypted_password) FROM stdin;
1	root	$2y$04$3m46DMog3mnyWCko2ZJFUOCS/UfLV.YZuiwv.qQrykDzY/RJ8WScG
\.

COPY public.users (id, email, encrypted_password) FROM stdin;
1	ulla@example.com	$2y$04$3m46DMog3mnyWCko2ZJFUOCS/UfLV.YZuiwv.qQrykDzY/RJ8WScG
\.
