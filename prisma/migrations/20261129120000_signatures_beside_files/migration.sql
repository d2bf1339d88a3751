-- AlterTable
ALTER TABLE "signer"."signature" ADD COLUMN     "signature_path" TEXT;
