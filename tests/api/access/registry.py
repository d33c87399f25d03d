"""Organisations, people, users, machines, grants, places and the event log."""
from access.engine import List, Part, Request

SOMEBODY = {"full_name": "Kari Eksempelsen", "email": "kari.ny@example.no"}


def furnish(world):
    """Something that a user, a machine and the service itself have done."""
    world.events = {name: world.build.insert(
        "event", actor_kind=world[name].kind, actor_id=world[name].id, operation="test",
        resource_type="test") for name in ("part", "read")}
    world.events["syst"] = world.build.insert(
        "event", actor_kind="system", operation="test", resource_type="test")


def named(world):
    rows = {f"organisation {place}": row for place, row in world.organisations.items()}
    rows |= {f"person {name}": row for name, row in world.people.items()}
    rows |= {f"event {name}": row for name, row in world.events.items()}
    for principal in world.principals.values():
        if principal.kind == "user":
            rows[f"user_account {principal.name}"] = principal.id
        if principal.kind == "client":
            rows[f"api_client {principal.name}"] = principal.id
        grants = world.grants[principal.name]
        if grants:
            rows[f"role_grant {principal.name}"] = grants[0]["id"]
            rows[f"role_grants {principal.name}"] = [grant["id"] for grant in grants]
    return rows


def people_given(world, name):
    """Everybody sees who they are themselves, and an instructor the people of their courses."""
    if name == "inst":
        here = {person for (person, _) in world.registrations} - {"away", "stranger", "far"}
        return {world.people[person] for person in here}
    return {world[name].person_id}


APPEND = """INSERT INTO event (actor_kind, actor_id, operation, resource_type)
    VALUES ({kind}, {actor}, 'test', 'test')"""
GRANT = """INSERT INTO role_grant (user_id, role, scope_type, granted_by)
    VALUES ({user}, 'smart_admin', 'global', {by})"""

