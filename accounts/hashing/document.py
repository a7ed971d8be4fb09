"""Write docs/hash-formats.md out of the registry: `python -m accounts.hashing.document`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from accounts.hashing.ambiguity import SHARED
from accounts.hashing.contract import Bound, Format, Parameter, ParsedHash
from accounts.hashing.costs import ORDINARY_PASSWORD_BYTES, Limits
from accounts.hashing.encodings import MAXIMUM_PASSWORD_BYTES
from accounts.hashing.presets import PRESETS, Preset
from accounts.hashing.registry import FORMATS, MAXIMUM_STORED_LENGTH

PAGE = Path(__file__).parents[2] / "docs" / "hash-formats.md"

INTRODUCTION = f"""\
# Password hash formats

`python -m accounts.hashing.document` writes this page from the registry; a test fails when it is
out of date.

Users keep their passwords. Userferry stores a legacy hash as its source wrote it, verifies it at
sign-in with the function of the source, and replaces it by an argon2id hash at the first success.
An argon2id hash that costs no less than a new one stays as it is. No format on this page can be
used to create a hash.

## What is stored

The password column holds `<prefix>$<text>`, at most {MAXIMUM_STORED_LENGTH} characters. The prefix
is the id of the format, except where Django has written such hashes itself; the text is the value
without surrounding white space (JSON without any). Parameters that a source keeps beside the value
stand between the two, with all defaults filled in, as one URL-encoded query:
`pbkdf2_raw$digest=sha256&iterations=27500&salt=...&salt_encoding=base64&hash_encoding=base64$<hash>`.

## Notations

Base64 may be standard or URL-safe, padded or not, with `.` for `+`. A last character with stray
bits is rejected, because it means a damaged value. Hexadecimal may be of either case. Numbers have
neither sign nor leading zero. Passwords are hashed as UTF-8 unless the format says otherwise. A
password of more than {MAXIMUM_PASSWORD_BYTES:,} bytes is wrong, whatever the format: no hash
function receives it.

## What some formats need

- A format that lists `username` among its parameters hashes the user name as well. An import takes
  it from the target field “User name”, unless the parameters give another.
- yescrypt, gost-yescrypt and Sun MD5 are computed by the system's libcrypt (libxcrypt 4.4 or
  later), and so is bcrypt marked `$2x$`. Alpine Linux and macOS have none: there the import rejects
  such hashes and says so, except that `$2x$` is verified as `$2b$`, which is right for ASCII
  passwords.
- A hash of a known system that cannot be verified is rejected by the name of that system
  (`hash_unsupported`).

## Hashes of several kinds

A column may hold bcrypt and, for users who have not signed in for a long time, bare MD5. Declare
the format of the hashes that do not name theirs. A hash that does not have the form of the declared
format, cannot be read in it, and begins with the mark of another format is read in that format, and
the record says so (`hash_format_stated`). A hash that the declared format can read is never read in
another, and no bare digest is read as another kind.

## Labels

A column may say how the hash beside it was made: `BCrypt`, `SHA-256`, `pbkdf2`. A value that bears
the mark of its format is read by that. The name of a digest counts as `algorithm`, in any case and
punctuation; whether and where a salt goes is still to be decided. Other labels are read where all
systems mean the same by them. The same label of two systems can mean two functions: `scrypt` is one
in Firebase and another in Werkzeug. Presets of source systems, and password presets, read it by the
system; otherwise the record fails with `hash_invalid`, which names the systems.

## Hashes that look alike in several systems

A bare MD5 or SHA, in hexadecimal or base64, does not say what it is a digest of: the password,
another digest, or UTF-16, as for NTLM. A digest with its salt behind a colon or in a separate
column does not say in which order or how often the function was applied. Where no format is
declared and the source system is unknown, no formula is chosen. The dry run asks for the source
system (`hash_format_ambiguous`), and “Test sign-in” finds it from one known password. The
records wait for the decision; all others are imported. A digest with the name of its function
beside it (`algorithm`) and no salt is read as a digest of the password. These need the same
decision:

- `md5$…` and `sha1$…`, which Django and old Werkzeug wrote;
- `$pbkdf2-sha224$i=…` and `$pbkdf2-sha384$i=…`, in which Ory Kratos means SHA-3;
- bcrypt, argon2 and PBKDF2 in a table with the column `fs_uniquifier`: Flask-Security hashes an
  HMAC of the password, unless it was told not to;
- bcrypt in a table with the column `userOnlineGroupID`: WoltLab before 5.4 hashed it twice;
- thirteen characters that can be DES crypt, and other short texts, which may be plain passwords:
  unless nearly all values of the column have that form.
"""
COSTS = f"""\
## Costs

