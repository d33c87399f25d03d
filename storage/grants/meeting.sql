-- Meetings of the forum and what they decide.

-- name: meeting_list
SELECT m.id, m.version, m.forum_id, m.scheme_code, m.kind, m.held_on, m.year, m.year_no, m.title,
       m.state, m.is_example, m.updated_at
FROM forum_meeting AS m
WHERE true
  AND m.forum_id = :forum_id::uuid                    --? forum_id
  AND m.scheme_code = :scheme_code                    --? scheme_code
  AND m.kind = :kind                                  --? kind
  AND m.year = :year                                  --? year
  AND m.state = :state                                --? state
  AND m.updated_at >= :updated_since::timestamptz     --? updated_since

-- name: meeting_get
SELECT m.id, m.version, m.forum_id, m.scheme_code, m.kind, m.held_on, m.year, m.year_no, m.title,
       m.agenda, m.minutes, m.state, m.is_example, m.created_at, m.updated_at,
       m.forum_id = ANY (granted('forum_secretariat')) AS _writable
FROM forum_meeting AS m
WHERE m.id = :id::uuid

-- Whether the caller may see a meeting; lists below it ask.
-- name: meeting_visible
SELECT m.id FROM forum_meeting AS m WHERE m.id = :meeting_id::uuid

-- Meetings are numbered, and decide once a year about the joint share, one at a time.
-- name: meeting_turn
SELECT pg_advisory_xact_lock(hashtextextended('forum_meeting', 0))::text AS locked

-- A meeting as decisions see it.
-- name: meeting_lock
SELECT m.id, m.state, m.held_on, m.year_no,
       business_today() AS today_on,
       s.joint_share_first_meeting_only AS joint_share_first_only,
       EXISTS (SELECT FROM meeting_decision AS d
                 JOIN forum_meeting AS other ON other.id = d.meeting_id
                WHERE d.kind = 'joint_share' AND other.forum_id = m.forum_id
                  AND other.scheme_code = m.scheme_code AND other.year = m.year)
           AS joint_share_decided,
       m.version::bigint AS version
FROM forum_meeting AS m
JOIN grant_scheme AS s ON s.code = m.scheme_code
WHERE m.id = :id::uuid
FOR UPDATE OF m

-- name: meeting_insert
INSERT INTO forum_meeting (forum_id, scheme_code, kind, held_on, year_no, title, agenda)
VALUES (:forum_id::uuid, :scheme_code, :kind, :held_on::date,
        coalesce(:year_no::int,
                 (SELECT min(free.no)
                  FROM generate_series(1, 100) AS free (no)
                  WHERE NOT EXISTS (SELECT FROM forum_meeting AS m
                                     WHERE m.forum_id = :forum_id::uuid
                                       AND m.scheme_code = :scheme_code
                                       AND m.year = extract(year FROM :held_on::date)
                                       AND m.year_no = free.no AND m.state <> 'cancelled'))),
        :title, coalesce(:agenda::jsonb, '[]'))
RETURNING id, version::bigint AS version

-- name: meeting_update
UPDATE forum_meeting
SET kind = CASE WHEN :kind.given THEN :kind ELSE kind END,
    held_on = CASE WHEN :held_on.given THEN :held_on::date ELSE held_on END,
    year_no = CASE WHEN :year_no.given THEN :year_no::int ELSE year_no END,
    title = CASE WHEN :title.given THEN :title ELSE title END,
    agenda = CASE WHEN :agenda.given THEN :agenda::jsonb ELSE agenda END,
    minutes = CASE WHEN :minutes.given THEN :minutes ELSE minutes END
WHERE id = :id::uuid
RETURNING id, version::bigint AS version

-- name: meeting_set_state
UPDATE forum_meeting
SET state = :state, minutes = coalesce(:minutes, minutes)
WHERE id = :id::uuid
RETURNING id, version::bigint AS version

-- ---- decisions -------------------------------------------------------------------------------

-- name: meeting_decision_list
SELECT d.id, d.version, d.meeting_id, d.seq_no, d.kind, d.wording, d.decided_by, d.votes_for,
       d.votes_against, d.votes_abstained, d.disqualified_member_ids, d.updated_at
FROM meeting_decision AS d
WHERE d.meeting_id = :meeting_id::uuid
  AND d.kind = :kind                                  --? kind
  AND d.updated_at >= :updated_since::timestamptz     --? updated_since

-- name: meeting_decision_get
SELECT d.id, d.version, d.meeting_id, d.seq_no, d.kind, d.wording, d.decided_by, d.votes_for,
       d.votes_against, d.votes_abstained, d.disqualified_member_ids, d.updated_at
FROM meeting_decision AS d
WHERE d.id = :id::uuid

-- Members on the day of the meeting.
-- name: meeting_voters
SELECT v.id, v.may_vote
FROM forum_meeting AS m
JOIN forum_member AS v
  ON v.forum_id = m.forum_id AND daterange(v.from_on, v.to_on, '[]') @> m.held_on
WHERE m.id = :id::uuid

-- name: meeting_decision_insert
INSERT INTO meeting_decision (meeting_id, seq_no, kind, wording, decided_by, votes_for, votes_against,
                              votes_abstained, disqualified_member_ids)
VALUES (:meeting_id::uuid,
        (SELECT coalesce(max(d.seq_no), 0) + 1 FROM meeting_decision AS d
          WHERE d.meeting_id = :meeting_id::uuid),
        :kind, :wording, :decided_by, :votes_for, :votes_against, :votes_abstained,
        coalesce(:disqualified_member_ids::uuid[], '{}'))
RETURNING id, version::bigint AS version
