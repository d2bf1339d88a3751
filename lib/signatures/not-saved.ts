import { sql } from '../platform/db/index.ts';
import type { Sql } from '../platform/db/index.ts';

/**
 * The rule of judgeSignature for a revoked certificate, for counting in the database: whether no timestamp proves that the row
 * `signature` is older than the date. A property test holds both to each other.
 */
export const notSaved = (effectiveAt: Sql): Sql =>
  sql`(signature.timestamped_at IS NULL OR signature.timestamped_at >= ${effectiveAt})`;
