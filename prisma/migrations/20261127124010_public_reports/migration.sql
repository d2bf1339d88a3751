-- CreateTable
CREATE TABLE "portal"."report" (
    "id" SERIAL NOT NULL,
    "token" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "serial" TEXT,
    "project_slug" TEXT,
    "file_sha256" TEXT,
    "links" JSONB NOT NULL,
    "description" TEXT NOT NULL,
    "contact" TEXT,
    "reporter" TEXT NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "acknowledged_at" TIMESTAMPTZ(3),
    "acknowledged_by" TEXT,
    "reminded_at" TIMESTAMPTZ(3),
    "closed_at" TIMESTAMPTZ(3),
    "closed_by" TEXT,
    "outcome" TEXT,
    "answer" TEXT,

    CONSTRAINT "report_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "report_token_key" ON "portal"."report"("token");

-- CreateIndex
CREATE INDEX "report_closed_at_due_at_idx" ON "portal"."report"("closed_at", "due_at");
