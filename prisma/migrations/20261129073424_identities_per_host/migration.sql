-- Who somebody is, is an account on a host, and not a number alone. What was written so far is of GitHub: the default says so for rows
-- that are there and for those that an older portal writes meanwhile. An older portal saves choices and views by the keys
-- notification_choice_pkey and saved_view_owner_id_name_key, so these two stay for a release.

-- DropIndex
DROP INDEX "portal"."recusal_application_id_reviewer_id_key";

-- DropIndex
DROP INDEX "portal"."review_decision_review_id_reviewer_id_key";

-- AlterTable
ALTER TABLE "portal"."address_confirmation" ADD COLUMN     "account_host" TEXT NOT NULL DEFAULT 'github';

-- AlterTable
ALTER TABLE "portal"."api_token" ADD COLUMN     "created_by_host" TEXT NOT NULL DEFAULT 'github';

-- AlterTable
ALTER TABLE "portal"."application" ADD COLUMN     "applicant_host" TEXT NOT NULL DEFAULT 'github';

-- AlterTable
ALTER TABLE "portal"."notification" ADD COLUMN     "account_host" TEXT NOT NULL DEFAULT 'github';

-- AlterTable
ALTER TABLE "portal"."notification_choice" ADD COLUMN     "account_host" TEXT NOT NULL DEFAULT 'github';

-- AlterTable
ALTER TABLE "portal"."policy_draft" ADD COLUMN     "author_host" TEXT NOT NULL DEFAULT 'github';

-- AlterTable
ALTER TABLE "portal"."policy_proposal" ADD COLUMN     "author_host" TEXT NOT NULL DEFAULT 'github';

-- AlterTable
ALTER TABLE "portal"."pull_request" ADD COLUMN     "author_host" TEXT NOT NULL DEFAULT 'github';

-- AlterTable
ALTER TABLE "portal"."pull_request_review" ADD COLUMN     "reviewer_host" TEXT NOT NULL DEFAULT 'github';

-- AlterTable
ALTER TABLE "portal"."recusal" ADD COLUMN     "reviewer_host" TEXT NOT NULL DEFAULT 'github';

-- AlterTable
ALTER TABLE "portal"."request_notice" DROP CONSTRAINT "request_notice_pkey",
ADD COLUMN     "account_host" TEXT NOT NULL DEFAULT 'github',
ADD CONSTRAINT "request_notice_pkey" PRIMARY KEY ("request_id", "account_host", "account_id", "occasion");

-- AlterTable
ALTER TABLE "portal"."review_decision" ADD COLUMN     "reviewer_host" TEXT NOT NULL DEFAULT 'github';

-- AlterTable
ALTER TABLE "portal"."saved_view" ADD COLUMN     "owner_host" TEXT NOT NULL DEFAULT 'github';

-- AlterTable
ALTER TABLE "portal"."vouched_address" DROP CONSTRAINT "vouched_address_pkey",
ADD COLUMN     "account_host" TEXT NOT NULL DEFAULT 'github',
ADD CONSTRAINT "vouched_address_pkey" PRIMARY KEY ("account_host", "account_id", "address_sha256");

-- CreateIndex
CREATE UNIQUE INDEX "notification_choice_account_host_account_id_key" ON "portal"."notification_choice"("account_host", "account_id");

-- CreateIndex
CREATE UNIQUE INDEX "recusal_application_id_reviewer_host_reviewer_id_key" ON "portal"."recusal"("application_id", "reviewer_host", "reviewer_id");

-- CreateIndex
CREATE UNIQUE INDEX "review_decision_review_id_reviewer_host_reviewer_id_key" ON "portal"."review_decision"("review_id", "reviewer_host", "reviewer_id");

-- CreateIndex
CREATE UNIQUE INDEX "saved_view_owner_host_owner_id_name_key" ON "portal"."saved_view"("owner_host", "owner_id", "name");
