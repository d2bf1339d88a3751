-- What each role may do. Run by the owner after every migration; safe to run again: it takes everything away first,
-- so that a right which no longer stands here is gone.
DO $$
BEGIN
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC, countersign_portal, countersign_signer', current_database());
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO countersign_portal, countersign_signer', current_database());
END
$$;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
REVOKE ALL ON SCHEMA portal, signer, pgboss FROM PUBLIC, countersign_portal, countersign_signer;
REVOKE ALL ON ALL TABLES IN SCHEMA portal, signer, pgboss FROM PUBLIC, countersign_portal, countersign_signer;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA portal, signer, pgboss FROM PUBLIC, countersign_portal, countersign_signer;

GRANT USAGE ON SCHEMA portal, signer, pgboss TO countersign_portal, countersign_signer;

-- The portal: its own tables, but never the past: requests, approvals and the audit trail can only grow.
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA portal TO countersign_portal;
REVOKE UPDATE, DELETE ON portal.signing_request, portal.approval_submission, portal.audit_event,
  portal.emergency_stop_submission FROM countersign_portal;
REVOKE UPDATE, DELETE ON portal.application_event, portal.review_decision, portal.recusal, portal.evidence,
  portal.onboarding_step FROM countersign_portal;
-- Of a token only its use and its end are written later: whoever has the portal can't make an old one new again.
REVOKE UPDATE, DELETE ON portal.api_token FROM countersign_portal;
GRANT UPDATE (last_used_at, last_used_from, revoked_at, revoked_by, revoked_reason, told) ON portal.api_token
  TO countersign_portal;
REVOKE UPDATE ON portal.used_statement FROM countersign_portal;
-- The place of a submission in their order is the database's to give: who could choose it could hide a denial behind others.
REVOKE INSERT ON portal.approval_submission FROM countersign_portal;
GRANT INSERT (id, request_id, statement, signature, submitted_by, submitted_at) ON portal.approval_submission
  TO countersign_portal;
REVOKE DELETE ON portal.application, portal.review, portal.code_host_answer, portal.report FROM countersign_portal;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA portal TO countersign_portal;
GRANT SELECT ON ALL TABLES IN SCHEMA signer TO countersign_portal;

-- The signer: reads what is asked, writes what happened.
GRANT SELECT ON ALL TABLES IN SCHEMA portal TO countersign_signer;
REVOKE SELECT ON portal.api_token, portal.used_statement FROM countersign_signer;
-- What people wrote to the foundation is none of the signer's business.
REVOKE SELECT ON portal.application, portal.application_event, portal.review, portal.review_decision, portal.recusal,
  portal.evidence, portal.code_host_answer, portal.onboarding_step, portal.saved_view, portal.notification,
  portal.notification_choice, portal.policy_draft, portal.report FROM countersign_signer;
GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA signer TO countersign_signer;
REVOKE UPDATE ON signer.journal, signer.accepted_snapshot FROM countersign_signer;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA signer TO countersign_signer;

-- Jobs only wake the signer up, so both may write them.
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA pgboss TO countersign_portal, countersign_signer;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA pgboss TO countersign_portal, countersign_signer;
