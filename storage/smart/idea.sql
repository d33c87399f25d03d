-- The idea bank. What is not published stands first among the newest: _published_at is never null.
-- Best first is the smallest _distance.

-- name: idea_list
SELECT i.id, i.version, i.title, i.summary, i.language, i.kind, i.source, i.author_display,
       i.school_or_unit, i.municipality_no, i.audience, i.grade_from, i.grade_to, i.smart_values,
       i.tags, i.season, i.visibility, i.state,
       (SELECT p.id FROM idea AS p WHERE p.id = i.parent_idea_id) AS parent_idea_id,
       i.attachment_count, i.published_at, i.is_example, hit.relevance,
       CASE WHEN hit.id IS NOT NULL THEN
           json_build_object(
               'title', norwegian_highlight(i.title, (SELECT norwegian_any(:q)), 0),
               'summary', norwegian_highlight(i.summary, (SELECT norwegian_any(:q)), 0),
               'body', norwegian_highlight(i.body, (SELECT norwegian_any(:q)), 2))
           END AS highlight,
       i.updated_at,
       CASE WHEN i.published_at IS NULL THEN timestamptz '9999-12-31 00:00:00+00'
            ELSE i.published_at END AS _published_at,
       CASE WHEN hit.relevance IS NULL THEN 0 ELSE -hit.relevance END AS _distance
FROM idea AS i
LEFT JOIN idea_search(:q) AS hit ON hit.id = i.id
WHERE true
  AND hit.id IS NOT NULL                                              --? q
  AND i.kind = :kind                                                  --? kind
  AND i.source = :source                                              --? source
  AND i.audience = :audience                                          --? audience
  AND :value = ANY (i.smart_values)                                   --? value
  AND i.tags @> (SELECT normalise_tags(ARRAY[:tag]))                    --? tag
  AND i.season = :season                                              --? season
  AND i.language = :language                                          --? language
  AND :grade::int BETWEEN coalesce(i.grade_from, 1) AND coalesce(i.grade_to, 13) --? grade
  AND i.municipality_no = :municipality_no                            --? municipality_no
  AND i.course_id = :course_id::uuid                                  --? course_id
  AND i.shared_at_session_id = :session_id::uuid                      --? session_id
  AND i.visibility = :visibility                                      --? visibility
  AND i.state = :state                                                --? state
  AND coalesce(i.author_person_id = (SELECT principal_person()),      --? own
               i.created_by = (SELECT principal_user()), false) = :own::boolean --? own
  AND i.updated_at >= :updated_since::timestamptz                     --? updated_since

-- Who wrote it and what was agreed is for the author and for smart_admin.
-- name: idea_get
SELECT i.id, i.version, i.title, i.summary, i.body, i.language, i.kind, i.source,
       CASE WHEN w.own OR w.editor THEN i.author_registration_id END AS author_registration_id,
       i.author_display, i.school_or_unit, i.municipality_no, i.audience, i.grade_from, i.grade_to,
       i.smart_values, i.tags, i.links, i.season, i.shared_at_session_id,
       (SELECT p.id FROM idea AS p WHERE p.id = i.parent_idea_id) AS parent_idea_id,
       i.visibility,
       CASE WHEN w.own OR w.editor THEN i.consent_author END AS consent_author,
       CASE WHEN w.own OR w.editor THEN i.contains_children END AS contains_children,
       CASE WHEN w.own OR w.editor THEN i.consent_children END AS consent_children,
       CASE WHEN w.own OR w.editor THEN i.review_note END AS review_note,
       i.state, i.published_at,
       (SELECT coalesce(json_agg(json_build_object(
                   'id', a.id, 'filename', a.filename, 'media_type', a.media_type,
                   'size_bytes', a.size_bytes) ORDER BY a.id), '[]')
        FROM attachment AS a WHERE a.idea_id = i.id) AS attachments,
       i.is_example, i.created_at, i.updated_at,
       w.own OR w.editor AS _writable
FROM idea AS i
CROSS JOIN LATERAL (SELECT idea_is_own(i.author_person_id, i.created_by),
                           has_role('smart_admin')) AS w (own, editor)
WHERE i.id = :id::uuid

-- Whether the caller may see an idea; lists below it ask.
-- name: idea_visible
SELECT i.id FROM idea AS i WHERE i.id = :id::uuid

