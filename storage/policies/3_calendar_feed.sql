-- ---- calendar feeds --------------------------------------------------------------------------

-- Made, seen and thrown away by the one whose calendar it is.
ALTER TABLE calendar_feed ENABLE ROW LEVEL SECURITY;
CREATE POLICY calendar_feed_own ON calendar_feed TO loft_service
    USING (person_id = (SELECT principal_person()) AND user_id = (SELECT principal_user()));