Before it verifies a hash, Userferry estimates the cost from measured constants: see
`accounts/hashing/costs.py`. A hash that exceeds the limits, by default
{Limits()}, fails its record at the import (`hash_too_costly`) and is never computed.
Both limits are [settings](operations.md#cost-of-a-sign-in). Where each round hashes the
password again, the estimate assumes {ORDINARY_PASSWORD_BYTES} bytes; at sign-in, the true
length of a longer password counts.
"""
RANGES = """\
A number outside the range of its function is a damaged value. A hash below the weak mark is
accepted and shown as weak, and so is every hash of a function that was not made for passwords.
"""

PRESETS_TEXT = """\
## Presets

Choose a system by its name on the mapping page (“Password preset”), or write the name as
`password_preset` into a mapping. The preset sets the format and its parameters. It takes the salt
from the column in which the system has it, or another that you name, and asks for a secret of the
application, which is kept encrypted apart from the mapping. A format that you choose yourself
comes before that of the preset.
"""

ESTIMATES_HEADER = ("Function", "Estimate")
FORMULAS_HEADER = ("Choice", "System", "Formula")
COSTS_HEADER = ("Function", "Parameter", "Least", "Most", "Weak below", "Source")
PRESETS_HEADER = ("System", "Hash in", "Format", "Parameters", "Columns", "Asks for", "Source")
FORMATS_HEADER = ("Id", "Format", "Found in", "Required", "Optional", "Function", "Weak", "Layout")


def render_page() -> str:
    notes = [f"- `{each.id}`: {each.notes}" for each in FORMATS.values() if each.notes]
    parameters = [line for each in FORMATS.values() for line in render_parameters(each)]
    sections = (
        INTRODUCTION,
        render_table(
            FORMULAS_HEADER,
            ((f"`{each.id}`", each.label, each.formula) for each in SHARED.values()),
        ),
        PRESETS_TEXT,
        render_table(PRESETS_HEADER, map(render_preset, PRESETS.values())),
        COSTS,
        render_table(
            ESTIMATES_HEADER,
            ((each.__name__, f"`{each.cost_formula}`") for each in list_functions()),
        ),
        RANGES,
        render_table(
            COSTS_HEADER, (row for each in list_functions() for row in render_costs(each))
        ),
        f"## Formats\n\nThere are {len(FORMATS)} formats.\n",
        render_table(FORMATS_HEADER, map(render_format, FORMATS.values())),
        "## Parameters\n",
        "\n".join(parameters) + "\n",
        "## Notes\n",
        "\n".join(notes) + "\n",
    )
    return "\n".join(sections)


def render_preset(each: Preset) -> tuple[str, ...]:
    formats = each.marked or (each.format_id,)
    return (
        each.name,
        f"`{each.place}`",
        ", ".join(f"`{name}`" for name in formats),
        ", ".join(f"`{name}={value}`" for name, value in each.params.items()),
        ", ".join(f"`{column}`" for column in each.columns.values()),
        ", ".join(each.secrets.values()),
        f"{each.source}. {each.notes}" if each.notes else each.source,
    )


def list_functions() -> list[type[ParsedHash]]:
    functions = {function for each in FORMATS.values() for function in each.hashes}
    return sorted(functions, key=lambda function: function.__name__)


def render_costs(function: type[ParsedHash]) -> Iterable[tuple[str, ...]]:
    return (render_bound(function, bound) for bound in function.bounds)


def render_bound(function: type[ParsedHash], bound: Bound) -> tuple[str, ...]:
    return (
        function.__name__,
        bound.parameter,
        f"{bound.minimum:,}",
        f"{bound.maximum:,}",
        "always" if function.fast else f"{bound.weak_below:,}" if bound.weak_below else "",
        bound.source,
    )


def render_format(each: Format) -> tuple[str, ...]:
    return (
        f"`{each.id}`",
        each.label,
        each.emitted_by,
        render_names(parameter for parameter in each.parameters if parameter.required),
        render_names(parameter for parameter in each.parameters if not parameter.required),
        ", ".join(function.__name__ for function in each.hashes),
        "yes" if each.weak else "",
        each.source,
    )


def render_names(parameters: Iterable[Parameter]) -> str:
    return ", ".join(f"`{parameter.name}`" for parameter in parameters)


def render_parameters(each: Format) -> list[str]:
    return [f"- `{each.id}`: {render_parameter(parameter)}" for parameter in each.parameters]


def render_parameter(parameter: Parameter) -> str:
    choices = f"; one of {', '.join(parameter.choices)}" if parameter.choices else ""
    return f"`{parameter.name}`, {parameter.help}{choices}{render_default(parameter.default)}"


def render_default(default: str | None) -> str:
    if default is None:
        return ""
    return f"; by default `{default}`" if default else "; by default none"


def render_table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [header, ("---",) * len(header), *rows]
    return "".join(f"| {' | '.join(map(escape_cell, line))} |\n" for line in lines)


def escape_cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(render_page(), encoding="utf-8")
