"""A partnership of a test's own: a round that is open, a network with its coordinator and owner, a university
with somebody who signs, and decision bases that they write over HTTP."""
from support.grants_round import ANSWERS, Round

BASES = "/v1/grants/decision-bases"
NOW = "2030-01-15T09:00:00Z"
DAYS = {"starts_on": "2030-08-01", "ends_on": "2031-06-30"}


class Partnership:
    def __init__(self, forum, *, frame_nok=500000, round_=None, now=NOW, **columns):
        self.now = now
        self.forum, self.build, self.make_user = forum, forum.build, forum.make_user
        self.round = round_ or Round(forum, **{"state": "open", **columns})
        self.network = self.round.network(frame_nok)
        self.uh, self.owner = self.round.uh, self.network.owner_id
        self.build.insert("network_member", network_id=self.network.id, organisation_id=self.uh,
                          role="uh_partner", from_on="2020-08-01")
        self.coordinator = self.make_user(("network_coordinator", "network", self.network.id))
        self.signer = self.signer_of(self.uh)
        self.secretariat = forum.secretariat

    def signer_of(self, *institutions):
        return self.make_user(*(("uh_partner", "institution", one) for one in institutions))

    def institution(self, name="Universitetet Prøve (eksempel)"):
        return self.build.organisation(name, org_type="uh_institution")

    def unit(self, owner=None, org_type="kindergarten"):
        return self.build.organisation(org_type=org_type, parent_id=owner or self.owner)

    def assessment(self, service_type="kindergarten", *, state="completed", **columns):
        row = {"staff_involved": True, "leaders_involved": True, "uh_dialogue": True,
               "completed_on": "2029-11-01" if state == "completed" else None, **columns}
        return self.build.insert("self_assessment", round_id=self.round.id, network_id=self.network.id,
                                 owner_id=self.owner, unit_id=self.unit(), service_type=service_type,
                                 state=state, **row)

    def need(self, state="included", **columns):
        row = {"round_id": self.round.id, "network_id": self.network.id, "owner_id": self.owner,
               "title": "Behov", **columns}
        need = self.build.insert("need_report", **row)
        self.build.session.execute("UPDATE need_report SET state = %s WHERE id = %s", [state, need])
        return need

    def body(self, **changes):
        """Of a draft without anything that could be left out."""
        return {"round_id": self.round.id, "network_id": self.network.id, "title": "Inkluderende praksis",
                **changes}

    def begin(self, **changes):
        return self.coordinator.post(BASES, self.body(**changes), now=self.now)

    def whole(self, amount_nok=100000, **changes):
        """A draft that lacks nothing but signatures; its path."""
        body = {"uh_ids": [self.uh], "owner_ids": [self.owner], **ANSWERS, **DAYS,
                "self_assessment_ids": [self.assessment(one) for one in ("kindergarten", "school", "ppt")],
                **changes}
        path = f"{BASES}/{self.begin(**body)['id']}"
        self.measure(path)
        self.line(path, amount_nok)
        return path

    def measure(self, path, **changes):
        body = {"title": "Felles analyse", "owner_ids": [self.owner], "uh_ids": [self.uh], **changes}
        return self.coordinator.post(f"{path}/measures", body)

    def line(self, path, amount_nok=100000, **changes):
        body = {"recipient_id": self.uh, "purpose": "implementation", "amount_nok": amount_nok, **changes}
        return self.coordinator.post(f"{path}/budget-lines", body)

    def sign(self, path, api=None, **options):
        return (api or self.signer).act(path, "sign", **{"now": self.now, **options})

    def signed(self, amount_nok=100000, **changes):
        """A draft that lacks nothing; its path."""
        path = self.whole(amount_nok, **changes)
        self.sign(path)
        return path

    def submit(self, path, action="submit", **options):
        return self.coordinator.act(path, action, **{"now": self.now, **options})

    def send_back(self, path, due_on="2030-03-01", **options):
        return self.secretariat.act(path, "return", {"note": "Mangler", "resubmit_due_on": due_on},
                                    **{"now": self.now, **options})
