/**
 * npm run reconcile -- --config signer.yaml --claims-of SIGNER: the claims of a signer that is lost for good. Other signers wait for what
 * its keyholder may have signed by a key that gives another signature each time. What the given keyholder journals have is used; the rest
 * is released, and then a second signature may be made.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { claimsReleased } from '#core/wire/journal/index.ts';
import type { Database } from '../ground/database/index.ts';
import { append } from '../ground/journal/index.ts';
import { findSignatures } from '../keyholder/index.ts';
import { readPresences } from '../rulings/emergency-stop/index.ts';
import { ReconcileError } from './error.ts';

interface Input {
  readonly database: Database;
  /** The signer that is lost. */
  readonly holder: string;
  /** Of its keyholder, as far as any is left. */
  readonly keyHolderJournals: readonly string[];
  /** Folders that closed segments of those may have been moved to. */
  readonly archives?: readonly string[];
}

interface OpenClaim {
  readonly slot: string;
  readonly requestId: string;
  readonly path: string;
  readonly grantId: string;
  readonly keyLabel: string;
  readonly claimedAt: Date;
  /** Base64, by a journal that was given; null: none has it. */
  readonly signature: string | null;
}

export interface OpenClaims {
  readonly holder: string;
  readonly claims: readonly OpenClaim[];
  /** 12 hexadecimal digits of all this. */
  readonly plan: string;
}

/** More are shown once these are released. */
const claimsMax = 1000;

const row = z
  .object({
    slot: z.string(),
    request_id: z.string(),
    path: z.string(),
    grant_id: z.string(),
    key_label: z.string(),
    claimed_at: z.date(),
  })
  .transform((one) => ({
    slot: one.slot,
    requestId: one.request_id,
    path: one.path,
    grantId: one.grant_id,
    keyLabel: one.key_label,
    claimedAt: one.claimed_at,
  }));

/** Throws SIGNER_RUNS where the signer was seen a moment ago: it says itself what became of its claims. */
export async function findOpenClaims({
  database,
  holder,
  keyHolderJournals,
  archives = [],
}: Input): Promise<OpenClaims> {
  const running = (await readPresences(database)).find(({ signer, isAlive }) => signer === holder && isAlive);
  if (running !== undefined)
    throw new ReconcileError(
      'SIGNER_RUNS',
      `signer ${holder} runs (seen ${running.seenAt.toISOString()}): it finds out itself what its keyholder has signed. Stop it first if it must not`,
    );
  const rows = await database.query(
    `SELECT slot, request_id, path, grant_id, key_label, claimed_at FROM signer.signature_claim
      WHERE signed_at IS NULL AND signer_id = $1 ORDER BY claimed_at, slot LIMIT ${claimsMax}`,
    [holder],
  );
  const open = rows.map((one) => row.parse(one));
  const grants = new Set(open.map(({ grantId }) => grantId));
  const signatures = new Map<string, string>();
  for (const file of keyHolderJournals)
    for (const [grantId, signature] of (await findSignatures(file, grants, archives)).signatures)
      signatures.set(grantId, signature.toString('base64'));
  const claims = open.map((claim) => ({ ...claim, signature: signatures.get(claim.grantId) ?? null }));
  const text = JSON.stringify({ holder, claims: claims.map(({ claimedAt: _, ...claim }) => claim) });
  return { holder, claims, plan: createHash('sha256').update(text).digest('hex').slice(0, 12) };
}

export function describeClaims({ holder, claims }: OpenClaims): readonly string[] {
  if (claims.length === 0) return [`Nobody waits for signer ${holder}.`];
  const lines = claims.map(({ requestId, path, keyLabel, claimedAt, signature }) => {
    const what = `request ${requestId}, ${path === '' ? 'the artifact' : path}, key ${keyLabel}, since ${claimedAt.toISOString()}`;
    return signature === null
      ? `  ${what}: it may have been signed there. Released, another signature may be made, and there may be two`
      : `  ${what}: signed, by the journal that was given. That signature will be used`;
  });
  return [`What others wait for signer ${holder} for:`, ...lines];
}

/** → the number of the entry `claims.released`. A claim that was resolved meanwhile is left alone. */
export async function releaseClaims(
  database: Database,
  { holder, claims, plan }: OpenClaims,
  { signerId, by, now }: { readonly signerId: string; readonly by: string; readonly now: Date },
): Promise<string> {
  const made = claims.flatMap(({ slot, grantId, signature }) => {
    if (signature === null) return [];
    const sha256 = createHash('sha256').update(Buffer.from(signature, 'base64')).digest('hex');
    return [{ slot, grant_id: grantId, sha256, signature }];
  });
  const released = claims.filter(({ signature }) => signature === null);
  const entry = await database.transaction(async (transaction) => {
    await transaction.query('SELECT * FROM signer.store_signatures($1, $2)', [holder, JSON.stringify(made)]);
    await transaction.query(
      `UPDATE signer.signature_claim SET signer_id = NULL
        WHERE signer_id = $1 AND signed_at IS NULL AND grant_id = ANY($2)`,
      [holder, released.map(({ grantId }) => grantId)],
    );
    const event = claimsReleased({
      signer: signerId,
      by,
      plan,
      holder,
      found: made.length,
      released: released.map(({ requestId: request, path, grantId, keyLabel }) => ({
        request,
        path,
        grantId,
        keyLabel,
      })),
    });
    return append(transaction, now, { requestId: null, event });
  });
  return entry.seq.toString();
}
