"""What people are told, in three languages: letters.yaml has what all letters share, a part has what is
its resource's own under `letters`."""
import re

from problems import LANGUAGES
from source import Place

FILE = "api/notify/letters.yaml"
LIST = "notification_kind"
KIND = re.compile(r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$")
FACT = re.compile(r"\{\??([a-z_]+)\}")
BRACES = re.compile(r"\{[^}]*\}?|\}")


def read_letters(sources, report, parts, codes):
    """{kind: {language: {subject, body}}}, sorted, with what is shared around each body."""
    said = {}
    for part in parts:
        for kind, letter in sources.load(part).get("letters", {}).items():
            place = Place(part) / "letters" / kind
            if kind in said:
                report.add(place, "is written in another part too")
            said[kind] = letter, place
    if set(said) != set(codes.get(LIST, {})):
        report.add(Place(FILE), f"the kinds of letters are not the list {LIST}: "
                   + ", ".join(sorted(set(said) ^ set(codes.get(LIST, {})))))
    if not said:
        return {}
    shared = sources.load(FILE)
    facts, frame = shared.get("facts", {}), shared.get("frame", {})
    for kind, (letter, place) in said.items():
        check_letter(kind, letter, facts, report, place)
    for language in LANGUAGES:
        if frame.get(language, "").count("{letter}") != 1:
            report.add(Place(FILE) / "frame" / language, "needs {letter} once")
    if report.mistakes:
        return {}
    return {kind: {language: framed(frame[language], letter[language]) for language in LANGUAGES}
            for kind, (letter, _) in sorted(said.items())}


def framed(frame, words):
    return {"subject": words["subject"], "body": frame.replace("{letter}", words["body"].strip())}


def check_letter(kind, letter, facts, report, place):
    if not KIND.match(kind) or not isinstance(letter, dict) or set(letter) != set(LANGUAGES):
        report.add(place, f"needs a snake_case name and {', '.join(LANGUAGES)}")
        return
    used = None
    for language, words in letter.items():
        if not isinstance(words, dict) or set(words) != {"subject", "body"} or not all(
                isinstance(w, str) and w.strip() for w in words.values()):
            report.add(place / language, "needs subject and body")
            return
        check_words(words, facts, report, place / language)
        found = set(FACT.findall(words["subject"] + words["body"]))
        if used is not None and found != used:
            report.add(place / language, "does not tell the same facts as the other languages")
        used = found
    if letter["nb"] == letter["nn"]:
        report.add(place / "nn", "is nb copied; write it in Nynorsk")


def check_words(words, facts, report, place):
    always = facts.get("always", [])
    known = always + facts.get("sometimes", [])
    if "\n" in words["subject"] or set(FACT.findall(words["subject"])) - set(always):
        report.add(place / "subject", "is one line, of facts that are always there")
    for braces in BRACES.findall(words["subject"] + words["body"]):
        fact = FACT.fullmatch(braces)
        if not fact or fact[1] not in known:
            report.add(place, f"{braces} is no fact of {FILE}")
