"""Letters of decisions to their recipients, as PDF in the language of each (domain.md §0.1)."""
import re
import subprocess

import pytest

from support.deciding import NOW, Round
from support.grants import Forum

NOBODY = "00000000-0000-7000-8000-00000000dead"


@pytest.fixture
def forum(build, make_user):
    return Forum(build, make_user)


@pytest.fixture
def letter(tmp_path):
    """letter(api, path, recipient) is its text, letter.path the latest file."""
    def fetch(api, path, recipient):
        answer = api.get(f"{path}/letter", params={"recipient_id": recipient}, accept="application/pdf")
        assert answer.headers["Content-Type"] == "application/pdf"
        fetch.path = tmp_path / "letter.pdf"
        fetch.path.write_bytes(answer.body)
        return " ".join(told("pdftotext", "-layout", fetch.path, "-").split())
    return fetch


def told(program, *arguments):
    return subprocess.run([program, *map(str, arguments)], check=True, capture_output=True, text=True).stdout


def check(text, *said, silent=()):
    text = text.replace("\u00a0", " ")
    for words in said:
        assert words in text, f"{words!r} is not in {text!r}"
    for words in silent:
        assert words not in text, words


def test_a_grant_in_bokmal(forum, letter):
    case = Round(forum, total_nok=3_000_000).case(uh_nok=1_234_567, network_nok=100_000, frame_nok=2_000_000)
    path = case.issued(lines=[(case.uh, 1_234_567), (case.network, 60_000),
                              (case.owner, 40_000)],
                       letter_ref="2023/118", conditions="Eierne deltar på alle samlinger.")
    text = letter(case.university(), path, case.uh)
    check(text, "Vedtak om tilskudd", "Høgskolen i Ålvik (eksempel)", "20. april 2023", "2023/118",
          "«Inkluderende lek på Åfjord»", "Tilskuddet er innvilget.", "Tilskudd til dere 1 234 567 kr",
          "60 000 kr", "40 000 kr", "1 334 567 kr Sum", "Vilkår", "Eierne deltar på alle samlinger.",
          "alle de fire kriteriene", "søndag 30. juni 2024", "klage på vedtaket innen tre uker",
          "Med hilsen Statsforvalteren",
          silent=("egenandel", "Begrunnelse"))
    # The partnership sees the letters of its decision.
    check(letter(case.coordinator(), path, case.owner), "Tilskudd til dere 40 000 kr")
    check(letter(case.owner_user(), path, case.network), "Tilskudd til dere 60 000 kr")


def test_a_partial_grant_in_nynorsk_with_an_own_share(forum, letter):
    case = Round(forum, scheme="dekom", own_share_bp=3000).case(language="nn")
    path = case.issued("partially_granted", [(case.uh, 300_000), (case.owner, 33_334)],
                       deviation_reason="Ramma er mindre enn venta. Særleg for småskulane.")
    text = letter(case.governor, path, case.owner)
    check(text, "Vedtak om tilskot", "avgjerdsgrunnlaget", "i skulen (Dekom), 2023",
          "Tilskotet er delvis innvilga.", "Tilskot til dykk 33 334 kr", "Eigendelen dykkar er 10 001 kr.",
          "Grunngjeving", "Særleg for småskulane.", "innan tre veker",
          "Med helsing Statsforvaltaren", path.rpartition("/")[2])
    check(letter(case.governor, path, case.uh), "Tilskot til dykk 300 000 kr", silent=("Eigendelen",))


def test_a_refusal_goes_to_the_partnership(forum, letter):
    case = Round(forum).case(uh_nok=0, network_nok=0)
    path = case.issued("refused", [])
    for recipient in case.uh, case.owner, case.network:
        check(letter(case.governor, path, recipient), "Søknaden er avslått.", "Begrunnelse",
              "Tiltakene er ikke kollektive.", "Klage", silent=("kr", "rapportere"))


def test_who_gets_a_letter(forum):
    case = Round(forum).case()
    path = case.draft("partially_granted", [(case.uh, 1)], deviation_reason="Rammen er mindre.")
    case.governor.get(f"{path}/letter", params={"recipient_id": case.uh}, expect=409,
                      code="decision_not_issued")
    case.governor.act(path, "issue", now=NOW)
    for nobody in case.owner, case.network, NOBODY:
        case.governor.get(f"{path}/letter", params={"recipient_id": nobody}, expect=404)
    case.governor.get(f"{path}/letter", expect=400)
    other = case.round.case()
    for stranger in other.university(), other.coordinator():
        stranger.get(f"{path}/letter", params={"recipient_id": case.uh}, expect=404)


def test_fonts_are_embedded_and_long_texts_go_on(forum, letter):
    case = Round(forum).case()
    path = case.issued(conditions="Partnerskapet møtes hver måned og følger opp alle enheter. " * 80)
    letter(case.governor, path, case.uh)
    lines = told("pdffonts", letter.path).splitlines()[2:]
    assert lines and all(re.search(r" yes yes yes +\d+ +\d+$", line) for line in lines)  # emb sub uni
    about = told("pdfinfo", letter.path)
    assert re.search(r"Pages: +[2-9]\n", about) and "A4" in about


def test_the_same_bytes_each_time(forum):
    case = Round(forum).case()
    path = case.issued()
    first, again = (case.governor.get(f"{path}/letter", params={"recipient_id": case.uh}) for _ in range(2))
    assert first.body == again.body
    assert case.governor.get(f"{path}/letter", params={"recipient_id": case.uh}, none_match=first.etag,
                             expect=304).body == b""
