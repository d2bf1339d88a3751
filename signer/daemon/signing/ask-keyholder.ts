/**
 * From octets to a signature: a check of what may have changed meanwhile, a grant, the claim of the signature for this signer, and the
 * keyholder, in its turn.
 */
import { verify } from 'node:crypto';
import type { SignatureHash } from '#core/formats/format.ts';
import { isError } from '#core/error/index.ts';
import { fail, type Finding } from '#core/wire/finding/index.ts';
import { Unavailable } from '../../ground/availability/index.ts';
import { KeyHolderError, type KeyHolderErrorCode } from '../../keyholder/index.ts';
import type { SignTarget } from '../checks/index.ts';
import { OtherOctetsClaimed, type MadeSignature, type PlaceToClaim } from '../claims/index.ts';
import { mintGrant } from '../grant/index.ts';
import { Refused } from './refused.ts';
import { keyOf, nameOf, type Prepared, type Round, type SigningContext } from './signing-context.ts';
import { documentProblems } from './verify-document.ts';

/** Its signature may be made by this signer's keyholder, or was made before. */
export interface Claimed extends Prepared {
  readonly grant: PlaceToClaim['grant'];
  /** By another signer or an earlier pass, and verified: the keyholder isn't asked for another one. */
  readonly made: MadeSignature | null;
}

export async function claimGrants(
  context: SigningContext,
  prepared: readonly Prepared[],
): Promise<readonly Claimed[]> {
  const places = (await mintGrants(context, prepared)).map(({ one, grant }) => ({
    one,
    grant,
    isRepeatable: keyOf(context, one).certificate.publicKey.asymmetricKeyType === 'rsa',
  }));
  const made = await context.claims.claim(places).catch((error: unknown) => {
    if (isError(error, OtherOctetsClaimed)) throw new Refused([otherOctets(error.message)]);
    throw error;
  });
  const claimed = places.map(({ one, grant }, at) => ({ ...one, grant, made: made[at] ?? null }));
  for (const one of claimed) if (one.made !== null) await verifyMade(context, one, one.made.signature);
  return claimed;
}

/**
 * The database keeps what other signers' keyholders made: it is no signature before it verifies. One by another hash function is one that an
 * earlier configuration asked for.
 */
async function verifyMade(context: SigningContext, one: Claimed, signature: Uint8Array): Promise<void> {
  const { certificate } = keyOf(context, one);
  const { signing, sign, version } = one.round;
  const appended = one.toBeSigned.subarray(0, Math.max(0, one.toBeSigned.length - 32));
  const problemsBy = async (hash: SignatureHash): Promise<readonly string[]> =>
    signing.keyUse(sign) === 'certificate'
      ? verify(hash, one.toBeSigned, certificate.publicKey, signature)
        ? []
        : ['the signature does not verify']
      : documentProblems(
          version,
          { document: { form: 'binary', appended }, signature },
          { hash, certificate },
        );
  const problems = await problemsBy(signing.hash(sign));
  if (problems.length === 0) return;
  for (const hash of ['sha256', 'sha384', 'sha512'] as const)
    if ((await problemsBy(hash)).length === 0)
      throw new Refused([otherOctets(`${nameOf(one.round.target)} was signed by ${hash} before`)]);
  throw new Unavailable(
    'database',
    `the signature that signer.signature_claim has for ${nameOf(one.round.target)} is none: ${problems.join('; ')}`,
    'find out who wrote it, restore the database from a backup, and run npm run reconcile',
  );
}

async function mintGrants(
  { evidence, run, checkBeforeFile }: SigningContext,
  prepared: readonly Prepared[],
): Promise<readonly { readonly one: Prepared; readonly grant: PlaceToClaim['grant'] }[]> {
  // Files of one request may take minutes: a stop or a revocation applies from the next few on.
  const checked = await checkBeforeFile();
  if (!checked.ok) throw new Refused(checked.findings);
  return prepared.map((one) => {
    const { round, toBeSigned } = one;
    const { target, version, signing, sign, number } = round;
    const hash = signing.hash(sign);
    const asked = { notRevoked: checked.value, target, version, toBeSigned, hash, round: number };
    return { one, grant: mintGrant(evidence, asked, run.now()) };
  });
}

/** How often a file's turn is waited for before the request is put back. */
const waitsMax = 30;

