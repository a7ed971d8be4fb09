-- PostgreSQL database dump
CREATE TABLE public.users (
    id bigint NOT NULL,
    email text,
    active boolean DEFAULT false,
    email_lower text GENERATED ALWAYS AS (lower(email)) STORED
);
INSERT INTO public.users VALUES (1, 'ulla@example.com', true, DEFAULT);
INSERT INTO public.users VALUES (2, 'otto@example.com', DEFAULT, DEFAULT);
