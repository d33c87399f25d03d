"""Who may do what, by parts: one module here for each part of the service, found by listing this
directory. A new resource brings its own and edits no other.

The smallest one, `card_loan.py`, for a table of which an admin sees all rows and others none:

    from access.engine import List, Part, Request

    def furnish(world):
        world.card_loan = world.build.insert("card_loan", person_id=world.people["part"])

    PART = Part(
        furnish=furnish,
        operations=\"\"\"
                            anon outs part par2 book inst smad admn read regi away
    list_card_loans  -       401  403  403  403  403  403  200  403  403  403  403
    get_card_loan    own     401  403  403  403  403  403  200  403  403  403  403
    create_card_loan -       401  403  403  403  403  403  201  403  403  403  403
    \"\"\",
        requests={
            "get_card_loan": Request("card_loan"),
            "create_card_loan": Request(body=lambda world, name, relation: {
                "person_id": world.people["part"]}),
        },
        rows={"card_loan": lambda world, name, relation: world.card_loan},
        lists=\"\"\"
                                anon outs part par2 book inst smad admn read regi away
    list_card_loans  others      -    -    -    -    -    -    x    -    -    -    -
    \"\"\",
        listed={"list_card_loans": List("card_loan")},

        sees=\"\"\"
                      anon outs part par2 both book boin inst smad admn read regi away mute syst
    card_loan some     .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
    \"\"\",
        does=\"\"\"
                      anon outs part par2 both book boin inst smad admn read regi away mute syst
    card_loan create   .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
    \"\"\",
        statements={"card_loan create":
                    "INSERT INTO card_loan (person_id) VALUES (%(person part)s)"},
        named=lambda world: {"card_loan some": world.card_loan},
        kept={"card_loan": "id version created_at updated_at"},
    )

`Part` (engine.py) lists all that a part may say; what it leaves out is empty. A heading names the
principals that a table is about: those of SMART below, or those that a programme's own part adds in
its furnish (`world.add_user`); `world.grant` gives them further roles. The tables are
written by hand; what the code thinks is not asked. An operation, a label or a name that two parts
have is an error, as is one that none has.

What else a resource often needs: `lists_of_one` for lists below another row and for computed views;
`offered` for actions whose place in allowed_actions follows from the table; `scopes` and `machine_may`
for what partner systems open; `given` and `given_lists` where policies show more than permissions do
(one's own rows, say); `narrow`, `helpers` and `halves` for functions and policies that need them;
`deletable`; `public_tables` and `code_tables` for code lists that are rows, `checks` for a CHECK whose
words have labels; `after` if furnish needs the rows of another part.

The world has two places. At home the participants, the booker and the instructor have their
business; what lies away belongs to another organisation and to other courses.

    anon  no token                              outs  an account without any grant
    part  participant                           par2  another participant, on the same courses
    book  booker of the organisation at home    inst  instructor of the courses at home
    smad  smart_admin                           admn  admin
    read  partner system with smart:read        regi  partner system with smart:register
    away  partner system with both scopes, restricted to the organisation that is away

and for the policies alone: both, a participant who is instructor at home as well; boin, booker and
instructor at home; mute, a partner system without any scope for SMART; syst, the service itself.

A row is seen from the one who asks:

    own      about themselves (a machine: made by it)
    sibling  of somebody else on the same course, in the same organisation
    foreign  of another course and another organisation
    guest    of somebody without an employer whom part has registered

and a course likewise: own is one at home (for away: one of those away), own-draft one that is not
published yet. Writes are asked with `Prefer: tx=rollback`, so that no cell depends on another.
"""
import graphlib
import importlib
import pathlib

from access.engine import Table

MACHINERY = {"__init__", "asking", "engine"}
PARTS = {path.stem: importlib.import_module(f"access.{path.stem}").PART
         for path in sorted(pathlib.Path(__file__).parent.glob("*.py"))
         if path.stem not in MACHINERY}
# In which they furnish the world.
ORDER = [PARTS[name] for name in graphlib.TopologicalSorter(
    {name: part.after for name, part in PARTS.items()}).static_order()]


def once(field, found):
    """The (key, value) pairs of all parts as one dict; nothing may be found twice."""
    whole = {}
    for key, value in found:
        assert key not in whole, f"{field}: {key} stands twice"
        whole[key] = value
    return whole


def joined(field):
    """A dict from those of all parts."""
    return once(field, (item for part in PARTS.values() for item in getattr(part, field).items()))


def united(field):
    """A set from theirs."""
    return set(once(field, ((key, None) for part in PARTS.values() for key in getattr(part, field))))


def table(field):
    """A table from theirs."""
    return Table(*filter(None, (getattr(part, field) for part in PARTS.values())))


def heads(field):
    """The first words of the labels in each part's table: what the part is about."""
    return [(key, None) for part in PARTS.values() if getattr(part, field)
            for key in {label.split()[0] for label, _ in Table(getattr(part, field))}]


OPERATIONS, LISTS, SCOPES = table("operations"), table("lists"), table("scopes")
SEES, DOES, GIVEN = table("sees"), table("does"), table("given")
for field in "operations", "lists":
    once(field, heads(field))

REQUESTS, ROWS, LISTED = joined("requests"), joined("rows"), joined("listed")
LISTS_OF_ONE, OFFERED = united("lists_of_one"), united("offered")
STATEMENTS, KEYS, HALVES = joined("statements"), joined("keys"), joined("halves")
OPEN_ON_PURPOSE, HELPERS, NARROW = joined("open_on_purpose"), joined("helpers"), joined("narrow")
PUBLIC_TABLES, DELETABLE = joined("public_tables"), united("deletable")
# A table may have columns from several parts.
KEPT = set(once("kept", ((f"{name}.{column}", None) for part in PARTS.values()
                         for name, words in part.kept.items() for column in words.split())))
GIVEN_LISTS, PUBLIC_REGISTERS = joined("given_lists"), united("public_registers")
MACHINE_MAY, MACHINE_LISTS = united("machine_may"), joined("machine_lists")
CHECKS, CODE_TABLES, WORDS = joined("checks"), united("code_tables"), united("words")
