/**
 * Where audit records come from, each as SQL for rows of one shape: key, at, kind, actor, subject, detail. Keys sort like the numbers
 * in them. What may be seen of a row is decided in list.ts and read.ts, not here.
 */
import { auditActionNames, confidentialActionNames, hiddenActor } from '#core/audit/index.ts';
import { sql, type Sql } from '../platform/db/index.ts';
import { aboutProject, type ProjectScope } from './project-subjects.ts';
import type { CheckedQuery } from './query.ts';

/** `upTo` is a condition on `at` that lets the index begin where the page does. */
export type Arm = (upTo: Sql) => Sql;
type Period = Pick<CheckedQuery, 'from' | 'to'>;
/** A query whose project was looked up. */
export type Limits = Period & Pick<CheckedQuery, 'actor'> & { readonly project: ProjectScope | null };

/** In bytes: a list opens no longer body of the journal's; the entry's own page shows it. */
const listedBodyBytesMax = 4_000;

export const eventRows =
  ({ from, to, actor, project }: Limits, kinds: readonly string[] | null): Arm =>
  (upTo) => sql`
    SELECT 'event:' || lpad(id::text, 19, '0') AS key, at, action AS kind, actor, subject, detail
      FROM portal.audit_event
     WHERE at >= ${from} AND at < ${to} AND ${upTo}
       AND ${kinds === null ? sql`true` : sql`action = ANY(${[...kinds]})`}
       AND ${actor === null ? sql`true` : byActor(actor)}
       AND ${project === null ? sql`true` : aboutProject(project)}`;

/** By the actor as shown: people who wrote in confidence can't be found by name. */
function byActor(actor: string): Sql {
  if (actor === hiddenActor) return sql`action = ANY(${[...confidentialActionNames]})`;
  const shown = auditActionNames.filter((name) => !confidentialActionNames.includes(name));
  return sql`actor IN (${actor}, ${`person:${actor}`}) AND action = ANY(${shown})`;
}

/** Verdicts and what they rest on, without what reviewers wrote. */
export const reviewDecisionRows =
  ({ from, to, actor, project }: Limits): Arm =>
  (upTo) => sql`
    SELECT 'review-decision:' || lpad(id::text, 19, '0') AS key, at, kind, actor, subject, detail
      FROM (SELECT decision.id, decision.at, 'review.decided' AS kind, 'person:' || decision.reviewer AS actor,
                   'review:' || decision.review_id AS subject,
                   jsonb_build_object(
                     'outcome', decision.outcome, 'application', review.application_id, 'round', review.kind,
                     'program', review.program, 'reapplyFrom', decision.reapply_from,
                     'criteria', (SELECT jsonb_agg(jsonb_build_object(
                          'id', one -> 'id', 'verdict', one -> 'verdict', 'evidence', one -> 'evidence')) FROM jsonb_array_elements(
                        CASE jsonb_typeof(decision.criteria) WHEN 'array' THEN decision.criteria ELSE '[]' END) AS one)
                   ) AS detail
              FROM portal.review_decision AS decision JOIN portal.review ON review.id = decision.review_id
             WHERE decision.at >= ${from} AND decision.at < ${to}) AS decided
     WHERE ${upTo}
       AND ${actor === null ? sql`true` : sql`actor IN (${actor}, ${`person:${actor}`})`}
       AND ${project === null ? sql`true` : aboutProject(project)}`;

export const journalRows =
  ({ from, to, project }: Limits, kinds: readonly string[] | null): Arm =>
  (upTo) => sql`
    SELECT 'journal:' || lpad(seq::text, 19, '0') AS key, at, kind, NULL AS actor,
           'request:' || request_id AS subject,
           CASE WHEN octet_length(body) > ${listedBodyBytesMax} THEN jsonb_build_object('body', octet_length(body) || ' bytes, on the page of the entry')
                WHEN signer.reads_as_json(body) AND jsonb_typeof(body::jsonb) = 'object' THEN body::jsonb - 'findings'
                ELSE '{}' END AS detail
      FROM signer.journal
     WHERE at >= ${from} AND at < ${to} AND ${upTo}
       AND ${kinds === null ? sql`true` : sql`kind = ANY(${[...kinds]})`}
       AND ${project === null ? sql`true` : sql`(${ofProject(project)} OR ${namesProject(project)})`}`;

export const approvalRows =
  ({ from, to, project }: Limits, kinds: readonly string[]): Arm =>
  (upTo) => sql`
    SELECT key, at, kind, NULL AS actor, 'request:' || request_id AS subject, detail
      FROM (SELECT 'approval:' || request_id || '/' || key_fingerprint || '/' || statement_sha256 AS key, seen_at AS at,
                   'approval.' || decision AS kind, request_id,
                   jsonb_build_object('key', key_fingerprint, 'statementSha256', statement_sha256) AS detail
              FROM signer.approval_decision WHERE seen_at >= ${from} AND seen_at < ${to}) AS verified
     WHERE ${upTo} AND kind = ANY(${[...kinds]})
       AND ${project === null ? sql`true` : ofProject(project)}`;

export const policyRows =
  ({ from, to, project }: Limits): Arm =>
  (upTo) => sql`
    SELECT 'policy:' || lpad(seq::text, 19, '0') AS key, at, 'policy.accepted' AS kind, NULL AS actor,
           'policy:' || commit AS subject, jsonb_build_object('signers', signers, 'parent', parent) AS detail
      FROM (SELECT seq, accepted_at AS at, commit, signers, parent FROM signer.accepted_snapshot
             WHERE accepted_at >= ${from} AND accepted_at < ${to}) AS accepted
     WHERE ${upTo} AND ${project === null ? sql`true` : sql`commit = ANY(${[...project.commits]}::text[])`}`;

const ofProject = ({ slug }: ProjectScope): Sql =>
  sql`request_id IN (SELECT id FROM portal.signing_request WHERE project_slug = ${slug})`;

/** Entries of no request: revocations and stops say the project themselves, accepted policies their commit. */
const namesProject = ({ slug, commits }: ProjectScope): Sql => sql`request_id IS NULL AND CASE
  WHEN octet_length(body) > ${listedBodyBytesMax} OR NOT signer.reads_as_json(body) THEN false
  WHEN kind = 'policy.accepted' THEN body::jsonb ->> 'commit' = ANY(${[...commits]}::text[])
  WHEN kind IN ('certificate.revoked', 'emergency-stop', 'signing.stopped', 'signing.resumed')
  THEN body::jsonb ->> 'project' = ${slug} ELSE false END`;
