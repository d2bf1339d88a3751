import { runUri, workflowUri } from './claims.ts';
import type { WorkflowRun } from './claims.ts';
import type { CertifiedBuild, ExtensionValues } from './extensions.ts';
import { provenance } from './provenance.ts';

/** A run → what Fulcio makes of its identity token. */
export function certifiedRun(run: WorkflowRun): CertifiedBuild {
  const signer = run.signerUri ?? workflowUri(run);
  const repositoryName = new URL(run.repository.uri).pathname.slice(1);
  const values: ExtensionValues = {
    1: run.issuer,
    2: run.trigger,
    3: run.commit,
    4: 'Release',
    5: repositoryName,
    6: run.ref,
    8: run.issuer,
    9: signer,
    10: run.commit,
    11: run.runner,
    12: run.repository.uri,
    13: run.commit,
    14: run.ref,
    15: run.repository.id,
    16: run.repository.uri.split('/').slice(0, -1).join('/'),
    17: run.repository.ownerId,
    18: workflowUri(run),
    19: run.commit,
    20: run.trigger,
    21: runUri(run),
    22: run.visibility,
    23: run.environment,
    24: `repo:${repositoryName}:ref:${run.ref}`,
  };
  return { subjectUri: signer, values, provenance: (subjects) => provenance(run, subjects) };
}