/** The second: it had to wait until other files were read, and its grant expired. */
const waited: ReadonlySet<string> = new Set<KeyHolderErrorCode>(['RATE_EXCEEDED', 'GRANT_EXPIRED']);

/**
 * At the limit of signatures per minute it waits for its turn, with all that was checked before. What can change
 * meanwhile is checked anew, for a grant of the same content: the one before is used up.
 */
export async function askInTurn(
  context: SigningContext,
  claimed: Claimed,
): Promise<Claimed & { readonly signature: Uint8Array }> {
  let current = claimed;
  for (let waits = 0; ; waits += 1) {
    const { grant, made, round } = current;
    if (made !== null) return { ...current, signature: made.signature };
    try {
      const { signature } = await context.keyHolder.sign(grant, documentOf(round));
      return { ...current, signature };
    } catch (error) {
      if (!(error instanceof KeyHolderError)) throw error;
      if (!waited.has(error.code) || waits === waitsMax) {
        if (!unanswered.has(error.code)) await context.claims.release([grant]);
        throw keyHolderProblem(round.target, error);
      }
      if (error.code === 'RATE_EXCEEDED') await context.wait(waitSecondsOf(error));
      const [again] = await claimGrants(context, [current]);
      if (again === undefined) throw new Error('a file without a claim');
      current = again;
    }
  }
}

/** After all others it is known that nothing was signed: then another signer may try at once. */
const unanswered: ReadonlySet<string> = new Set<KeyHolderErrorCode>([
  'TIMEOUT',
  'CHILD_EXITED',
  'PROTOCOL',
  'JOURNAL_UNWRITABLE',
  'JOURNAL_TAMPERED',
  // It may have been signed long ago: the record is in an archive.
  'JOURNAL_SEGMENT_AWAY',
]);

/** The file, where the key signs its own bytes. */
const documentOf = ({ signing, sign, version }: Round) =>
  signing.keyUse(sign) === 'certificate' ? null : version;

/** As the keyholder says; it allows so many in any minute. */
function waitSecondsOf({ message }: KeyHolderError): number {
  const [, seconds = '5'] = /try again in (\d{1,2}) s/.exec(message) ?? [];
  return Math.max(1, Number(seconds));
}

/** The keyholder's errors about a grant. All others are about itself, the HSM or the disk, and may be temporary. */
const aboutTheGrant: ReadonlySet<string> = new Set<KeyHolderErrorCode>([
  'GRANT_INVALID',
  'GRANT_MISMATCH',
  'GRANT_CONFLICT',
  'CERTIFICATE_NOT_VALID_NOW',
]);

function keyHolderProblem(target: SignTarget, error: KeyHolderError): Error {
  if (aboutTheGrant.has(error.code)) return new Refused([refusal(target, error)]);
  return new Unavailable(
    'keyholder',
    `the HSM can’t sign: ${error.message}`,
    'check the HSM and its PKCS#11 module, the PIN’s source, the key registry and the keyholder’s journal',
    error,
  );
}

/** The keyholder has rules of its own and decides last. */
function refusal(target: SignTarget, error: KeyHolderError): Finding {
  return fail({
    rule: 'signing.refused',
    message: `The keyholder refused to sign ${nameOf(target)}: ${error.message}.`,
    expected: 'a grant that the keyholder accepts',
    found: error.code,
    path: target.path,
    fix: 'Ask the foundation: its signer and its keys disagree. Nothing was released.',
  });
}

function otherOctets(message: string): Finding {
  return fail({
    rule: 'signing.claimed',
    message: `A signer has asked for another signature here: ${message}.`,
    expected: 'one signature of a file, over the same bytes by the same key, whichever signer makes it',
    found: 'other bytes, another key, or another hash function',
    fix: 'Submit the file again as a new request. Nothing was released.',
  });
}

export function secondSignature(path: readonly string[]): Finding {
  return fail({
    rule: 'signing.second-signature',
    message: `Two signers’ keyholders made different signatures of ${path.join(' → ') || 'the file'} over the same bytes.`,
    expected: 'RSASSA-PKCS1-v1_5, which gives one signature for one content',
    found: 'a second, different signature',
    path: [...path],
    fix: 'Ask the foundation: the tokens of its signers differ in their keys or in how they sign. Nothing was released.',
  });
}
