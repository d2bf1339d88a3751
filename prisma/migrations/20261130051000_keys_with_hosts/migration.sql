-- The last two keys that had an account's id without its host. Nothing saves by them since 20261129073424_identities_per_host: people with the
-- same number on two hosts would overwrite each other's choices and views. Both tables are small; the key that stays is an index that is there.

-- AlterTable
ALTER TABLE "portal"."notification_choice" DROP CONSTRAINT "notification_choice_pkey",
ADD CONSTRAINT "notification_choice_pkey" PRIMARY KEY USING INDEX "notification_choice_account_host_account_id_key";

-- DropIndex
DROP INDEX "portal"."saved_view_owner_id_name_key";
