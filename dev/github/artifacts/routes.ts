/** What GitHub answers about artifacts and attestations. */
import { found, notFound, Refusal } from '../route.ts';
import type { Answer, Call, Route } from '../route.ts';
import type { HostArtifact } from './artifacts.ts';

const repositoryOf = ({ state, path }: Call) =>
  found(state.byName(`${path['owner'] ?? ''}/${path['repo'] ?? ''}`));

function artifactOf(asked: Call): HostArtifact {
  const artifact = found(asked.state.artifacts.byId.get(Number(asked.path['artifact_id'])));
  // An id of another repository is none here.
  if (artifact.repositoryId !== repositoryOf(asked).id) throw notFound();
  return artifact;
}

const listTemplate = '/repos/{owner}/{repo}/actions/runs/{run_id}/artifacts';

/** As in GitHub's description, which is kept here in parts: this one isn't among them, the artifact that it lists is. */
export const artifactPaths = {
  [listTemplate]: {
    get: {
      responses: {
        '200': {
          content: {
            'application/json': {
              schema: {
                type: 'object',
                required: ['total_count', 'artifacts'],
                properties: {
                  total_count: { type: 'integer' },
                  artifacts: { type: 'array', items: { $ref: '#/components/schemas/artifact' } },
                },
              },
            },
          },
        },
      },
    },
  },
};

export const artifactRoutes: readonly Route[] = [
  {
    method: 'GET',
    template: '/repos/{owner}/{repo}/actions/artifacts/{artifact_id}',
    run: (asked) => ({ status: 200, body: artifactResource(artifactOf(asked)) }),
  },
  {
    method: 'GET',
    template: '/repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}',
    run(asked): Answer {
      const { path, account, job, tickets } = asked;
      const artifact = artifactOf(asked);
      if (account === null && job === null) throw new Refusal(401, 'Requires authentication');
      if (job !== null && job !== artifact.repositoryId)
        throw new Refusal(403, 'Resource not accessible by integration');
      if (path['archive_format'] !== 'zip') throw notFound();
      if (artifact.expired) throw new Refusal(410, 'Artifact has expired');
      return { status: 302, location: tickets.make(artifact) };
    },
  },
  {
    method: 'GET',
    template: listTemplate,
    run(asked): Answer {
      const { state, path, rights, job } = asked;
      const repository = repositoryOf(asked);
      if (!rights.has('actions') && job !== repository.id) {
        const headers = { 'x-accepted-github-permissions': 'actions=read' };
        throw new Refusal(403, 'Resource not accessible by integration', headers);
      }
      const run = found(state.builds.get(repository.id)?.runs.get(Number(path['run_id'])));
      const own = [...state.artifacts.byId.values()].filter(
        ({ repositoryId, runId }) => repositoryId === repository.id && runId === run.id,
      );
      // The newest first, as GitHub lists them.
      return { status: 200, items: own.toReversed().map(artifactResource), within: 'artifacts' };
    },
  },
  {
    method: 'GET',
    template: '/repos/{owner}/{repo}/attestations/{subject_digest}',
    run(asked): Answer {
      const repository = repositoryOf(asked);
      const digest = asked.path['subject_digest'] ?? '';
      const known = asked.state.artifacts.attestations.filter(
        ({ repositoryId, sha256 }) => repositoryId === repository.id && digest === `sha256:${sha256}`,
      );
      if (known.length === 0) throw notFound();
      const attestations = known.map(({ bundle }) => ({
        bundle,
        repository_id: repository.id,
        bundle_url: 'https://storage.example/bundle.json.sn',
      }));
      return { status: 200, body: { attestations } };
    },
  },
];

const artifactResource = (artifact: HostArtifact) => {
  const { id, name, bytes, expired, digest, runId, repositoryId, headSha, says } = artifact;
  const url = `https://api.github.com/repos/o/r/actions/artifacts/${id}`;
  return {
    id,
    name,
    expired,
    digest,
    url,
    node_id: `ART_${id}`,
    size_in_bytes: bytes.length,
    archive_download_url: `${url}/zip`,
    created_at: '2026-11-28T12:00:00Z',
    updated_at: '2026-11-28T12:00:00Z',
    expires_at: '2027-02-26T12:00:00Z',
    workflow_run: {
      id: runId,
      repository_id: repositoryId,
      head_repository_id: repositoryId,
      head_branch: 'main',
      head_sha: headSha,
      ...says,
    },
  };
};
