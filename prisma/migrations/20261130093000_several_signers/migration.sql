-- Several signers on one database: a row of health and one of the policy for each, and one claim for each signature (decision 0121).

-- AlterTable
ALTER TABLE "signer"."presence" ADD COLUMN     "behind" TEXT,
ADD COLUMN     "policy_commit" TEXT,
ADD COLUMN     "revocations" INTEGER,
ADD COLUMN     "revocations_seq" BIGINT,
ADD COLUMN     "stopped_at" TIMESTAMPTZ(3),
ADD COLUMN     "version" TEXT;

-- CreateTable
CREATE TABLE "signer"."signature_claim" (
    "slot" TEXT NOT NULL,
    "request_id" UUID NOT NULL,
    "grant_id" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "round" INTEGER NOT NULL,
    "key_label" TEXT NOT NULL,
    "to_be_signed_sha256" TEXT NOT NULL,
    "is_repeatable" BOOLEAN NOT NULL,
    "signer_id" TEXT,
    "claimed_at" TIMESTAMPTZ(3) NOT NULL,
    "signature" BYTEA,
    "signature_sha256" TEXT,
    "signed_at" TIMESTAMPTZ(3),

    CONSTRAINT "signature_claim_pkey" PRIMARY KEY ("slot")
);

-- CreateTable
CREATE TABLE "signer"."signer_health" (
    "signer_id" TEXT NOT NULL,
    "component" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "detail" TEXT NOT NULL,
    "measures" JSONB NOT NULL DEFAULT '{}',
    "checked_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "signer_health_pkey" PRIMARY KEY ("signer_id","component")
);

