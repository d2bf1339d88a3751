-- DropIndex
DROP INDEX "portal"."approval_submission_request_id_submitted_at_idx";

-- AlterTable
ALTER TABLE "portal"."approval_submission" ADD COLUMN     "seq" BIGSERIAL NOT NULL;

-- AlterTable
ALTER TABLE "signer"."request_state" DROP COLUMN "approvals_seen",
ADD COLUMN     "decisions_counted" INTEGER NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "signer"."approval_reading" (
    "request_id" UUID NOT NULL,
    "keys_sha256" TEXT NOT NULL,
    "position" BIGINT NOT NULL,
    "rows_read" INTEGER NOT NULL,

    CONSTRAINT "approval_reading_pkey" PRIMARY KEY ("request_id")
);

-- CreateTable
CREATE TABLE "signer"."approval_decision" (
    "request_id" UUID NOT NULL,
    "key_fingerprint" TEXT NOT NULL,
    "statement_sha256" TEXT NOT NULL,
    "decision" TEXT NOT NULL,
    "statement" TEXT NOT NULL,
    "signature" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "seen_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "approval_decision_pkey" PRIMARY KEY ("request_id","key_fingerprint","statement_sha256")
);

-- CreateIndex
CREATE INDEX "approval_submission_request_id_seq_idx" ON "portal"."approval_submission"("request_id", "seq");
