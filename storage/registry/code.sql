-- The code lists that are rows: the others are words of the contract (api/contract/codes.yaml and the parts).
-- name: code_list
SELECT s.list, s.code, s.label_nb, s.label_nn, s.label_en
FROM (SELECT 'course_type' AS list, code, label_nb, label_nn, label_en, sort_no FROM course_type
      UNION ALL
      SELECT 'profession', code, label_nb, label_nn, label_en, sort_no FROM profession
      UNION ALL
      SELECT 'grant_scheme', code, label_nb, label_nn, label_en, sort_no FROM grant_scheme
      UNION ALL
      SELECT 'cancellation_policy', code, label_nb, label_nn, label_en, 0 FROM cancellation_policy
     ) AS s
ORDER BY s.list COLLATE "C", s.sort_no, s.code COLLATE "C"
