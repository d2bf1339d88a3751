-- What the signer changed last, a page at a time, without sorting all that ever happened.

-- CreateIndex
CREATE INDEX CONCURRENTLY "request_state_updated_at_request_id_idx" ON "signer"."request_state"("updated_at", "request_id");
