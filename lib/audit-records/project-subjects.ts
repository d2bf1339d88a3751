import { sql, type Sql } from '../platform/db/index.ts';

/**
 * A condition on `subject`: what is about this project, its requests, applications, reviews and reports. Policy changes and
 * certificates carry no project in the portal's tables, and are found by their own kinds.
 */
export const aboutProject = (project: string): Sql => sql`subject IN (
  SELECT ${`project:${project}`}::text
  UNION ALL SELECT 'request:' || id FROM portal.signing_request WHERE project_slug = ${project}
  UNION ALL SELECT 'application:' || id FROM portal.application WHERE slug = ${project}
  UNION ALL SELECT 'review:' || review.id FROM portal.review JOIN portal.application AS of ON of.id = review.application_id
             WHERE of.slug = ${project}
  UNION ALL SELECT 'report:' || id FROM portal.report WHERE project_slug = ${project})`;
