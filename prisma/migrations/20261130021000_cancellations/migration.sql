-- AlterTable
ALTER TABLE "portal"."signing_request" ADD COLUMN     "resubmission_of" UUID,
ADD COLUMN     "source_ref" TEXT;

-- CreateTable
CREATE TABLE "portal"."cancellation" (
    "request_id" UUID NOT NULL,
    "reason" TEXT NOT NULL,
    "cancelled_by" TEXT NOT NULL,
    "cancelled_at" TIMESTAMPTZ(3) NOT NULL,
    "superseded_by" UUID,

    CONSTRAINT "cancellation_pkey" PRIMARY KEY ("request_id")
);

-- CreateIndex
CREATE INDEX "signing_request_resubmission_of_idx" ON "portal"."signing_request"("resubmission_of");
