-- An entry is always looked for by its number, and its hash compared: nothing searches for a hash. The index was a tenth of the journal's
-- size, and each entry put its hash into another page of it.
-- blocks signer.journal: an index is dropped, which takes no longer than the longest transaction that is at work

-- DropIndex
DROP INDEX "signer"."journal_entry_hash_key";
