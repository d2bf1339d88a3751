/** What runs have uploaded, and what was attested of files. */
import { createHash } from 'node:crypto';

export interface HostArtifact {
  readonly id: number;
  /** Of a file that was uploaded as it is (`archive: false`), the file's. */
  readonly name: string;
  readonly repositoryId: number;
  readonly runId: number;
  readonly headSha: string;
  /** What the host says of its run in place of what is so; undefined: it doesn't tell. */
  says: Partial<Record<'id' | 'repository_id' | 'head_repository_id', number | undefined>> & {
    readonly head_sha?: string | undefined;
  };
  /** What the host keeps: a zip of the files, or the one file. */
  bytes: Buffer;
  readonly archived: boolean;
  /** As the host says it; null: of artifacts from before it did. */
  digest: string | null;
  expired: boolean;
}

interface HostAttestation {
  readonly repositoryId: number;
  readonly sha256: string;
  readonly bundle: Readonly<Record<string, unknown>>;
}

type Uploaded = Pick<HostArtifact, 'name' | 'repositoryId' | 'runId' | 'bytes'> & {
  readonly archived?: boolean;
  readonly headSha?: string;
};

export class Artifacts {
  readonly byId = new Map<number, HostArtifact>();
  readonly attestations: HostAttestation[] = [];
  #last = 7_000_000_000;

  /** What actions/upload-artifact does in a run. */
  upload({
    name,
    repositoryId,
    runId,
    bytes,
    archived = true,
    headSha = 'c'.repeat(40),
  }: Uploaded): HostArtifact {
    this.#last += 1;
    const artifact: HostArtifact = {
      id: this.#last,
      name,
      repositoryId,
      runId,
      bytes,
      archived,
      expired: false,
      headSha,
      says: {},
      digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}`,
    };
    this.byId.set(artifact.id, artifact);
    return artifact;
  }

  /** What actions/attest-build-provenance does with the bundle that it made. */
  attest(repositoryId: number, sha256: string, bundle: Readonly<Record<string, unknown>>): void {
    this.attestations.unshift({ repositoryId, sha256, bundle });
  }
}
