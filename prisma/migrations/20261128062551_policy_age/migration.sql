-- AlterTable
ALTER TABLE "signer"."policy_sync" ADD COLUMN     "alarm_at" TIMESTAMPTZ(3),
ADD COLUMN     "dated_at" TIMESTAMPTZ(3),
ADD COLUMN     "stop_at" TIMESTAMPTZ(3);
