-- AlterTable
ALTER TABLE "portal"."notification_choice" ADD COLUMN     "confirmed_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "portal"."address_confirmation" (
    "id" UUID NOT NULL,
    "account_id" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "address_sha256" TEXT NOT NULL,
    "asked_at" TIMESTAMPTZ(3) NOT NULL,
    "state" TEXT NOT NULL,
    "send_at" TIMESTAMPTZ(3) NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "address_confirmation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "portal"."vouched_address" (
    "account_id" TEXT NOT NULL,
    "address_sha256" TEXT NOT NULL,

    CONSTRAINT "vouched_address_pkey" PRIMARY KEY ("account_id","address_sha256")
);

-- CreateIndex
CREATE INDEX "address_confirmation_account_id_asked_at_idx" ON "portal"."address_confirmation"("account_id", "asked_at");

-- CreateIndex
CREATE INDEX "address_confirmation_address_sha256_asked_at_idx" ON "portal"."address_confirmation"("address_sha256", "asked_at");

-- CreateIndex
CREATE INDEX "address_confirmation_asked_at_idx" ON "portal"."address_confirmation"("asked_at");

-- CreateIndex
CREATE INDEX "address_confirmation_state_send_at_idx" ON "portal"."address_confirmation"("state", "send_at");

-- Nobody has said yet that an address is theirs: each is asked, once.
INSERT INTO "portal"."address_confirmation" ("id", "account_id", "email", "address_sha256", "asked_at", "state", "send_at")
SELECT gen_random_uuid(), "account_id", "email", encode(sha256(convert_to(lower("email"), 'UTF8')), 'hex'), now(), 'waiting', now()
  FROM "portal"."notification_choice" WHERE "email" IS NOT NULL;
