-- The new one first: while it is built, entries can be read as before.
-- CreateIndex
CREATE INDEX "journal_request_id_kind_seq_idx" ON "signer"."journal"("request_id", "kind", "seq");

-- DropIndex
DROP INDEX "signer"."journal_request_id_seq_idx";
