"""Who is asking: the token endpoint, the keys, tokens that are not what they seem, and grants that
change while their holder is at work."""
import base64
import hashlib
import hmac
import json
import re
import shutil
import time
import urllib.parse

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from support.client import Api
from support.cluster import ISSUER
from support.tokens import b64url, claims_of, es256, header_of, new_key, unb64url, write_key
from support.waiting import eventually

LIST = "/v1/smart/registrations"
SOMEBODY = "019386b2-0000-7000-8000-000000000001"


# ---- the token endpoint ----

def basic(client_id, secret):
    """client_secret_basic: both halves form-encoded (RFC 6749, 2.3.1)."""
    pair = f"{urllib.parse.quote_plus(client_id)}:{urllib.parse.quote_plus(secret)}"
    return "Basic " + base64.b64encode(pair.encode()).decode()


@pytest.fixture
def log_in(anonymous):
    def ask(client_id=None, secret="", expect=200, authorization=None, **form):
        form = {"grant_type": "client_credentials", **form}
        form = {name: value for name, value in form.items() if value is not None}
        if client_id is not None:
            authorization = basic(client_id, secret)
        return anonymous.post("/oauth/token", urllib.parse.urlencode(form), expect=expect,
                              media="application/x-www-form-urlencoded",
                              headers={"Authorization": authorization})
    return ask


@pytest.fixture
def machine(build):
    return build.client("smart:read", "smart:register")


def test_client_logs_in(server, log_in, machine):
    answer = log_in(machine.client_id, machine.secret)
    assert answer["token_type"] == "Bearer" and answer["expires_in"] == 3600
    assert set(answer["scope"].split()) == {"smart:read", "smart:register"}
    assert answer.headers["Cache-Control"] == "no-store"  # RFC 6749, 5.1
    Api(server, answer["access_token"]).get(LIST)


def test_token_says_what_rfc_9068_asks_for(log_in, machine):
    token = log_in(machine.client_id, machine.secret)["access_token"]
    claims = claims_of(token)
    assert claims["iss"] == ISSUER and claims["aud"] == "loft"
    assert claims["sub"] == claims["client_id"] == machine.client_id
    assert set(claims["scope"].split()) == {"smart:read", "smart:register"}
    assert claims["exp"] - claims["iat"] == 3600 and abs(claims["iat"] - time.time()) < 60
    assert len(claims["jti"]) >= 20
    assert "roles" not in claims and "grants" not in claims
    other = log_in(machine.client_id, machine.secret)["access_token"]
    assert claims_of(other)["jti"] != claims["jti"]


def test_scope_narrows(server, log_in, machine):
    answer = log_in(machine.client_id, machine.secret, scope="smart:read")
    assert answer["scope"] == "smart:read"
    client = Api(server, answer["access_token"])
    client.get(LIST)
    client.post(LIST, {}, expect=403, code="insufficient_scope")


@pytest.mark.parametrize("scope", ["smart:write", "smart:read smart:write", "nonsense", "smart:read,smart:register"])
def test_scope_that_the_client_does_not_have(log_in, machine, scope):
    answer = log_in(machine.client_id, machine.secret, scope=scope, expect=400)
    assert answer["error"] == "invalid_scope"


def test_scope_left_empty_is_left_out(log_in, machine):
    assert len(log_in(machine.client_id, machine.secret, scope="")["scope"].split()) == 2


def test_wrong_secret_and_unknown_client_look_alike(log_in, machine):
    wrong = log_in(machine.client_id, "wrong", expect=401)
    unknown = log_in("nobody-of-that-name", machine.secret, expect=401)
    assert wrong.json == unknown.json and wrong["error"] == "invalid_client"
    for answer in (wrong, unknown):
        assert answer.headers["WWW-Authenticate"].startswith("Basic realm=")


