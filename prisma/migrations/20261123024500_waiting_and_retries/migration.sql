-- AlterTable
ALTER TABLE "signer"."request_state" ADD COLUMN     "approvals_seen" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "retries" INTEGER NOT NULL DEFAULT 0;
