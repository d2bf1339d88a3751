-- What each signer measures of its own work, for a monitoring system that asks a portal: a row a signer, rewritten in place.
-- CreateTable
CREATE TABLE "signer"."metrics" (
    "signer_id" TEXT NOT NULL,
    "metrics" JSONB NOT NULL,
    "written_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "metrics_pkey" PRIMARY KEY ("signer_id")
);
