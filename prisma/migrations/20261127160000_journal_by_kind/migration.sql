-- CreateIndex
CREATE INDEX "journal_kind_seq_idx" ON "signer"."journal"("kind", "seq");
