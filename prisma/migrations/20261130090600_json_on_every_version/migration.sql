-- Whether a text reads as jsonb. The journal's bodies are texts, kept byte by byte as they were hashed, and whoever lists them must
-- not fail at one that nobody can read. From version 16 on PostgreSQL has a function that says so, and which is put in place of
-- ours wherever that is called; before that, the only way to know is to try.
DO $migration$
BEGIN
  IF current_setting('server_version_num')::int >= 160000 THEN
    EXECUTE $function$
      CREATE FUNCTION "signer"."reads_as_json"(body text) RETURNS boolean
        LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
        AS $$ SELECT pg_input_is_valid(body, 'jsonb') $$
    $function$;
  ELSE
    EXECUTE $function$
      CREATE FUNCTION "signer"."reads_as_json"(body text) RETURNS boolean
        LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL UNSAFE
        AS $$
        BEGIN
          PERFORM body::jsonb;
          RETURN true;
        EXCEPTION WHEN data_exception OR program_limit_exceeded OR statement_too_complex THEN
          RETURN false;
        END
        $$
    $function$;
  END IF;
END
$migration$;
