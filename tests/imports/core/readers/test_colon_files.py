"""Account files of lines with fields between colons: told by their shape, and read whole."""

import io

import pytest

from imports.core.errors import FileFormatError
from imports.core.inspection.inspection import inspect_file
from imports.core.providers.crypt_fields import read_password_field
from imports.core.readers import RawRow, ReaderOptions, read_rows
from imports.core.readers.detection import detect_options

SHA512 = "$6$Bu4mEL89xNgOMuV6$" + "NDWtugn1S.QfSjAdYqn/G3owkl9wIetv" + "a" * 54
BCRYPT = "$2y$05$QDrSr3h3v4c7.h74IfcTdu" + "b6BuBYmIsfOR0JFS6Q/TDyl3ZtHGSya"
DIGEST = "5f4dcc3b5aa765d61d8327deb882cf99"


def read(text: str, syntax: str = "") -> list[RawRow]:
    options = detect_options(text.encode())[0]
    if syntax:
        options = ReaderOptions(syntax=syntax)
    return list(read_rows(io.BytesIO(text.encode()), options))


@pytest.mark.parametrize(
    ("syntax", "text"),
    [
        ("shadow", f"ada:{SHA512}:19900:0:99999:7:::\nben:*:19900:0:99999:7:::\n"),
        ("shadow", "ada:!:19900::::::\n"),
        ("passwd", "root:x:0:0:root:/root:/bin/bash\nada:x:1001:1001:Ada:/home/ada:/bin/sh\n"),
        ("passwd", f"ada:{SHA512}:1001:1001::/home/ada:/bin/sh\n"),
        ("master_passwd", f"ada:{BCRYPT}:1001:1001::0:0:Ada:/home/ada:/bin/sh\n"),
        ("smbpasswd", f"ada:1001:{'X' * 32}:{DIGEST.upper()}:[U          ]:LCT-65B0BB2F:\n"),
        ("smbpasswd", f"ada:1105:aad3b435b51404eeaad3b435b51404ee:{DIGEST}:::\n"),
        ("htpasswd", f"# comment\n\nada:{BCRYPT}\n"),
        ("htpasswd", "ada:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=\n"),
        ("htpasswd", f"ada:{BCRYPT}:since May: by phone\n"),
        ("htdigest", f"ada:Private area:{DIGEST}\n"),
        ("dovecot", "ada:{SSHA512}" + "Yg9DQ2wURCFGwobu" * 5 + "::::::\nben:{PLAIN}secret\n"),
        ("dovecot", f"ada:{SHA512}:1001:1001::/srv/mail/ada::userdb_mail=maildir:~/Mail\n"),
        ("dokuwiki", f"ada:{BCRYPT}:Ada Meyer:ada@example.com:admin,user\n"),
        ("dokuwiki", f"ada:{DIGEST}:Ada\\: Meyer:ada@example.com:user\n"),
    ],
)
@pytest.mark.parametrize("change", [str, lambda text: "\ufeff" + text.replace("\n", "\r\n")])
def test_account_file_is_told_by_its_shape(syntax, text, change):
    assert detect_options(change(text).encode())[0].syntax == syntax


@pytest.mark.parametrize(
    "text",
    [
        "name:city\nada:Rome\nben:Bern\n",
        "kind:documentation\nowner:administrator\n",
        "wheel:x:10:root,ada\nada:x:1001:\n",
        "time,name\n10:30:00,Ada\n11:30:00,Ben\n",
        f"id,hash\n1,pbkdf2:sha256:1000$abcdefgh${DIGEST * 2}\n",
        f"ada:1001:2:{BCRYPT},{BCRYPT}\n",  # /etc/security/opasswd
        f"ada@example.com:{DIGEST}\nben@example.com:{DIGEST}\n",
    ],
)
def test_other_text_with_colons_is_no_account_file(text):
    assert detect_options(text.encode())[0].syntax == "csv"


@pytest.mark.parametrize(
    "text",
    [
        f"ada:1001:2:{BCRYPT},{BCRYPT}\n",
        f"ada@example.com:{DIGEST}\nben@example.com:{DIGEST}\n",
        f"ada:{DIGEST}:s1\nben:{DIGEST}:s2\n",
        f"ada {DIGEST}\nben {DIGEST}\n",
    ],
)
def test_list_of_names_and_hashes_is_read_without_a_header(text):
    inspection = inspect_file(io.BytesIO(text.encode()), file_name="dump.txt")
    assert all(column.name.startswith("(column ") for column in inspection.columns)
    assert len(inspection.columns) > 1
    assert not any(DIGEST in sample for each in inspection.columns for sample in each.samples)


