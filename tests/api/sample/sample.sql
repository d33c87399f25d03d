-- name: roster_read
SELECT :id::uuid AS id, 1 AS version, count(seat.seat_no) AS count,
       coalesce(sum(seat.seat_no), 0)::bigint AS sum,
       coalesce(json_agg(seat ORDER BY seat.seat_no) FILTER (WHERE seat.seat_no <= 3), '[]') AS first
FROM jsonb_to_recordset(:seats::jsonb)
     AS seat (seat_no bigint, person_id uuid, status text, note text, wheelchair boolean, tags text[])

-- name: received_read
SELECT :content_type::text AS content_type, octet_length(:body::bytea) AS length,
       encode(sha256(:body::bytea), 'hex') AS sha256, :mode::text AS mode

-- name: file_bytes
SELECT substring('\x00ff'::bytea || convert_to(repeat('0123456789', :size::int / 10 + 1), 'UTF8')
                 FROM 1 FOR :size::int) AS bytes
