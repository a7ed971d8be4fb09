-- PostgreSQL database dump
CREATE FUNCTION public.seed() RETURNS void LANGUAGE sql AS $_$
INSERT INTO public.users (id, email) VALUES (99, 'nobody@example.com');
$_$;
COMMENT ON TABLE public.users IS 'people;
INSERT INTO public.users (id, email) VALUES (98, ''nobody@example.com'');
';
INSERT INTO public.users (id, email) VALUES (1, 'ulla@example.com');
