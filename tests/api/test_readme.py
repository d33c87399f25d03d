"""The README's calls, pasted as they stand into a shell, and its table of settings."""
import json
import pathlib
import re
import subprocess

from support import run

ROOT = pathlib.Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()


def blocks():
    """The shell blocks that call the service, in their order."""
    return [block for block in re.findall(r"```sh\n(.*?)```", README, re.S)
            if "127.0.0.1:8080" in block or "TOKEN=" in block]


def paste(server, tokens, folder):
    """What each block prints. Only port, tokens and the place of temporary files are other ones."""
    script = ["set -eu", f"cd {folder}"]
    for block in blocks():
        block = block.replace("127.0.0.1:8080", f"127.0.0.1:{server.settings['LOFT_PORT']}")
        block = re.sub(r"\$\(script/token ([a-z0-9-]+)\)", lambda m: tokens[m.group(1)], block)
        script += [block.replace("/tmp/", f"{folder}/"), "printf '\\n<end of block>\\n'"]
    done = subprocess.run(["bash", "-c", "\n".join(script)], capture_output=True, text=True,
                          timeout=60)
    assert done.returncode == 0, done.stderr
    return [part.strip() for part in done.stdout.split("<end of block>")]


def test_calls_as_pasted(server, tokens, tmp_path):
    (courses, me, forgotten, registered, again, cancelled, exported, party, names, simulated, groups,
     certificate, invoices, numbers, ideas, calendars, told, due, money, explained, basis, trail,
     _letter, *_) = paste(server, tokens, tmp_path)
    assert "grunnkurs-demo" in courses
    assert json.loads(me)["subject"] == "participant"
    assert json.loads(forgotten)["rule"] == "SM-R08"
    assert registered.startswith("HTTP/1.1 201") and '"state":"confirmed"' in registered
    assert json.loads(again)["code"] == "already_registered"
    assert (json.loads(cancelled)["state"], json.loads(cancelled)["refund_nok"]) == ("cancelled", 950)
    table = (tmp_path / "participants.csv").read_bytes()
    assert exported == "" and table.startswith(b"\xef\xbb\xbfid;version;course_id")
    assert party.startswith("HTTP/1.1 201") and '"unnamed":2' in party
    assert {fault["code"] for fault in json.loads(names)["errors"]} == {
        "email_invalid", "unknown_reference"}
    assert [offer["position"] for offer in json.loads(simulated)["offers"]] == [1]
    report, rebalanced = groups.split("\n{", 1)
    assert report.startswith("id,") and "changes" in json.loads("{" + rebalanced)
    assert json.loads(certificate)["state"] == "valid"
    assert (tmp_path / "certificate.pdf").read_bytes().startswith(b"%PDF-")
    assert "Tønsberg kommune" in invoices
    assert json.loads(numbers)["by"] == "profession"
    found, facets = ideas.split("\n") if "\n" in ideas else re.split("(?<=})(?={)", ideas)
    assert any(idea["language"] == "nb" for idea in json.loads(found)["items"]) and json.loads(facets)
    assert calendars.startswith("BEGIN:VCALENDAR") and "calendar.ics" in calendars
    assert json.loads(told)["items"][0]["kind"].startswith("registration_")
    assert '"kind":"decision_basis"' in due and "BEGIN:VCALENDAR" in due
    assert sum(line["amount_nok"] for line in json.loads(money)["lines"]) == 9600000
    assert "KN11" in explained and "2844384" in explained
    made, missing = basis.split("\n", 1)
    assert made.startswith("HTTP/1.1 201") and "criterion_unanswered" in missing
    assert (tmp_path / "trail.csv").read_bytes().count(b"\n") > 10
    assert json.loads(trail)["items"] and all(one["unbroken"] for one in json.loads(trail)["items"])
    assert (tmp_path / "letter.pdf").read_bytes().startswith(b"%PDF-")


def test_settings_are_those_of_the_service():
    table = subprocess.run([run.binary(), "config", "--markdown"], capture_output=True, text=True,
                           env={"PATH": "/usr/bin:/bin"}, check=True).stdout
    assert table in README, "replace the table in README.md by `loft config --markdown`"
