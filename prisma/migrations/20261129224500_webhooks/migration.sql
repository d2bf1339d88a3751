-- CreateTable
CREATE TABLE "portal"."webhook" (
    "id" UUID NOT NULL,
    "project_slug" TEXT NOT NULL,
    "sealed" TEXT NOT NULL,
    "shown" TEXT NOT NULL,
    "format" TEXT NOT NULL,
    "events" TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "created_by" TEXT NOT NULL,
    "created_by_host" TEXT NOT NULL,
    "created_by_id" TEXT NOT NULL,
    "rotated_until" TIMESTAMPTZ(3),
    "disabled_at" TIMESTAMPTZ(3),
    "disabled_for" TEXT,
    "due_at" TIMESTAMPTZ(3),
    "paused_until" TIMESTAMPTZ(3),
    "turn" UUID,
    "turn_until" TIMESTAMPTZ(3),

    CONSTRAINT "webhook_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "portal"."webhook_delivery" (
    "id" BIGSERIAL NOT NULL,
    "webhook_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "message_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "state" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_at" TIMESTAMPTZ(3),
    "last_at" TIMESTAMPTZ(3),
    "last_status" INTEGER,
    "last_milliseconds" INTEGER,
    "last_answer" TEXT,
    "last_problem" TEXT,

    CONSTRAINT "webhook_delivery_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "webhook_project_slug_idx" ON "portal"."webhook"("project_slug");

-- CreateIndex
CREATE INDEX "webhook_due_at_idx" ON "portal"."webhook"("due_at");

-- CreateIndex
CREATE INDEX "webhook_delivery_webhook_id_id_idx" ON "portal"."webhook_delivery"("webhook_id", "id");

-- CreateIndex
CREATE INDEX "webhook_delivery_webhook_id_next_at_idx" ON "portal"."webhook_delivery"("webhook_id", "next_at");

-- CreateIndex
CREATE INDEX "webhook_delivery_created_at_idx" ON "portal"."webhook_delivery"("created_at");

-- CreateIndex
CREATE UNIQUE INDEX "webhook_delivery_webhook_id_key_key" ON "portal"."webhook_delivery"("webhook_id", "key");

-- AddForeignKey
ALTER TABLE "portal"."webhook_delivery" ADD CONSTRAINT "webhook_delivery_webhook_id_fkey" FOREIGN KEY ("webhook_id") REFERENCES "portal"."webhook"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Nobody is told of what happened before there were webhooks.
INSERT INTO "portal"."journal_reading" ("reader", "seq")
SELECT 'webhooks', coalesce(max("seq"), 0) FROM "signer"."journal";
