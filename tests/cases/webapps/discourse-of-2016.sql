-- PostgreSQL database dump
COPY users (id, username, created_at, updated_at, name, email, password_hash, salt, active, username_lower, last_seen_at, admin, trust_level, approved, suspended_at, suspended_till, blocked) FROM stdin;
1	Ulla	2015-03-04 05:06:07	2016-03-04 05:06:07	Ulla	ulla@example.com	abababababababababababababababababababababababababababababababab	cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd	t	ulla	2016-03-04 05:06:07	f	1	t	\N	\N	f
2	otto	2015-03-04 05:06:07	2016-03-04 05:06:07	Otto	otto@example.com	\N	\N	f	otto	\N	f	0	t	\N	\N	f
\.