PART = Part(
    furnish=furnish,

    # ---- over HTTP

    operations="""
                                            anon outs part par2 book inst smad admn read regi away
list_municipalities          -              401  403  200  200  200  200  200  200  403  403  403
get_municipality             -              401  403  200  200  200  200  200  200  403  403  403
list_regions                 -              401  403  200  200  200  200  200  200  403  403  403
list_organisations           -              401  403  200  200  200  200  200  200  403  403  403
get_organisation             own            401  403  200  200  200  200  200  200  403  403  403
get_organisation             foreign        401  403  200  200  200  200  200  200  403  403  403
create_organisation          -              401  403  403  403  403  403  403  201  403  403  403
update_organisation          own            401  403  403  403  403  403  403  200  403  403  403
update_organisation          foreign        401  403  403  403  403  403  403  200  403  403  403
list_people                  -              401  403  403  403  403  403  200  200  403  403  403
get_person                   own            401  403  403  403  403  403  200  200  403  403  403
get_person                   sibling        401  403  403  403  403  403  200  200  403  403  403
get_person                   foreign        401  403  403  403  403  403  200  200  403  403  403
create_person                -              401  403  403  403  403  403  403  201  403  403  403
update_person                own            401  403  403  403  403  403  403  200  403  403  403
update_person                sibling        401  403  403  403  403  403  403  200  403  403  403
update_person                foreign        401  403  403  403  403  403  403  200  403  403  403

                                            anon outs part par2 book inst smad admn read regi away
list_users                   -              401  403  403  403  403  403  403  200  403  403  403
get_user                     own            401  403  403  403  403  403  403  200    -    -    -
get_user                     sibling        401  403  403  403  403  403  403  200  403  403  403
get_user                     foreign        401  403  403  403  403  403  403  200  403  403  403
create_user                  -              401  403  403  403  403  403  403  201  403  403  403
update_user                  own            401  403  403  403  403  403  403  403    -    -    -
update_user                  sibling        401  403  403  403  403  403  403  200  403  403  403
update_user                  foreign        401  403  403  403  403  403  403  200  403  403  403
list_user_role_grants        own            401  403  403  403  403  403  403  200    -    -    -
list_user_role_grants        sibling        401  403  403  403  403  403  403  200  403  403  403
list_user_role_grants        foreign        401  403  403  403  403  403  403  200  403  403  403
grant_user_role              own            401  403  403  403  403  403  403  403    -    -    -
grant_user_role              sibling        401  403  403  403  403  403  403  201  403  403  403
grant_user_role              foreign        401  403  403  403  403  403  403  201  403  403  403
list_role_grants             -              401  403  403  403  403  403  403  200  403  403  403
get_role_grant               own            401    -  403  403  403  403  403  200  403  403  403
get_role_grant               sibling        401  403  403  403  403  403  403  200  403  403  403
get_role_grant               foreign        401  403  403  403  403  403  403  200  403  403  403
revoke_role_grant            own            401    -  403  403  403  403  403  403  403  403  403
revoke_role_grant            sibling        401  403  403  403  403  403  403  204  403  403  403
revoke_role_grant            foreign        401  403  403  403  403  403  403  204  403  403  403
list_api_clients             -              401  403  403  403  403  403  403  200  403  403  403
get_api_client               own              -    -    -    -    -    -    -    -  403  403  403
get_api_client               sibling        401  403  403  403  403  403  403  200  403  403  403
update_api_client            own              -    -    -    -    -    -    -    -  403  403  403
update_api_client            sibling        401  403  403  403  403  403  403  200  403  403  403
rotate_api_client_secret     own              -    -    -    -    -    -    -    -  403  403  403
rotate_api_client_secret     sibling        401  403  403  403  403  403  403  200  403  403  403
list_api_client_role_grants  own              -    -    -    -    -    -    -    -  403  403  403
list_api_client_role_grants  sibling        401  403  403  403  403  403  403  200  403  403  403
grant_api_client_role        own              -    -    -    -    -    -    -    -  403  403  403
grant_api_client_role        sibling        401  403  403  403  403  403  403  201  403  403  403
create_api_client            -              401  403  403  403  403  403  403  201  403  403  403
list_audit_events            -              401  403  403  403  403  403  403  200  403  403  403
""",
    requests={
        "get_municipality": Request(path={"municipality_no": "3905"}),
        "get_organisation": Request("organisation"),
        "create_organisation": Request(body={"org_type": "other", "name": "Ny organisasjon"}),
        "update_organisation": Request("organisation", {"short_name": "Ny"}),
        "get_person": Request("person"),
        "create_person": Request(body=SOMEBODY),
        "update_person": Request("person", {"phone": "+47 11 11 11 11"}),
        "get_user": Request("user"),
        "create_user": Request(body={"subject": "ny-bruker"}),
        "update_user": Request("user", {"is_active": False}),
        "list_user_role_grants": Request("user"),
        "grant_user_role": Request("user", {"role": "smart_admin", "scope_type": "global"}),
        "get_role_grant": Request("grant"),
        "revoke_role_grant": Request("grant"),
        "get_api_client": Request("client"),
        "create_api_client": Request(body={"client_id": "nytt-system", "name": "Nytt system",
                                           "scopes": ["smart:read"]}),
        "update_api_client": Request("client", {"name": "Nytt navn"}),
        "rotate_api_client_secret": Request("client"),
        "list_api_client_role_grants": Request("client"),
        "grant_api_client_role": Request("client", lambda world, name, relation: {
            "role": "partner_system", "scope_type": "organisation",
            "scope_id": world.organisations["home"]}),
    },
    rows={
        "person": lambda world, name, relation: world.people[world.whose(name, relation)],
        "user": lambda world, name, relation: world[world.whose(name, relation)].id,
        "grant": lambda world, name, relation: world.grants[world.whose(name, relation)][0]["id"],
        "client": lambda world, name, relation: world[name if relation == "own" else "mute"].id,
        "organisation": lambda world, name, relation: world.organisations[
            world.place(name, relation)],
    },
    lists="""
                                            anon outs part par2 book inst smad admn read regi away
list_people                  others           -    -    -    -    -    -    x    x    -    -    -
list_users                   others           -    -    -    -    -    -    -    x    -    -    -
list_role_grants             others           -    -    -    -    -    -    -    x    -    -    -
list_api_clients             others           -    -    -    -    -    -    -    x    -    -    -
list_audit_events            others           -    -    -    -    -    -    -    x    -    -    -
list_organisations           others           -    -    x    x    x    x    x    x    -    -    -
list_municipalities          others           -    -    x    x    x    x    x    x    -    -    -
list_regions                 others           -    -    x    x    x    x    x    x    -    -    -
""",
    listed={
        "list_people": List("person"), "list_users": List("user_account"),
        "list_role_grants": List("role_grant"), "list_api_clients": List("api_client"),
        "list_audit_events": List("event"), "list_organisations": List("organisation"),
        "list_municipalities": List("municipality"), "list_regions": List("region"),
    },
    lists_of_one={"list_user_role_grants", "list_api_client_role_grants"},
    scopes="""
                     registry:read registry:write smart:read smart:write smart:register audit:read admin:write
list_organisations   200           403            403        403         403            403        403
list_municipalities  200           403            403        403         403            403        403
create_organisation  403           403            403        403         403            403        403
list_people          403           403            403        403         403            403        403
create_person        403           403            403        403         403            403        403
list_users           403           403            403        403         403            403        403
create_user          403           403            403        403         403            403        403
list_role_grants     403           403            403        403         403            403        403
list_api_clients     403           403            403        403         403            403        403
create_api_client    403           403            403        403         403            403        403
list_audit_events    403           403            403        403         403            403        403
""",

    # ---- the policies

    sees="""
                                anon outs part par2 both book boin inst smad admn read regi away mute syst
organisation home                x    x    x    x    x    x    x    x    x    x    x    x    x    x    x
person part                      .    .    x    .    x    .    x    x    x    x    .    .    .    .    .
person par2                      .    .    .    x    x    .    x    x    x    x    .    .    .    .    .
person outs                      .    x    .    .    x    .    x    x    x    x    .    .    .    .    .
person admn                      .    .    .    .    x    .    x    x    x    x    .    .    .    .    .
person guest                     .    .    .    .    x    .    x    x    x    x    .    .    .    .    .
person pupil                     .    .    .    .    .    .    x    x    x    x    .    .    .    .    .
person far                       .    .    .    .    .    .    .    .    x    x    .    .    .    .    .
person stranger                  .    .    .    .    .    .    .    .    x    x    .    .    .    .    .
person nobody                    .    .    .    .    .    .    .    .    x    x    .    .    .    .    .
user_account part                .    .    x    .    .    .    .    .    .    x    .    .    .    .    .
user_account smad                .    .    .    .    .    .    .    .    x    x    .    .    .    .    .
user_account outs                .    x    .    .    .    .    .    .    .    x    .    .    .    .    .
api_client read                  .    .    .    .    .    .    .    .    .    x    x    .    .    .    .
api_client away                  .    .    .    .    .    .    .    .    .    x    .    .    x    .    .
role_grant part                  .    .    x    .    .    .    .    .    .    x    .    .    .    .    .
role_grant book                  .    .    .    .    .    x    .    .    .    x    .    .    .    .    .
role_grant read                  .    .    .    .    .    .    .    .    .    x    x    .    .    .    .
event part                       .    .    .    .    .    .    .    .    .    x    .    .    .    .    x
event syst                       .    .    .    .    .    .    .    .    .    x    .    .    .    .    x
""",
    does="""
                                anon outs part par2 both book boin inst smad admn read regi away mute syst
organisation create              .    .    .    .    .    .    .    .    .    x    .    .    .    .    .
organisation update              .    .    .    .    .    .    .    .    .    x    .    .    .    .    .
person create                    .    .    .    .    .    .    .    .    .    x    .    .    .    .    .
person update part               .    .    .    .    .    .    .    .    .    x    .    .    .    .    .
person update self               .    .    .    .    .    .    .    .    .    x    .    .    .    .    .
person find-or-create            .    .    x    x    x    x    x    .    x    .    .    x    x    .    x
user_account create              .    .    .    .    .    .    .    .    .    x    .    .    .    .    .
user_account update part         .    .    .    .    .    .    .    .    .    x    .    .    .    .    .
user_account update self         .    .    .    .    .    .    .    .    .    x    .    .    .    .    .
api_client create                .    .    .    .    .    .    .    .    .    x    .    .    .    .    .
api_client update read           .    .    .    .    .    .    .    .    .    x    .    .    .    .    .
api_client secret read           .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
role_grant create                .    .    .    .    .    .    .    .    .    x    .    .    .    .    .
role_grant create for-self       .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
role_grant create as-other       .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
role_grant delete part           .    .    .    .    .    .    .    .    .    x    .    .    .    .    .
role_grant delete self           .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
event append                     x    x    x    x    x    x    x    x    x    x    x    x    x    x    x
event append as-other            .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
event append as-system           .    .    .    .    .    .    .    .    .    .    .    .    .    .    x
event append as-anonymous        x    .    .    .    .    .    .    .    .    .    .    .    .    .    .
event update                     .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
event delete                     .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
""",
    statements={
        "organisation create": "INSERT INTO organisation (org_type, name) VALUES ('other', 'Ny')",
        "organisation update": "UPDATE organisation SET name = name WHERE id = %(organisation home)s",
        "person create": "INSERT INTO person (full_name, email) VALUES ('Ny', 'ny@example.no')",
        "person update part": "UPDATE person SET phone = phone WHERE id = %(person part)s",
        "person update self": "UPDATE person SET phone = phone WHERE id = %(my_person)s",
        "person find-or-create": "SELECT person_find_or_create('Ny', 'ny@example.no', NULL)",
        "user_account create": "INSERT INTO user_account (subject) VALUES ('new')",
        "user_account update part":
            "UPDATE user_account SET is_active = is_active WHERE id = %(user_account part)s",
        "user_account update self":
            "UPDATE user_account SET is_active = is_active WHERE id = %(me)s",
        "api_client create": """INSERT INTO api_client (client_id, name, secret_sha256, scopes)
            VALUES ('new-client', 'Ny', repeat('0', 64), '{smart:read}')""",
        "api_client update read": "UPDATE api_client SET name = name WHERE id = %(api_client read)s",
        "api_client secret read":
            "SELECT secret_sha256 FROM api_client WHERE id = %(api_client read)s",
        "role_grant create": GRANT.format(user="%(user_account outs)s", by="%(me)s"),
        "role_grant create for-self": GRANT.format(user="%(me)s", by="%(me)s"),
        "role_grant create as-other": GRANT.format(user="%(user_account outs)s", by="%(other)s"),
        "role_grant delete part": "DELETE FROM role_grant WHERE id = %(role_grant part)s",
        "role_grant delete self": "DELETE FROM role_grant WHERE id = ANY (%(my_grants)s::uuid[])",
        "event append": APPEND.format(kind="%(my_kind)s", actor="%(me)s"),
        "event append as-other": APPEND.format(kind="'user'", actor="%(other)s"),
        "event append as-system": APPEND.format(kind="'system'", actor="NULL"),
        "event append as-anonymous": APPEND.format(kind="'anonymous'", actor="NULL"),
        "event update": "UPDATE event SET reason = 'none' WHERE id = %(event part)s",
        "event delete": "DELETE FROM event WHERE id = %(event part)s",
    },
    named=named,
    open_on_purpose={"organisation_read": "a register of public numbers"},
    helpers={"has_role": "has_role(role text)", "has_scope": "has_scope(scope text)"},
    public_tables={"municipality": "a public register", "region": "a public register"},
    narrow={
        "client_for_login": "one client, by its name; asked before there is a principal",
        "person_find_or_create": "an id, and only for those who may register",
        "principal_for_client":
            "one client's grants, by its name; asked before there is a principal",
        "principal_for_subject": "one user's grants, by a verified subject; likewise",
    },
    kept={
        "person": "id version email_key",
        "user_account": "id version",
        "role_grant": "id version created_at",
        "event": "seq id tx occurred_at",
    },
    deletable={"role_grant"},

    # ---- without permissions

    given="""
                                            anon outs part par2 book inst smad admn read regi away
get_person                   own             .    x    x    x    x    x    .    .    .    .    .
get_person                   sibling         .    .    .    .    .    x    .    .    .    .    .
get_user                     own             .    x    x    x    x    x    x    .    .    .    .
list_user_role_grants        own             .    x    x    x    x    x    x    .    .    .    .
get_role_grant               own             .    .    x    x    x    x    x    .    .    .    .
""",
    given_lists={
        "list_people": people_given,
        "list_users": lambda world, name: {world[name].id},
        "list_role_grants": lambda world, name: {grant["id"] for grant in world.grants[name]},
    },
    public_registers={"list_municipalities", "get_municipality", "list_regions",
                      "list_organisations", "get_organisation"},
    machine_lists={"list_role_grants": 1, "list_api_clients": 1},

    # ---- codes

    checks={
        "organisation.org_type": "org_type", "organisation.language": "letter_language",
        "person.gender": "gender", "role_grant.role": "role",
        "role_grant.scope_type": "scope_type", "api_client.scopes": "oauth_scope",
        "event.actor_kind": "actor_kind",
    },
    words={"Me.kind"},
)
