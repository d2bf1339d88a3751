-- CreateTable
CREATE TABLE "portal"."policy_proposal" (
    "number" INTEGER NOT NULL,
    "author_id" TEXT NOT NULL,
    "author_login" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "policy_proposal_pkey" PRIMARY KEY ("number")
);

-- CreateTable
CREATE TABLE "portal"."webhook_state" (
    "id" INTEGER NOT NULL,
    "state" JSONB NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "webhook_state_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "signer"."policy_sync" (
    "id" INTEGER NOT NULL,
    "sync" TEXT NOT NULL,
    "health" TEXT NOT NULL,
    "accepted" TEXT,
    "observed" TEXT,
    "reason" TEXT,
    "problem" TEXT,
    "checked_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "policy_sync_pkey" PRIMARY KEY ("id")
);
