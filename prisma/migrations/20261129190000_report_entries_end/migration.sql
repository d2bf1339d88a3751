-- AlterTable
ALTER TABLE "signer"."inspection_report" ADD COLUMN     "entries_removed_at" TIMESTAMPTZ(3);

-- CreateIndex
CREATE INDEX "inspection_report_project_configuration_entries_removed_at_idx" ON "signer"."inspection_report"("project", "configuration", "entries_removed_at");

-- CreateIndex
CREATE INDEX "inspection_report_entries_removed_at_made_at_idx" ON "signer"."inspection_report"("entries_removed_at", "made_at");

-- DropIndex
DROP INDEX "signer"."inspection_report_project_configuration_idx";
