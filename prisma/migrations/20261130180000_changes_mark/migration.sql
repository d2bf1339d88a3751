-- One row: how often portals changed something on the policy's Git host. Another number than the one that a portal saw ends what it keeps of the host's answers.
-- CreateTable
CREATE TABLE "portal"."changes_mark" (
    "id" INTEGER NOT NULL,
    "mark" BIGINT NOT NULL,

    CONSTRAINT "changes_mark_pkey" PRIMARY KEY ("id")
);
