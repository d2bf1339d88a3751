-- How much of each project is stored, as sums that a trigger keeps, whichever version of the portal stores a request (decision 0144).
-- The trigger comes first and what was stored before it second, in one transaction: requests wait for it, as long as reading all of them once takes.
-- blocks portal.signing_request: a trigger is added, and requests are read once; some seconds for a million

-- CreateTable
CREATE TABLE "portal"."stored_file" (
    "project_slug" TEXT NOT NULL,
    "sha256" TEXT NOT NULL,
    "size_bytes" BIGINT NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "stored_file_pkey" PRIMARY KEY ("project_slug","sha256")
);

-- CreateIndex
CREATE INDEX "stored_file_sha256_idx" ON "portal"."stored_file"("sha256");

-- CreateTable
CREATE TABLE "portal"."project_usage" (
    "project_slug" TEXT NOT NULL,
    "stored_bytes" BIGINT NOT NULL,
    "stored_files" BIGINT NOT NULL,

    CONSTRAINT "project_usage_pkey" PRIMARY KEY ("project_slug")
);

-- Each file of a project once, however many of its requests use it.
CREATE FUNCTION "portal"."count_stored"() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    WITH fresh AS (
        INSERT INTO portal.stored_file (project_slug, sha256, size_bytes, since)
        SELECT DISTINCT ON (project_slug, artifact_sha256) project_slug, artifact_sha256, artifact_size_bytes, submitted_at
          FROM stored ORDER BY project_slug, artifact_sha256, submitted_at
            ON CONFLICT DO NOTHING
        RETURNING project_slug, size_bytes
    )
    INSERT INTO portal.project_usage AS known (project_slug, stored_bytes, stored_files)
    SELECT project_slug, sum(size_bytes), count(*) FROM fresh GROUP BY project_slug ORDER BY project_slug
        ON CONFLICT (project_slug) DO UPDATE
       SET stored_bytes = known.stored_bytes + excluded.stored_bytes, stored_files = known.stored_files + excluded.stored_files;
    RETURN NULL;
END
$$;

CREATE TRIGGER "signing_request_counts"
    AFTER INSERT ON "portal"."signing_request"
    REFERENCING NEW TABLE AS stored
    FOR EACH STATEMENT EXECUTE FUNCTION "portal"."count_stored"();

INSERT INTO "portal"."stored_file" ("project_slug", "sha256", "size_bytes", "since")
SELECT DISTINCT ON ("project_slug", "artifact_sha256") "project_slug", "artifact_sha256", "artifact_size_bytes", "submitted_at"
  FROM "portal"."signing_request" ORDER BY "project_slug", "artifact_sha256", "submitted_at";

INSERT INTO "portal"."project_usage" ("project_slug", "stored_bytes", "stored_files")
SELECT "project_slug", sum("size_bytes"), count(*) FROM "portal"."stored_file" GROUP BY "project_slug";
