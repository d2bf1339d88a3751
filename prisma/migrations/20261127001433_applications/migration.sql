-- CreateTable
CREATE TABLE "portal"."application" (
    "id" SERIAL NOT NULL,
    "applicant_id" TEXT NOT NULL,
    "applicant_name" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "answers" JSONB NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "suggestions" JSONB NOT NULL,
    "program" TEXT,
    "name" TEXT,
    "slug" TEXT,
    "repository_uri" TEXT,
    "repository_id" TEXT,
    "owner_id" TEXT,
    "proof" JSONB,
    "sent" JSONB,
    "change_number" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "submitted_at" TIMESTAMPTZ(3),
    "review_again_at" TIMESTAMPTZ(3),

    CONSTRAINT "application_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "portal"."application_event" (
    "id" BIGSERIAL NOT NULL,
    "application_id" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "actor" TEXT NOT NULL,
    "actor_name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "audience" TEXT NOT NULL,
    "body" TEXT NOT NULL,

    CONSTRAINT "application_event_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "portal"."review" (
    "id" SERIAL NOT NULL,
    "application_id" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "program" TEXT NOT NULL,
    "reviewers_needed" INTEGER NOT NULL,
    "opened_at" TIMESTAMPTZ(3) NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "asked_at" TIMESTAMPTZ(3),
    "claimed_by" TEXT,
    "claimed_until" TIMESTAMPTZ(3),
    "closed_at" TIMESTAMPTZ(3),
    "outcome" TEXT,

    CONSTRAINT "review_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "portal"."review_decision" (
    "id" SERIAL NOT NULL,
    "review_id" INTEGER NOT NULL,
    "reviewer" TEXT NOT NULL,
    "reviewer_id" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "criteria" JSONB NOT NULL,
    "reasons" TEXT NOT NULL,
    "conditions" TEXT NOT NULL,
    "reapply_from" TIMESTAMPTZ(3),
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "review_decision_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "portal"."recusal" (
    "id" SERIAL NOT NULL,
    "application_id" INTEGER NOT NULL,
    "reviewer" TEXT NOT NULL,
    "reviewer_id" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "recusal_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "portal"."evidence" (
    "id" SERIAL NOT NULL,
    "application_id" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "body" JSONB NOT NULL,
    "sha256" TEXT,
    "attested_by" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "evidence_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "portal"."code_host_answer" (
    "id" SERIAL NOT NULL,
    "application_id" INTEGER NOT NULL,
    "source" TEXT NOT NULL,
    "etag" TEXT,
    "sha256" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "fetched_at" TIMESTAMPTZ(3) NOT NULL,
    "confirmed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "code_host_answer_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "portal"."onboarding_step" (
    "id" SERIAL NOT NULL,
    "application_id" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "done" BOOLEAN NOT NULL,
    "detail" TEXT NOT NULL,
    "attested_by" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "onboarding_step_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "portal"."saved_view" (
    "id" SERIAL NOT NULL,
    "owner_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "query" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "saved_view_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "portal"."notification" (
    "id" BIGSERIAL NOT NULL,
    "account_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "state" TEXT NOT NULL,
    "send_at" TIMESTAMPTZ(3) NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "sent_at" TIMESTAMPTZ(3),
    "error" TEXT,

    CONSTRAINT "notification_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "portal"."notification_choice" (
    "account_id" TEXT NOT NULL,
    "email" TEXT,
    "choices" JSONB NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "notification_choice_pkey" PRIMARY KEY ("account_id")
);

-- CreateIndex
CREATE INDEX "application_applicant_id_updated_at_idx" ON "portal"."application"("applicant_id", "updated_at");

-- CreateIndex
CREATE INDEX "application_status_updated_at_idx" ON "portal"."application"("status", "updated_at");

-- CreateIndex
CREATE INDEX "application_slug_idx" ON "portal"."application"("slug");

-- CreateIndex
CREATE INDEX "application_repository_id_idx" ON "portal"."application"("repository_id");

-- CreateIndex
CREATE INDEX "application_event_application_id_id_idx" ON "portal"."application_event"("application_id", "id");

-- CreateIndex
CREATE INDEX "review_state_due_at_id_idx" ON "portal"."review"("state", "due_at", "id");

-- CreateIndex
CREATE INDEX "review_application_id_idx" ON "portal"."review"("application_id");

-- CreateIndex
CREATE INDEX "review_closed_at_idx" ON "portal"."review"("closed_at");

-- CreateIndex
CREATE INDEX "review_decision_reviewer_id_at_idx" ON "portal"."review_decision"("reviewer_id", "at");

-- CreateIndex
CREATE UNIQUE INDEX "review_decision_review_id_reviewer_id_key" ON "portal"."review_decision"("review_id", "reviewer_id");

-- CreateIndex
CREATE UNIQUE INDEX "recusal_application_id_reviewer_id_key" ON "portal"."recusal"("application_id", "reviewer_id");

-- CreateIndex
CREATE INDEX "evidence_application_id_name_id_idx" ON "portal"."evidence"("application_id", "name", "id");

-- CreateIndex
CREATE INDEX "code_host_answer_application_id_source_id_idx" ON "portal"."code_host_answer"("application_id", "source", "id");

-- CreateIndex
CREATE INDEX "onboarding_step_application_id_name_id_idx" ON "portal"."onboarding_step"("application_id", "name", "id");

-- CreateIndex
CREATE UNIQUE INDEX "saved_view_owner_id_name_key" ON "portal"."saved_view"("owner_id", "name");

-- CreateIndex
CREATE INDEX "notification_state_send_at_idx" ON "portal"."notification"("state", "send_at");

-- CreateIndex
CREATE INDEX "notification_account_id_id_idx" ON "portal"."notification"("account_id", "id");

-- AddForeignKey
ALTER TABLE "portal"."application_event" ADD CONSTRAINT "application_event_application_id_fkey" FOREIGN KEY ("application_id") REFERENCES "portal"."application"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "portal"."review" ADD CONSTRAINT "review_application_id_fkey" FOREIGN KEY ("application_id") REFERENCES "portal"."application"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "portal"."review_decision" ADD CONSTRAINT "review_decision_review_id_fkey" FOREIGN KEY ("review_id") REFERENCES "portal"."review"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "portal"."recusal" ADD CONSTRAINT "recusal_application_id_fkey" FOREIGN KEY ("application_id") REFERENCES "portal"."application"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "portal"."evidence" ADD CONSTRAINT "evidence_application_id_fkey" FOREIGN KEY ("application_id") REFERENCES "portal"."application"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "portal"."code_host_answer" ADD CONSTRAINT "code_host_answer_application_id_fkey" FOREIGN KEY ("application_id") REFERENCES "portal"."application"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "portal"."onboarding_step" ADD CONSTRAINT "onboarding_step_application_id_fkey" FOREIGN KEY ("application_id") REFERENCES "portal"."application"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
