"""The search of the idea bank: what is found in bokmål and nynorsk, in which order, what is marked, and
that no input is an error. PAIRS must match both ways; MISSES are known not to, and say why.
"""
import uuid

import pytest

from support.statements import Values, statements

IDEAS = "/v1/smart/ideas"

# As people write them, inflected and in compounds, bokmål and nynorsk.
PAIRS = """
skole skule            skolen skulen          skoler skular          skolegård skulegard
barneskole barneskule  ungdomsskolen ungdomsskulen
barna borna            lek leik               leker leikar           leken leiken
lekeplass leikeplass   samarbeidslek samarbeidsleik                  uke veke
ukene vekene           ukebrev vekebrev       måned månad            hverdag kvardag
hverdager kvardagar    venn ven               venner vener           vennskap venskap
vennebenk venebenk     venninne veninne       jente gjente           gutt gut
hjem heim              hjemme heime           hjemmebesøk heimebesøk foresatte føresette
foreldre foreldra      oppgave oppgåve        oppgaver oppgåver      styrke styrkje
styrker styrkar        egenskap eigenskap     egenskaper eigenskapar anerkjennelse anerkjenning
medvirkning medverknad trygghet tryggleik     trygghet tryggheit     mulighet moglegheit
likhet likskap         oppmerksomhet merksemd takknemlighet takksemd nysgjerrig nyfiken
følelse kjensle        følelser kjensler      glede gleda            drøm draum
drømmer draumar        hjerte hjarte          øye auge               navn namn
ensom einsam           alene åleine           sammen saman           fellesskap fellesskapet
spill spel             spillet spelet         brettspill brettspel   tegning teikning
tegne teikne           bilde bilete           sang song              fortelling forteljing
fortelle fortelje      spørre spørje          velge velje            tenke tenkje
bygge byggje           ønske ønskje           huske hugse            begynne byrje
lærer lærar            lærere lærarar         lærerne lærarane       elever elevar
elevene elevane        deltaker deltakar      deltakere deltakarar   leder leiar
ansatte tilsette       voksne vaksne          veiledning rettleiing  erfaring røynsle
opplevelse oppleving   øvelse øving           eksempel døme          forslag framlegg
morgensamling morgonsamling                   høst haust             høstferie haustferie
bok bøker              melkekartong mjølkekartong                    årlig årleg
forebygging førebygging                       trivsel trivnad        tilhørighet tilhøyrsle
"""

# What one might hope for and does not get. A line that begins to match moves up.
MISSES = {
    ("bamse", "klassebamse"): "a part of a compound is no word; only whole words are looked for",
    ("bammse", "bamse"): "mistakes are not forgiven",
    ("unger", "barn"): "other words for the same thing are no other spelling",
    ("pedagog", "lærer"): "likewise",
    ("glad", "glede"): "the stemmer knows endings, not which words belong together",
    ("hender", "hånd"): "nor a vowel that changes in the plural, but for books and dreams",
    ("ble", "blir"): "nor verbs that change all of themselves",
    ("trener", "trenarane"): "nor the nynorsk plural of those who do something, but for teachers",
    ("bevegelse", "rørsle"): "a word that differs altogether and is not in the list",
    ("gå inn", "inngang"): "a verb and its noun",
    ("skoleuke", "skuleveke"): "a very short word at the end of a compound is stemmed otherwise",
}


def pairs():
    words = PAIRS.split()
    return list(zip(words[::2], words[1::2]))


@pytest.fixture
def put(owner_db):
    """put(title=..., body=...): a public idea of the centre; its id."""
    def insert(title="Uten ord", body="Ingenting her.", **columns):
        defaults = {"kind": "text", "source": "smart_centre", "audience": "annet",
                    "author_display": "SMART", "visibility": "public", "consent_author": True,
                    "state": "published", "published_at": "2026-01-01"}
        columns = {**defaults, "title": title, "body": body, **columns}
        return owner_db.value(
            f"INSERT INTO idea ({', '.join(columns)}) VALUES ({', '.join(['%s'] * len(columns))})"
            " RETURNING id", list(columns.values()))
    return insert


@pytest.fixture
def find(anonymous):
    def search(q, **params):
        return [one["id"] for one in anonymous.every(IDEAS, {"q": q, "sort": "relevance", **params})]
    return search


@pytest.fixture
def matches(owner_db):
    """Whether a search for one text finds another, as the database answers it."""
    def ask(q, text):
        return owner_db.value("SELECT to_tsvector('pg_catalog.norwegian', %s) @@ norwegian_query(%s)",
                              [text, q])
    return ask


# ---- bokmål and nynorsk ----------------------------------------------------------------------------

