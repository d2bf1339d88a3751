-- AlterTable
ALTER TABLE "portal"."sample" ADD COLUMN     "parameters" JSONB NOT NULL DEFAULT '{}';
