-- CreateTable
CREATE TABLE "portal"."artifact_fetch" (
    "id" UUID NOT NULL,
    "project_slug" TEXT NOT NULL,
    "repository_uri" TEXT NOT NULL,
    "repository_id" TEXT NOT NULL,
    "run_id" TEXT NOT NULL,
    "artifact_id" TEXT NOT NULL,
    "requested_by" TEXT NOT NULL,
    "requested_at" TIMESTAMPTZ(3) NOT NULL,
    "state" TEXT NOT NULL,
    "lent" BOOLEAN NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_at" TIMESTAMPTZ(3),
    "turn" UUID,
    "turn_until" TIMESTAMPTZ(3),
    "sha256" TEXT,
    "size_bytes" BIGINT,
    "name" TEXT,
    "packed" BOOLEAN,
    "problem" JSONB,

    CONSTRAINT "artifact_fetch_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "artifact_fetch_next_at_idx" ON "portal"."artifact_fetch"("next_at");

-- CreateIndex
CREATE INDEX "artifact_fetch_requested_at_idx" ON "portal"."artifact_fetch"("requested_at");

-- CreateIndex
CREATE UNIQUE INDEX "artifact_fetch_project_slug_repository_id_artifact_id_key" ON "portal"."artifact_fetch"("project_slug", "repository_id", "artifact_id");
