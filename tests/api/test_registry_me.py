"""GET /v1/me: who am I, and what may I do?"""
from support.client import Api

SCOPES = ["registry:read", "registry:write", "smart:read", "smart:write", "smart:register",
          "smart:contact", "smart:sensitive", "grants:read", "grants:write", "audit:read", "admin:write"]
OF_EVERYBODY = ["me.read", "me.update", "notification.read", "notification.update",
                "calendar_feed.read", "calendar_feed.create", "calendar_feed.delete",
                "smart.quote_request.read",
                "smart.quote_request.accept",
                "smart.quote_request.decline",
                "smart.quote_request.withdraw"]
REGISTERS = ["registry.municipality.read", "registry.region.read", "registry.organisation.read"]


def test_a_booker(booker):
    me = booker.get("/v1/me")
    assert (me["kind"], me["subject"]) == ("user", "booker")
    assert me["person"]["full_name"] == "Bodil Eksempelvik" and me["scopes"] == SCOPES
    grant, = me["grants"]
    assert (grant["role"], grant["scope_type"]) == ("booker", "organisation")
    assert grant["scope_name"] == "Tønsberg kommune"
    assert set(["me.read", "smart.registration.create", *REGISTERS]) <= set(me["permissions"])
    assert "registry.person.read" not in me["permissions"]


def test_several_roles_give_each_permission_once(make_user, build):
    course = build.course(title="Et kurs", state="draft")
    client = make_user("participant", "smart_admin", ("smart_instructor", "course", course.id))
    me = client.get("/v1/me")
    assert len(me["permissions"]) == len(set(me["permissions"]))
    assert "smart.course.publish" in me["permissions"]
    assert {g["scope_name"] for g in me["grants"]} == {None, "Et kurs"}


def test_a_network_and_a_forum_are_told_by_name(server, tokens, make_user):
    coordinator = Api(server, tokens["network-kn02"])
    [grant] = coordinator.get("/v1/me")["grants"]
    network = coordinator.get(f"/v1/grants/networks/{grant['scope_id']}")
    assert grant["scope_name"] == network["name"]
    secretariat = make_user(("forum_secretariat", "forum", network["forum_id"]))
    [grant] = secretariat.get("/v1/me")["grants"]
    assert grant["scope_name"] == secretariat.get(f"/v1/grants/forums/{network['forum_id']}")["name"]


def test_an_outsider_a_stranger_and_nobody(outsider, server, tokens, anonymous):
    me = outsider.get("/v1/me")
    assert me["grants"] == [] and me["permissions"] == OF_EVERYBODY and me["id"]
    stranger = Api(server, tokens.sign("ukjent", scope="smart:read")).get("/v1/me")
    assert stranger["id"] is None and stranger["person"] is None and stranger["subject"] == "ukjent"
    assert stranger["scopes"] == ["smart:read"] and stranger["permissions"] == OF_EVERYBODY
    anonymous.get("/v1/me", expect=401, code="token_missing")


def test_a_machine(partner):
    me = partner.get("/v1/me")
    assert (me["kind"], me["person"]) == ("client", None)
    assert me["scopes"] == ["smart:read", "smart:register"]
    assert [g["role"] for g in me["grants"]] == ["partner_system"]


def test_no_parameters(participant):
    participant.get("/v1/me", params={"fields": "kind"}, expect=400, code="unknown_parameter")
    participant.post("/v1/me", {}, expect=405)
