/** A fetch as the API shows it: schemas/openapi.yaml. */
import type { FetchState } from '../../../lib/artifact-fetches/index.ts';

export function fetchJson(publicUrl: string, fetch: FetchState): Record<string, unknown> {
  const { id, project, repository, runId, artifactId, state, file, problem } = fetch;
  return {
    id,
    project,
    repository,
    runId,
    artifactId,
    state,
    api: `${publicUrl}/api/v1/artifact-fetches/${id}`,
    artifact: file === null ? null : { sha256: file.sha256, name: file.name, sizeBytes: file.sizeBytes },
    problem: problem === null ? null : { code: problem.code, detail: problem.message, fix: problem.fix },
  };
}