@pytest.mark.parametrize("nb,nn", pairs())
def test_pairs_that_must_match(matches, nb, nn):
    assert matches(nb, f"De har {nn} der") and matches(nn, f"Dei har {nb} der")


@pytest.mark.parametrize("q,text", MISSES)
def test_known_misses(matches, q, text):
    assert not matches(q, text), "a miss no longer; move it to PAIRS"


@pytest.mark.parametrize("q,text", [
    ("lek", "lekse"), ("ven", "venstre"), ("uke", "ukjent"), ("barn", "barnehage"), ("mor", "morgen"),
    ("skole", "skolelys"), ("gård", "garderobe"), ("leder", "leie hus"), ("spill", "spillopper")])
def test_other_words_are_left_alone(matches, q, text):
    assert not matches(q, text)


def test_a_pair_over_http(put, find):
    mark = f"ord{uuid.uuid4().hex[:8]}"
    nb = put(body=f"{mark} Elevene leker i skolegården hver uke.")
    nn = put(body=f"{mark} Elevane leikar i skulegarden kvar veke.", language="nn")
    for q in "lek i skolegården", "leik i skulegarden", "skolegård uke", '"leker i skulegarden"':
        assert sorted(find(f"{mark} {q}")) == sorted([nb, nn]), q


def test_families_are_as_they_should_be(owner_db):
    """Bokmål and nynorsk have different stems, or there would be nothing to say."""
    assert owner_db.rows("SELECT words FROM word_family WHERE in_compounds AND stems[1] = stems[2]") == []
    assert owner_db.rows("SELECT words FROM word_family WHERE cardinality(stems) ="
                         " (SELECT 1 FROM unnest(stems) AS s GROUP BY s HAVING count(*) > 1 LIMIT 1)"
                         ) == []


# ---- what is searched, and how ---------------------------------------------------------------------

def test_every_part_is_searched_and_the_title_counts_most(put, find):
    word = f"klappelek{uuid.uuid4().hex[:6]}"
    in_body = put(body=f"En {word} til slutt.")
    in_title = put(title=f"En {word}")
    in_tags = put(tags=[word])
    in_summary = put(summary=f"Om en {word}.")
    found = find(word)
    assert found[0] == in_title and found[-1] == in_body
    assert sorted(found[1:3]) == sorted([in_tags, in_summary])


def test_the_syntax_of_a_search(put, find):
    mark = f"merke{uuid.uuid4().hex[:6]}"
    game = put(body=f"{mark} terning og brikke")
    song = put(body=f"{mark} gitar og brikke")
    both = put(body=f"{mark} brikke terning gitar")
    assert set(find(f"{mark} terning")) == {game, both}
    assert set(find(f"{mark} terning -gitar")) == {game}
    assert set(find(f'{mark} "brikke terning"')) == {both}
    assert set(find(f"{mark} terning or gitar")) >= {game, song, both}
    assert find(f"{mark} og") and find("og") == []


def test_relevance_pages_and_is_told(put, anonymous):
    word = f"sidetall{uuid.uuid4().hex[:6]}"
    for count in range(1, 6):
        put(body=f"{word} " * count)
        put(body=f"{word} " * count)
    whole = anonymous.get(IDEAS, params={"q": word, "sort": "relevance"}).items
    assert len(whole) == 10
    relevance = [one["relevance"] for one in whole]
    assert relevance == sorted(relevance, reverse=True) and relevance[0] > relevance[-1] > 0
    paged = anonymous.every(IDEAS, {"q": word, "sort": "relevance", "limit": 3})
    assert [one["id"] for one in paged] == [one["id"] for one in whole]
    assert anonymous.get(IDEAS, params={"q": word, "count": "true"})["count"] == 10
    newest = anonymous.get(IDEAS, params={"q": word, "sort": "-updated_at"}).items
    assert [one["id"] for one in newest] != [one["id"] for one in whole]
    text = anonymous.get(IDEAS, params={"q": word, "sort": "relevance"}, accept="application/x-ndjson").text
    assert text.count("\n") == 10


def test_there_is_no_relevance_without_a_search(anonymous):
    for accept in None, "text/csv":
        answer = anonymous.get(IDEAS, params={"sort": "relevance"}, accept=accept, expect=400,
                               code="invalid_parameter")
        assert answer.faults == {"?q": "required"}
    for one in anonymous.get(IDEAS).items:
        assert one["relevance"] is one["highlight"] is None


