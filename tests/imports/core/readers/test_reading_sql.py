# ruff: noqa: E501, S608, W291 - dumps as tools write them
"""SQL dumps: the rows of the one table of people, as each tool writes them."""

import gzip
import io
import sqlite3
import zipfile
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports.core.errors import FileFormatError
from imports.core.inspection.inspection import Inspection, inspect_file
from imports.core.readers import RawRow, ReaderOptions, read_rows
from imports.core.readers.surroundings import survey


def inspect(content: str | bytes) -> Inspection:
    raw = content.encode() if isinstance(content, str) else content
    return inspect_file(io.BytesIO(raw), file_name="dump.sql")


def read(content: str | bytes, **options: Any) -> list[RawRow]:
    """Return the rows as whoever uploads the file gets them."""
    raw = content.encode() if isinstance(content, str) else content
    chosen = ReaderOptions("sql", **options) if options else inspect(raw).options
    return list(read_rows(io.BytesIO(raw), chosen))


def list_values(content: str | bytes, **options: Any) -> list[dict[str, Any] | None]:
    rows = read(content, **options)
    assert [row.problems for row in rows] == [()] * len(rows)
    return [row.values for row in rows]


def refuse(content: str) -> FileFormatError:
    with pytest.raises(FileFormatError) as caught:
        inspect(content)
    return caught.value


# The line after the header of pg_dump guards psql since version 17.6.
POSTGRES = r"""--
-- PostgreSQL database dump
--

\restrict k3yOfThisDump

SET statement_timeout = 0;
SET standard_conforming_strings = on;

CREATE FUNCTION public.note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
INSERT INTO public.members VALUES (9, 'nobody@example.com');
RETURN NEW; END;
$$;

CREATE TABLE public.members (
    id bigint NOT NULL,
    email character varying(255) DEFAULT 'it''s, (none)'::character varying,
    "displayName" text,
    password text,
    CONSTRAINT members_check CHECK ((id > 0))
);
COPY public.badges (id, member_id, title) FROM stdin;
1	1	Picker
2	1	\N
\.


COPY public.members (id, email, "displayName", password) FROM stdin;
1	ada@example.com	Ada\tLove\\lace \303\251\x21	$2y$04$abc
123456789012345678901	bob@example.com	\N	
\.

SELECT pg_catalog.setval('public.members_id_seq', 2, true);
"""


