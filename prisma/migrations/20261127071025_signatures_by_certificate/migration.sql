-- CreateIndex
CREATE INDEX "signature_certificate_serial_signed_at_idx" ON "signer"."signature"("certificate_serial", "signed_at");
