-- name: municipality_list
SELECT m.id, m.version, m.municipality_no, m.name, m.name_sma, m.county_no, m.valid_from_on,
       m.valid_to_on, m.updated_at
FROM municipality AS m
WHERE true
  AND m.county_no = :county_no                                                  --? county_no
  AND m.valid_from_on <= :valid_on::date                                        --? valid_on
  AND coalesce(m.valid_to_on >= :valid_on::date, true)                          --? valid_on
  AND strpos(lower(concat_ws(' ', m.name, m.name_sma) COLLATE "nb-x-icu"),      --? q
             lower(:q::text COLLATE "nb-x-icu")) > 0                            --? q
  AND m.updated_at >= :updated_since::timestamptz                               --? updated_since

-- name: municipality_get
SELECT m.id, m.version, m.municipality_no, m.name, m.name_sma, m.county_no, m.valid_from_on,
       m.valid_to_on, m.updated_at
FROM municipality AS m
WHERE m.municipality_no = :municipality_no
