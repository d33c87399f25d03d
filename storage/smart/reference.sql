-- The reference lists of SMART. Public, written by migrations alone.

-- name: course_type_list
SELECT t.id, t.version, t.code, t.label_nb, t.label_nn, t.label_en, t.pricing_model,
       t.default_price_nok, t.default_capacity, t.default_duration_minutes, t.is_series,
       t.gives_certificate, t.gatherings_expected, t.gathering_days_expected,
       t.festival_days_expected, t.first_overnight_expected, t.sort_no, t.updated_at
FROM course_type AS t
WHERE true
  AND t.pricing_model = :pricing_model                --? pricing_model
  AND t.updated_at >= :updated_since::timestamptz     --? updated_since

-- name: course_type_get
SELECT t.id, t.version, t.code, t.label_nb, t.label_nn, t.label_en, t.pricing_model,
       t.default_price_nok, t.default_capacity, t.default_duration_minutes, t.is_series,
       t.gives_certificate, t.gatherings_expected, t.gathering_days_expected,
       t.festival_days_expected, t.first_overnight_expected, t.sort_no, t.updated_at
FROM course_type AS t
WHERE t.code = :code

-- name: profession_list
SELECT p.id, p.version, p.code, p.label_nb, p.label_nn, p.label_en, p.sort_no, p.updated_at
FROM profession AS p
WHERE true
  AND p.updated_at >= :updated_since::timestamptz     --? updated_since

-- name: cancellation_policy_list
SELECT p.id, p.version, p.code, p.label_nb, p.label_nn, p.label_en, p.is_default,
       (SELECT coalesce(json_agg(json_build_object('days_before', r.days_before,
                                                   'refund_bp', r.refund_bp)
                                 ORDER BY r.days_before DESC), '[]')
        FROM cancellation_rule AS r WHERE r.policy_id = p.id) AS rules,
       p.updated_at
FROM cancellation_policy AS p
WHERE true
  AND p.updated_at >= :updated_since::timestamptz     --? updated_since
