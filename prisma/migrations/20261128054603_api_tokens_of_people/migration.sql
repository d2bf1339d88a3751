-- AlterTable
ALTER TABLE "portal"."api_token" ADD COLUMN     "created_by" TEXT,
ADD COLUMN     "created_by_id" TEXT,
ADD COLUMN     "expires_at" TIMESTAMPTZ(3),
ADD COLUMN     "last_used_from" TEXT,
ADD COLUMN     "policies" TEXT[],
ADD COLUMN     "revoked_by" TEXT,
ADD COLUMN     "revoked_reason" TEXT,
ADD COLUMN     "told" TEXT[];

-- Nobody answers for a token whose maker wasn't recorded: those end here.
UPDATE "portal"."api_token" SET
  "created_by" = 'unknown',
  "created_by_id" = '0',
  "expires_at" = "created_at",
  "policies" = '{}',
  "told" = '{}',
  "revoked_by" = CASE WHEN "revoked_at" IS NULL THEN 'operator:upgrade' END,
  "revoked_reason" = CASE WHEN "revoked_at" IS NULL THEN 'Made before tokens had a maker and an end.' END,
  "revoked_at" = COALESCE("revoked_at", now());

ALTER TABLE "portal"."api_token" ALTER COLUMN "created_by" SET NOT NULL,
ALTER COLUMN "created_by_id" SET NOT NULL,
ALTER COLUMN "expires_at" SET NOT NULL;

-- CreateTable
CREATE TABLE "portal"."used_statement" (
    "sha256" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "used_statement_pkey" PRIMARY KEY ("sha256")
);

-- CreateIndex
CREATE INDEX "used_statement_expires_at_idx" ON "portal"."used_statement"("expires_at");

-- CreateIndex
CREATE INDEX "api_token_expires_at_idx" ON "portal"."api_token"("expires_at");