-- How many there are of each kind, audience, value and tag, and of the first three together.
-- name: idea_facets
WITH found AS MATERIALIZED (
    SELECT i.kind, i.audience, i.smart_values, i.tags
    FROM idea AS i
    WHERE true
      AND i.id IN (SELECT hit.id FROM idea_search(:q) AS hit)             --? q
      AND i.kind = :kind                                                  --? kind
      AND i.source = :source                                              --? source
      AND i.audience = :audience                                          --? audience
      AND :value = ANY (i.smart_values)                                   --? value
      AND i.tags @> (SELECT normalise_tags(ARRAY[:tag]))                    --? tag
      AND i.season = :season                                              --? season
      AND i.language = :language                                          --? language
      AND :grade::int BETWEEN coalesce(i.grade_from, 1) AND coalesce(i.grade_to, 13) --? grade
      AND i.municipality_no = :municipality_no                            --? municipality_no
      AND i.course_id = :course_id::uuid                                  --? course_id
      AND i.visibility = :visibility                                      --? visibility
      AND i.state = :state                                                --? state
      AND coalesce(i.author_person_id = (SELECT principal_person()),      --? own
                   i.created_by = (SELECT principal_user()), false) = :own::boolean --? own
)
SELECT (SELECT count(*) FROM found) AS ideas,
       (SELECT coalesce(json_agg(json_build_object('code', f.code, 'ideas', f.ideas)
                                 ORDER BY f.ideas DESC, f.code), '[]')
        FROM (SELECT kind AS code, count(*) AS ideas FROM found GROUP BY kind) AS f) AS kinds,
       (SELECT coalesce(json_agg(json_build_object('code', f.code, 'ideas', f.ideas)
                                 ORDER BY f.ideas DESC, f.code), '[]')
        FROM (SELECT audience AS code, count(*) AS ideas FROM found GROUP BY audience) AS f) AS audiences,
       (SELECT coalesce(json_agg(json_build_object('code', f.code, 'ideas', f.ideas)
                                 ORDER BY f.ideas DESC, f.code), '[]')
        FROM (SELECT v.code, count(*) AS ideas FROM found, unnest(smart_values) AS v (code)
              GROUP BY v.code) AS f) AS smart_values,
       (SELECT coalesce(json_agg(json_build_object('tag', f.tag, 'ideas', f.ideas)
                                 ORDER BY f.ideas DESC, f.tag), '[]')
        FROM (SELECT t.tag, count(*) AS ideas FROM found, unnest(tags) AS t (tag)
              GROUP BY t.tag ORDER BY count(*) DESC, t.tag LIMIT :tag_limit::int) AS f) AS tags,
       (SELECT coalesce(json_agg(json_build_object('kind', f.kind, 'audience', f.audience,
                                                   'smart_value', f.value, 'ideas', f.ideas)
                                 ORDER BY f.kind, f.audience, f.value), '[]')
        FROM (SELECT kind, audience, v.value, count(*) AS ideas
              FROM found LEFT JOIN LATERAL unnest(smart_values) AS v (value) ON true
              GROUP BY kind, audience, v.value) AS f) AS cells

-- What was inspired by an idea, and what by that, as far as the caller may see; 1 is nearest.
-- name: idea_adaptations
WITH RECURSIVE tree AS (
    SELECT c.id, 1 AS depth FROM idea AS c WHERE c.parent_idea_id = :id::uuid
    UNION ALL
    SELECT c.id, t.depth + 1 FROM tree AS t JOIN idea AS c ON c.parent_idea_id = t.id
    WHERE t.depth < 10
)
SELECT i.id, i.version, i.parent_idea_id, t.depth, i.title, i.summary, i.language, i.kind,
       i.author_display, i.school_or_unit, i.municipality_no, i.audience, i.state, i.published_at,
       i.is_example, i.updated_at
FROM tree AS t
JOIN idea AS i ON i.id = t.id
WHERE true
  AND i.updated_at >= :updated_since::timestamptz                     --? updated_since

-- What an idea refers to, with the caller's eyes: one row whatever is there.
-- name: idea_references
SELECT has_role('smart_admin') OR granted('smart_instructor') <> '{}' AS for_centre,
       r.state AS registration_state,
       coalesce(r.person_id = principal_person(), false) AS registration_own,
       r.course_id AS registration_course_id, c.id AS session_course_id