@pytest.mark.parametrize("authorization", [
    None, "Basic", "Basic ", "Basic !!!!", "Basic YQ", "Basic YWJj", "Bearer abc", "Digest a=b",
    "Basic " + base64.b64encode(b"a:b").decode(), "Basic " + base64.b64encode(b"\xff\xfe:\x00").decode(),
    "Basic " + base64.b64encode(b"%zz:%zz").decode(), "Basic " + base64.b64encode(b":").decode(),
    "Basic " + base64.b64encode(b"a" * 1400 + b":b").decode(),
    "Basic " + base64.b64encode(b"a'; DROP TABLE x; --:b").decode(),
], ids=lambda value: str(value)[:20])
def test_credentials_that_are_none(log_in, authorization):
    assert log_in(authorization=authorization, expect=401)["error"] == "invalid_client"


def test_credentials_in_the_body_are_not_looked_at(log_in, machine):
    answer = log_in(client_id=None, expect=401, **{"client_secret": machine.secret})
    assert answer["error"] == "invalid_client"


def test_secret_with_every_kind_of_character(log_in, build, owner_db):
    machine = build.client("smart:read")
    secret = "a:b%c+d &=é\"'/?"
    owner_db.execute("UPDATE api_client SET secret_sha256 = %s WHERE client_id = %s",
                     [hashlib.sha256(secret.encode()).hexdigest(), machine.client_id])
    log_in(machine.client_id, secret)


@pytest.mark.parametrize("grant_type, error", [
    ("password", "unsupported_grant_type"), ("authorization_code", "unsupported_grant_type"),
    ("CLIENT_CREDENTIALS", "unsupported_grant_type"), (None, "invalid_request"), ("", "invalid_request"),
    ("a" * 100, "invalid_request"),
], ids=lambda value: str(value)[:20])
def test_grant_types(log_in, machine, grant_type, error):
    answer = log_in(machine.client_id, machine.secret, grant_type=grant_type, expect=400)
    assert answer["error"] == error and answer["error_description"]


def test_errors_are_told_in_the_characters_of_rfc_6749(log_in, machine):
    """5.2: no quotation mark, no backslash, nothing beyond ASCII, in whatever language."""
    for answer in (log_in(expect=401), log_in(machine.client_id, machine.secret, grant_type="x", expect=400),
                   log_in(machine.client_id, machine.secret, scope="x", expect=400),
                   log_in(machine.client_id, machine.secret, grant_type=None, scope="x", expect=400)):
        assert re.fullmatch(r"[\x20-\x21\x23-\x5b\x5d-\x7e]+", answer["error_description"]), answer


def test_token_endpoint_takes_no_json(anonymous):
    anonymous.post("/oauth/token", {"grant_type": "client_credentials"}, expect=415,
                   code="unsupported_media_type")


def test_client_switched_off(log_in, machine, owner_db, server):
    token = log_in(machine.client_id, machine.secret)["access_token"]
    client = Api(server, token)
    client.get(LIST)
    owner_db.execute("UPDATE api_client SET is_active = false WHERE client_id = %s", [machine.client_id])
    client.get(LIST, expect=401, code="token_invalid")
    assert log_in(machine.client_id, machine.secret, expect=401)["error"] == "invalid_client"
    owner_db.execute("UPDATE api_client SET is_active = true WHERE client_id = %s", [machine.client_id])
    client.get(LIST)


def test_scope_taken_from_a_client(log_in, machine, owner_db, server):
    """A token carries no more than its client has today."""
    client = Api(server, log_in(machine.client_id, machine.secret)["access_token"])
    client.get(LIST)
    owner_db.execute("UPDATE api_client SET scopes = ARRAY['smart:register'] WHERE client_id = %s",
                     [machine.client_id])
    client.get(LIST, expect=403, code="insufficient_scope")


def test_client_made_on_the_command_line(database, server, log_in):
    output = database.cluster.run_loft(database, "client", "command-line", "--name", "Eksempelsystem",
                                       "--scopes", "smart:read")
    secret = dict(line.split() for line in output.splitlines())["client_secret:"]
    assert len(secret) == 43
    Api(server, log_in("command-line", secret)["access_token"]).get(LIST)
    database.cluster.run_loft(database, "client", "command-line", "--name", "Eksempelsystem",
                              "--scopes", "smart:read")
    log_in("command-line", secret, expect=401)  # it has another one now


# ---- keys and metadata ----

