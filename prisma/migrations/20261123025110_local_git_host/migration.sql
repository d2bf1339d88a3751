-- CreateTable
CREATE TABLE "portal"."pull_request" (
    "number" SERIAL NOT NULL,
    "title" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "author_id" TEXT NOT NULL,
    "author_login" TEXT NOT NULL,
    "branch" TEXT NOT NULL,
    "base_branch" TEXT NOT NULL,
    "head_commit" TEXT NOT NULL,
    "base_commit" TEXT NOT NULL,
    "merge_commit" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "pull_request_pkey" PRIMARY KEY ("number")
);

-- CreateTable
CREATE TABLE "portal"."pull_request_comment" (
    "id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "marker" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "pull_request_comment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "portal"."pull_request_review" (
    "id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "reviewer_id" TEXT NOT NULL,
    "reviewer_login" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "commit" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "submitted_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "pull_request_review_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "portal"."check_run" (
    "id" UUID NOT NULL,
    "commit" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "external_id" TEXT NOT NULL,
    "conclusion" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "summary" TEXT NOT NULL,
    "annotations" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "check_run_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "pull_request_state_number_idx" ON "portal"."pull_request"("state", "number");

-- CreateIndex
CREATE UNIQUE INDEX "pull_request_comment_number_marker_key" ON "portal"."pull_request_comment"("number", "marker");

-- CreateIndex
CREATE INDEX "pull_request_review_number_submitted_at_idx" ON "portal"."pull_request_review"("number", "submitted_at");

-- CreateIndex
CREATE UNIQUE INDEX "check_run_commit_name_external_id_key" ON "portal"."check_run"("commit", "name", "external_id");

-- AddForeignKey
ALTER TABLE "portal"."pull_request_comment" ADD CONSTRAINT "pull_request_comment_number_fkey" FOREIGN KEY ("number") REFERENCES "portal"."pull_request"("number") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "portal"."pull_request_review" ADD CONSTRAINT "pull_request_review_number_fkey" FOREIGN KEY ("number") REFERENCES "portal"."pull_request"("number") ON DELETE RESTRICT ON UPDATE CASCADE;