def test_an_edit_is_found_at_once(smart_admin):
    word = f"endring{uuid.uuid4().hex[:6]}"
    made = smart_admin.post(IDEAS, {"title": "Før", "body": "Før", "kind": "text", "audience": "annet",
                                    "author_display": "SMART", "visibility": "public"})
    assert smart_admin.every(IDEAS, {"q": word}) == []
    smart_admin.patch(f"{IDEAS}/{made['id']}", {"body": f"Etter {word}"}, etag=made.etag)
    assert [one["id"] for one in smart_admin.every(IDEAS, {"q": word})] == [made["id"]]


def test_a_search_shows_nothing_hidden(put, anonymous, smart_admin):
    word = f"skjult{uuid.uuid4().hex[:6]}"
    hidden = put(title=word, state="submitted", published_at=None)
    assert anonymous.get(IDEAS, params={"q": word, "count": "true"}).json == {
        "items": [], "next_cursor": None, "count": 0}
    assert anonymous.get(f"{IDEAS}/facets", params={"q": word})["ideas"] == 0
    assert [one["id"] for one in smart_admin.every(IDEAS, {"q": word})] == [hidden]


# ---- highlights ------------------------------------------------------------------------------------

def highlight(anonymous, q):
    return anonymous.get(IDEAS, params={"q": q}).items[0]["highlight"]


def test_what_was_found_is_marked(put, anonymous):
    mark = f"lys{uuid.uuid4().hex[:6]}"
    put(title=f"{mark}: leik på skulen", summary="Ingen av ordene.",
        body="Lang innledning. " * 80 + "Elevene leker sammen i skolegården. " + "Lang slutt. " * 80)
    found = highlight(anonymous, f"{mark} lek skole")
    assert found["title"] == f"⟦{mark}⟧: ⟦leik⟧ på ⟦skulen⟧"
    assert found["summary"] is None
    assert "⟦leker⟧" in found["body"] and len(found["body"]) < 400


def test_marks_are_ours_alone_and_html_stays_text(put, anonymous):
    mark = f"farlig{uuid.uuid4().hex[:6]}"
    put(title=f"⟦falsk⟧ <script>alert('{mark}')</script> {mark}", body="x")
    title = highlight(anonymous, mark)["title"]
    assert title.count("⟦") == title.count("⟧") >= 1
    assert "⟦falsk" not in title and f"⟦{mark}⟧" in title


# ---- any input -------------------------------------------------------------------------------------

@pytest.mark.parametrize("q", [
    "'", "''", "\\", "\\'", '"', '""', '"""', "-", "--", "- -", "!", "&", "|", "&&||!!", "(", ")", "()",
    "<->", "<2>", ":*", "a:*", "a:B", "or", "or or", "-or", '"or"', "og", "i på og", ".", "%", "_", "*",
    "<b>", "http://example.no/a?b=c&d=e", "a@example.no", "1.5e10", "-1", "æøå", "Å", "\u00a0", "🙂",
    "\x01", "\x011", "\u202e", "⟦⟧", "a" * 200, "a " * 99, "-a " * 66, '"a b" ' * 33,
    "skole skule skolen skulen lærer lærar lærere lærerne lærarar lærarane uke veke uka uken uker"])
def test_no_input_is_an_error(anonymous, q):
    answer = anonymous.get(IDEAS, params={"q": q, "sort": "relevance", "count": "true"})
    assert answer["count"] >= 0
    anonymous.get(f"{IDEAS}/facets", params={"q": q})


@pytest.mark.parametrize("q", ["", "a" * 201])
def test_a_search_has_limits(anonymous, q):
    anonymous.get(IDEAS, params={"q": q}, expect=400)


# ---- as many as there may be -----------------------------------------------------------------------

def test_the_public_list_reads_an_index(new_database):
    """With many ideas the newest are read from their index, and a search from its own."""
    database = new_database()
    with database.connect("loft_owner") as owner:
        owner.execute(
            "INSERT INTO idea (title, body, kind, source, author_display, audience, visibility, state,"
            " consent_author, published_at) SELECT 'Idé ' || n, 'Tekst om ' || md5(n::text), 'text',"
            " 'smart_centre', 'SMART', 'annet', 'public', 'published', true,"
            " now() - n * interval '1 hour' FROM generate_series(1, 10000) AS n")
        owner.execute("ANALYZE idea")
        plan = plan_of(owner, "SELECT id FROM idea WHERE words @@ norwegian_query('leik')")
        assert "idea_words_idx" in plan, plan
    with database.connect("loft_service") as service:
        plan = plan_of(service, f"SELECT item.* FROM ({statements()['idea_list']}) AS item"
                                " ORDER BY item._published_at DESC, item.id DESC LIMIT 51")
        assert "idea_order_idx" in plan and "Sort" not in plan, plan


def plan_of(session, sql):
    return "\n".join(row["QUERY PLAN"] for row in session.rows(f"EXPLAIN {sql}", Values()))
