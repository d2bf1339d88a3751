/** What runs have uploaded, and what was attested of files. */
import { createHash } from 'node:crypto';

export interface HostArtifact {
  readonly id: number;
  /** Of a file that was uploaded as it is (`archive: false`), the file's. */
  readonly name: string;
  readonly repositoryId: number;
  readonly runId: number;
  /** What it says of the run that it comes from; a member that is left out isn't told. */
  workflowRun: HostWorkflowRun;
  /** What the host keeps: a zip of the files, or the one file. */
  bytes: Buffer;
  readonly archived: boolean;
  /** As the host says it; null: of artifacts from before it did. */
  digest: string | null;
  expired: boolean;
}

export interface HostWorkflowRun {
  readonly id?: number;
  readonly repository_id?: number;
  readonly head_repository_id?: number;
  readonly head_branch?: string;
  readonly head_sha?: string;
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
      workflowRun: {
        id: runId,
        repository_id: repositoryId,
        head_repository_id: repositoryId,
        head_branch: 'main',
        head_sha: headSha,
      },
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