-- CreateTable
CREATE TABLE "signer"."policy_following" (
    "signer_id" TEXT NOT NULL,
    "sync" TEXT NOT NULL,
    "health" TEXT NOT NULL,
    "accepted" TEXT,
    "observed" TEXT,
    "reason" TEXT,
    "problem" TEXT,
    "dated_at" TIMESTAMPTZ(3),
    "alarm_at" TIMESTAMPTZ(3),
    "stop_at" TIMESTAMPTZ(3),
    "checked_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "policy_following_pkey" PRIMARY KEY ("signer_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "signature_claim_grant_id_key" ON "signer"."signature_claim"("grant_id");

-- CreateIndex
CREATE INDEX "signature_claim_request_id_idx" ON "signer"."signature_claim"("request_id");

-- CreateIndex
CREATE INDEX "signature_claim_signed_at_signer_id_idx" ON "signer"."signature_claim"("signed_at", "signer_id");

-- CreateIndex
CREATE INDEX "signer_health_checked_at_idx" ON "signer"."signer_health"("checked_at");

-- A claim binds its place to octets and key for good, and a signature is written down once. Where the request ends, the signature
-- itself goes, and its digest stays.
CREATE FUNCTION "signer"."keep_claim"() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF (NEW.slot, NEW.request_id, NEW.path, NEW.round, NEW.key_label, NEW.to_be_signed_sha256, NEW.is_repeatable)
       IS DISTINCT FROM
       (OLD.slot, OLD.request_id, OLD.path, OLD.round, OLD.key_label, OLD.to_be_signed_sha256, OLD.is_repeatable)
       OR (OLD.signed_at IS NOT NULL
           AND ((NEW.grant_id, NEW.signer_id, NEW.claimed_at, NEW.signature_sha256, NEW.signed_at)
                IS DISTINCT FROM (OLD.grant_id, OLD.signer_id, OLD.claimed_at, OLD.signature_sha256, OLD.signed_at)
                OR (NEW.signature IS NOT NULL AND NEW.signature IS DISTINCT FROM OLD.signature))) THEN
        RAISE EXCEPTION 'the claim of a signature for request % can’t be changed so: another signature could follow', OLD.request_id
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER "signature_claim_is_kept"
    BEFORE UPDATE ON "signer"."signature_claim"
    FOR EACH ROW EXECUTE FUNCTION "signer"."keep_claim"();

CREATE TRIGGER "signature_claim_only_grows"
    BEFORE DELETE OR TRUNCATE ON "signer"."signature_claim"
    FOR EACH STATEMENT EXECUTE FUNCTION "signer"."refuse_change"();

-- Claims places of one request for a signer's keyholder, all of them or none, if `owner` still has the lease of it. Afterwards the
-- signer may ask its keyholder for those that are 'claimed', and for nothing else.
--   outcome 'claimed'       this signer's
--           'signed'        written down already, by a key that would give another one: that one is to be used
--           'held'          nothing is claimed: the keyholder of `holder` may have signed, by a key that would give another one
--           'unresolved'    the same, and the holder is this signer, under another grant
--           'other-octets'  nothing is claimed: other octets or another key were claimed for this place
--           'lease-lost'    nothing is claimed
CREATE FUNCTION "signer"."claim_signatures"(
        "of_request" uuid, "owner" text, "lease_seconds" double precision, "by_signer" text, "claims" jsonb)
    RETURNS TABLE ("claimed_slot" text, "outcome" text, "holder" text, "claimed_grant" text, "made" bytea)
    LANGUAGE plpgsql
    AS $$
BEGIN
    -- First of all, as in every transaction about a request; and whoever claims for the same request waits here.
    UPDATE signer.open_request SET lease_until = clock_timestamp() + make_interval(secs => lease_seconds)
     WHERE request_id = of_request AND lease_owner = owner;
    IF NOT FOUND THEN
        outcome := 'lease-lost';
        RETURN NEXT;
        RETURN;
    END IF;
    RETURN QUERY
    SELECT had.slot,
           CASE WHEN (had.request_id, had.key_label, had.to_be_signed_sha256, had.is_repeatable)
                     IS DISTINCT FROM (of_request, new.key_label, new.to_be_signed_sha256, new.is_repeatable) THEN 'other-octets'
                WHEN had.signer_id = by_signer THEN 'unresolved' ELSE 'held' END,
           had.signer_id, had.grant_id, NULL::bytea
      FROM jsonb_to_recordset(claims) AS new
           (slot text, grant_id text, key_label text, to_be_signed_sha256 text, is_repeatable boolean)
      JOIN signer.signature_claim AS had USING (slot)
     WHERE (had.request_id, had.key_label, had.to_be_signed_sha256, had.is_repeatable)
           IS DISTINCT FROM (of_request, new.key_label, new.to_be_signed_sha256, new.is_repeatable)
        OR (NOT had.is_repeatable AND had.signed_at IS NULL AND had.signer_id IS NOT NULL
            AND (had.signer_id, had.grant_id) IS DISTINCT FROM (by_signer, new.grant_id));
    IF FOUND THEN
        RETURN;
    END IF;
    RETURN QUERY
    INSERT INTO signer.signature_claim AS claim
           (slot, request_id, grant_id, path, round, key_label, to_be_signed_sha256, is_repeatable, signer_id, claimed_at)
    SELECT new.slot, of_request, new.grant_id, new.path, new.round, new.key_label, new.to_be_signed_sha256, new.is_repeatable,
           by_signer, clock_timestamp()
      FROM jsonb_to_recordset(claims) AS new
           (slot text, grant_id text, path text, round int, key_label text, to_be_signed_sha256 text, is_repeatable boolean)
        ON CONFLICT (slot) DO UPDATE
       SET grant_id = CASE WHEN claim.signed_at IS NULL THEN excluded.grant_id ELSE claim.grant_id END,
           signer_id = CASE WHEN claim.signed_at IS NULL THEN excluded.signer_id ELSE claim.signer_id END,
           claimed_at = CASE WHEN claim.signed_at IS NULL THEN excluded.claimed_at ELSE claim.claimed_at END
    RETURNING claim.slot,
              CASE WHEN claim.signed_at IS NULL OR claim.is_repeatable THEN 'claimed' ELSE 'signed' END,
              claim.signer_id, claim.grant_id, claim.signature;
END
$$;

-- Writes down the signatures that a signer's keyholder made → places of which another signature is written down already
-- ('other-signature'), or that another signer has claimed meanwhile ('claim-lost').
CREATE FUNCTION "signer"."store_signatures"("by_signer" text, "made" jsonb)
    RETURNS TABLE ("claimed_slot" text, "outcome" text)
    LANGUAGE plpgsql
    AS $$
BEGIN
    UPDATE signer.signature_claim AS claim
       SET signature_sha256 = new.sha256, signed_at = clock_timestamp(),
           signature = CASE WHEN claim.is_repeatable THEN NULL ELSE decode(new.signature, 'base64') END
      FROM jsonb_to_recordset(made) AS new (slot text, grant_id text, sha256 text, signature text)
     WHERE claim.slot = new.slot AND claim.grant_id = new.grant_id AND claim.signer_id = by_signer AND claim.signed_at IS NULL;
    RETURN QUERY
    SELECT new.slot, CASE WHEN claim.signed_at IS NULL THEN 'claim-lost' ELSE 'other-signature' END
      FROM jsonb_to_recordset(made) AS new (slot text, sha256 text)
      LEFT JOIN signer.signature_claim AS claim USING (slot)
     WHERE claim.signature_sha256 IS DISTINCT FROM new.sha256;
END
$$;

-- As before, and with what claims kept.
CREATE OR REPLACE FUNCTION "signer"."save_request_state"("of_request" uuid, "state" jsonb) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO signer.request_state
           (request_id, status, step, pass, policy_commit, source_commit, summary, retry_at, retries, decisions_counted,
            updated_at)
    SELECT of_request, new.status, new.step, new.pass, new.policy_commit, new.source_commit, new.summary, new.retry_at,
           new.retries, new.decisions_counted, new.updated_at
      FROM jsonb_to_record(state) AS new
           (status text, step text, pass int, policy_commit text, source_commit text, summary text, retry_at timestamptz,
            retries int, decisions_counted int, updated_at timestamptz)
        ON CONFLICT (request_id) DO UPDATE
       SET status = excluded.status, step = excluded.step, pass = excluded.pass, policy_commit = excluded.policy_commit,
           source_commit = excluded.source_commit, summary = excluded.summary, retry_at = excluded.retry_at,
           retries = excluded.retries, decisions_counted = excluded.decisions_counted, updated_at = excluded.updated_at;
    IF state->>'status' IN ('completed', 'denied', 'failed') THEN
        DELETE FROM signer.timestamp_token WHERE request_id = of_request;
        UPDATE signer.signature_claim SET signature = NULL WHERE request_id = of_request AND signature IS NOT NULL;
    END IF;
END
$$;
