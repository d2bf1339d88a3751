/** Step "received": the artifact out of the store, into a private folder, hashed on the way. */
import path from 'node:path';
import { fail, pass, type Checked } from '../../lib/core/finding/index.ts';
import type { ClaimedRequest } from '../requests/index.ts';
import type { ArtifactStore, StoredDigests } from '../store/index.ts';

export interface ReceivedArtifact {
  /** The signer's own copy: what is checked is what gets signed. */
  readonly file: string;
  readonly digests: StoredDigests;
}

interface ReceiveInput {
  readonly store: ArtifactStore;
  readonly request: ClaimedRequest;
  readonly directory: string;
}

export async function receiveArtifact({
  store,
  request,
  directory,
}: ReceiveInput): Promise<Checked<ReceivedArtifact>> {
  const file = path.join(directory, 'artifact');
  const digests = await store.fetch(request.artifactSha256, file);
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
    value: { file, digests },
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
