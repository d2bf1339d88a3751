-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "portal";

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "signer";

-- CreateTable
CREATE TABLE "portal"."api_token" (
    "id" UUID NOT NULL,
    "project_slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "token_sha256" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_used_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_token_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "portal"."signing_request" (
    "id" UUID NOT NULL,
    "project_slug" TEXT NOT NULL,
    "policy_slug" TEXT NOT NULL,
    "artifact_sha256" TEXT NOT NULL,
    "artifact_name" TEXT NOT NULL,
    "artifact_size_bytes" BIGINT NOT NULL,
    "bundle_sha256" TEXT,
    "idempotency_key" TEXT NOT NULL,
    "submitted_by" TEXT NOT NULL,
    "submitted_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "signing_request_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "portal"."approval_submission" (
    "id" UUID NOT NULL,
    "request_id" UUID NOT NULL,
    "statement" TEXT NOT NULL,
    "signature" TEXT NOT NULL,
    "submitted_by" TEXT NOT NULL,
    "submitted_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "approval_submission_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "portal"."audit_event" (
    "id" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "detail" JSONB NOT NULL,

    CONSTRAINT "audit_event_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "signer"."journal" (
    "seq" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "request_id" UUID,
    "kind" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "previous_hash" TEXT NOT NULL,
    "entry_hash" TEXT NOT NULL,

    CONSTRAINT "journal_pkey" PRIMARY KEY ("seq")
);

-- CreateTable
CREATE TABLE "signer"."request_state" (
    "request_id" UUID NOT NULL,
    "status" TEXT NOT NULL,
    "step" TEXT NOT NULL,
    "pass" INTEGER NOT NULL,
    "policy_commit" TEXT,
    "source_commit" TEXT,
    "summary" TEXT NOT NULL,
    "retry_at" TIMESTAMPTZ(3),
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "request_state_pkey" PRIMARY KEY ("request_id")
);

-- CreateTable
CREATE TABLE "signer"."signature" (
    "id" UUID NOT NULL,
    "request_id" UUID NOT NULL,
    "path" TEXT NOT NULL,
    "unsigned_sha256" TEXT NOT NULL,
    "signed_sha256" TEXT NOT NULL,
    "certificate_serial" TEXT NOT NULL,
    "certificate_sha256" TEXT NOT NULL,
    "timestamped_at" TIMESTAMPTZ(3),
    "timestamp_url" TEXT,
    "signed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "signature_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "signer"."release" (
    "request_id" UUID NOT NULL,
    "artifact_sha256" TEXT NOT NULL,
    "artifact_size_bytes" BIGINT NOT NULL,
    "artifact_name" TEXT NOT NULL,
    "released_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "release_pkey" PRIMARY KEY ("request_id")
);

-- CreateTable
CREATE TABLE "signer"."accepted_snapshot" (
    "seq" BIGSERIAL NOT NULL,
    "commit" TEXT NOT NULL,
    "parent" TEXT,
    "signers" TEXT[],
    "accepted_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "accepted_snapshot_pkey" PRIMARY KEY ("seq")
);

-- CreateTable
CREATE TABLE "signer"."component_health" (
    "component" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "detail" TEXT NOT NULL,
    "checked_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "component_health_pkey" PRIMARY KEY ("component")
);

-- CreateIndex
CREATE UNIQUE INDEX "api_token_token_sha256_key" ON "portal"."api_token"("token_sha256");

-- CreateIndex
CREATE INDEX "api_token_project_slug_idx" ON "portal"."api_token"("project_slug");

-- CreateIndex
CREATE UNIQUE INDEX "signing_request_idempotency_key_key" ON "portal"."signing_request"("idempotency_key");

-- CreateIndex
CREATE INDEX "signing_request_submitted_at_id_idx" ON "portal"."signing_request"("submitted_at" DESC, "id");

-- CreateIndex
CREATE INDEX "signing_request_project_slug_submitted_at_id_idx" ON "portal"."signing_request"("project_slug", "submitted_at" DESC, "id");

-- CreateIndex
CREATE INDEX "signing_request_artifact_sha256_idx" ON "portal"."signing_request"("artifact_sha256");

-- CreateIndex
CREATE INDEX "approval_submission_request_id_submitted_at_idx" ON "portal"."approval_submission"("request_id", "submitted_at");

-- CreateIndex
CREATE INDEX "audit_event_subject_at_idx" ON "portal"."audit_event"("subject", "at");

-- CreateIndex
CREATE UNIQUE INDEX "journal_entry_hash_key" ON "signer"."journal"("entry_hash");

-- CreateIndex
CREATE INDEX "journal_request_id_seq_idx" ON "signer"."journal"("request_id", "seq");

-- CreateIndex
CREATE INDEX "request_state_status_updated_at_idx" ON "signer"."request_state"("status", "updated_at");

-- CreateIndex
CREATE INDEX "signature_signed_sha256_idx" ON "signer"."signature"("signed_sha256");

-- CreateIndex
CREATE INDEX "signature_unsigned_sha256_idx" ON "signer"."signature"("unsigned_sha256");

-- CreateIndex
CREATE UNIQUE INDEX "signature_request_id_path_key" ON "signer"."signature"("request_id", "path");

-- CreateIndex
CREATE INDEX "release_artifact_sha256_idx" ON "signer"."release"("artifact_sha256");

-- CreateIndex
CREATE UNIQUE INDEX "accepted_snapshot_commit_key" ON "signer"."accepted_snapshot"("commit");

-- AddForeignKey
ALTER TABLE "portal"."approval_submission" ADD CONSTRAINT "approval_submission_request_id_fkey" FOREIGN KEY ("request_id") REFERENCES "portal"."signing_request"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
