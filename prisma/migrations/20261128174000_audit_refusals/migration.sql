-- CreateTable
CREATE TABLE "signer"."audit_refusal" (
    "export_id" UUID NOT NULL,
    "reason" TEXT NOT NULL,
    "refused_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "audit_refusal_pkey" PRIMARY KEY ("export_id")
);

-- What was refused stays so.
CREATE TRIGGER "audit_refusal_only_grows"
    BEFORE UPDATE OR DELETE OR TRUNCATE ON "signer"."audit_refusal"
    FOR EACH STATEMENT EXECUTE FUNCTION "signer"."refuse_change"();
