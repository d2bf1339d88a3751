-- CreateTable
CREATE TABLE "portal"."used_build_token" (
    "sha256" TEXT NOT NULL,
    "request_id" UUID NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "used_build_token_pkey" PRIMARY KEY ("sha256")
);

-- CreateIndex
CREATE INDEX "used_build_token_expires_at_idx" ON "portal"."used_build_token"("expires_at");
