-- CreateTable
CREATE TABLE "portal"."policy_version" (
    "seq" BIGINT NOT NULL,
    "commit" TEXT NOT NULL,
    "previous" TEXT,
    "state" TEXT NOT NULL,
    "effect" TEXT,
    "change_count" INTEGER NOT NULL DEFAULT 0,
    "file_count" INTEGER NOT NULL DEFAULT 0,
    "gone" TEXT[],
    "come" TEXT[],
    "changes" JSONB NOT NULL DEFAULT '[]',
    "asked_at" TIMESTAMPTZ(3),
    "tried_at" TIMESTAMPTZ(3),

    CONSTRAINT "policy_version_pkey" PRIMARY KEY ("seq")
);

-- CreateTable
CREATE TABLE "portal"."policy_version_project" (
    "project" TEXT NOT NULL,
    "seq" BIGINT NOT NULL,
    "state" TEXT NOT NULL,
    "effect" TEXT,
    "change_count" INTEGER NOT NULL DEFAULT 0,
    "file_count" INTEGER NOT NULL DEFAULT 0,
    "gone" TEXT[],
    "come" TEXT[],
    "changes" JSONB NOT NULL DEFAULT '[]',

    CONSTRAINT "policy_version_project_pkey" PRIMARY KEY ("project","seq")
);

-- CreateIndex
CREATE UNIQUE INDEX "policy_version_commit_key" ON "portal"."policy_version"("commit");

-- CreateIndex
CREATE INDEX "policy_version_state_seq_idx" ON "portal"."policy_version"("state", "seq");
