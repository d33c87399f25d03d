-- The trainer programme as a series: gatherings that are moved whole, and what a festival is about
-- and holds. domain.md §0.1 (SMART), §4.1 F1, F7.

-- A move changes the sessions; the gathering has a version of its own to be asked for.
ALTER TABLE course_gathering ADD COLUMN moved_at timestamptz;

ALTER TABLE course ADD COLUMN theme text
    CONSTRAINT course_theme_check CHECK (text_within(theme, 200));

-- What happens when, on the day: who contributes is told by role, so that no private person is named.
CREATE TABLE course_programme_item (
    id uuid PRIMARY KEY DEFAULT uuid_v7(),
    course_id uuid NOT NULL
        CONSTRAINT course_programme_item_course_id_fkey REFERENCES course ON DELETE CASCADE,
    kind text NOT NULL CONSTRAINT course_programme_item_kind_check
        CHECK (kind IN ('opening', 'talk', 'hosting', 'lunch', 'other')),
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    title text NOT NULL
        CONSTRAINT course_programme_item_title_check CHECK (text_within(title, 200)),
    description text CONSTRAINT course_programme_item_description_check
        CHECK (char_length(description) <= 5000),
    contributor_role text CONSTRAINT course_programme_item_contributor_role_check
        CHECK (text_within(contributor_role, 200)),
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT course_programme_item_ends_at_check
        CHECK (ends_at > starts_at AND ends_at <= starts_at + interval '24 hours')
);
CREATE INDEX course_programme_item_course_idx ON course_programme_item (course_id, starts_at);
CREATE INDEX course_programme_item_updated_idx ON course_programme_item (updated_at, id);
CREATE TRIGGER course_programme_item_touch BEFORE UPDATE ON course_programme_item
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch_row();

-- ---- what the service's role may touch -------------------------------------------------------

GRANT UPDATE (moved_at) ON course_gathering TO loft_service;
GRANT INSERT (theme), UPDATE (theme) ON course TO loft_service;
GRANT SELECT, DELETE ON course_programme_item TO loft_service;
GRANT INSERT (course_id, kind, starts_at, ends_at, title, description, contributor_role),
      UPDATE (kind, starts_at, ends_at, title, description, contributor_role)
    ON course_programme_item TO loft_service;
