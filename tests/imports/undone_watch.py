"""Has the database write down every record that is marked as undone, in the same transaction.

What is undone twice would be there twice.
"""

WATCH = """
    CREATE TABLE undone_watch (job_id bigint, row_number bigint);
    CREATE FUNCTION note_undone() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN INSERT INTO undone_watch VALUES (NEW.job_id, NEW.row_number); RETURN NEW; END $$;
    CREATE TRIGGER watch_undone AFTER UPDATE OF undone_at ON imports_importrecord
        FOR EACH ROW EXECUTE FUNCTION note_undone();
"""
UNWATCH = "DROP TABLE undone_watch; DROP FUNCTION note_undone CASCADE"
READ = "SELECT row_number FROM undone_watch WHERE job_id = %s ORDER BY 1"
