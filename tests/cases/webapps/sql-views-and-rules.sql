-- PostgreSQL database dump
CREATE VIEW public.people AS
 SELECT users.id,
    users.email
   FROM public.users;
CREATE RULE add AS
    ON INSERT TO public.people DO INSTEAD
  INSERT INTO public.users (id, email)
  VALUES (new.id, new.email);
INSERT INTO public.users (id, email) VALUES (1, 'ulla@example.com');
