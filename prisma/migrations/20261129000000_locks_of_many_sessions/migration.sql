-- Many sessions fill the server's table of locks as well as one does. Where the portal's role holds more than four times what
-- one session may, every session of it that holds more than a tenth of that is ended. Locks of whole tables that a session keeps
-- for itself (fastpath) take no room there.
CREATE OR REPLACE FUNCTION "signer"."end_obstructing_sessions"(transaction_seconds double precision, locks integer)
    RETURNS TABLE (pid integer, open_seconds double precision, held bigint)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    -- Looks up beforehand what ending a session looks up: without room for a lock it could not be any more.
    PERFORM pg_get_userbyid('countersign_portal'::regrole), pg_has_role('countersign_portal'::regrole, 'USAGE');
    FOR pid, open_seconds, held IN
        SELECT one.pid, one.seconds, one.held
          FROM (SELECT session.pid, coalesce(extract(epoch FROM clock_timestamp() - session.xact_start), 0) AS seconds,
                       coalesce(counted.held, 0) AS held, coalesce(counted.shared, 0) AS shared,
                       sum(counted.shared) OVER () AS together,
                       coalesce(session.datid = (SELECT own.datid FROM pg_stat_get_activity(pg_backend_pid()) AS own)
                            AND session.xact_start < clock_timestamp() - make_interval(secs => transaction_seconds), false)
                         AS is_long
                  FROM pg_stat_get_activity(NULL) AS session
                  LEFT JOIN (SELECT lock.pid, count(*) AS held, count(*) FILTER (WHERE NOT lock.fastpath) AS shared
                               FROM pg_lock_status() AS lock GROUP BY lock.pid) AS counted
                         ON counted.pid = session.pid
                 WHERE session.usesysid = 'countersign_portal'::regrole) AS one
         WHERE one.is_long OR one.held > locks
            OR (one.together > 4 * locks::bigint AND one.shared > locks / 10)
    LOOP
        IF pg_terminate_backend(pid) THEN RETURN NEXT; END IF;
    END LOOP;
END
$$;
