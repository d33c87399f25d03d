-- ---- the idea bank ---------------------------------------------------------------------------

-- The courses on which the caller has a seat or took part, read with the caller's eyes.
CREATE OR REPLACE FUNCTION own_courses() RETURNS uuid[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = loft, pg_temp AS $$
BEGIN
    RETURN ARRAY(SELECT r.course_id FROM registration r
                  WHERE r.person_id = principal_person() AND r.state IN ('confirmed', 'completed'));
END
$$;

-- True for who has completed a trenerutdanning.
CREATE OR REPLACE FUNCTION is_alumnus() RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = loft, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM registration r JOIN course c ON c.id = r.course_id
                    WHERE r.person_id = principal_person() AND r.state = 'completed'
                      AND c.course_type = 'trenerutdanning');
END
$$;

-- Whose an idea is: the author's; the centre's own belong to who wrote them and to every smart_admin.
-- Said once for the item that is read and for decisions about it.
CREATE OR REPLACE FUNCTION idea_is_own(author_person_id uuid, created_by uuid) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = loft, pg_temp AS $$
BEGIN
    RETURN coalesce(CASE WHEN author_person_id IS NOT NULL
                         THEN author_person_id = principal_person() AND has_role('participant')
                         ELSE has_role('smart_admin')
                              OR (created_by = principal_user() AND granted('smart_instructor') <> '{}')
                    END, false);
END
$$;

GRANT EXECUTE ON FUNCTION own_courses(), is_alumnus(), idea_is_own(uuid, uuid) TO loft_service;

-- What is published is seen by everybody, by who has completed the trainer programme, or by who was
-- on the author's course; each wider circle holds the author's course too. Whatever its state, an
-- idea is seen by its author and smart_admin, and what is not in the author's hands by the course's
-- instructor. Every question about the caller is asked once for a query, none for each row.
ALTER TABLE idea ENABLE ROW LEVEL SECURITY;
CREATE POLICY idea_read_public ON idea FOR SELECT TO loft_service
    USING (state = 'published' AND visibility = 'public');
CREATE POLICY idea_read_alumni ON idea FOR SELECT TO loft_service
    USING (state = 'published' AND visibility = 'alumni' AND (SELECT is_alumnus()));
CREATE POLICY idea_read_cohort ON idea FOR SELECT TO loft_service
    USING (state = 'published' AND course_id = ANY ((SELECT own_courses())::uuid[]));
CREATE POLICY idea_read_author ON idea FOR SELECT TO loft_service
    USING (author_person_id = (SELECT principal_person()));
CREATE POLICY idea_read_writer ON idea FOR SELECT TO loft_service
    USING (author_person_id IS NULL AND created_by = (SELECT principal_user()));
CREATE POLICY idea_read_instructor ON idea FOR SELECT TO loft_service
    USING (state NOT IN ('draft', 'returned')
           AND course_id = ANY ((SELECT granted('smart_instructor'))::uuid[]));
CREATE POLICY idea_read_admin ON idea FOR SELECT TO loft_service
    USING ((SELECT has_role('smart_admin')));

-- Made as a draft, by participants in their own name, for the centre by those who work there.
CREATE POLICY idea_create_author ON idea FOR INSERT TO loft_service
    WITH CHECK ((SELECT has_role('participant')) AND author_person_id = (SELECT principal_person())
                AND created_by = (SELECT principal_user()) AND state = 'draft');
CREATE POLICY idea_create_centre ON idea FOR INSERT TO loft_service
    WITH CHECK ((SELECT has_role('smart_admin') OR granted('smart_instructor') <> '{}')
                AND author_person_id IS NULL
                AND created_by = (SELECT principal_user()) AND state = 'draft');

-- The author writes, submits and takes back; what becomes of it is for smart_admin.
CREATE POLICY idea_update_author ON idea FOR UPDATE TO loft_service
    USING ((SELECT has_role('participant')) AND author_person_id = (SELECT principal_person()))
    WITH CHECK ((SELECT has_role('participant')) AND author_person_id = (SELECT principal_person())
                AND state IN ('draft', 'submitted', 'returned'));
CREATE POLICY idea_update_writer ON idea FOR UPDATE TO loft_service
    USING ((SELECT granted('smart_instructor') <> '{}') AND author_person_id IS NULL
           AND created_by = (SELECT principal_user()))
    WITH CHECK ((SELECT granted('smart_instructor') <> '{}') AND author_person_id IS NULL
                AND created_by = (SELECT principal_user())
                AND state IN ('draft', 'submitted', 'returned'));
CREATE POLICY idea_update_admin ON idea FOR UPDATE TO loft_service
    USING ((SELECT has_role('smart_admin')));

-- What was never shown, or was taken back, may go for good.
CREATE POLICY idea_delete_own ON idea FOR DELETE TO loft_service
    USING (state IN ('draft', 'returned') AND idea_is_own(author_person_id, created_by));

-- What is attached is seen with its idea, and added and removed by the author while it is theirs.
ALTER TABLE attachment ENABLE ROW LEVEL SECURITY;
CREATE POLICY attachment_read ON attachment FOR SELECT TO loft_service
    USING (EXISTS (SELECT FROM idea i WHERE i.id = idea_id));
CREATE POLICY attachment_create ON attachment FOR INSERT TO loft_service
    WITH CHECK (EXISTS (SELECT FROM idea i
                         WHERE i.id = idea_id AND i.state IN ('draft', 'returned')
                           AND idea_is_own(i.author_person_id, i.created_by)));
CREATE POLICY attachment_delete ON attachment FOR DELETE TO loft_service
    USING (EXISTS (SELECT FROM idea i
                    WHERE i.id = idea_id AND i.state IN ('draft', 'returned')
                      AND idea_is_own(i.author_person_id, i.created_by)));

ALTER TABLE attachment_content ENABLE ROW LEVEL SECURITY;
CREATE POLICY attachment_content_read ON attachment_content FOR SELECT TO loft_service
    USING (EXISTS (SELECT FROM attachment a WHERE a.id = attachment_id));
CREATE POLICY attachment_content_create ON attachment_content FOR INSERT TO loft_service
    WITH CHECK (EXISTS (SELECT FROM attachment a JOIN idea i ON i.id = a.idea_id
                         WHERE a.id = attachment_id AND i.state IN ('draft', 'returned')
                           AND idea_is_own(i.author_person_id, i.created_by)));
