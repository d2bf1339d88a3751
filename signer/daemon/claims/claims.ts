/**
 * Claims of signatures: before a keyholder is asked, the database says whose is. Keyholders know their own journals alone, and of one
 * file of a request there is to be one signature, whichever signers had the request (decision 0121).
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { Unavailable } from '../../ground/availability/index.ts';
import type { Database } from '../../ground/database/index.ts';
import { grantSlot, type SigningGrant } from '../../keyholder/index.ts';
import { LeaseLost, type Lease } from '../turns/index.ts';
import { OtherOctetsClaimed } from './other-octets.ts';

/** What a keyholder is about to be asked for. */
export interface PlaceToClaim {
  readonly grant: SigningGrant<'release' | 'test' | 'raw' | 'openpgp'>;
  /** The key gives one signature for one sequence of octets: RSASSA-PKCS1-v1_5. */
  readonly isRepeatable: boolean;
}

/** A signature that some signer's keyholder made before, with the grant that it was made for. */
export interface MadeSignature {
  readonly signature: Uint8Array;
  readonly grantId: string;
}

export interface SignatureClaims {
  /**
   * All of them or none → for each, in order: null, it is this signer's to ask its keyholder for; or the signature that is to be used,
   * as the database has it: unverified. Rejects with LeaseLost; with Unavailable where another signer's keyholder may have signed by a
   * key that would give a second, different signature; with OtherOctetsClaimed.
   */
  claim(places: readonly PlaceToClaim[]): Promise<readonly (MadeSignature | null)[]>;
  /**
   * Writes down what the keyholder signed → those of which another signature is written down already. Rejects with LeaseLost where
   * another signer has claimed one meanwhile.
   */
  keep(
    made: readonly { readonly grant: PlaceToClaim['grant']; readonly signature: Uint8Array }[],
  ): Promise<readonly PlaceToClaim['grant'][]>;
  /** What the keyholder has refused, and so not signed, is anybody's again. */
  release(grants: readonly PlaceToClaim['grant'][]): Promise<void>;
}

interface ClaimOptions {
  readonly database: Pick<Database, 'query'>;
  /** Of the request. */
  readonly lease: Lease;
  /** Name of this signer. */
  readonly signer: string;
  /** Looks into this signer's own keyholder journal for what it claimed of the request before. */
  readonly resolve: () => Promise<void>;
  readonly now: () => Date;
}

const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array);
const claimRow = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('claimed'), claimed_slot: z.string() }),
  z.object({
    outcome: z.literal('signed'),
    claimed_slot: z.string(),
    claimed_grant: z.string().regex(/^[0-9a-f]{64}$/),
    made: bytes.nullable(),
  }),
  z.object({ outcome: z.literal('held'), claimed_slot: z.string(), holder: z.string() }),
  z.object({ outcome: z.enum(['unresolved', 'other-octets']), claimed_slot: z.string() }),
  z.object({ outcome: z.literal('lease-lost') }),
]);
const keptRow = z.object({
  claimed_slot: z.string(),
  outcome: z.enum(['claim-lost', 'other-signature']),
});

/** For a place whose holder isn't known to have signed: it may say so any time. */
const heldSeconds = 30;

