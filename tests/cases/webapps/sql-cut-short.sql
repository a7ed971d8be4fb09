-- PostgreSQL database dump
COPY public.users (id, email, name) FROM stdin;
1	ulla@example.com	Ulla
2	otto@example.com	Otto
3	pia@exa