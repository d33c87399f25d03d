"""The labels of every code in three languages, and the enums that must agree: codes.yaml has what
is shared, a part has what is its resource's own under `labels`."""
import re

from problems import LANGUAGES
from source import read_words

LIST = re.compile(r"^[a-z][a-z0-9_]*$")
CODE = re.compile(r"^(?:[a-z][a-z0-9_]*(?::[a-z_]+)?|[A-Z])$")


def read_codes(sources, report, parts):
    """{list: {code: {nb, nn, en}}} in the order of the files."""
    said = read_words(sources, report, "api/contract/codes.yaml", parts, "labels")
    for name, (codes, place) in said.items():
        if not LIST.match(name) or not isinstance(codes, dict) or not codes:
            report.add(place, "is not a snake_case name with codes")
            continue
        for code, labels in codes.items():
            check_labels(code, labels, report, place / code)
    return {name: codes for name, (codes, _) in said.items()}


def check_labels(code, labels, report, place):
    if not CODE.match(code):
        report.add(place, "is not a code")
    if not isinstance(labels, dict) or list(labels) != LANGUAGES or not all(
            isinstance(label, str) and label.strip() for label in labels.values()):
        report.add(place, f"needs a label in each of {', '.join(LANGUAGES)}")


def check_enum(name, values, codes, report, place):
    """A schema that says x-codes has all the codes of that list and no other."""
    if name not in codes:
        report.add(place, f"{name!r} has no labels")
    elif values is None:
        report.add(place, "belongs to an enum")
    elif set(values) != set(codes[name]):
        report.add(place, f"the enum is not the list {name}: "
                   + ", ".join(sorted(set(values) ^ set(codes[name]))))