export function openClaims(options: ClaimOptions): SignatureClaims {
  const { database, lease, signer } = options;

  const ask = async (places: readonly PlaceToClaim[]) => {
    const wanted = places.map(({ grant: { wire }, isRepeatable }) => ({
      slot: grantSlot(wire),
      grant_id: wire.grantId,
      path: wire.leafPath.join('!/').slice(0, 1000).toWellFormed().replaceAll('\0', '\uFFFD'),
      round: wire.round ?? 0,
      key_label: wire.keyLabel,
      to_be_signed_sha256: createHash('sha256').update(wire.toBeSigned, 'base64').digest('hex'),
      is_repeatable: isRepeatable,
    }));
    const rows = await database.query('SELECT * FROM signer.claim_signatures($1, $2, $3, $4, $5)', [
      lease.requestId,
      lease.owner,
      lease.seconds,
      signer,
      JSON.stringify(wanted),
    ]);
    return rows.map((row) => claimRow.parse(row));
  };

  return {
    async claim(places) {
      if (places.length === 0) return [];
      let rows = await ask(places);
      if (rows.some(({ outcome }) => outcome === 'unresolved')) {
        await options.resolve();
        rows = await ask(places);
      }
      const bySlot = new Map<string, MadeSignature | null>();
      for (const row of rows) {
        if (row.outcome === 'lease-lost') throw new LeaseLost(lease.requestId);
        const path = pathOf(places, row.claimed_slot);
        if (row.outcome === 'other-octets') throw new OtherOctetsClaimed(path);
        if (row.outcome === 'held') throw heldBy(row.holder, path, options.now());
        if (row.outcome === 'unresolved') throw unknownHere(signer, path, options.now());
        if (row.outcome === 'signed' && row.made === null)
          throw new Error(`the claim of ${path} is signed, and its signature is missing`);
        bySlot.set(
          row.claimed_slot,
          row.outcome === 'signed' && row.made !== null
            ? { signature: new Uint8Array(row.made), grantId: row.claimed_grant }
            : null,
        );
      }
      return places.map(({ grant }) => {
        const claimed = bySlot.get(grantSlot(grant.wire));
        if (claimed === undefined) throw new Error('a claim was not answered');
        return claimed;
      });
    },
    async keep(made) {
      if (made.length === 0) return [];
      const rows = await database.query('SELECT * FROM signer.store_signatures($1, $2)', [
        signer,
        JSON.stringify(made.map(({ grant, signature }) => storedOf(grant, signature))),
      ]);
      const kept = rows.map((row) => keptRow.parse(row));
      if (kept.some(({ outcome }) => outcome === 'claim-lost')) throw new LeaseLost(lease.requestId);
      const others = new Set(kept.map((row) => row.claimed_slot));
      return made.map(({ grant }) => grant).filter(({ wire }) => others.has(grantSlot(wire)));
    },
    async release(grants) {
      if (grants.length === 0) return;
      await database.query(
        `UPDATE signer.signature_claim SET signer_id = NULL
          WHERE signer_id = $1 AND signed_at IS NULL AND grant_id = ANY($2)`,
        [signer, grants.map(({ wire }) => wire.grantId)],
      );
    },
  };
}

function storedOf({ wire }: PlaceToClaim['grant'], signature: Uint8Array) {
  return {
    slot: grantSlot(wire),
    grant_id: wire.grantId,
    sha256: createHash('sha256').update(signature).digest('hex'),
    signature: Buffer.from(signature).toString('base64'),
  };
}

function pathOf(places: readonly PlaceToClaim[], slot: string): string {
  const place = places.find(({ grant }) => grantSlot(grant.wire) === slot);
  const path = place?.grant.wire.leafPath ?? [];
  return path.length === 0 ? 'the file' : path.join(' → ');
}

function heldBy(holder: string, path: string, now: Date): Unavailable {
  return new Unavailable(
    'signer',
    `the keyholder of signer ${holder} may have signed ${path} already, and nobody knows what it answered. The key gives another signature each time, so none is made before that signer has said`,
    `start signer ${holder} again; if it is lost for good, npm run reconcile -- --config signer.yaml --claims-of ${holder} (docs/guides/several-signers.md)`,
    undefined,
    new Date(now.getTime() + heldSeconds * 1000),
  );
}

/** Its own claim, made a moment ago or before its keyholder's journal began. */
function unknownHere(signer: string, path: string, now: Date): Unavailable {
  return new Unavailable(
    'signer',
    `the keyholder of signer ${signer} may have signed ${path} before, and the journal that it has now doesn’t say, or doesn’t reach back as far. The key gives another signature each time, so none is made before that is known`,
    `none is needed for half a minute; after that, stop signer ${signer}, run npm run reconcile -- --config signer.yaml --claims-of ${signer}, with the journal of the keyholder before if there is one, and start it again (docs/guides/several-signers.md)`,
    undefined,
    new Date(now.getTime() + heldSeconds * 1000),
  );
}
