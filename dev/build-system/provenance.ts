import type { JsonValue } from '#core/json/index.ts';
import { runUri } from './claims.ts';
import type { WorkflowRun } from './claims.ts';

export interface Subject {
  readonly name: string;
  readonly digest: Readonly<Record<string, string>>;
}

/** in-toto statement v1 with SLSA provenance v1, as GitHub's attest-build-provenance writes it. */
export function provenance(run: WorkflowRun, subjects: readonly Subject[]): JsonValue {
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: subjects.map((subject) => ({ name: subject.name, digest: { ...subject.digest } })),
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: {
      buildDefinition: {
        buildType: 'https://actions.github.io/buildtypes/workflow/v1',
        externalParameters: {
          workflow: { ref: run.ref, repository: run.repository.uri, path: run.workflow },
        },
        internalParameters: {
          github: {
            event_name: run.trigger,
            repository_id: run.repository.id,
            repository_owner_id: run.repository.ownerId,
            runner_environment: run.runner,
          },
        },
        resolvedDependencies: [
          { uri: `git+${run.repository.uri}@${run.ref}`, digest: { gitCommit: run.commit } },
        ],
      },
      runDetails: {
        builder: { id: 'https://development-build-system.example/runner' },
        metadata: { invocationId: runUri(run) },
      },
    },
  };
}

/** in-toto statement v0.1 with SLSA provenance v0.2, as older generators and npm write it. */
export function provenanceV02(run: WorkflowRun, subjects: readonly Subject[]): JsonValue {
  return {
    _type: 'https://in-toto.io/Statement/v0.1',
    subject: subjects.map((subject) => ({ name: subject.name, digest: { ...subject.digest } })),
    predicateType: 'https://slsa.dev/provenance/v0.2',
    predicate: {
      buildType: 'https://actions.github.io/buildtypes/workflow/v1',
      builder: { id: 'https://development-build-system.example/runner' },
      invocation: {
        configSource: {
          uri: `git+${run.repository.uri}@${run.ref}`,
          digest: { sha1: run.commit },
          entryPoint: run.workflow,
        },
      },
      metadata: { buildInvocationId: runUri(run) },
    },
  };
}