FROM (SELECT 1) AS one
LEFT JOIN registration AS r ON r.id = :author_registration_id::uuid
LEFT JOIN course_session AS s ON s.id = :shared_at_session_id::uuid
LEFT JOIN course AS c ON c.id = s.course_id AND c.state <> 'draft'

-- name: idea_insert
INSERT INTO idea (
    title, summary, body, language, kind, source, author_registration_id, author_display,
    school_or_unit, municipality_no, audience, grade_from, grade_to, smart_values, tags, links,
    season, shared_at_session_id, parent_idea_id, visibility, consent_author, contains_children,
    consent_children, created_by)
VALUES (
    :title, :summary, :body, :language, :kind, :source, :author_registration_id::uuid,
    :author_display, :school_or_unit, :municipality_no, :audience, :grade_from::int, :grade_to::int,
    coalesce(:smart_values::text[], '{}'), normalise_tags(coalesce(:tags::text[], '{}')),
    coalesce(:links::text[], '{}'), :season, :shared_at_session_id::uuid, :parent_idea_id::uuid,
    :visibility, :consent_author, :contains_children, :consent_children, :created_by::uuid)
RETURNING id, version::bigint AS version

-- name: idea_state
SELECT state FROM idea WHERE id = :id::uuid

-- An idea as decisions see it.
-- name: idea_lock
SELECT i.id, i.state, idea_is_own(i.author_person_id, i.created_by) AS own,
       has_role('smart_admin') AS editor,
       i.author_registration_id, i.course_id, i.visibility, i.grade_from, i.grade_to,
       i.consent_author, i.contains_children, coalesce(i.consent_children, false) AS consent_children,
       i.attachment_count::bigint AS attachment_count, i.version::bigint AS version
FROM idea AS i
WHERE i.id = :id::uuid
FOR UPDATE

-- name: idea_update
UPDATE idea
SET title = CASE WHEN :title.given THEN :title ELSE title END,
    summary = CASE WHEN :summary.given THEN :summary ELSE summary END,
    body = CASE WHEN :body.given THEN :body ELSE body END,
    language = CASE WHEN :language.given THEN :language ELSE language END,
    kind = CASE WHEN :kind.given THEN :kind ELSE kind END,
    author_display = CASE WHEN :author_display.given THEN :author_display ELSE author_display END,
    school_or_unit = CASE WHEN :school_or_unit.given THEN :school_or_unit ELSE school_or_unit END,
    municipality_no = CASE WHEN :municipality_no.given
        THEN :municipality_no ELSE municipality_no END,
    audience = CASE WHEN :audience.given THEN :audience ELSE audience END,
    grade_from = CASE WHEN :grade_from.given THEN :grade_from::int ELSE grade_from END,
    grade_to = CASE WHEN :grade_to.given THEN :grade_to::int ELSE grade_to END,
    smart_values = CASE WHEN :smart_values.given
        THEN :smart_values::text[] ELSE smart_values END,
    tags = CASE WHEN :tags.given THEN normalise_tags(:tags::text[]) ELSE tags END,
    links = CASE WHEN :links.given THEN :links::text[] ELSE links END,
    season = CASE WHEN :season.given THEN :season ELSE season END,
    shared_at_session_id = CASE WHEN :shared_at_session_id.given
        THEN :shared_at_session_id::uuid ELSE shared_at_session_id END,
    visibility = CASE WHEN :visibility.given THEN :visibility ELSE visibility END,
    consent_author = CASE WHEN :consent_author.given
        THEN :consent_author::boolean ELSE consent_author END,
    contains_children = CASE WHEN :contains_children.given
        THEN :contains_children::boolean ELSE contains_children END,
    consent_children = CASE WHEN :consent_children.given
        THEN :consent_children::boolean ELSE consent_children END
WHERE id = :id::uuid
RETURNING id, version::bigint AS version

-- The note is what the author is to know: kept from return and reject until the next submission.
-- name: idea_set_state
UPDATE idea
SET state = :state, review_note = :review_note,
    published_at = CASE WHEN :state = 'published' THEN business_now()
                        WHEN :state = 'archived' THEN published_at END,
    consent_author = consent_author AND NOT :consents_end,
    consent_children = CASE WHEN :consents_end AND consent_children IS NOT NULL
        THEN false ELSE consent_children END
WHERE id = :id::uuid
RETURNING id, version::bigint AS version

-- name: idea_delete
DELETE FROM idea WHERE id = :id::uuid
