-- AlterTable
ALTER TABLE "portal"."notification" ADD COLUMN     "count" INTEGER NOT NULL DEFAULT 1,
ADD COLUMN     "mailing" UUID,
ADD COLUMN     "topic" TEXT;

-- CreateTable
CREATE TABLE "portal"."request_notice" (
    "request_id" UUID NOT NULL,
    "account_id" TEXT NOT NULL,
    "occasion" TEXT NOT NULL,
    "notification_id" BIGINT NOT NULL,

    CONSTRAINT "request_notice_pkey" PRIMARY KEY ("request_id","account_id","occasion")
);

-- CreateTable
CREATE TABLE "portal"."journal_reading" (
    "reader" TEXT NOT NULL,
    "seq" BIGINT NOT NULL,

    CONSTRAINT "journal_reading_pkey" PRIMARY KEY ("reader")
);

-- CreateIndex
CREATE INDEX "notification_account_id_topic_created_at_idx" ON "portal"."notification"("account_id", "topic", "created_at");

-- Nobody is told of what happened before there were notices.
INSERT INTO "portal"."journal_reading" ("reader", "seq")
SELECT 'request-notices', coalesce(max("seq"), 0) FROM "signer"."journal";
