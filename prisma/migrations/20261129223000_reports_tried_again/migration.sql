-- AlterTable
ALTER TABLE "signer"."inspection_report" ADD COLUMN     "sign_failed_at" TIMESTAMPTZ(3);
