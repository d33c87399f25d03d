-- Payment: what was invoiced, paid and credited for a registration, and the invoice basis that
-- follows from it. domain.md §0.1 "Payment", §4.7.

ALTER TABLE registration
    ADD COLUMN invoice_number text -- of the invoice sent; invoice_reference is the buyer's own
        CONSTRAINT registration_invoice_number_check CHECK (text_within(invoice_number, 64)),
    ADD COLUMN invoiced_on date,
    ADD COLUMN invoiced_nok bigint
        CONSTRAINT registration_invoiced_nok_check CHECK (
            invoiced_nok BETWEEN 0 AND price_nok
            AND (invoiced_nok IS NOT NULL) = (payment_state IN ('invoiced', 'paid', 'credited'))),
    ADD COLUMN paid_on date
        CONSTRAINT registration_paid_on_check CHECK (paid_on >= invoiced_on),
    ADD COLUMN credited_on date
        CONSTRAINT registration_credited_on_check CHECK (credited_on >= invoiced_on),
    ADD COLUMN credited_nok bigint -- all credit notes together
        CONSTRAINT registration_credited_nok_check CHECK (
            credited_nok BETWEEN 0 AND invoiced_nok
            AND (credited_nok IS NOT NULL) = (payment_state = 'credited'));
CREATE INDEX registration_invoice_number_idx ON registration (course_id, invoice_number)
    WHERE invoice_number IS NOT NULL;

-- The sum on the invoice is what is owed when it is sent, whoever says that it was sent; a credit
-- note that names no sum is for what a refund has made too much of it, or for all of it. Those who take
-- a seat owe its price, and those who give it up may owe nothing any more; everything else about
-- payments is for those who run courses, and for the service.
CREATE FUNCTION keep_payment() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    billed boolean := NEW.payment_state IN ('invoiced', 'paid', 'credited');
    settled boolean;
BEGIN
    IF TG_OP = 'INSERT' THEN
        settled := NEW.payment_state NOT IN ('not_required', 'to_invoice')
            OR num_nonnulls(NEW.invoice_number, NEW.invoiced_on, NEW.paid_on, NEW.credited_on,
                            NEW.credited_nok) > 0;
    ELSE
        settled := (NEW.invoice_number, NEW.invoiced_on, NEW.paid_on, NEW.credited_on, NEW.credited_nok)
                IS DISTINCT FROM
                   (OLD.invoice_number, OLD.invoiced_on, OLD.paid_on, OLD.credited_on, OLD.credited_nok)
            OR NEW.payment_state <> OLD.payment_state
               AND NOT (OLD.payment_state = 'not_required' AND NEW.payment_state = 'to_invoice')
               AND NOT (OLD.payment_state = 'to_invoice' AND NEW.payment_state = 'cancelled'
                        AND NEW.state = 'cancelled');
    END IF;
    IF settled AND current_user = 'loft_service'
       AND NOT has_role('smart_admin') AND NOT has_role('system') THEN
        RAISE EXCEPTION 'payments are kept by smart_admin' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF billed AND NEW.invoiced_nok IS NULL THEN
        NEW.invoiced_nok := NEW.price_nok - coalesce(NEW.refund_nok, 0);
    END IF;
    IF NEW.payment_state = 'credited' AND NEW.credited_nok IS NULL THEN
        NEW.credited_nok := NEW.invoiced_nok - coalesce(NEW.price_nok - NEW.refund_nok, 0);
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER registration_payment
    BEFORE INSERT OR UPDATE OF payment_state, invoice_number, invoiced_on, paid_on, credited_on,
        credited_nok
    ON registration FOR EACH ROW EXECUTE FUNCTION keep_payment();

UPDATE registration SET payment_state = payment_state
WHERE payment_state IN ('invoiced', 'paid', 'credited');

-- ---- what is owed ----------------------------------------------------------------------------

