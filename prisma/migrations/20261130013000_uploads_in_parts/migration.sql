-- CreateTable
CREATE TABLE "portal"."partial_upload" (
    "id" UUID NOT NULL,
    "caller" TEXT NOT NULL,
    "owner" TEXT NOT NULL,
    "sha256" TEXT NOT NULL,
    "size_bytes" BIGINT NOT NULL,
    "offset_bytes" BIGINT NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "completed_at" TIMESTAMPTZ(3),
    "writer" UUID,
    "writer_until" TIMESTAMPTZ(3),
    "is_stopped" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "partial_upload_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "partial_upload_caller_owner_sha256_size_bytes_key" ON "portal"."partial_upload"("caller", "owner", "sha256", "size_bytes");

-- CreateIndex
CREATE INDEX "partial_upload_expires_at_idx" ON "portal"."partial_upload"("expires_at");
