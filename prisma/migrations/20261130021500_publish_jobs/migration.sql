-- CreateTable
CREATE TABLE "portal"."publish_job" (
    "id" UUID NOT NULL,
    "project_slug" TEXT NOT NULL,
    "repository_id" TEXT NOT NULL,
    "run_id" TEXT NOT NULL,
    "environment" TEXT NOT NULL,
    "installation_id" TEXT NOT NULL,
    "attempt" INTEGER,
    "state" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "asked_at" TIMESTAMPTZ(3) NOT NULL,
    "look_at" TIMESTAMPTZ(3),
    "failures" INTEGER NOT NULL DEFAULT 0,
    "judged_until" TIMESTAMPTZ(3),
    "told" TEXT,
    "deliveries" TEXT[],

    CONSTRAINT "publish_job_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "publish_job_look_at_idx" ON "portal"."publish_job"("look_at");

-- CreateIndex
CREATE INDEX "publish_job_project_slug_asked_at_idx" ON "portal"."publish_job"("project_slug", "asked_at" DESC);

-- CreateIndex
CREATE INDEX "publish_job_asked_at_idx" ON "portal"."publish_job"("asked_at");

-- CreateIndex
CREATE UNIQUE INDEX "publish_job_repository_id_run_id_environment_key" ON "portal"."publish_job"("repository_id", "run_id", "environment");
