-- CreateTable
CREATE TABLE "portal"."sample" (
    "id" UUID NOT NULL,
    "owner" TEXT NOT NULL,
    "project" TEXT,
    "configuration" TEXT,
    "sha256" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "size_bytes" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "sample_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "signer"."sample_result" (
    "sample_id" UUID NOT NULL,
    "turn" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "leased_until" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3),
    "outcome" TEXT,
    "nodes" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "sample_result_pkey" PRIMARY KEY ("sample_id")
);

-- CreateTable
CREATE TABLE "signer"."sample_entry" (
    "sample_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "parent" INTEGER,
    "last" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "below" TEXT NOT NULL,
    "entry" TEXT,

    CONSTRAINT "sample_entry_pkey" PRIMARY KEY ("sample_id","position")
);

-- CreateIndex
CREATE INDEX "sample_at_idx" ON "portal"."sample"("at");

-- CreateIndex
CREATE INDEX "sample_owner_at_idx" ON "portal"."sample"("owner", "at");

-- CreateIndex
CREATE INDEX "sample_project_at_idx" ON "portal"."sample"("project", "at");

-- CreateIndex
CREATE INDEX "sample_result_started_at_idx" ON "signer"."sample_result"("started_at");

-- CreateIndex
CREATE INDEX "sample_entry_sample_id_parent_position_idx" ON "signer"."sample_entry"("sample_id", "parent", "position");
