-- What happened stays: the journal and the accepted snapshots refuse every change to what they hold, whoever asks,
-- the owner included. (Grants refuse it to the signer and the portal already.)
CREATE FUNCTION "signer"."refuse_change"() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION '% on %.% is refused: this table can only grow', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER "journal_only_grows"
    BEFORE UPDATE OR DELETE OR TRUNCATE ON "signer"."journal"
    FOR EACH STATEMENT EXECUTE FUNCTION "signer"."refuse_change"();

CREATE TRIGGER "accepted_snapshot_only_grows"
    BEFORE UPDATE OR DELETE OR TRUNCATE ON "signer"."accepted_snapshot"
    FOR EACH STATEMENT EXECUTE FUNCTION "signer"."refuse_change"();
