-- AlterTable
ALTER TABLE "portal"."signing_request" ADD COLUMN     "parameters" JSONB NOT NULL DEFAULT '{}';
