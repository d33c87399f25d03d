-- Words of the name from their start. The address only for those who may see addresses: a search
-- would tell it letter by letter.
-- name: person_list
SELECT p.id, p.version, p.full_name, p.email, p.phone, p.birth_year, p.gender, p.language,
       p.is_example, p.created_at, p.updated_at
FROM person AS p
WHERE true
  AND (strpos(lower(' ' || p.full_name COLLATE "nb-x-icu"),                  --? q
              lower(' ' || :q::text COLLATE "nb-x-icu")) > 0                 --? q
       OR ((SELECT has_scope('smart:contact'))                               --? q
           AND starts_with(p.email_key, normalise_email(:q::text))))         --? q
  AND p.updated_at >= :updated_since::timestamptz                            --? updated_since

-- name: person_get
SELECT p.id, p.version, p.full_name, p.email, p.phone, p.birth_year, p.gender, p.language,
       p.is_example, p.created_at, p.updated_at
FROM person AS p
WHERE p.id = :id::uuid

-- name: person_insert
INSERT INTO person (full_name, email, phone, birth_year, gender, language, is_example)
VALUES (:full_name, :email, :phone, :birth_year, coalesce(:gender, 'undisclosed'),
        coalesce(:language, 'nb'), coalesce(:is_example, false))
RETURNING id, version::bigint AS version

-- name: person_lock
SELECT id, version::bigint AS version FROM person WHERE id = :id::uuid FOR UPDATE

-- name: person_update
UPDATE person
SET full_name = CASE WHEN :full_name.given THEN :full_name ELSE full_name END,
    email = CASE WHEN :email.given THEN :email ELSE email END,
    phone = CASE WHEN :phone.given THEN :phone ELSE phone END,
    birth_year = CASE WHEN :birth_year.given THEN :birth_year ELSE birth_year END,
    gender = CASE WHEN :gender.given THEN :gender ELSE gender END,
    language = CASE WHEN :language.given THEN :language ELSE language END,
    is_example = CASE WHEN :is_example.given THEN :is_example ELSE is_example END
WHERE id = :id::uuid
RETURNING id, version::bigint AS version
