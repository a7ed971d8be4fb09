--
-- PostgreSQL database dump
--
COPY public.accounts (id, "userId", type, provider, "providerAccountId", refresh_token, access_token, expires_at, id_token, scope, session_state, token_type) FROM stdin;
1	7	oidc	google	104857	\N	\N	1700000000	\N	openid	\N	bearer
2	7	oauth	github	583231	\N	\N	\N	\N	read:user	\N	bearer
\.

COPY public.sessions (id, "userId", expires, "sessionToken") FROM stdin;
1	7	2024-06-01 00:00:00+00	abcdef
\.

COPY public.users (id, name, email, "emailVerified", image) FROM stdin;
7	Ulla Birnbaum	ulla@example.com	2024-01-02 03:04:05.678+00	\N
8	\N	otto@example.com	\N	\N
\.