def public_key(jwk):
    x, y = (int.from_bytes(unb64url(jwk[name]), "big") for name in "xy")
    return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()


def verify(token, jwks):
    """As somebody else would, who knows the published keys alone."""
    message, _, signature = token.rpartition(".")
    header = header_of(token)
    assert header["alg"] == "ES256"
    (jwk,) = [key for key in jwks["keys"] if key["kid"] == header["kid"]]
    raw = unb64url(signature)
    assert len(raw) == 64
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    public_key(jwk).verify(der, message.encode(), ec.ECDSA(hashes.SHA256()))


def test_published_keys_verify_the_tokens(anonymous, tokens, log_in, machine):
    jwks = anonymous.get("/.well-known/jwks.json").json
    for token in (tokens["participant"], log_in(machine.client_id, machine.secret)["access_token"]):
        verify(token, jwks)
        head, body, signature = token.split(".")
        with pytest.raises(InvalidSignature):
            verify(f"{head}.{b64url({**claims_of(token), 'sub': 'admin'})}.{signature}", jwks)


def test_published_keys_are_public_alone(anonymous):
    for key in anonymous.get("/.well-known/jwks.json")["keys"]:
        assert set(key) == {"kty", "crv", "use", "alg", "kid", "x", "y"}


def test_server_metadata(anonymous):
    metadata = anonymous.get("/.well-known/oauth-authorization-server").json
    assert metadata["issuer"] == ISSUER
    assert metadata["token_endpoint"] == f"{ISSUER}/oauth/token"
    assert metadata["jwks_uri"] == f"{ISSUER}/.well-known/jwks.json"
    assert metadata["grant_types_supported"] == ["client_credentials"]
    assert metadata["token_endpoint_auth_methods_supported"] == ["client_secret_basic"]


# ---- tokens that are not what they seem ----

def changed(token, part, edit):
    parts = token.split(".")
    parts[part] = edit(parts[part])
    return ".".join(parts)


def hs256(tokens, secret, **header):
    claims = tokens.claims("admin")
    message = f"{b64url({'alg': 'HS256', 'typ': 'JWT', 'kid': tokens.kid, **header})}.{b64url(claims)}"
    return f"{message}.{b64url(hmac.digest(secret, message.encode(), 'sha256'))}"


def public_pem(tokens):
    return tokens.key.public_key().public_bytes(serialization.Encoding.PEM,
                                                serialization.PublicFormat.SubjectPublicKeyInfo)


def rs256(tokens):
    key = rsa.generate_private_key(65537, 2048)
    message = f"{b64url({'alg': 'RS256', 'typ': 'JWT', 'kid': tokens.kid})}.{b64url(tokens.claims('admin'))}"
    return f"{message}.{b64url(key.sign(message.encode(), PKCS1v15(), hashes.SHA256()))}"


def der_signed(tokens):
    message = f"{b64url({'alg': 'ES256', 'typ': 'JWT', 'kid': tokens.kid})}.{b64url(tokens.claims('admin'))}"
    return f"{message}.{b64url(tokens.key.sign(message.encode(), ec.ECDSA(hashes.SHA256())))}"


def embedded_key(tokens):
    key = new_key()
    numbers = key.public_key().public_numbers()
    jwk = {"kty": "EC", "crv": "P-256", "x": b64url(numbers.x.to_bytes(32, "big")),
           "y": b64url(numbers.y.to_bytes(32, "big"))}
    return tokens.assemble(tokens.claims("admin"), {"jwk": jwk}, key)


def raw_claims(tokens, text):
    message = f"{b64url({'alg': 'ES256', 'typ': 'JWT', 'kid': tokens.kid})}.{b64url(text)}"
    return f"{message}.{b64url(es256(tokens.key, message.encode()))}"