def test_copy_block_of_pg_dump_is_read_with_its_escapes_and_lines():
    rows = read(POSTGRES)

    assert [row.values for row in rows] == [
        {"id": "1", "email": "ada@example.com", "displayName": "Ada\tLove\\lace é!",
         "password": "$2y$04$abc"},
        {"id": "123456789012345678901", "email": "bob@example.com", "displayName": None,
         "password": ""},
    ]  # fmt: skip
    lines = POSTGRES.split("\n")
    assert [lines[(row.line_number or 0) - 1].split("\t")[1] for row in rows] == [
        "ada@example.com",
        "bob@example.com",
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_blocks_of_one_table_are_read_one_after_another_be_they_empty(end):
    start = "COPY users (id, email) FROM stdin;"
    lines = [start, "\\.", start, "1\ta@x.org", "\\.", "", start, "\\.", start, "2\tb@x.org", "\\."]
    content = end.join(["-- PostgreSQL database dump", *lines, ""])

    rows = read(content)

    assert [(row.line_number, row.values) for row in rows] == [
        (5, {"id": "1", "email": "a@x.org"}),
        (11, {"id": "2", "email": "b@x.org"}),
    ]


def test_tables_that_are_not_read_are_counted():
    options = inspect(POSTGRES).options

    assert options.path == "public.members"
    assert survey(io.BytesIO(POSTGRES.encode()), options).parts == {"Table public.badges": 2}


INSERTS = r"""-- PostgreSQL database dump
SET standard_conforming_strings = on;
CREATE TABLE public.users (
    id bigint,
    email text,
    name text,
    active boolean,
    since timestamp
);
INSERT INTO public.users VALUES (1, 'a\b@example.com', 'O''Hara; (x)', true, '2024-01-02');
INSERT INTO public.users (email, id, name) VALUES ('b@example.com', 2, E'two\nlines\x21'), ('c@example.com', 3, NULL) ON CONFLICT DO NOTHING;
INSERT INTO public.users VALUES (4, 'd@example.com', U&'\0041da', false, '2024-01-02'::timestamp without time zone);
"""


def test_inserts_of_pg_dump_take_their_columns_from_the_statement_or_the_definition():
    assert list_values(INSERTS) == [
        {"id": "1", "email": r"a\b@example.com", "name": "O'Hara; (x)", "active": "true",
         "since": "2024-01-02"},
        {"email": "b@example.com", "id": "2", "name": "two\nlines!"},
        {"email": "c@example.com", "id": "3", "name": None},
        {"id": "4", "email": "d@example.com", "name": "Ada", "active": "false",
         "since": "2024-01-02"},
    ]  # fmt: skip


MYSQL = r"""/*M!999999\- enable the sandbox mode */
-- MariaDB dump 10.19
/*!40101 SET NAMES utf8mb4 */;
DROP TABLE IF EXISTS `users`;
CREATE TABLE `users` (
  `id` binary(16) NOT NULL,
  `email` varchar(255) DEFAULT 'a,b',
  `active` bit(1),
  `balance` decimal(30,10),
  `password` varbinary(255) COMMENT 'it''s (x)',
  PRIMARY KEY (`id`),
  KEY `by_email` (`email`)
) ENGINE=InnoDB;
LOCK TABLES `users` WRITE;
/*!40000 ALTER TABLE `users` DISABLE KEYS */;
INSERT INTO `users` VALUES (0x00FF,'O\'Hara; (x)@example.com',_binary '\0',12345678901234567890.1234567890,'a\nb\%'),(_binary 'abc','it''s',b'1',-1,NULL),
(0x616263,'c\\',_binary '"""
MYSQL_END = r"""',1e5,0x24327924);
UNLOCK TABLES;
DELIMITER ;;
CREATE TRIGGER x AFTER INSERT ON users FOR EACH ROW BEGIN
INSERT INTO `users` VALUES (9);
END ;;
DELIMITER ;
"""


def test_extended_insert_of_mysqldump_keeps_digits_bytes_and_bits():
    assert list_values(f"{MYSQL}\x01{MYSQL_END}") == [
        {"id": "0x00FF", "email": "O'Hara; (x)@example.com", "active": "0",
         "balance": "12345678901234567890.1234567890", "password": "a\nb\\%"},
        {"id": "abc", "email": "it's", "active": "1", "balance": "-1", "password": None},
        {"id": "abc", "email": "c\\", "active": "1", "balance": "1e5", "password": "$2y$"},
    ]  # fmt: skip


SQL_SERVER = r"""USE [shop]
GO
/****** Object:  Table [dbo].[Users]    Script Date: 01.02.2024 ******/
SET ANSI_NULLS ON
GO
CREATE TABLE [dbo].[Users](
	[Id] [nvarchar](450) NOT NULL,
 CONSTRAINT [PK] PRIMARY KEY CLUSTERED ([Id] ASC) WITH (PAD_INDEX = OFF) ON [PRIMARY]
) ON [PRIMARY]
GO
CREATE PROCEDURE [dbo].[Add] AS
INSERT INTO [dbo].[Users] ([Id]) VALUES (N'nobody')
GO
SET IDENTITY_INSERT [dbo].[Users] ON 

INSERT [dbo].[Users] ([Id], [Email], [Hash], [Created], [Is Active]) VALUES (N'1', N'it''s
two@example.com', N'', CAST(N'2019-01-01T00:00:00.000' AS DateTime), CAST(1 AS bit))
INSERT [dbo].[Users] ([Id], [Email], [Hash], [Created], [Is Active]) VALUES (N'2', N'b\@example.com', 0x0100AB, CAST(0x0000AC1B00C5C100 AS DateTime), 0)
GO
SET IDENTITY_INSERT [dbo].[Users] OFF
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_script_of_sql_server_needs_no_semicolons(encoding):
    assert list_values(SQL_SERVER.encode(encoding)) == [
        {"Id": "1", "Email": "it's\ntwo@example.com", "Hash": "",
         "Created": "2019-01-01T00:00:00.000", "Is Active": "1"},
        {"Id": "2", "Email": r"b\@example.com", "Hash": "0x0100AB",
         "Created": "2020-08-18T12:00:00.000", "Is Active": "0"},
    ]  # fmt: skip


SQLITE = r"""PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE users (id integer primary key, -- the user's id
 email text, bio text, key blob, password text);
INSERT INTO users VALUES(1,'ada@example.com',replace('a\nb','\n',char(10)),X'00ff','p');
CREATE TRIGGER t AFTER INSERT ON users BEGIN
SELECT CASE WHEN NEW.id < 0 THEN RAISE(ABORT, 'no') END;
INSERT INTO users VALUES(7,8,9,9,9); END;
INSERT INTO users VALUES(2,'bob@example.com',unistr('x\u000ay'),X'6162',NULL);
COMMIT;
"""


def test_dump_of_sqlite_is_read_with_the_functions_it_writes_line_ends_with():
    assert list_values(SQLITE) == [
        {"id": "1", "email": "ada@example.com", "bio": "a\nb", "key": "0x00ff", "password": "p"},
        {"id": "2", "email": "bob@example.com", "bio": "x\ny", "key": "ab", "password": None},
    ]


@pytest.mark.parametrize("pack", ["gzip", "zip"])
def test_packed_dump_is_read(pack):
    packed = io.BytesIO()
    if pack == "gzip":
        packed.write(gzip.compress(POSTGRES.encode()))
    else:
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("shop.sql", POSTGRES)
    options = inspect_file(packed, file_name=f"dump.{pack}").options

    assert len(list(read_rows(packed, options))) == 2


TWO = """\
CREATE TABLE users (id int, email text, password text);
CREATE TABLE admins (id int, username text, password text);
INSERT INTO users VALUES (1, 'ada@example.com', 'x');
INSERT INTO admins VALUES (1, 'root', 'x');
"""


@pytest.mark.parametrize(
    ("content", "why", "names"),
    [
        (TWO, "Several tables", ["users", "admins"]),
        ("CREATE TABLE fruit (id int, sort text);\nINSERT INTO fruit VALUES (1, 'Elstar');\n",
         "No table", ["fruit"]),
        ("CREATE TABLE users (id int, email text, password text);\n", "definitions alone",
         ["users"]),
    ],
)  # fmt: skip
def test_dump_without_one_table_of_users_is_refused_with_its_tables(content, why, names):
    error = refuse(content)

    assert error.problem.code == "dump_table_unclear"
    assert why in str(error)
    assert all(name in str(error) for name in names)


def test_table_can_be_chosen_by_its_name():
    assert list_values(TWO, path="admins") == [{"id": "1", "username": "root", "password": "x"}]


def test_table_can_be_chosen_without_its_schema():
    assert len(list_values(POSTGRES, path="members")) == 2


def test_table_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(FileFormatError) as caught:
        read(POSTGRES, path="people")

    assert caught.value.problem.code == "dump_table_unclear"
    assert "public.members" in str(caught.value)


def test_generated_column_is_blank_where_pg_dump_writes_default():
    content = """\
CREATE TABLE public.users (
    id bigint GENERATED ALWAYS AS IDENTITY,
    email text,
    search text GENERATED ALWAYS AS (lower(email)) STORED
);
INSERT INTO public.users VALUES (1, 'ada@example.com', DEFAULT);
INSERT INTO public.users VALUES (DEFAULT, 'bob@example.com', DEFAULT);
"""
    first, second = read(content)

    assert first.values == {"id": "1", "email": "ada@example.com", "search": None}
    assert first.problems == ()
    assert [each.column for each in second.problems] == ["id"]


def test_value_that_only_the_database_can_compute_is_a_problem_and_a_time_is_blank():
    (row,) = read(
        "INSERT INTO users (email, active, created) VALUES ('a@example.com', DEFAULT, now());"
    )

    assert row.values == {"email": "a@example.com", "active": None, "created": None}
    assert [(each.code, each.column) for each in row.problems] == [("value_computed", "active")]


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO users (id, email) SELECT id, email FROM old_users;",
        "COPY users (id, email) FROM '/srv/dump/3021.dat';",
        "COPY users (id, email) FROM stdin WITH (FORMAT csv);",
    ],
)
def test_rows_that_are_not_in_the_dump_are_a_problem(statement):
    content = f"INSERT INTO users (id, email) VALUES (1, 'a@example.com');\n{statement}\n"

    rows = read(content)

    assert [row.values is None for row in rows] == [False, True]
    assert rows[1].problems[0].code == "row_unreadable"


@pytest.mark.parametrize(
    "content",
    [
        POSTGRES[: POSTGRES.index("123456789012")],
        POSTGRES[: POSTGRES.index("bob@")],
        SQLITE[: SQLITE.index("unistr")],
        f"{MYSQL}\x01{MYSQL_END}"[: len(MYSQL)],
    ],
    ids=["copy", "line", "sqlite", "mysql"],
)
def test_dump_that_is_cut_short_says_so(content):
    *sound, last = read(content)

    assert sound
    assert last.problems[0].code == "row_truncated"


def test_row_whose_quotes_do_not_close_costs_no_other_row():
    rows = read(
        "INSERT INTO users (id, email) VALUES (1, 'a@x.org'), (2, ((((((3), (3, 'c@x.org');"
    )

    assert [(row.values or {}).get("id") for row in rows] == ["1", None, "3"]
    assert rows[1].problems[0].code == "row_unreadable"


NOTES = ["it''s\n(1, 2);", "INSERT INTO users (id) VALUES (9);\nGO\n", "''", "\\", ")("]


@pytest.mark.parametrize("end", [";\n", "\nGO\n", "\n"], ids=["semicolon", "go", "line"])
def test_rows_of_other_tables_are_passed_over_whatever_they_hold(end):
    orders = "".join(
        f"INSERT INTO orders (id, note) VALUES ({number}, '{note}'){end}"
        for number, note in enumerate(NOTES * 3)
    )
    user = f"INSERT INTO users (id, email) VALUES (1, 'ada@example.com'){end}"
    content = f"USE [x]\nGO\n{orders}{user}{orders}{user.replace('1', '2')}"
    options = inspect(content).options

    rows = list(read_rows(io.BytesIO(content.encode()), options))

    assert [(row.values or {})["id"] for row in rows] == ["1", "2"]
    lines = content.split("\n")
    assert all(lines[(row.line_number or 0) - 1].startswith("INSERT INTO users (id, email)")
               for row in rows)  # fmt: skip
    assert survey(io.BytesIO(content.encode()), options).parts == {"Table orders": 30}


# -- any text, and what tools write

PIECES = st.sampled_from(
    ["INSERT INTO users VALUES ", "(1,'a@x.org')", "('", "(", ")", ",", ";", "'", '"', "`", "\\",
     "COPY users (id, email) FROM stdin;\n", "1\ta@x.org\n", "\\.\n", "\n", "$$", "--", "/*", "*/",
     "CREATE TABLE users (id int, email text)", "N'x'", "0x", "CAST(", " AS bit)", "DELIMITER ;;\n",
     "NULL", "replace('a','b',char(10))", "GO\n", "BEGIN", "END", "\\N", "E'\\x", "é", "\udc80",
     "CREATE TRIGGER t ", "_binary ", "b'1'", "::text", "||", "INSERT INTO t SELECT 1;"]
)  # fmt: skip


@given(st.lists(PIECES | st.text(max_size=5), max_size=30))
def test_any_text_gives_rows_or_an_error_of_the_file(pieces):
    raw = "".join(["INSERT INTO users VALUES ", *pieces]).encode("utf-8", "surrogatepass")
    for options in (ReaderOptions("sql"), ReaderOptions("sql", path="users")):
        try:
            rows = list(read_rows(io.BytesIO(raw), options))
        except FileFormatError:
            continue
        assert all(row.values is not None or row.problems for row in rows)


# A value of one of the first two is a bit in MySQL; a file full of the others is not text.
CONTROL = "".join(map(chr, [*range(8), *range(14, 32)]))
TEXT = st.text(st.characters(codec="utf-8", exclude_characters=CONTROL), max_size=12)
CELLS = st.none() | TEXT | st.integers() | st.sampled_from(["\\N", "'", "\\", "a\\'b", "), (", ";"])
ROWS = st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=5)
COPIED = str.maketrans(
    {"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r", "\b": r"\b", "\f": r"\f", "\v": r"\v"}
)
ESCAPED = str.maketrans({"\\": r"\\", "'": r"\'", "\n": r"\n", "\r": r"\r", "\x1a": r"\Z"})


def write_plain(cell: Any, mark: str = "") -> str:
    if cell is None:
        return "NULL"
    return str(cell) if isinstance(cell, int) else mark + "'" + cell.replace("'", "''") + "'"


def write_mysql(cell: Any) -> str:
    return f"'{cell.translate(ESCAPED)}'" if isinstance(cell, str) else write_plain(cell)


def dump_copy(rows: list[tuple[Any, ...]]) -> str:
    cells = (
        "\t".join(r"\N" if cell is None else str(cell).translate(COPIED) for cell in row)
        for row in rows
    )
    lines = "".join(f"{line}\n" for line in cells)
    return f"-- PostgreSQL database dump\nCOPY public.users (id, email, name) FROM stdin;\n{lines}\\.\n"


def dump_inserts(rows: list[tuple[Any, ...]]) -> str:
    return "-- PostgreSQL database dump\n" + "".join(
        f"INSERT INTO public.users (id, email, name) VALUES ({', '.join(map(write_plain, row))});\n"
        for row in rows
    )


def dump_mysql(rows: list[tuple[Any, ...]]) -> str:
    values = ",".join(f"({','.join(map(write_mysql, row))})" for row in rows)
    columns = "`id` int, `email` text, `name` text, KEY `e` (`email`)"
    return (
        f"-- MySQL dump\nCREATE TABLE `users` ({columns});\nINSERT INTO `users` VALUES {values};\n"
    )


def dump_sql_server(rows: list[tuple[Any, ...]]) -> str:
    start = "INSERT [dbo].[Users] ([id], [email], [name]) VALUES"
    return "USE [x]\nGO\n" + "".join(
        f"{start} ({', '.join(write_plain(cell, 'N') for cell in row)})\n" for row in rows
    )


def dump_sqlite(rows: list[tuple[Any, ...]]) -> str:
    base = sqlite3.connect(":memory:")
    base.execute("CREATE TABLE users (id, email, name)")
    bounded = [
        [str(cell) if isinstance(cell, int) and abs(cell) >= 1 << 62 else cell for cell in row]
        for row in rows
    ]
    base.executemany("INSERT INTO users VALUES (?, ?, ?)", bounded)
    return "\n".join(base.iterdump())


@pytest.mark.parametrize(
    "dump", [dump_copy, dump_inserts, dump_mysql, dump_sql_server, dump_sqlite]
)
@given(rows=ROWS)
def test_dumped_rows_read_back_are_the_rows(dump, rows):
    found = list_values(dump(rows))

    assert [tuple((values or {}).values()) for values in found] == [
        tuple(cell if cell is None else str(cell) for cell in row) for row in rows
    ]
