"""A forum of a test's own, put into the database by its owner: networks, owners, and clients of those
who work with it."""
import itertools
import string

CODES = (f"{a}{b}{no:02}" for a, b in itertools.product(string.ascii_uppercase, repeat=2)
         for no in range(1, 100) if a + b != "KN")
NUMBERS = itertools.count(1)


class Forum:
    def __init__(self, build, make_user):
        self.build, self.make_user = build, make_user
        self.county = build.organisation(org_type="county")
        self.governor = build.organisation(org_type="state_administrator")
        self.id = build.insert("forum", code=f"forum-{next(NUMBERS)}", name="Forum (eksempel)",
                               county_id=self.county)
        self.secretariat = make_user(("forum_secretariat", "forum", self.id))

    def reader(self):
        """Somebody in the programme who is not in the forum."""
        return self.make_user(("owner", "organisation", self.build.organisation(org_type="municipality")))

    def network(self, **columns):
        """id and code of a new network."""
        code = next(CODES)
        organisation = self.build.organisation(org_type="competence_network")
        row = {"forum_id": self.id, "code": code, "name": f"Nettverk {code}",
               "organisation_id": organisation, "active_from_on": "2020-08-01", **columns}
        return self.build.insert("competence_network", **row), code

    def owner(self, network_id, *, name=None, role="municipality", from_on="2020-08-01", to_on=None,
              **columns):
        """An organisation that is a member of the network."""
        organisation = self.build.organisation(name, org_type=role, **columns)
        self.build.insert("network_member", network_id=network_id, organisation_id=organisation,
                          role=role, from_on=from_on, to_on=to_on)
        return organisation

    def member(self, *, seat="public_owner", may_vote=True, from_on="2020-01-01", **columns):
        row = {"forum_id": self.id, "person_id": self.build.person(), "full_name": "Kari Eksempelsen",
               "organisation_id": self.build.organisation(org_type="municipality"), "seat": seat,
               "may_vote": may_vote, "from_on": from_on, **columns}
        return self.build.insert("forum_member", **row)

    def round(self, year=2027, state="planning", *, scheme_code="kompetanseloftet", **columns):
        """The id of a round with the usual deadlines; its networks get no frame by this."""
        row = {"forum_id": self.id, "scheme_code": scheme_code, "year": year, "state": state,
               "own_share_bp": 0, "need_due_on": f"{year - 1}-12-01", "basis_due_on": f"{year}-02-01",
               "recommendation_due_on": f"{year}-03-15", "decision_due_on": f"{year}-04-30",
               "report_due_on": f"{year + 1}-06-30", **columns}
        return self.build.insert("grant_round", **row)

    def frame(self, round_id, network_id, frame_nok=None, **columns):
        return self.build.insert("network_frame", round_id=round_id, network_id=network_id,
                                 frame_nok=frame_nok, **columns)

    def meeting(self, held_on="2027-01-12", year_no=1, *, state="held", scheme_code="kompetanseloftet",
                **columns):
        return self.build.insert("forum_meeting", forum_id=self.id, scheme_code=scheme_code,
                                 held_on=held_on, year_no=year_no, title="Møte", state=state, **columns)

    def county_governor(self):
        return self.make_user(("state_administrator", "county", self.county))

    def coordinator(self, network_id):
        return self.make_user(("network_coordinator", "network", network_id))
