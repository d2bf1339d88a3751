/**
 * Step "signing": for each file, the bytes to sign are made, the intent is journalled, the keyholder signs
 * against a grant, the signature is timestamped and put into the file. In that order, so that nothing is
 * ever signed without a trace.
 */
import { createHash } from 'node:crypto';
import {
  authenticodeSignedAttributes,
  buildAuthenticode,
  spcIndirectDataDigest,
} from '#core/pki/cms/index.ts';
import { fail, pass, type Checked, type Finding } from '#core/wire/finding/index.ts';
import type { Sha256Hex } from '#core/ids/index.ts';
import { Unavailable } from '../../ground/availability/index.ts';
import { asUnavailable, type SignTarget } from '../checks/index.ts';
import { mintGrant, type Evidence } from '../grant/index.ts';
import type { Inspector } from '../../inspector/index.ts';
import type { Run } from '../run/index.ts';
import { KeyHolderError, type KeyHolder, type KeyHolderErrorCode } from '../../keyholder/index.ts';
import type { TimestampSource } from './timestamp-source.ts';

export interface SignedFile {
  readonly target: SignTarget;
  readonly signedFile: string;
  readonly signedSha256: Sha256Hex;
  /** What the inspector read out of the finished file. */
  readonly readBack: { readonly pkcs7: Uint8Array; readonly authenticodeDigest: Sha256Hex };
  readonly signedAt: Date;
  readonly timestamp: { readonly time: Date; readonly url: string } | null;
}

export interface SigningContext {
  readonly run: Run;
  readonly evidence: Evidence;
  readonly keyHolder: KeyHolder;
  readonly timestamps: TimestampSource;
  readonly inspector: Inspector;
  /** Throws while signing is stopped. */
  readonly checkStops: () => Promise<void>;
}

export async function signFiles(context: SigningContext): Promise<Checked<readonly SignedFile[]>> {
  const files: SignedFile[] = [];
  const findings: Finding[] = [];
  for (const target of context.evidence.inspected.signTargets) {
    try {
      const signed = await signFile(context, target);
      files.push(signed);
      findings.push(describe(context, signed));
    } catch (error) {
      if (!(error instanceof KeyHolderError)) throw error;
      return { ok: false, findings: [...findings, refused(target, error)] };
    }
  }
  return { ok: true, value: files, findings };
}

async function signFile(context: SigningContext, target: SignTarget): Promise<SignedFile> {
  const { run, evidence, inspector } = context;
  const { key, effective } = evidence.governing;
  const signedAttributes = authenticodeSignedAttributes({
    spcIndirectDataDigest: spcIndirectDataDigest(target.spcIndirectData),
    description: target.description,
    descriptionUrl: target.descriptionUrl,
  });
  // Files of one request may take minutes: a stop holds for the next one already.
  await context.checkStops();
  const grant = mintGrant(evidence, target, signedAttributes, run.now());
  const facts = {
    grantId: grant.wire.grantId,
    path: target.path,
    unsignedSha256: target.unsignedSha256,
    authenticodeDigest: target.authenticodeDigest,
    toBeSignedSha256: createHash('sha256').update(signedAttributes).digest('hex'),
    keyLabel: key.entry.label,
    certificateSerial: key.certificate.serialNumber,
    policyCommit: effective.commit,
  };
  await run.record('sign.intent', facts);
  const signature = await sign(context.keyHolder, grant.wire);
  await run.record('sign.done', {
    ...facts,
    signatureSha256: createHash('sha256').update(signature).digest('hex'),
  });
  const signedAt = run.now();
  const timestamp =
    effective.policy.timestamp === 'required' ? await context.timestamps.over(signature) : null;
  const pkcs7 = buildAuthenticode({
    spcIndirectData: target.spcIndirectData,
    signedAttributes,
    signature,
    signerCertificate: key.certificate.raw,
    chain: key.chain.map((one) => one.raw),
    ...(timestamp === null ? {} : { timestampToken: timestamp.token }),
  });
  const embedded = await inspector
    .embed({ folder: run.requestId, leafFile: target.file, unsignedSha256: target.unsignedSha256, pkcs7 })
    .catch((error: unknown) => {
      throw asUnavailable(error);
    });
  return {
    target,
    signedFile: embedded.signedFile,
    signedSha256: embedded.sha256,
    readBack: { pkcs7: embedded.pkcs7, authenticodeDigest: embedded.authenticodeSha256 },
    signedAt,
    timestamp: timestamp === null ? null : { time: timestamp.time, url: timestamp.url },
  };
}

/** What the keyholder says about a grant. Everything else it says is about itself, the HSM or the disk, and may pass. */
const aboutTheGrant: ReadonlySet<string> = new Set<KeyHolderErrorCode>([
  'GRANT_INVALID',
  'GRANT_MISMATCH',
  'GRANT_CONFLICT',
  'CERTIFICATE_NOT_VALID_NOW',
]);

async function sign(keyHolder: KeyHolder, grant: Parameters<KeyHolder['sign']>[0]): Promise<Uint8Array> {
  try {
    return (await keyHolder.sign(grant)).signature;
  } catch (error) {
    if (error instanceof KeyHolderError && !aboutTheGrant.has(error.code)) {
      throw new Unavailable(
        'keyholder',
        `the HSM can’t sign: ${error.message}`,
        'check the HSM and its PKCS#11 module, the PIN’s source, the key registry and the keyholder’s journal',
        error,
      );
    }
    throw error;
  }
}

/** The keyholder has rules of its own and the last word. */
function refused(target: SignTarget, error: KeyHolderError): Finding {
  return fail({
    rule: 'signing.refused',
    message: `The keyholder refused to sign ${target.path.join(' → ') || 'the file'}: ${error.message}.`,
    expected: 'a grant that the keyholder accepts',
    found: error.code,
    path: target.path,
    fix: 'Ask the foundation: its signer and its keys disagree. Nothing was released.',
  });
}

function describe(context: SigningContext, file: SignedFile): Finding {
  const { certificate } = context.evidence.governing.key;
  const when =
    file.timestamp === null ? 'without a timestamp' : `timestamped ${file.timestamp.time.toISOString()}`;
  return pass({
    rule: 'signing.authenticode',
    message: `${file.target.path.join(' → ') || 'The file'} was signed (Authenticode, SHA-256), ${when}.`,
    found: `certificate serial ${certificate.serialNumber}, signed file SHA-256 ${file.signedSha256}`,
    path: file.target.path,
    sha256: file.signedSha256,
    policy: context.evidence.governing.effective.locate(['certificate']),
  });
}