def test_fields_of_dokuwiki_lose_their_backslashes_and_comments():
    [row] = read(f"ada:{BCRYPT}:A\\: \\\\ \\#1:ada@example.com:user # gone\n", "dokuwiki")
    assert row.values is not None
    assert row.values["full_name"] == "A: \\ #1"
    assert row.values["groups"] == "user "


def test_rest_of_a_line_of_dovecot_stays_one_field():
    [row] = read("ada:{PLAIN}x::::::quota=*:storage=1G mail=maildir:~/M\n", "dovecot")
    assert row.values is not None
    assert row.values["extra_fields"] == "quota=*:storage=1G mail=maildir:~/M"


def test_line_numbers_count_comments_and_blank_lines():
    rows = read(f"# one\n\nada:{BCRYPT}\n# four\nben:{BCRYPT}\n")
    assert [(row.row_number, row.line_number) for row in rows] == [(1, 3), (2, 5)]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("ada:x:1001", "row_too_few_cells"),
        ("ada:x:1:1::/home:/bin/sh:more", "row_too_many_cells"),
        ("a" * (1 << 20) + ":x", "row_too_large"),
    ],
)
def test_broken_line_is_a_problem_of_its_row(line, code):
    good = "ben:x:1:1::/home/ben:/bin/sh"
    rows = read(f"{good}\n{line}\n{good}\n", "passwd")
    assert [[problem.code for problem in row.problems] for row in rows] == [[], [code], []]


def test_damaged_byte_is_a_problem_of_its_row():
    content = b"ada:x:1:1:Zo\xeb:/home/ada:/bin/sh\nben:x:2:2::/home/ben:/bin/sh\n"
    rows = list(read_rows(io.BytesIO(content), ReaderOptions(syntax="passwd")))
    assert [[problem.code for problem in row.problems] for row in rows] == [
        ["invalid_encoding"],
        [],
    ]


def test_file_of_comments_alone_has_no_records():
    with pytest.raises(FileFormatError):
        read("# nothing\n", "shadow")


@pytest.mark.parametrize(
    ("text", "is_locked", "hashed"),
    [
        (SHA512, False, SHA512),
        (f"!{SHA512}", True, SHA512),
        (f"!!{SHA512}", True, SHA512),
        (f"*LOCKED*{SHA512}", True, SHA512),
        (f"*LK*{SHA512}", True, SHA512),
        (f"{{CRYPT}}!{SHA512}", True, SHA512),
        ("*", True, None),
        ("!!", True, None),
        ("x", False, None),
        ("", False, None),
        ("NP", False, None),
        (
            "*6B4F89A54E2D27ECD7E8DA05B4AB8FD9D1D8B119",
            False,
            "*6B4F89A54E2D27ECD7E8DA05B4AB8FD9D1D8B119",
        ),
    ],
)
def test_marks_of_a_lock_are_told_from_the_hash(text, is_locked, hashed):
    field = read_password_field(text)
    assert (field.is_locked, field.columns.get("(password hash)")) == (is_locked, hashed)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("{SODIUM}c2FsdHNhbHRzYWx0", "SODIUM"),
        ("$zz$abc$def", "$zz$"),
    ],
)
def test_hash_of_a_format_that_is_unknown_here_is_named(text, name):
    assert read_password_field(text).columns["(hash format)"] == name


@pytest.mark.parametrize(
    "text",
    [
        "$y$j9T$gwg5jwVOWwsa2gSTKChYj.$gIwB3Sg.tptZlUau1TZkAjvYw08UvGG6HBfigPrxfy5",
        "{SCRAM-SHA-256}4096,suSueAvg3CqMtyMf1k6oKg==,PbbOjMkvL3Y7kue7niIAE4I3CYZSeJyDBkJB8kS4Pis="
        ",l2ltb50Vdi31P8fz+YqIbvrKCUmm1ShdyPlqZhTLm3E=",
        "{CRAM-MD5}c4addf6b2ba36d1482221ba5a244349e36a67a80890feb12409631274e7a7413",
    ],
)
def test_hash_of_a_marked_format_keeps_its_mark(text):
    assert read_password_field(text).columns == {"(password hash)": text}


def test_encoded_plain_password_is_left_to_the_format_that_decodes_it():
    field = read_password_field("{PLAIN.B64}SGVyb24tTGFkZGVyLTI3")

    assert field.columns["(hash format)"] == "ldap"
    assert "(password)" not in field.columns


def test_delimiter_by_hand_reads_an_account_file_as_columns():
    content = io.BytesIO(f"ada:{BCRYPT}\nben:{BCRYPT}\n".encode())
    inspection = inspect_file(content, file_name="x", chosen={"delimiter": ":"})
    assert [column.name for column in inspection.columns] == ["(column 1)", "(column 2)"]
