-- The roles of Countersign. Run as a superuser; safe to run again. Passwords are set elsewhere.
--   countersign_owner   owns the tables and migrates them; no running program has its password
--   countersign_portal  the web pages and the API: they can ask
--   countersign_signer  the signer: it decides
DO $$
DECLARE
  role_name text;
BEGIN
  FOREACH role_name IN ARRAY ARRAY['countersign_owner', 'countersign_portal', 'countersign_signer'] LOOP
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = role_name) THEN
      EXECUTE format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT', role_name);
    END IF;
  END LOOP;
END
$$;
