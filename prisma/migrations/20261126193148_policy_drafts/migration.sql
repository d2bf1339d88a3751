-- CreateTable
CREATE TABLE "portal"."policy_draft" (
    "id" UUID NOT NULL,
    "author_id" TEXT NOT NULL,
    "number" INTEGER,
    "path" TEXT NOT NULL,
    "base" TEXT NOT NULL,
    "values" JSONB NOT NULL,
    "error" JSONB,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "policy_draft_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "policy_draft_author_id_updated_at_idx" ON "portal"."policy_draft"("author_id", "updated_at");
