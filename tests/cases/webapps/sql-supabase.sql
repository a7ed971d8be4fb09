-- PostgreSQL database dump
COPY auth.users (instance_id, id, aud, role, email, encrypted_password, email_confirmed_at, invited_at, confirmation_token, confirmation_sent_at, recovery_token, recovery_sent_at, last_sign_in_at, raw_app_meta_data, raw_user_meta_data, is_super_admin, created_at, updated_at, phone, phone_confirmed_at, banned_until, is_sso_user, deleted_at, is_anonymous) FROM stdin;
00000000-0000-0000-0000-000000000000	11111111-2222-4333-8444-000000000001	authenticated	authenticated	ulla@example.com	$2y$04$3m46DMog3mnyWCko2ZJFUOCS/UfLV.YZuiwv.qQrykDzY/RJ8WScG	2024-01-02 03:04:05.1+00	\N		\N		\N	2024-05-06 07:08:09+00	{"provider": "email", "providers": ["email"]}	{"name": "Ulla \\"the first\\" Birnbaum"}	\N	2024-01-02 03:04:05.1+00	2024-01-02 03:04:05.1+00	\N	\N	\N	f	\N	f
00000000-0000-0000-0000-000000000000	11111111-2222-4333-8444-000000000002	authenticated	authenticated	otto@example.com	$2y$04$3m46DMog3mnyWCko2ZJFUOCS/UfLV.YZuiwv.qQrykDzY/RJ8WScG	\N	\N		\N		\N	\N	{"provider": "email", "providers": ["email"]}	{}	\N	2024-01-02 03:04:05.1+00	2024-01-02 03:04:05.1+00	\N	\N	2300-01-01 00:00:00+00	f	\N	f
\.

COPY public.profiles (id, username, full_name, avatar_url) FROM stdin;
11111111-2222-4333-8444-000000000001	ulla	Ulla	\N
\.
