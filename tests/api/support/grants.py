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
