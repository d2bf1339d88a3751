-- What each role may do. Run by the owner after every migration; safe to run again: it takes everything away first,
-- so that a right which no longer stands here is gone.
DO $$
BEGIN
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC, countersign_portal, countersign_signer', current_database());
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO countersign_portal, countersign_signer', current_database());
END
$$;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
REVOKE ALL ON SCHEMA portal, signer, pgboss, portal_jobs FROM PUBLIC, countersign_portal, countersign_signer;
REVOKE ALL ON ALL TABLES IN SCHEMA portal, signer, pgboss, portal_jobs FROM PUBLIC, countersign_portal, countersign_signer;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA portal, signer, pgboss, portal_jobs FROM PUBLIC, countersign_portal, countersign_signer;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA signer FROM PUBLIC, countersign_portal, countersign_signer;

GRANT USAGE ON SCHEMA portal, signer, pgboss TO countersign_portal, countersign_signer;
GRANT USAGE ON SCHEMA portal_jobs TO countersign_portal;

-- The portal: its own tables, but never the past: requests, approvals and the audit trail can only grow. Who may not
-- change rows can't lock them either, nor the table against readers (LOCK): what the signer reads stays readable.
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA portal TO countersign_portal;
REVOKE UPDATE, DELETE ON portal.signing_request, portal.approval_submission, portal.audit_event,
  portal.emergency_stop_submission, portal.cancellation FROM countersign_portal;
REVOKE UPDATE, DELETE ON portal.application_event, portal.review_decision, portal.recusal, portal.evidence,
  portal.onboarding_step FROM countersign_portal;
-- Of a token only its use and its end are written later: whoever has the portal can't make an old one new again.
REVOKE UPDATE, DELETE ON portal.api_token FROM countersign_portal;
GRANT UPDATE (last_used_at, last_used_from, revoked_at, revoked_by, revoked_reason, told) ON portal.api_token
  TO countersign_portal;
REVOKE UPDATE ON portal.used_statement, portal.used_build_token FROM countersign_portal;
-- Of an export only what was written for it is added later.
REVOKE UPDATE, DELETE ON portal.audit_export FROM countersign_portal;
GRANT UPDATE (made_at, files, objects) ON portal.audit_export TO countersign_portal;
-- The place of a submission in their order is the database's to give: who could choose it could hide a denial behind others.
REVOKE INSERT ON portal.approval_submission FROM countersign_portal;
GRANT INSERT (id, request_id, statement, signature, submitted_by, submitted_at) ON portal.approval_submission
  TO countersign_portal;
-- That something was removed, and by which rule, stays on record.
REVOKE UPDATE, DELETE ON portal.removed_file FROM countersign_portal;
-- What arrived is noted by a trigger, and looked at by signers in that order.
REVOKE INSERT, UPDATE, DELETE ON portal.arrival FROM countersign_portal;
GRANT INSERT (request_id) ON portal.arrival TO countersign_portal;
-- Samples are asked for and read: their end is the signer's, so nobody here can lock the table against it.
REVOKE UPDATE, DELETE ON portal.sample FROM countersign_portal;
REVOKE DELETE ON portal.application, portal.review, portal.code_host_answer, portal.report FROM countersign_portal;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA portal TO countersign_portal;
GRANT SELECT ON ALL TABLES IN SCHEMA signer TO countersign_portal;
-- A signature that is made is not yet released: whoever has the portal must not be able to put it into the file.
REVOKE SELECT ON signer.signature_claim FROM countersign_portal;
GRANT SELECT (slot, request_id, grant_id, path, round, key_label, to_be_signed_sha256, is_repeatable, signer_id, claimed_at,
  signature_sha256, signed_at) ON signer.signature_claim TO countersign_portal;

-- The signer: reads what is asked and nothing else that people wrote to the foundation; writes what happened.
GRANT SELECT ON portal.signing_request, portal.approval_submission, portal.emergency_stop_submission, portal.audit_export,
  portal.cancellation
  TO countersign_signer;
GRANT SELECT, DELETE ON portal.sample, portal.arrival TO countersign_signer;
GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA signer TO countersign_signer;
GRANT DELETE ON signer.open_request, signer.project_turn, signer.timestamp_token, signer.inspection_report,
  signer.inspected_entry, signer.sample_result, signer.sample_entry TO countersign_signer;
REVOKE UPDATE ON signer.journal, signer.accepted_snapshot, signer.audit_digest, signer.audit_refusal FROM countersign_signer;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA signer TO countersign_signer;
GRANT EXECUTE ON FUNCTION signer.reads_as_json TO countersign_portal, countersign_signer;
GRANT EXECUTE ON FUNCTION signer.end_obstructing_sessions, signer.record_entries, signer.save_request_state,
  signer.claim_signatures, signer.store_signatures TO countersign_signer;
-- What signers lock so that one of them at a time does a thing. Advisory locks wouldn't do: anybody can hold those.
INSERT INTO signer.mutex (name) VALUES ('journal'), ('turns'), ('audit') ON CONFLICT DO NOTHING;

-- Jobs that wake the signer up: the portal adds them. pg-boss puts names of tables out of its own tables into its
-- statements, so whoever may change those has the rights of everybody who works on the queue.
GRANT SELECT ON ALL TABLES IN SCHEMA pgboss TO countersign_portal;
GRANT INSERT ON pgboss.job, pgboss.job_common TO countersign_portal;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA pgboss TO countersign_signer;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA pgboss TO countersign_portal, countersign_signer;

-- Jobs of the portal for itself.
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA portal_jobs TO countersign_portal;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA portal_jobs TO countersign_portal;
