#!/usr/bin/python3
"""Whether the tests drew everything that the contract promises.

    tests/api/check_coverage.py DIRECTORY

DIRECTORY is what LOFT_EXCHANGES named while the tests ran: a line for each kind of answer that a
server gave (support/contract.py), and the contract. Prints what no test drew, and fails:

  success  each operation's documented statuses below 400, but 304 and 206, which follow from the nature
           of operations
  problem  each code that an operation lists as its own (x-problems)
  shared   each response that operations share (Unauthorized, NotFound ...), once by whichever
  code     each code that follows from the nature of operations, once by whichever

A fault of the service itself (500) is not to be drawn.
"""
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from support.contract import GENERAL, Contract  # noqa: E402

NOT_DRAWN = {"InternalError"}


def missing(contract, records):
    statuses = {(r["operation"], r["status"]) for r in records}
    codes = {(r["operation"], r["status"], r["code"]) for r in records}
    components = {r["component"] for r in records}
    for operation in contract.operations:
        for status in map(int, operation.raw["responses"]):
            if status < 400 and status not in (206, 304) and (operation.id, status) not in statuses:
                yield f"success {operation.id} {status}"
        for status, code in contract.problems_of(operation):
            if code not in GENERAL.get(status, ()) and (operation.id, status, code) not in codes:
                yield f"problem {operation.id} {status} {code}"
    for name in contract.document["components"]["responses"]:
        if name not in components | NOT_DRAWN:
            yield f"shared  {name}"
    drawn = {(r["status"], r["code"]) for r in records}
    for status, general in GENERAL.items():
        for code in sorted(general):
            if (status, code) not in drawn:
                yield f"code    {status} {code}"


def main(directory):
    directory = pathlib.Path(directory)
    contract = Contract(json.loads((directory / "contract.json").read_text()))
    records = [json.loads(line) for file in sorted(directory.glob("*.jsonl"))
               for line in file.read_text().splitlines()]
    left = list(missing(contract, records))
    for line in left:
        print(line)
    print(f"{len(left)} not drawn" if left else "everything was drawn")
    return bool(left)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
