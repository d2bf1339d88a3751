import { TrustedRoot } from '@sigstore/protobuf-specs';
import { toTrustMaterial } from '@sigstore/verify';
import type { TrustMaterial } from '@sigstore/verify';
import { OriginError } from '../error.ts';

declare class Validated {
  readonly #proof: true;
}

/** Keys and certificates that one build system's bundles are verified with; made only by parseTrustRoot. */
export interface TrustRoot extends Validated {
  readonly material: TrustMaterial;
  /** How many of each the verifier demands: whatever the root knows of can't be left out by a bundle. */
  readonly thresholds: {
    readonly ctlogThreshold: number;
    readonly tlogThreshold: number;
    readonly timestampThreshold: number;
  };
}

/** What a trust root must have whoever delivers it: one that loses its log would let bundles leave theirs out. */
export type TrustRootKind = 'public-good' | 'github' | 'custom';

const authoritiesMax = 64;

/**
 * Sigstore TrustedRoot as parsed JSON → trust root.
 * Rejects roots without certificate authority, roots without any source of time, and authorities or logs whose
 * validity has no start: the verifier reads that as "since 1970"; roots that lack what is asked of their kind.
 */
export function parseTrustRoot(json: unknown, kind: TrustRootKind = 'custom'): TrustRoot {
  const root = attempt('it is no TrustedRoot', () => TrustedRoot.fromJSON(json));
  if (!root.mediaType.startsWith('application/vnd.dev.sigstore.trustedroot')) {
    throw invalid(`its media type is ${JSON.stringify(root.mediaType.slice(0, 80))}`);
  }
  const authorities = [...root.certificateAuthorities, ...root.timestampAuthorities];
  const logs = [...root.tlogs, ...root.ctlogs];
  if (authorities.length + logs.length > authoritiesMax) throw invalid(`over ${authoritiesMax} authorities`);
  if (root.certificateAuthorities.length === 0) throw invalid('it names no certificate authority');
  if (root.tlogs.length + root.timestampAuthorities.length === 0) {
    throw invalid('it names neither a transparency log nor a timestamp authority, so nothing tells the time');
  }
  checkKind(root, kind);
  for (const authority of authorities) {
    if ((authority.certChain?.certificates.length ?? 0) === 0) throw invalid(`${authority.uri} has no chain`);
    checkValidity(authority.uri, authority.validFor);
  }
  for (const log of logs) {
    if (log.publicKey?.rawBytes === undefined || log.logId?.keyId.length !== 32) {
      throw invalid(`log ${log.baseUrl} has no key or no 32-byte id`);
    }
    checkValidity(log.baseUrl, log.publicKey.validFor);
  }
  const material = attempt('a key or certificate in it is malformed', () => toTrustMaterial(root));
  const thresholds = {
    ctlogThreshold: Math.min(1, root.ctlogs.length),
    tlogThreshold: Math.min(1, root.tlogs.length),
    timestampThreshold: 1,
  };
  return { material, thresholds } as unknown as TrustRoot;
}

function checkKind(root: TrustedRoot, kind: TrustRootKind): void {
  if (kind === 'public-good' && (root.tlogs.length === 0 || root.ctlogs.length === 0)) {
    throw invalid('it lacks the transparency log or the log of certificates that a public-good root has');
  }
  if (kind === 'github' && root.timestampAuthorities.length === 0) {
    throw invalid('it lacks the timestamp authority that a root of GitHub’s has');
  }
}

function checkValidity(
  name: string,
  validFor: { start?: Date | undefined; end?: Date | undefined } | undefined,
) {
  const start = validFor?.start?.getTime() ?? Number.NaN;
  const end = validFor?.end?.getTime() ?? Number.POSITIVE_INFINITY;
  if (!(start <= end))
    throw invalid(`${name} has no validity with a start, or one that ends before it starts`);
}

function attempt<T>(problem: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new OriginError('TRUST_ROOT_INVALID', `The trust root can't be used: ${problem}.`, { cause });
  }
}

const invalid = (problem: string): OriginError =>
  new OriginError('TRUST_ROOT_INVALID', `The trust root can't be used: ${problem}.`);
