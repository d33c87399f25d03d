"""Cases as they come to the county governor: a basis of a partnership, assessed and recommended, put into
the database by its owner."""

DATES = {"need_due_on": "2022-12-01", "basis_due_on": "2023-02-01", "recommendation_due_on": "2023-03-15",
         "decision_due_on": "2023-04-30", "report_due_on": "2024-06-30"}
DECISIONS, LINES, REPORTS = "/v1/grants/decisions", "/v1/grants/decision-lines", "/v1/grants/reports"
NOW = "2023-04-20T10:00:00Z"


class Round:
    """A round of the forum whose recommendation was sent."""

    def __init__(self, forum, *, scheme="kompetanseloftet", year=2023, total_nok=1_000_000,
                 own_share_bp=0, state="recommended"):
        self.forum, self.build, self.db = forum, forum.build, forum.build.session
        self.id = self.build.insert("grant_round", forum_id=forum.id, scheme_code=scheme, year=year,
                                    total_nok=total_nok, own_share_bp=own_share_bp, state=state, **DATES)
        self.recommendation = self.build.insert("recommendation", round_id=self.id, title="Innstilling")
        self.governor = forum.make_user(("state_administrator", "county", forum.county))

    def case(self, **options):
        return Case(self, **options)


class Case:
    """network, uh and owner are the organisations of the partnership. The forum recommends so much for
    the university and for network and owner together; `verdicts` are those of c1 to c4."""

    def __init__(self, around, *, uh_nok=300_000, network_nok=100_000, budget_nok=None, frame_nok=500_000,
                 verdicts="met met met met", language="nb", title="Inkluderende lek på Åfjord"):
        self.round, self.forum, self.build = around, around.forum, around.build
        self.governor = around.governor
        self.network_id, self.network_code = self.forum.network()
        db = around.db
        self.network = str(db.value("SELECT organisation_id FROM competence_network WHERE id = %s",
                                    [self.network_id]))
        self.uh = self.build.organisation("Høgskolen i Ålvik (eksempel)", org_type="uh_institution",
                                          language=language)
        self.owner = self.forum.owner(self.network_id, language=language)
        self.build.insert("network_frame", round_id=around.id, network_id=self.network_id,
                          frame_nok=frame_nok)
        self.basis = self.build.insert("decision_basis", round_id=around.id, title=title,
                                       network_id=self.network_id)
        for organisation, kind in (self.uh, "uh"), (self.owner, "owner"):
            db.execute("INSERT INTO basis_partner (basis_id, organisation_id, kind) VALUES (%s, %s, %s)",
                       [self.basis, organisation, kind])
        recommended_nok = uh_nok + network_nok
        self.build.insert("budget_line", basis_id=self.basis, seq_no=1, recipient_id=self.uh,
                          recipient_kind="uh", purpose="implementation",
                          amount_nok=budget_nok or recommended_nok or 400_000)
        db.execute("UPDATE decision_basis SET state = 'submitted' WHERE id = %s", [self.basis])
        for criterion, verdict in zip(("c1", "c2", "c3", "c4"), verdicts.split()):
            self.build.insert("criterion_assessment", basis_id=self.basis, criterion=criterion,
                              verdict=verdict)
        self.build.insert("recommendation_line", recommendation_id=around.recommendation,
                          basis_id=self.basis, amount_uh_nok=uh_nok, amount_network_nok=network_nok,
                          verdict="recommend" if recommended_nok else "reject",
                          reason=None if recommended_nok else "Tiltakene er ikke kollektive.")
        db.execute("UPDATE decision_basis SET state = 'assessed' WHERE id = %s", [self.basis])
        db.execute("UPDATE decision_basis SET state = %s, claimed_nok = %s WHERE id = %s",
                   ["recommended" if recommended_nok else "not_recommended", recommended_nok, self.basis])

    # ---- the people

    def coordinator(self):
        return self.forum.make_user(("network_coordinator", "network", self.network_id))

    def university(self):
        return self.forum.make_user(("uh_partner", "institution", self.uh))

    def owner_user(self):
        return self.forum.make_user(("owner", "organisation", self.owner))

    # ---- the decision

    def draft(self, outcome="granted", lines=None, **body):
        """The path of a draft with these lines: (recipient, kind, amount)."""
        made = self.governor.post(DECISIONS, {"basis_id": self.basis, "outcome": outcome, **body})
        path = f"{DECISIONS}/{made['id']}"
        if lines is None:
            lines = self.as_recommended()
        self.put(path, lines)
        return path

    def as_recommended(self):
        return [(self.uh, 300_000), (self.network, 60_000), (self.owner, 40_000)]

    def put(self, path, lines, **options):
        options.setdefault("etag", "*")
        return self.governor.put(f"{path}/lines", {"lines": [
            {"recipient_id": recipient, "amount_nok": amount}
            for recipient, amount in lines]}, **options)

    def issued(self, *args, **body):
        path = self.draft(*args, **body)
        self.governor.act(path, "issue", now=NOW)
        return path

    def line(self, path, recipient):
        """The path of the recipient's line."""
        lines = self.governor.get(path)["lines"]
        return f"{LINES}/{next(one['id'] for one in lines if one['recipient_id'] == recipient)}"

    def pay(self, path, recipient, *, governor=None, **options):
        options.setdefault("now", "2023-05-20T10:00:00Z")
        return (governor or self.governor).act(self.line(path, recipient), "pay",
                                               {"payment_reference": "BILAG-1"}, **options)

    def state(self):
        return self.build.session.row("SELECT state, claimed_nok FROM decision_basis WHERE id = %s",
                                      [self.basis])

    def report(self, path):
        """The path of the report of an issued decision."""
        return f"{REPORTS}/" + str(self.build.session.value(
            "SELECT id FROM grant_report WHERE decision_id = %s", [path.rpartition('/')[2]]))