ATTACKS = {
    "no algorithm": lambda t: t.assemble(t.claims("admin"), {"alg": "none"}, signature=b""),
    "no algorithm, in capitals": lambda t: t.assemble(t.claims("admin"), {"alg": "NONE"}, signature=b""),
    "no algorithm, signed": lambda t: t.assemble(t.claims("admin"), {"alg": "none"}),
    "no algorithm at all": lambda t: t.assemble(t.claims("admin"), {"alg": None}),
    "no signature": lambda t: t.assemble(t.claims("admin"), signature=b""),
    "no last segment": lambda t: t.sign("admin").rpartition(".")[0],
    "HS256 with the public key": lambda t: hs256(t, public_pem(t)),
    "HS256 with the public key, stripped": lambda t: hs256(t, public_pem(t).strip()),
    "HS256 with nothing": lambda t: hs256(t, b""),
    "RS256": rs256,
    "ES384": lambda t: t.assemble(t.claims("admin"), {"alg": "ES384"}),
    "DER signature": der_signed,
    "zero signature": lambda t: t.assemble(t.claims("admin"), signature=b"\0" * 64),
    "another key": lambda t: t.assemble(t.claims("admin"), key=new_key()),
    "key in the header": embedded_key,
    "key by URL": lambda t: t.assemble(t.claims("admin"), {"jku": "https://example.no/keys"}, new_key()),
    "unknown kid": lambda t: t.assemble(t.claims("admin"), {"kid": "unknown"}),
    "kid that is a path": lambda t: t.assemble(t.claims("admin"), {"kid": "../../../dev/null"}),
    "kid with NUL": lambda t: t.assemble(t.claims("admin"), {"kid": f"{t.kid}\0"}),
    "kid that is no text": lambda t: t.assemble(t.claims("admin"), {"kid": 1}),
    "no kid": lambda t: t.assemble(t.claims("admin"), {"kid": None}),
    "critical extension": lambda t: t.assemble(t.claims("admin"), {"crit": ["exp"]}),
    "another type": lambda t: t.assemble(t.claims("admin"), {"typ": "id_token+jwt"}),
    "not yet": lambda t: t.sign("admin", nbf=int(time.time()) + 120),
    "from the future": lambda t: t.sign("admin", iat=int(time.time()) + 120),
    "another audience": lambda t: t.sign("admin", aud="somebody-else"),
    "audience that begins alike": lambda t: t.sign("admin", aud="loft2"),
    "audiences of others": lambda t: t.sign("admin", aud=["a", "b"]),
    "another issuer": lambda t: t.sign("admin", iss="https://elsewhere.example.no"),
    "issuer with a slash": lambda t: t.sign("admin", iss=ISSUER + "/"),
    "no issuer": lambda t: t.sign("admin", iss=None),
    "no audience": lambda t: t.sign("admin", aud=None),
    "no expiry": lambda t: t.sign("admin", exp=None),
    "no subject": lambda t: t.assemble(t.claims(None)),
    "empty subject": lambda t: t.sign(""),
    "subject with NUL": lambda t: t.sign("admin\0x"),
    "expiry that is text": lambda t: t.sign("admin", exp=str(int(time.time()) + 3600)),
    "expiry beyond all time": lambda t: t.sign("admin", exp=2**62),
    "expiry that is negative": lambda t: t.sign("admin", exp=-1),
    "scope that is a list": lambda t: t.sign("admin", scope=["smart:read"]),
    "claims twice": lambda t: raw_claims(t, json.dumps(t.claims("outsider"))[:-1] + ',"sub":"admin"}'),
    "claims that are a list": lambda t: raw_claims(t, "[]"),
    "claims that are nothing": lambda t: raw_claims(t, ""),
    "claims that are no UTF-8": lambda t: raw_claims(t, b'{"sub":"\xff"}'),
    "claims too deep": lambda t: raw_claims(t, '{"a":' * 400 + "1" + "}" * 400),
    "client of another name": lambda t: t.sign("nobody-of-that-name", client_id="nobody-of-that-name"),
    "tampered claims": lambda t: changed(t.sign("outsider"), 1, lambda _: b64url(t.claims("admin"))),
    "tampered header": lambda t: changed(t.sign("admin"), 0, lambda s: b64url({**json.loads(unb64url(s)), "x": 1})),
    "tampered signature": lambda t: changed(t.sign("admin"), 2, lambda s: ("B" if s[0] == "A" else "A") + s[1:]),
    "signature cut": lambda t: t.sign("admin")[:-4],
    "padding": lambda t: t.sign("admin") + "==",
    "four segments": lambda t: t.sign("admin") + ".x",
    "one segment": lambda t: "abc",
    "dots": lambda t: "..",
    "nothing": lambda t: "",
    "very long": lambda t: t.sign("admin", padding="a" * 9000),
    "two tokens": lambda t: f"{t.sign('admin')}, Bearer {t.sign('admin')}",
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_token_attack(anonymous, tokens, attack):
    answer = anonymous.get(LIST, headers={"Authorization": f"Bearer {ATTACKS[attack](tokens)}"},
                           expect=401)
    assert answer.code in ("token_invalid", "token_expired")
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_token_that_has_expired(server, tokens):
    now = int(time.time())
    Api(server, tokens.sign("participant", iat=now - 100, exp=now - 1)).get(LIST)  # leeway: 30 s
    answer = Api(server, tokens.sign("participant", iat=now - 100, exp=now - 60)).get(
        LIST, expect=401, code="token_expired")
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_token_that_expires_while_it_is_known(server, tokens):
    """A token is verified once and then found again; its end is looked at each time."""
    client = Api(server, tokens.sign("participant", exp=int(time.time()) - 28))
    client.get(LIST)
    eventually(lambda: not accepted(client), what="the end of the token")
    client.get(LIST, expect=401, code="token_expired")


def test_several_audiences_with_ours(server, tokens):
    Api(server, tokens.sign("participant", aud=["another", "loft"])).get(LIST)


def test_bearer_in_any_case(anonymous, tokens):
    for scheme in ("Bearer", "bearer", "BEARER"):
        anonymous.get(LIST, headers={"Authorization": f"{scheme} {tokens['participant']}"})


@pytest.mark.parametrize("value", ["Bearer", "Bearer ", "Basic YTpi", "Token abc", "abc"])
def test_other_authorization(anonymous, value):
    anonymous.get(LIST, headers={"Authorization": value}, expect=401, code="token_invalid")


def test_token_of_a_person_without_account(server, tokens):
    """Known to the issuer and to nobody here: may do nothing but what is public."""
    Api(server, tokens.sign("somebody-new")).get(LIST, expect=403, code="forbidden")


# ---- what every operation asks for ----

def secured(contract):
    for operation in contract.operations:
        security = operation.raw["security"]
        needs = next((need["oauth2"] for need in security if "oauth2" in need), None)
        if needs is not None:
            yield operation, needs, {} in security


def accepted(client):
    """Whether the token is good for anything now; asked often, and so not held to the contract."""
    headers = {"Authorization": f"Bearer {client.token}"}
    return client.session.get(client.base + LIST, headers=headers).status_code == 200


def call(client, operation, **options):
    return client.request(operation.method, operation.path(SOMEBODY), key=None, **options)


def test_without_a_token(anonymous):
    count = 0
    for operation, _, optional in secured(anonymous.contract):
        if not optional:
            answer = call(anonymous, operation, expect=401, code="token_missing")
            assert answer.headers["WWW-Authenticate"] == 'Bearer realm="loft"'
            count += 1
    assert count > 5


def test_without_the_scope(server, tokens):
    nothing = Api(server, tokens.sign("admin", scope=None))
    for operation, scopes, _ in secured(nothing.contract):
        if scopes:
            answer = call(nothing, operation, expect=403, code="insufficient_scope")
            assert answer.headers["WWW-Authenticate"] == (
                f'Bearer realm="loft", error="insufficient_scope", scope="{scopes[0]}"')


def test_without_any_role(outsider):
    of_everybody = {None, *outsider.get("/v1/me")["permissions"]}
    for operation, _, _ in secured(outsider.contract):
        if operation.raw.get("x-permission") not in of_everybody:
            call(outsider, operation, expect=403, code="forbidden")


def test_scope_that_nobody_knows_gives_nothing(server, tokens):
    Api(server, tokens.sign("admin", scope="everything *")).get(LIST, expect=403, code="insufficient_scope")


# ---- grants that change ----

def test_role_taken_away(make_user, build, owner_db):
    user = make_user("participant")
    user.get(LIST)
    owner_db.execute("DELETE FROM role_grant WHERE user_id = %s", [user.user.id])
    user.get(LIST, expect=403, code="forbidden")


def test_role_given(make_user, build):
    user = make_user()
    user.get(LIST, expect=403, code="forbidden")
    build.grant("participant", user_id=user.user.id)
    user.get(LIST)


def test_role_on_another_scope(make_user, build, owner_db):
    """The same role for another organisation: other rows at once."""
    one, other = build.organisation(), build.organisation()
    course = build.course()
    mine = build.registration(course, employer_organisation_id=one)
    theirs = build.registration(course, employer_organisation_id=other)
    user = make_user(("booker", "organisation", one))
    assert [item["id"] for item in user.get(LIST).items] == [mine]
    owner_db.execute("UPDATE role_grant SET scope_id = %s WHERE user_id = %s", [other, user.user.id])
    assert [item["id"] for item in user.get(LIST).items] == [theirs]


def test_account_switched_off(make_user, owner_db):
    user = make_user("participant")
    user.get(LIST)
    owner_db.execute("UPDATE user_account SET is_active = false WHERE id = %s", [user.user.id])
    user.get(LIST, expect=401, code="token_invalid")
    owner_db.execute("UPDATE user_account SET is_active = true WHERE id = %s", [user.user.id])
    user.get(LIST)


def test_revocation_reaches_every_process(make_user, start_server, owner_db, build):
    user = make_user("participant")
    other = user.clone(server=start_server())
    course = build.course()
    other.get(LIST)
    user.post(LIST, build.registration_body(course))
    owner_db.execute("DELETE FROM role_grant WHERE user_id = %s", [user.user.id])
    other.post(LIST, build.registration_body(course), expect=403, code="forbidden")
    user.post(LIST, build.registration_body(course), expect=403, code="forbidden")


def test_revocation_in_the_middle_of_many_requests(make_user, owner_db, build):
    """Grants of others change all the time; nobody is refused for it and nobody slips through."""
    stays, goes = make_user("participant"), make_user("participant")
    for round_no in range(10):
        owner_db.execute("UPDATE grant_epoch SET epoch = epoch + 1")
        stays.get(LIST)
        if round_no == 5:
            owner_db.execute("DELETE FROM role_grant WHERE user_id = %s", [goes.user.id])
        goes.get(LIST, expect=200 if round_no < 5 else 403)


# ---- rotation of keys ----

def test_keys_rotate_while_the_service_runs(start_server, cluster, tmp_path, build, tokens):
    """A new file signs from then on, the old one still verifies; taken away, its tokens are worth
    nothing."""
    keys = tmp_path / "keys"
    shutil.copytree(cluster.keys, keys)
    server = start_server(keys=keys)
    anonymous, old = Api(server), Api(server, tokens["participant"])
    machine = build.client("smart:read")

    def kids():
        return [key["kid"] for key in anonymous.get("/.well-known/jwks.json")["keys"]]

    def new_token():
        answer = anonymous.post("/oauth/token", "grant_type=client_credentials",
                                media="application/x-www-form-urlencoded",
                                headers={"Authorization": basic(machine.client_id, machine.secret)})
        return answer["access_token"]

    assert kids() == [tokens.kid]
    old.get(LIST)
    key = new_key()
    fresh = Api(server, tokens.assemble(tokens.claims("participant"), {"kid": "second"}, key))
    fresh.get(LIST, expect=401, code="token_invalid")
    write_key(keys, "second", key)
    eventually(lambda: accepted(fresh), what="the new key")  # an unknown kid makes it look
    assert kids() == ["second", tokens.kid]
    assert header_of(new_token())["kid"] == "second"
    verify(new_token(), anonymous.get("/.well-known/jwks.json").json)
    old.get(LIST)

    (keys / f"{tokens.kid}.pem").unlink()
    stranger = Api(server, tokens.assemble(tokens.claims("participant"), {"kid": "unknown"}))
    eventually(lambda: not accepted(stranger) and kids() == ["second"], what="the end of the old key")
    old.get(LIST, expect=401, code="token_invalid")
    fresh.get(LIST)
