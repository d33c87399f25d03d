"""A forum of two networks or more with everybody who has a part in a round, and a client for each."""
import types

from support.grants import Forum


def make(build, make_user, networks=("large", "small")):
    """`everybody` are all clients; those of a network are in dicts by its name."""
    forum = Forum(build, make_user)
    world = types.SimpleNamespace(
        forum=forum, build=build, secretariat=forum.secretariat, governor=forum.county_governor(),
        auditor=make_user("auditor"), outsider=make_user(), member=make_user(
            ("forum_member", "forum", forum.id)),
        network={}, owner={}, unit={}, coordinator={}, owner_user={}, unit_user={})
    world.uh = build.organisation("Universitetet på Øya", org_type="uh_institution")
    world.other_uh = build.organisation(org_type="uh_institution")
    world.university = make_user(("uh_partner", "institution", world.uh))
    forum.member(organisation_id=world.uh, seat="uh")
    forum.member()
    for name in networks:
        network, _ = forum.network()
        owner = forum.owner(network)
        unit = build.organisation(org_type="kindergarten", parent_id=owner)
        world.network[name], world.owner[name], world.unit[name] = network, owner, unit
        world.coordinator[name] = forum.coordinator(network)
        world.owner_user[name] = make_user(("owner", "organisation", owner))
        world.unit_user[name] = make_user(("unit_contact", "organisation", unit))
    world.everybody = [
        world.secretariat, world.governor, world.auditor, world.outsider, world.university, world.member,
        *world.coordinator.values(), *world.owner_user.values(), *world.unit_user.values()]
    return world


def at(world, instant):
    """From here on it is then for everybody."""
    for api in world.everybody:
        api.headers["X-Loft-Now"] = instant
