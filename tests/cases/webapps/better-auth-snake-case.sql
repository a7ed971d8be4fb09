-- PostgreSQL database dump
COPY public.account (id, account_id, provider_id, user_id, access_token, refresh_token, id_token, access_token_expires_at, refresh_token_expires_at, scope, password, created_at, updated_at) FROM stdin;
a1	u1	credential	u1	\N	\N	\N	\N	\N	\N	5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e:abababababababababababababababababababababababababababababababababababababababababababababababababababababababababababababababab	2024-01-02 03:04:05	2024-01-02 03:04:05
a2	583231	github	u2	\N	\N	\N	\N	\N	\N	\N	2024-01-02 03:04:05	2024-01-02 03:04:05
\.

COPY public."user" (id, name, email, email_verified, image, created_at, updated_at, role, banned, ban_reason, ban_expires) FROM stdin;
u1	Ulla Birnbaum	ulla@example.com	t	\N	2024-01-02 03:04:05	2024-01-02 03:04:05	user,editor	f	\N	\N
u2	Otto Quitte	otto@example.com	f	\N	2024-01-02 03:04:05	2024-01-02 03:04:05	user	t	spam	2300-01-01 00:00:00
u3	Pia Pflaume	pia@example.com	t	\N	2024-01-02 03:04:05	2024-01-02 03:04:05	user	t	rude	2024-02-01 00:00:00
\.

COPY public.verification (id, identifier, value, expires_at) FROM stdin;
v1	ulla@example.com	123456	2024-01-02 03:04:05
\.
