"""Every code of a problem or a fault, with its words in three languages: problems.yaml has what is
shared, a part has what is its resource's own under `problems`."""
import re

from source import read_words

LANGUAGES = ["nb", "nn", "en"]
CODE = re.compile(r"^[a-z][a-z0-9_]*$")
ARGUMENT = re.compile(r"\{([a-z_]+)\}")


def read_problems(sources, report, parts):
    """{code: {status?, fault?, rule?, nb, nn, en}}, sorted by code."""
    said = read_words(sources, report, "api/contract/problems.yaml", parts, "problems")
    for code, (problem, place) in said.items():
        check_problem(code, problem, report, place)
    return {code: problem for code, (problem, _) in sorted(said.items())}


def check_problem(code, problem, report, place):
    if not CODE.match(code) or not isinstance(problem, dict):
        report.add(place, "is not a snake_case code with a mapping")
        return
    for key in set(problem) - {"status", "fault", "rule", *LANGUAGES}:
        report.add(place / key, "is not known to the compiler")
    status = problem.get("status")
    if status is None and problem.get("fault") is not True:
        report.add(place, "needs status: 4xx or 5xx, or fault: true when it describes one member")
    if status is not None and (not isinstance(status, int) or not 400 <= status <= 599):
        report.add(place / "status", "is not 4xx or 5xx")
    arguments = None
    for language in LANGUAGES:
        words = problem.get(language)
        if not isinstance(words, dict) or set(words) != {"title", "detail"} or not all(
                isinstance(w, str) and w.strip() for w in words.values()):
            report.add(place / language, "needs title and detail")
            return
        found = set(ARGUMENT.findall(words["title"] + words["detail"]))
        if arguments is not None and found != arguments:
            report.add(place / language, "does not use the same {arguments} as nb")
        arguments = found if arguments is None else arguments
    if problem["nb"] == problem["nn"]:
        report.add(place / "nn", "is nb copied; write it in Nynorsk")
