"""A round of a test's own forum, and decision bases in it, put into the database by its owner."""
import dataclasses

DATES = {"need_due_on": "2029-12-01", "basis_due_on": "2030-02-01",
         "recommendation_due_on": "2030-03-15", "decision_due_on": "2030-04-30",
         "report_due_on": "2031-06-30"}
CLAIMING = {"submitted", "assessed", "recommended", "granted", "partially_granted"}
ANSWERS = {f"answer_c{no}": f"Svar på kriterium {no}" for no in range(1, 5)}


@dataclasses.dataclass
class Network:
    id: str
    code: str
    organisation_id: str
    owner_id: str


class Round:
    def __init__(self, forum, *, year=2030, **columns):
        self.forum, self.build = forum, forum.build
        row = {"scheme_code": "kompetanseloftet", "year": year, "total_nok": 10000000,
               "own_share_bp": 0, "state": "basis_closed", **DATES, **columns}
        self.id = self.build.insert("grant_round", forum_id=forum.id, **row)
        self.uh = self.build.organisation("Høgskolen Eksempel (eksempel)", org_type="uh_institution")

    def network(self, frame_nok=500000):
        """With an owner in it and a frame in the round."""
        network_id, code = self.forum.network()
        self.build.insert("network_frame", round_id=self.id, network_id=network_id, frame_nok=frame_nok)
        organisation = self.build.session.value(
            "SELECT organisation_id FROM competence_network WHERE id = %s", [network_id])
        return Network(network_id, code, organisation, self.forum.owner(network_id))

    def basis(self, network, state="submitted", *, uh_nok=60000, network_nok=30000, owner_nok=10000,
              claimed_nok=None, complete=True, **columns):
        """With everything that a line of the recommendation shows, unless it is not `complete`."""
        whole = {**ANSWERS, "starts_on": "2030-08-01", "ends_on": "2031-06-30"} if complete else {}
        basis = self.build.insert("decision_basis", round_id=self.id, network_id=network.id,
                                  **{"title": f"Inkluderende praksis {network.code}", **whole, **columns})
        if complete:
            self._fill(basis, network)
        for no, (recipient, kind, amount) in enumerate((
                (self.uh, "uh", uh_nok), (network.organisation_id, "network", network_nok),
                (network.owner_id, "owner", owner_nok)), 1):
            if amount:
                self.build.insert("budget_line", basis_id=basis, seq_no=no, recipient_id=recipient,
                                  recipient_kind=kind, purpose="implementation", amount_nok=amount)
        if claimed_nok is None:
            claimed_nok = uh_nok + network_nok + owner_nok if state in CLAIMING else 0
        due = {"resubmit_due_on": columns["resubmit_due_on"]} if "resubmit_due_on" in columns else {}
        self.set_state(basis, state, claimed_nok=claimed_nok, **due)
        return basis

    def _fill(self, basis, network):
        for kind, organisation in ("uh", self.uh), ("owner", network.owner_id):
            self.run("INSERT INTO basis_partner (basis_id, organisation_id, kind) VALUES (%s, %s, %s)",
                     basis, organisation, kind)
        measure = self.build.insert(
            "measure", basis_id=basis, seq_no=1, title="Inkluderingsanalysen", participants_estimate=40,
            target_groups=["kindergarten", "school"], starts_on="2030-08-01", ends_on="2031-06-30",
            amount_nok=100000)
        for kind, organisation in ("uh", self.uh), ("owner", network.owner_id):
            self.run("INSERT INTO measure_party (measure_id, organisation_id, kind) VALUES (%s, %s, %s)",
                     measure, organisation, kind)

    def set_state(self, basis, state, **columns):
        """As the database's owner, asking no rule."""
        named = {"state": state, **columns}
        if state == "returned":
            named.setdefault("resubmit_due_on", "2030-02-15")
        self.run(f"UPDATE decision_basis SET {', '.join(f'{name} = %s' for name in named)} WHERE id = %s",
                 *named.values(), basis)

    def verdicts(self, basis, **verdicts):
        """All four met, but those that are named; None for none."""
        for criterion in "c1", "c2", "c3", "c4":
            verdict = verdicts.get(criterion, "met")
            if verdict:
                self.build.insert("criterion_assessment", basis_id=basis, criterion=criterion,
                                  verdict=verdict)

    def assessed(self, network, verdicts=None, **columns):
        """A basis that is ready for the recommendation."""
        claimed_nok = columns.pop("claimed_nok", None)
        basis = self.basis(network, claimed_nok=claimed_nok, **columns)
        self.verdicts(basis, **(verdicts or {}))
        self.set_state(basis, "assessed")
        return basis

    def run(self, sql, *values):
        self.build.session.execute(sql, list(values))
