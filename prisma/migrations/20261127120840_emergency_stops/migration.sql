-- CreateTable
CREATE TABLE "portal"."emergency_stop_submission" (
    "id" UUID NOT NULL,
    "statement" TEXT NOT NULL,
    "signature" TEXT NOT NULL,
    "submitted_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "emergency_stop_submission_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "emergency_stop_submission_submitted_at_idx" ON "portal"."emergency_stop_submission"("submitted_at");
