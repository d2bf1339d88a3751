-- A file has one signature row for what is in it, and one for each file beside it.
DROP INDEX "signer"."signature_request_id_path_key";
CREATE UNIQUE INDEX "signature_request_id_path_signature_path_key" ON "signer"."signature"("request_id", "path", "signature_path") NULLS NOT DISTINCT;
