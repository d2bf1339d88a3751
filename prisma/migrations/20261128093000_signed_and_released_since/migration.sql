-- CreateIndex
CREATE INDEX "release_released_at_idx" ON "signer"."release"("released_at");

-- CreateIndex
CREATE INDEX "signature_signed_at_idx" ON "signer"."signature"("signed_at");