-- As payment_owed_nok in domain/smart/payment.c has it; a test holds the two together.
CREATE FUNCTION payment_owed_nok(payment_state text, price_nok bigint, refund_nok bigint,
    invoiced_nok bigint, credited_nok bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN payment_state IN ('not_required', 'cancelled') THEN 0
                ELSE least(price_nok - coalesce(refund_nok, 0),
                           invoiced_nok - coalesce(credited_nok, 0)) END
$$;

-- The value added tax that is part of an amount, to the nearest krone. Prices are what the buyer
-- pays: the tax is within them and never comes on top.
CREATE FUNCTION vat_within_nok(amount_nok bigint, vat_bp int) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT (2 * amount_nok * vat_bp + 10000 + vat_bp) / (2 * (10000 + vat_bp))
$$;

-- ---- invoice basis ---------------------------------------------------------------------------

-- Every registration that there is or was something to invoice for, as an invoice tells of it. What
-- was never to be paid, and what no longer is, is not among them. Without an invoice of their own,
-- a consumer's goes to the participant. buyer is a name for lists; recipient is on the invoice.
CREATE VIEW invoice_line WITH (security_invoker = true) AS
    SELECT r.id, r.course_id, c.code AS course_code, c.title AS course_title,
           (c.starts_at AT TIME ZONE 'Europe/Oslo')::date AS starts_on,
           r.person_id, r.participant_name, t.code AS ticket_type_code, t.name AS ticket_type_name,
           r.buyer_type, r.employer_organisation_id, r.invoice_recipient IS NOT NULL AS has_invoice,
           coalesce(CASE WHEN r.buyer_type = 'organisation'
                         THEN coalesce(o.name, r.employer_name) END,
                    r.participant_name, '') AS buyer,
           coalesce(r.invoice_recipient, r.participant_name) AS recipient,
           r.invoice_org_number AS org_number, r.invoice_address AS address,
           r.invoice_reference AS reference,
           coalesce(r.invoice_email,
                    CASE WHEN r.invoice_recipient IS NULL THEN r.participant_email END) AS email,
           r.state AS registration_state, r.payment_state, r.price_nok,
           coalesce(r.refund_nok, 0) AS refund_nok, owed.nok AS owed_nok, c.vat_bp,
           vat_within_nok(owed.nok, c.vat_bp) AS vat_nok,
           CASE WHEN r.payment_state = 'to_invoice' THEN owed.nok ELSE 0 END AS to_invoice_nok,
           coalesce(r.invoiced_nok, 0) AS invoiced_nok,
           CASE WHEN r.payment_state = 'invoiced'
                     OR r.payment_state = 'credited' AND r.paid_on IS NULL
                THEN owed.nok ELSE 0 END AS outstanding_nok,
           CASE WHEN r.payment_state = 'to_invoice' THEN 0
                ELSE r.invoiced_nok - coalesce(r.credited_nok, 0) - owed.nok END AS to_credit_nok,
           coalesce(r.credited_nok, 0) AS credited_nok,
           r.invoice_number, r.invoiced_on, r.paid_on, r.credited_on, r.updated_at
      FROM registration AS r
      JOIN course AS c ON c.id = r.course_id
      JOIN ticket_type AS t ON t.id = r.ticket_type_id
      LEFT JOIN organisation AS o ON o.id = r.employer_organisation_id
     CROSS JOIN LATERAL (
           SELECT payment_owed_nok(r.payment_state, r.price_nok, r.refund_nok, r.invoiced_nok,
                                   r.credited_nok)
     ) AS owed (nok)
     WHERE r.payment_state IN ('to_invoice', 'invoiced', 'paid', 'credited');

-- The same by course and buyer: a row is what goes on one invoice. Whoever is to have the invoice at
-- another address or with another reference is another buyer; so is each consumer without an invoice
-- of their own. A plan for the filters given: one for all of them could use no index.
CREATE FUNCTION invoice_basis(of_course uuid, from_on date, to_on date, in_state text)
RETURNS TABLE (
    _id uuid, course_id uuid, course_code text, course_title text, starts_on date, buyer_type text,
    employer_organisation_id uuid, buyer text, recipient text, org_number text, address text,
    reference text, email text, seats bigint, price_nok bigint, refund_nok bigint, owed_nok bigint,
    vat_bp int, vat_nok bigint, to_invoice_nok bigint, invoiced_nok bigint, outstanding_nok bigint,
    to_credit_nok bigint, credited_nok bigint)
LANGUAGE plpgsql STABLE
SET search_path = loft, pg_temp SET plan_cache_mode = force_custom_plan AS $$
BEGIN
    RETURN QUERY
        SELECT md5(ROW(l.course_id, l.buyer_type, l.employer_organisation_id, l.recipient,
                       l.org_number, l.address, l.reference, l.email, own.person_id)::text)::uuid,
               l.course_id, l.course_code, l.course_title, l.starts_on, l.buyer_type,
               l.employer_organisation_id, min(l.buyer), l.recipient, l.org_number, l.address,
               l.reference, l.email, count(*), sum(l.price_nok)::bigint, sum(l.refund_nok)::bigint,
               sum(l.owed_nok)::bigint, l.vat_bp, sum(l.vat_nok)::bigint,
               sum(l.to_invoice_nok)::bigint, sum(l.invoiced_nok)::bigint,
               sum(l.outstanding_nok)::bigint, sum(l.to_credit_nok)::bigint,
               sum(l.credited_nok)::bigint
          FROM invoice_line AS l
         CROSS JOIN LATERAL (
               SELECT CASE WHEN l.buyer_type = 'consumer' AND NOT l.has_invoice THEN l.person_id END
         ) AS own (person_id)
         WHERE (of_course IS NULL OR l.course_id = of_course)
           AND (from_on IS NULL OR l.starts_on >= from_on)
           AND (to_on IS NULL OR l.starts_on <= to_on)
           AND (in_state IS NULL OR l.payment_state = in_state)
         GROUP BY l.course_id, l.course_code, l.course_title, l.starts_on, l.buyer_type,
                  l.employer_organisation_id, l.recipient, l.org_number, l.address, l.reference,
                  l.email, l.vat_bp, own.person_id;
END
$$;

-- ---- what the service's role may touch -------------------------------------------------------

GRANT EXECUTE ON FUNCTION payment_owed_nok(text, bigint, bigint, bigint, bigint),
    vat_within_nok(bigint, int), invoice_basis(uuid, date, date, text)
TO loft_service;
GRANT SELECT ON invoice_line TO loft_service;
GRANT UPDATE (invoice_number, invoiced_on, paid_on, credited_on, credited_nok)
    ON registration TO loft_service;
