"""Rounds and their money: what must hold after anything.

    money.check(session, round_id)     everything below, of one round
"""

CHAIN = "the chain of a basis is broken"
# Each query gives the rows that break a rule; none should.
BROKEN = {
    "KL-R01: the distribution in force does not add up": """
        SELECT a.id, a.total_nok, a.joint_nok, sum(l.amount_nok) AS lines
          FROM allocation a LEFT JOIN allocation_line l ON l.allocation_id = a.id
         WHERE a.round_id = %(round)s AND a.state <> 'draft'
         GROUP BY a.id HAVING a.joint_nok + coalesce(sum(l.amount_nok), 0) <> a.total_nok""",
    "KL-R02: a network got less than the base, or none": """
        SELECT a.id, n.code, l.amount_nok
          FROM allocation a
          JOIN grant_round r ON r.id = a.round_id
          JOIN competence_network n ON n.forum_id = r.forum_id
          LEFT JOIN allocation_line l ON l.allocation_id = a.id AND l.network_id = n.id
         WHERE a.round_id = %(round)s AND a.state IN ('adopted', 'published')
           AND coalesce(l.amount_nok, -1) < a.base_per_network_nok""",
    "a frame is not what was distributed": """
        SELECT f.network_id, f.frame_nok, l.amount_nok
          FROM network_frame f
          LEFT JOIN allocation a ON a.round_id = f.round_id AND a.state IN ('adopted', 'published')
          LEFT JOIN allocation_line l ON l.allocation_id = a.id AND l.network_id = f.network_id
         WHERE f.round_id = %(round)s AND f.frame_nok IS DISTINCT FROM l.amount_nok""",
    "a basis claims another amount than its state says": """
        SELECT b.id, b.title, b.state, b.claimed_nok, due.nok
          FROM decision_basis b
         CROSS JOIN LATERAL (SELECT CASE
               WHEN b.state IN ('submitted', 'assessed')
                   THEN (SELECT coalesce(sum(l.amount_nok), 0) FROM budget_line l WHERE l.basis_id = b.id)
               WHEN b.state = 'recommended'
                   THEN (SELECT l.amount_uh_nok + l.amount_network_nok
                           FROM recommendation_line l WHERE l.basis_id = b.id)
               WHEN b.state IN ('granted', 'partially_granted')
                   THEN (SELECT coalesce(sum(l.amount_nok), 0)
                           FROM decision_line l JOIN grant_decision d ON d.id = l.decision_id
                          WHERE d.basis_id = b.id)
               ELSE 0 END AS nok) AS due
         WHERE b.round_id = %(round)s AND b.claimed_nok IS DISTINCT FROM due.nok""",
    "KL-R03: claims are not counted, or go beyond the frame": """
        SELECT f.network_id, f.frame_nok, f.claimed_nok, sum(b.claimed_nok) AS counted
          FROM network_frame f
          LEFT JOIN decision_basis b ON b.round_id = f.round_id AND b.network_id = f.network_id
         WHERE f.round_id = %(round)s
         GROUP BY f.id
        HAVING f.claimed_nok <> coalesce(sum(b.claimed_nok), 0) OR f.claimed_nok > coalesce(f.frame_nok, 0)""",
    "KL-R08: more is granted than there is, or it is miscounted": """
        SELECT r.id, r.total_nok, r.granted_nok, counted.nok
          FROM grant_round r
         CROSS JOIN LATERAL (SELECT
               (SELECT coalesce(sum(l.amount_nok), 0)
                  FROM decision_line l JOIN grant_decision d ON d.id = l.decision_id
                 WHERE d.round_id = r.id)
               + (SELECT coalesce(sum(g.amount_nok), 0) FROM joint_measure_grant g
                   WHERE g.round_id = r.id) AS nok) AS counted
         WHERE r.id = %(round)s
           AND (r.granted_nok <> counted.nok OR counted.nok > coalesce(r.total_nok, 0))""",
    "a basis and its decision tell different things": """
        SELECT b.id, b.title, b.state, d.state AS decision, d.outcome
          FROM decision_basis b LEFT JOIN grant_decision d ON d.basis_id = b.id AND d.state <> 'draft'
         WHERE b.round_id = %(round)s
           AND (b.state IN ('granted', 'partially_granted', 'refused')) IS DISTINCT FROM
               (d.outcome IS NOT NULL AND d.outcome = b.state)""",
    "KL-R05: money for a basis whose criteria are not met": """
        SELECT b.id, b.title, l.paid_on
          FROM decision_basis b JOIN grant_decision d ON d.basis_id = b.id
          JOIN decision_line l ON l.decision_id = d.id
         WHERE b.round_id = %(round)s AND l.paid_on IS NOT NULL
           AND (SELECT count(*) FROM criterion_assessment c
                 WHERE c.basis_id = b.id AND c.verdict = 'met') <> 4""",
    "a decision is paid before its lines are, or not when they are": """
        SELECT d.id, d.state, count(l.paid_on), count(l.id)
          FROM grant_decision d JOIN decision_line l ON l.decision_id = d.id
         WHERE d.round_id = %(round)s AND d.state <> 'draft'
         GROUP BY d.id HAVING (count(l.paid_on) = count(l.id)) <> (d.state IN ('paid', 'reclaimed'))""",
    "more is reported used than was left to use": """
        SELECT r.id, u.recipient_id, sum(u.used_nok) AS used, l.amount_nok, l.reclaimed_nok
          FROM grant_report r
          JOIN grant_decision d ON d.id = r.decision_id
          JOIN report_use u ON u.report_id = r.id
          LEFT JOIN decision_line l ON l.decision_id = d.id AND l.recipient_id = u.recipient_id
         WHERE d.round_id = %(round)s
         GROUP BY r.id, u.recipient_id, l.amount_nok, l.reclaimed_nok
        HAVING sum(u.used_nok) > coalesce(l.amount_nok, 0)""",
    "money was granted without a report to come": """
        SELECT b.id, b.title FROM decision_basis b JOIN grant_decision d ON d.basis_id = b.id
          LEFT JOIN grant_report r ON r.decision_id = d.id
         WHERE b.round_id = %(round)s AND b.state IN ('granted', 'partially_granted') AND r.id IS NULL""",
    "a round is further than its cases": """
        SELECT r.state, b.title, b.state AS basis
          FROM grant_round r JOIN decision_basis b ON b.round_id = r.id
         WHERE r.id = %(round)s
           AND CASE WHEN r.state IN ('decided', 'reporting', 'closed')
                    THEN b.state NOT IN ('granted', 'partially_granted', 'refused', 'withdrawn', 'draft',
                                         'returned')
                    WHEN r.state = 'recommended' THEN b.state IN ('submitted', 'assessed')
                    ELSE b.state IN ('granted', 'partially_granted', 'refused') END""",
    CHAIN: """
        SELECT b.id, b.title, b.state, chain_broken_stage(b.id) AS stage
          FROM decision_basis b
         WHERE b.round_id = %(round)s AND chain_broken_stage(b.id) IS NOT NULL""",
}


def check(session, round_id, chain=True):
    """The chain takes its time where there are many bases."""
    broken = {rule: found for rule, sql in BROKEN.items()
              if (chain or rule != CHAIN) and (found := [dict(row) for row in session.rows(sql, {"round": round_id})])}
    assert not broken, broken
