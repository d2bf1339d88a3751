-- CreateTable
CREATE TABLE "signer"."presence" (
    "signer_id" TEXT NOT NULL,
    "run" UUID NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "seen_at" TIMESTAMPTZ(3) NOT NULL,
    "journal_seq" BIGINT NOT NULL,
    "stops" JSONB NOT NULL,

    CONSTRAINT "presence_pkey" PRIMARY KEY ("signer_id")
);
