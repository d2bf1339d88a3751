-- CreateTable
CREATE TABLE "portal"."audit_export" (
    "id" UUID NOT NULL,
    "period_from" TIMESTAMPTZ(3) NOT NULL,
    "period_to" TIMESTAMPTZ(3) NOT NULL,
    "asked_by" TEXT NOT NULL,
    "asked_at" TIMESTAMPTZ(3) NOT NULL,
    "made_at" TIMESTAMPTZ(3),
    "files" JSONB NOT NULL DEFAULT '[]',
    "objects" TEXT[],

    CONSTRAINT "audit_export_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "signer"."audit_digest" (
    "number" INTEGER NOT NULL,
    "export_id" UUID NOT NULL,
    "sha256" TEXT NOT NULL,
    "note" TEXT NOT NULL,
    "files" JSONB NOT NULL,
    "signed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "audit_digest_pkey" PRIMARY KEY ("number")
);

-- CreateIndex
CREATE INDEX "audit_export_asked_at_id_idx" ON "portal"."audit_export"("asked_at", "id");

-- CreateIndex
CREATE INDEX "audit_export_made_at_asked_at_idx" ON "portal"."audit_export"("made_at", "asked_at");

-- CreateIndex
CREATE INDEX "audit_export_objects_idx" ON "portal"."audit_export" USING GIN ("objects");

-- CreateIndex
CREATE UNIQUE INDEX "audit_digest_export_id_key" ON "signer"."audit_digest"("export_id");

-- CreateIndex
CREATE INDEX "audit_event_at_id_idx" ON "portal"."audit_event"("at", "id");

-- CreateIndex
CREATE INDEX "audit_event_action_at_id_idx" ON "portal"."audit_event"("action", "at", "id");

-- CreateIndex
CREATE INDEX "audit_event_actor_at_id_idx" ON "portal"."audit_event"("actor", "at", "id");

-- CreateIndex
CREATE INDEX "review_decision_at_id_idx" ON "portal"."review_decision"("at", "id");

-- CreateIndex
CREATE INDEX "approval_decision_seen_at_idx" ON "signer"."approval_decision"("seen_at");

-- CreateIndex
CREATE INDEX "journal_at_seq_idx" ON "signer"."journal"("at", "seq");

-- CreateIndex
CREATE INDEX "accepted_snapshot_accepted_at_idx" ON "signer"."accepted_snapshot"("accepted_at");

-- What was signed stays.
CREATE TRIGGER "audit_digest_only_grows"
    BEFORE UPDATE OR DELETE OR TRUNCATE ON "signer"."audit_digest"
    FOR EACH STATEMENT EXECUTE FUNCTION "signer"."refuse_change"();
