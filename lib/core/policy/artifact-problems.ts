import { configurationProblems } from '../artifact/index.ts';
import type { ConfigurationProblem } from '../artifact/index.ts';
import type { ArtifactConfigurationDocument } from './document.ts';

const known = new WeakMap<ArtifactConfigurationDocument, readonly ConfigurationProblem[]>();

/** What a schema can't say about an artifact configuration; asked once for each document, which never changes. */
export function artifactProblems(artifact: ArtifactConfigurationDocument): readonly ConfigurationProblem[] {
  const before = known.get(artifact);
  if (before !== undefined) return before;
  const problems = configurationProblems(artifact.value);
  known.set(artifact, problems);
  return problems;
}
