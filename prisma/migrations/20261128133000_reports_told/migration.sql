-- AlterTable
ALTER TABLE "portal"."report" ADD COLUMN     "told_at" TIMESTAMPTZ(3);

-- The reviewers were told of each as it came.
UPDATE "portal"."report" SET "told_at" = "received_at";

-- CreateIndex
CREATE INDEX "report_told_at_closed_at_idx" ON "portal"."report"("told_at", "closed_at");
