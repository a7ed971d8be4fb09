PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE IF NOT EXISTS "auth_group" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(150) NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS "auth_user" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "password" varchar(128) NOT NULL, "last_login" datetime NULL, "is_superuser" bool NOT NULL, "username" varchar(150) NOT NULL UNIQUE, "last_name" varchar(150) NOT NULL, "email" varchar(254) NOT NULL, "is_staff" bool NOT NULL, "is_active" bool NOT NULL, "date_joined" datetime NOT NULL, "first_name" varchar(150) NOT NULL);
INSERT INTO auth_user VALUES(1,'pbkdf2_sha256$1000$orchardsalt$1W3Sfzq/Q4ht00voMoCxAX3vhoRUhYM9q0UTpqFY9zU=','2024-05-06 07:08:09.123456',0,'ulla','Birnbaum','ulla@example.com',0,1,'2023-01-02 03:04:05','Ulla');
INSERT INTO auth_user VALUES(2,'!unusable',NULL,0,'otto','Quitte','otto@example.com',0,0,'2023-01-02 03:04:05','Otto');
COMMIT;
