-- SMART: what is attached to ideas, pictures and PDF (idébank, vedlegg). domain.md §1.2, §4.2.

CREATE TABLE attachment (
    id uuid PRIMARY KEY DEFAULT uuid_v7(),
    idea_id uuid NOT NULL
        CONSTRAINT attachment_idea_id_fkey REFERENCES idea ON DELETE CASCADE,
    filename text NOT NULL CONSTRAINT attachment_filename_check
        CHECK (text_within(filename, 120) AND filename !~ '[[:cntrl:]/\\:*?"<>|]'),
    media_type text NOT NULL CONSTRAINT attachment_media_type_check
        CHECK (media_type ~ '^(image/(png|jpeg|webp)|application/pdf)$'),
    size_bytes int NOT NULL CONSTRAINT attachment_size_bytes_check
        CHECK (size_bytes BETWEEN 1 AND 5 * 1024 * 1024 + 64),
    sha256 text NOT NULL CONSTRAINT attachment_sha256_check CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX attachment_idea_id_idx ON attachment (idea_id);
CREATE INDEX attachment_updated_idx ON attachment (updated_at, id);

-- The bytes by themselves, so that no list ever touches them; pictures are compressed already.
CREATE TABLE attachment_content (
    attachment_id uuid PRIMARY KEY
        CONSTRAINT attachment_content_attachment_id_fkey REFERENCES attachment ON DELETE CASCADE,
    bytes bytea NOT NULL CONSTRAINT attachment_content_bytes_check
        CHECK (octet_length(bytes) BETWEEN 1 AND 5 * 1024 * 1024 + 64)
);
ALTER TABLE attachment_content ALTER COLUMN bytes SET STORAGE EXTERNAL;

-- How many there are is part of the idea: it becomes another version with each.
ALTER TABLE idea ADD COLUMN attachment_count int NOT NULL DEFAULT 0
    CONSTRAINT idea_attachment_count_check CHECK (attachment_count BETWEEN 0 AND 10);

CREATE FUNCTION keep_attachment_count() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loft, pg_temp AS $$
BEGIN
    UPDATE idea i
       SET attachment_count = i.attachment_count + CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END
     WHERE i.id = coalesce(NEW.idea_id, OLD.idea_id);
    RETURN NULL;
END
$$;
CREATE TRIGGER attachment_count AFTER INSERT OR DELETE ON attachment
    FOR EACH ROW EXECUTE FUNCTION keep_attachment_count();

GRANT SELECT ON attachment, attachment_content TO loft_service;
GRANT DELETE ON attachment TO loft_service;
GRANT INSERT (idea_id, filename, media_type, size_bytes, sha256) ON attachment TO loft_service;
GRANT INSERT (attachment_id, bytes) ON attachment_content TO loft_service;
