"""The demo data of the grants: rounds in every stage, to the krone, renewed by --refresh (domain.md §0.1,
§5.5, §11)."""
import subprocess

from support import run
from support.cluster import ISSUER

# domain.md §5.5.
FRAMES_2023 = {
    "KN01": 2844384, "KN02": 690443, "KN03": 498547, "KN04": 729606, "KN05": 956749, "KN06": 635616,
    "KN07": 592537, "KN08": 431971, "KN09": 228325, "KN10": 290985, "KN11": 1700837}
FORMER, PRESENT = (f"00000000-0000-7000-8030-00000000000{no}" for no in (1, 2))


def demo(database, *arguments):
    done = subprocess.run([run.binary(), "demo", *arguments], capture_output=True, text=True,
                          env=run.environment({**database.settings(), "LOFT_KEYS": database.cluster.keys,
                                               "LOFT_ISSUER": ISSUER}), timeout=60)
    assert done.returncode == 0, done.stderr


def test_the_frames_of_2023_are_those_of_the_example(owner_db):
    rows = owner_db.rows(
        "SELECT n.code, f.frame_nok, l.amount_nok FROM network_frame f"
        " JOIN grant_round r ON r.id = f.round_id AND r.year = 2023 AND r.is_example"
        " JOIN competence_network n ON n.id = f.network_id"
        " JOIN allocation a ON a.round_id = r.id AND a.state = 'published'"
        " JOIN allocation_line l ON l.allocation_id = a.id AND l.network_id = f.network_id")
    assert {row["code"]: row["frame_nok"] for row in rows} == FRAMES_2023
    assert all(row["amount_nok"] == row["frame_nok"] for row in rows)
    assert sum(FRAMES_2023.values()) == 9600000
    states = owner_db.rows("SELECT a.state FROM allocation a JOIN grant_round r ON r.id = a.round_id"
                           " WHERE r.year = 2023 AND a.is_example ORDER BY a.version_no")
    assert [row["state"] for row in states] == ["published", "draft"]


def test_every_stage_is_sealed_and_holds(owner_db):
    assert owner_db.rows("SELECT b.title FROM decision_basis b"
                         " WHERE b.is_example AND chain_broken_stage(b.id) IS NOT NULL") == []
    states = owner_db.rows("SELECT r.year, b.state, count(*) AS bases FROM decision_basis b"
                           " JOIN grant_round r ON r.id = b.round_id WHERE r.year IN (2022, 2023)"
                           " AND b.is_example GROUP BY r.year, b.state")
    assert {(row["year"], row["state"]): row["bases"] for row in states} == {
        (2022, "granted"): 7, (2022, "partially_granted"): 1, (2022, "refused"): 1, (2022, "withdrawn"): 1,
        (2023, "assessed"): 2, (2023, "submitted"): 6, (2023, "returned"): 1, (2023, "draft"): 1}


def test_money_adds_up(owner_db):
    """What was granted is what its lines say, what was used never more; the round counts both kinds."""
    for row in owner_db.rows(
            "SELECT d.id, b.claimed_nok, lines.nok, uses.nok AS used FROM grant_decision d"
            " JOIN decision_basis b ON b.id = d.basis_id"
            " LEFT JOIN LATERAL (SELECT coalesce(sum(l.amount_nok), 0) AS nok FROM decision_line l"
            "                     WHERE l.decision_id = d.id) lines ON true"
            " LEFT JOIN LATERAL (SELECT coalesce(sum(u.used_nok), 0) AS nok FROM grant_report t"
            "                      JOIN report_use u ON u.report_id = t.id WHERE t.decision_id = d.id)"
            "      uses ON true WHERE d.is_example"):
        assert row["claimed_nok"] == row["nok"] >= row["used"], row
    for row in owner_db.rows(
            "SELECT r.year, r.granted_nok,"
            " (SELECT coalesce(sum(l.amount_nok), 0) FROM decision_line l"
            "    JOIN grant_decision d ON d.id = l.decision_id WHERE d.round_id = r.id)"
            " + (SELECT coalesce(sum(j.amount_nok), 0) FROM joint_measure_grant j WHERE j.round_id = r.id)"
            " AS nok FROM grant_round r WHERE r.is_example"):
        assert row["granted_nok"] == row["nok"], row


def test_the_present_round_moves_with_the_day(new_database):
    own = new_database()

    def distances():
        """In days from today: every deadline of this year's round, and of last year's reports."""
        with own.connect() as session:
            return session.row(
                "SELECT present.need_due_on - t.d AS need, present.basis_due_on - t.d AS basis,"
                " present.report_due_on - t.d AS report, present.year - extract(year FROM t.d)::int AS year,"
                " former.report_due_on - t.d AS former, former.year - present.year AS apart,"
                " (SELECT min(b.resubmit_due_on) - t.d FROM decision_basis b"
                "   WHERE b.round_id = present.id AND b.state = 'returned') AS resubmit,"
                " (SELECT min(g.due_on) - t.d FROM grant_report g JOIN grant_decision d ON d.id = g.decision_id"
                "   WHERE d.round_id = former.id AND g.state = 'open') AS open_report"
                " FROM (SELECT (now() AT TIME ZONE 'Europe/Oslo')::date AS d) t, grant_round present,"
                " grant_round former WHERE present.id = %s AND former.id = %s", [PRESENT, FORMER])
    loaded = distances()
    assert loaded == {"need": -52, "basis": 10, "report": 524, "year": 0, "former": 12, "apart": -1,
                      "resubmit": 5, "open_report": 12}
    with own.connect() as session:
        for one in FORMER, PRESENT:
            session.execute(
                "UPDATE grant_round SET year = year - 1, need_due_on = need_due_on - 400,"
                " basis_due_on = basis_due_on - 400, recommendation_due_on = recommendation_due_on - 400,"
                " decision_due_on = decision_due_on - 400, report_due_on = report_due_on - 400"
                " WHERE id = %s", [one])
        session.execute("UPDATE decision_basis SET resubmit_due_on = resubmit_due_on - 400"
                        " WHERE round_id = %s", [PRESENT])
        session.execute("UPDATE grant_report SET due_on = due_on - 400 WHERE state IN ('open', 'returned')"
                        " AND is_example")
    demo(own)
    assert distances()["basis"] == -390
    demo(own, "--refresh")
    assert distances() == loaded
