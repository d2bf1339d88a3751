-- CreateTable
CREATE TABLE "portal"."upload" (
    "id" UUID NOT NULL,
    "sha256" TEXT,
    "owner" TEXT NOT NULL,
    "size_bytes" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "is_stored" BOOLEAN NOT NULL,
    "freed_at" TIMESTAMPTZ(3),

    CONSTRAINT "upload_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "upload_owner_at_idx" ON "portal"."upload"("owner", "at");

-- CreateIndex
CREATE INDEX "upload_freed_at_at_idx" ON "portal"."upload"("freed_at", "at");

-- CreateIndex
CREATE INDEX "upload_sha256_idx" ON "portal"."upload"("sha256");

-- CreateIndex
CREATE INDEX "signing_request_bundle_sha256_idx" ON "portal"."signing_request"("bundle_sha256");
