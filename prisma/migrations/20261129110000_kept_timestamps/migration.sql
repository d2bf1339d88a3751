-- CreateTable
CREATE TABLE "signer"."timestamp_token" (
    "request_id" UUID NOT NULL,
    "signature_sha256" TEXT NOT NULL,
    "token" BYTEA NOT NULL,
    "url" TEXT NOT NULL,

    CONSTRAINT "timestamp_token_pkey" PRIMARY KEY ("request_id","signature_sha256")
);
