-- AlterTable
ALTER TABLE "signer"."component_health" ADD COLUMN     "measures" JSONB NOT NULL DEFAULT '{}';

-- CreateTable
CREATE TABLE "signer"."open_request" (
    "request_id" UUID NOT NULL,
    "claimed_project" TEXT NOT NULL,
    "project" TEXT NOT NULL,
    "seen_at" TIMESTAMPTZ(3) NOT NULL,
    "waiting" BOOLEAN NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "lease_owner" TEXT,
    "lease_until" TIMESTAMPTZ(3),

    CONSTRAINT "open_request_pkey" PRIMARY KEY ("request_id")
);

-- CreateTable
CREATE TABLE "signer"."project_turn" (
    "project" TEXT NOT NULL,
    "turn_at" TIMESTAMPTZ(3) NOT NULL,
    "work_seconds" DOUBLE PRECISION NOT NULL,
    "work_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "project_turn_pkey" PRIMARY KEY ("project")
);

-- CreateTable
CREATE TABLE "signer"."mutex" (
    "name" TEXT NOT NULL,

    CONSTRAINT "mutex_pkey" PRIMARY KEY ("name")
);

-- CreateIndex
CREATE INDEX "open_request_waiting_project_due_at_idx" ON "signer"."open_request"("waiting", "project", "due_at");

-- CreateIndex
CREATE INDEX "open_request_waiting_request_id_idx" ON "signer"."open_request"("waiting", "request_id");

-- CreateIndex
CREATE INDEX "open_request_lease_owner_idx" ON "signer"."open_request"("lease_owner");

-- The portal's role shares locks, memory and old row versions of the server with the signer. Whoever holds a transaction
-- open for long, or locks by the thousand, is in everybody's way; this ends such sessions of that one role. It runs with
-- the owner's rights, which include those of the portal's role (prisma/roles.sql), and the signer alone may call it.
-- It looks at functions and not at views: a view has to be locked, and there may be no room left for a lock.
CREATE FUNCTION "signer"."end_obstructing_sessions"(transaction_seconds double precision, locks integer)
    RETURNS TABLE (pid integer, open_seconds double precision, held bigint)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    -- Looks up beforehand what ending a session looks up: without room for a lock it could not be any more.
    PERFORM pg_get_userbyid('countersign_portal'::regrole), pg_has_role('countersign_portal'::regrole, 'USAGE');
    FOR pid, open_seconds, held IN
        SELECT session.pid, coalesce(extract(epoch FROM clock_timestamp() - session.xact_start), 0),
               coalesce(counted.held, 0)
          FROM pg_stat_get_activity(NULL) AS session
          LEFT JOIN (SELECT one.pid, count(*) AS held FROM pg_lock_status() AS one GROUP BY one.pid) AS counted
                 ON counted.pid = session.pid
         WHERE session.usesysid = 'countersign_portal'::regrole
           AND (counted.held > locks
                OR (session.datid = (SELECT own.datid FROM pg_stat_get_activity(pg_backend_pid()) AS own)
                    AND session.xact_start < clock_timestamp() - make_interval(secs => transaction_seconds)))
    LOOP
        IF pg_terminate_backend(pid) THEN RETURN NEXT; END IF;
    END LOOP;
END
$$;
