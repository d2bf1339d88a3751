/** Step "received": the artifact is copied from the store into a private folder and hashed. */
import path from 'node:path';
import { fail, pass, type Checked } from '#core/wire/finding/index.ts';
import type { ClaimedRequest } from '../requests/index.ts';
import type { ArtifactStore, StoredDigests } from '../../ground/store/index.ts';

declare class Received {
  readonly #proof: true;
}
/** Proof that these are the submitted bytes, in a folder that nobody else writes to. */
export interface ReceivedArtifact extends Received {
  /** The signer's own copy: what is checked is what gets signed. */
  readonly file: string;
  readonly digests: StoredDigests;
}

interface ReceiveInput {
  readonly store: ArtifactStore;
  readonly request: ClaimedRequest;
  readonly directory: string;
  readonly sizeBytesMax: number;
}

export async function receiveArtifact({
  store,
  request,
  directory,
  sizeBytesMax,
}: ReceiveInput): Promise<Checked<ReceivedArtifact>> {
  const file = path.join(directory, 'artifact');
  // An attestation alone may name the artifact by SHA-512.
  const also = { sha512: request.bundleSha256 !== null };
  const digests = await store.fetch(request.artifactSha256, file, sizeBytesMax, also);
  if (digests === null) {
    return {
      ok: false,
      findings: [
        fail({
          rule: 'received.artifact',
          message: 'The artifact is not in the store.',
          expected: `SHA-256 ${request.artifactSha256}`,
          found: 'nothing',
          fix: 'Upload the artifact first, then submit the request.',
        }),
      ],
    };
  }
  if (digests === 'too-large') {
    return {
      ok: false,
      findings: [
        fail({
          rule: 'received.size',
          message: 'The artifact is larger than the signer accepts.',
          expected: `at most ${sizeBytesMax} bytes`,
          found: 'more',
          fix: 'Submit the release in several smaller artifacts, or ask the foundation to raise store.artifactSizeBytesMax.',
        }),
      ],
    };
  }
  if (digests.sha256 !== request.artifactSha256) {
    return {
      ok: false,
      findings: [
        fail({
          rule: 'received.digest',
          message: 'The bytes in the store are not the ones that were submitted.',
          expected: `SHA-256 ${request.artifactSha256}`,
          found: `SHA-256 ${digests.sha256}`,
          fix: 'Upload the artifact again. If this repeats, tell the foundation: somebody may have changed the store.',
        }),
      ],
    };
  }
  return {
    ok: true,
    value: { file, digests } as unknown as ReceivedArtifact,
    findings: [
      pass({
        rule: 'received.digest',
        message: `The artifact was fetched and hashed: ${digests.sizeBytes} bytes.`,
        expected: `SHA-256 ${request.artifactSha256}`,
        found: `SHA-256 ${digests.sha256}`,
        sha256: digests.sha256,
      }),
    ],
  };
}
