-- What a signer writes at every step of a request, in one statement instead of seven: lease, lock, newest entry, new entries, state.
-- With the rights of whoever calls them (grants.sql: the signer's alone). They decide nothing that the tables' grants don't allow.

-- Where a request stands; what was kept for its interruption goes with its end.
CREATE FUNCTION "signer"."save_request_state"("of_request" uuid, "state" jsonb) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO signer.request_state
           (request_id, status, step, pass, policy_commit, source_commit, summary, retry_at, retries, decisions_counted,
            updated_at)
    SELECT of_request, new.status, new.step, new.pass, new.policy_commit, new.source_commit, new.summary, new.retry_at,
           new.retries, new.decisions_counted, new.updated_at
      FROM jsonb_to_record(state) AS new
           (status text, step text, pass int, policy_commit text, source_commit text, summary text, retry_at timestamptz,
            retries int, decisions_counted int, updated_at timestamptz)
        ON CONFLICT (request_id) DO UPDATE
       SET status = excluded.status, step = excluded.step, pass = excluded.pass, policy_commit = excluded.policy_commit,
           source_commit = excluded.source_commit, summary = excluded.summary, retry_at = excluded.retry_at,
           retries = excluded.retries, decisions_counted = excluded.decisions_counted, updated_at = excluded.updated_at;
    IF state->>'status' IN ('completed', 'denied', 'failed') THEN
        DELETE FROM signer.timestamp_token WHERE request_id = of_request;
    END IF;
END
$$;

-- Appends entries about a request, and saves its state unless that is null, if `owner` still has the lease of it, and if the newest
-- entry is the one that they were sealed after (null: there is none). Entries are sealed by the signer, never here.
--   outcome 'recorded'    all of it is written
--           'lease-lost'  nothing is written
--           'unlockable'  nothing is written: the row that writers lock is missing
--           'moved'       nothing is written: the newest entry is another one, which is returned
CREATE FUNCTION "signer"."record_entries"(
        "of_request" uuid, "owner" text, "lease_seconds" double precision, "sealed_after" text,
        "seqs" bigint[], "times" timestamptz[], "kinds" text[], "bodies" text[], "previous_hashes" text[],
        "entry_hashes" text[], "state" jsonb)
    RETURNS TABLE ("outcome" text, "newest_seq" bigint, "newest_at" timestamptz, "newest_hash" text)
    LANGUAGE plpgsql
    AS $$
BEGIN
    -- First of all, as in every transaction about a request: who lost the lease writes nothing.
    UPDATE signer.open_request SET lease_until = clock_timestamp() + make_interval(secs => lease_seconds)
     WHERE request_id = of_request AND lease_owner = owner;
    IF NOT FOUND THEN
        outcome := 'lease-lost';
        RETURN NEXT;
        RETURN;
    END IF;
    PERFORM 1 FROM signer.mutex WHERE name = 'journal' FOR UPDATE;
    IF NOT FOUND THEN
        outcome := 'unlockable';
        RETURN NEXT;
        RETURN;
    END IF;
    -- A statement of its own after the lock: it sees what was written by those who had it before.
    SELECT seq, at, entry_hash INTO newest_seq, newest_at, newest_hash FROM signer.journal ORDER BY seq DESC LIMIT 1;
    IF newest_hash IS DISTINCT FROM sealed_after THEN
        outcome := 'moved';
        RETURN NEXT;
        RETURN;
    END IF;
    INSERT INTO signer.journal (seq, at, request_id, kind, body, previous_hash, entry_hash)
    SELECT new.seq, new.at, of_request, new.kind, new.body, new.previous_hash, new.entry_hash
      FROM unnest(seqs, times, kinds, bodies, previous_hashes, entry_hashes)
        AS new (seq, at, kind, body, previous_hash, entry_hash);
    IF state IS NOT NULL THEN
        PERFORM signer.save_request_state(of_request, state);
    END IF;
    outcome := 'recorded';
    RETURN NEXT;
END
$$;
