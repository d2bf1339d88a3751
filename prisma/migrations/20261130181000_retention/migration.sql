-- What rules of retention removed, how far they were applied, and what is looked at again (decision 0144).

-- CreateTable
CREATE TABLE "portal"."removed_file" (
    "request_id" UUID NOT NULL,
    "file" TEXT NOT NULL,
    "sha256" TEXT NOT NULL,
    "rule" TEXT NOT NULL,
    "days" INTEGER NOT NULL,
    "removed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "removed_file_pkey" PRIMARY KEY ("request_id","file")
);

-- CreateTable
CREATE TABLE "portal"."retention_position" (
    "rule" TEXT NOT NULL,
    "ended_at" TIMESTAMPTZ(3) NOT NULL,
    "request_id" UUID NOT NULL,
    "turn" UUID,
    "turn_until" TIMESTAMPTZ(3),

    CONSTRAINT "retention_position_pkey" PRIMARY KEY ("rule")
);

-- CreateTable
CREATE TABLE "portal"."retention_held" (
    "request_id" UUID NOT NULL,
    "rule" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "look_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "retention_held_pkey" PRIMARY KEY ("request_id")
);

-- CreateIndex
CREATE INDEX "retention_held_rule_look_at_idx" ON "portal"."retention_held"("rule", "look_at");
