-- CreateTable
CREATE TABLE "signer"."inspection_report" (
    "request_id" UUID NOT NULL,
    "project" TEXT NOT NULL,
    "configuration" TEXT NOT NULL,
    "sha256" TEXT NOT NULL,
    "size_bytes" BIGINT NOT NULL,
    "head" TEXT NOT NULL,
    "made_at" TIMESTAMPTZ(3) NOT NULL,
    "note" TEXT,
    "signed_at" TIMESTAMPTZ(3),

    CONSTRAINT "inspection_report_pkey" PRIMARY KEY ("request_id")
);

-- CreateTable
CREATE TABLE "signer"."inspected_entry" (
    "request_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "parent" INTEGER,
    "last" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "sameness" TEXT,
    "likeness" TEXT,
    "size_bytes" BIGINT NOT NULL,
    "sha256" TEXT,
    "is_folder" BOOLEAN NOT NULL,
    "detected" TEXT,
    "scan" TEXT,
    "is_to_be_signed" BOOLEAN NOT NULL,
    "is_not_seen" BOOLEAN NOT NULL,
    "is_unexpected" BOOLEAN NOT NULL,
    "below" TEXT NOT NULL,
    "entry" TEXT,

    CONSTRAINT "inspected_entry_pkey" PRIMARY KEY ("request_id","position")
);

-- CreateIndex
CREATE INDEX "inspection_report_project_configuration_idx" ON "signer"."inspection_report"("project", "configuration");

-- CreateIndex
CREATE INDEX "inspection_report_signed_at_made_at_idx" ON "signer"."inspection_report"("signed_at", "made_at");

-- CreateIndex
CREATE INDEX "inspected_entry_request_id_parent_position_idx" ON "signer"."inspected_entry"("request_id", "parent", "position");
