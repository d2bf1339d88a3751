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

-- What the portal's role may take of the server, whatever its sessions say. At most so many connections: leave room in
-- max_connections for the signer (concurrency + 11), the owner and backups. At most so much for sorting on disk.
ALTER ROLE countersign_portal CONNECTION LIMIT 60;
ALTER ROLE countersign_portal SET temp_file_limit = '2GB';
-- What its sessions have unless they say otherwise; who has the role's password can say otherwise.
ALTER ROLE countersign_portal SET statement_timeout = '60s';
ALTER ROLE countersign_portal SET idle_in_transaction_session_timeout = '60s';
DO $$
BEGIN
  IF current_setting('server_version_num')::int >= 160000 THEN
    ALTER ROLE countersign_owner NOINHERIT;
    -- Connections that others can't take, where the server keeps some (reserved_connections).
    EXECUTE 'GRANT pg_use_reserved_connections TO countersign_signer WITH INHERIT TRUE, SET FALSE';
    -- The owner may end sessions of the portal's role; the signer asks it to (signer.end_obstructing_sessions).
    EXECUTE 'GRANT countersign_portal TO countersign_owner WITH INHERIT TRUE, SET FALSE';
  ELSE
    -- PostgreSQL 15 knows inheritance of a role alone, not of a membership, and without it a database's owner may not even
    -- make tables in its schema public. The portal's rights are fewer than the owner's: the owner gains the sessions only.
    ALTER ROLE countersign_owner INHERIT;
    GRANT countersign_portal TO countersign_owner;
  END IF;
END
$$;
