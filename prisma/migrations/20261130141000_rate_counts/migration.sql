-- How often somebody did something, for all portals together. Unlogged: a count is written without waiting for the disk, and after a crash of the
-- database every count begins anew. Most updates touch only the number, so a page keeps room for them beside the row.
-- CreateTable
CREATE UNLOGGED TABLE "portal"."rate_count" (
    "key" TEXT NOT NULL,
    "count" INTEGER NOT NULL,
    "ends_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "rate_count_pkey" PRIMARY KEY ("key")
) WITH (fillfactor = 70);

-- CreateIndex
CREATE INDEX "rate_count_ends_at_idx" ON "portal"."rate_count"("ends_at");
