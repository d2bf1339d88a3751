import { configurationProblems } from '../artifact/index.ts';
import type { ConfigurationProblem } from '../artifact/index.ts';
import type { ArtifactConfigurationDocument } from './document.ts';

const known = new WeakMap<ArtifactConfigurationDocument, readonly ConfigurationProblem[]>();

/** Problems of an artifact configuration that a schema can't express; computed once per document, which never changes. */
export function artifactProblems(artifact: ArtifactConfigurationDocument): readonly ConfigurationProblem[] {
  const before = known.get(artifact);
  if (before !== undefined) return before;
  const problems = configurationProblems(artifact.value);
  known.set(artifact, problems);
  return problems;
}
