-- The one before has what is looked for.
-- blocks signer.journal: an index is dropped, which takes no longer than the longest transaction that is at work
DROP INDEX "signer"."journal_kind_seq_idx";
