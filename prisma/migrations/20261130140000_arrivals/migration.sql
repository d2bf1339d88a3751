-- Which requests the signer hasn't looked at yet, in the order in which they were stored: it no longer searches all for them (decision 0132).

-- CreateTable
CREATE TABLE "portal"."arrival" (
    "seq" BIGSERIAL NOT NULL,
    "request_id" UUID NOT NULL,

    CONSTRAINT "arrival_pkey" PRIMARY KEY ("seq")
);

-- With the request, in its transaction, whichever version of the portal stores it.
CREATE FUNCTION "portal"."note_arrivals"() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO portal.arrival (request_id) SELECT id FROM stored;
    RETURN NULL;
END
$$;

CREATE TRIGGER "signing_request_arrives"
    AFTER INSERT ON "portal"."signing_request"
    REFERENCING NEW TABLE AS stored
    FOR EACH STATEMENT EXECUTE FUNCTION "portal"."note_arrivals"();

-- What no signer has seen before this.
INSERT INTO "portal"."arrival" ("request_id")
SELECT "id" FROM "portal"."signing_request" AS request
 WHERE NOT EXISTS (SELECT 1 FROM "signer"."request_state" AS state WHERE state."request_id" = request."id")
 ORDER BY "submitted_at";

-- Under which policy a request waits, by what decides of it, and up to which commit that is known to be the same.
ALTER TABLE "signer"."request_state" ADD COLUMN "policy_digest" TEXT;
ALTER TABLE "signer"."open_request" ADD COLUMN "policy_seen" TEXT;

-- As before, with that digest; a signer of the version before gives none.
CREATE OR REPLACE FUNCTION "signer"."save_request_state"("of_request" uuid, "state" jsonb) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO signer.request_state
           (request_id, status, step, pass, policy_commit, policy_digest, source_commit, summary, retry_at, retries,
            decisions_counted, updated_at)
    SELECT of_request, new.status, new.step, new.pass, new.policy_commit, new.policy_digest, new.source_commit, new.summary,
           new.retry_at, new.retries, new.decisions_counted, new.updated_at
      FROM jsonb_to_record(state) AS new
           (status text, step text, pass int, policy_commit text, policy_digest text, source_commit text, summary text,
            retry_at timestamptz, retries int, decisions_counted int, updated_at timestamptz)
        ON CONFLICT (request_id) DO UPDATE
       SET status = excluded.status, step = excluded.step, pass = excluded.pass, policy_commit = excluded.policy_commit,
           policy_digest = excluded.policy_digest, source_commit = excluded.source_commit, summary = excluded.summary,
           retry_at = excluded.retry_at, retries = excluded.retries, decisions_counted = excluded.decisions_counted,
           updated_at = excluded.updated_at;
    IF state->>'status' IN ('completed', 'denied', 'failed') THEN
        DELETE FROM signer.timestamp_token WHERE request_id = of_request;
        UPDATE signer.signature_claim SET signature = NULL WHERE request_id = of_request AND signature IS NOT NULL;
    END IF;
END
$$;
