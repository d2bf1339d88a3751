/** Artifact configurations for tests. */
import type { ArtifactConfiguration, Element, Parameter, RootElement } from '../generated/index.ts';
import { configurationProblems } from './index.ts';

export type Contents = Element[];

export const sign = { method: 'authenticode' } as const;
export const signed = { type: 'pe', path: 'signed.exe', sign } as const;

export const configuration = (root: RootElement, parameters?: Parameter[]): ArtifactConfiguration => ({
  apiVersion: 'countersign/v1',
  kind: 'ArtifactConfiguration',
  ...(parameters === undefined ? {} : { parameters }),
  root,
});

export const zip = (contents: Contents, parameters?: Parameter[]): ArtifactConfiguration =>
  configuration({ type: 'zip', contents }, parameters);

/** `rule place`, with the place as keys and indexes between slashes. */
export const problems = (artifactConfiguration: ArtifactConfiguration): readonly string[] =>
  configurationProblems(artifactConfiguration).map(({ rule, path }) => `${rule} ${path.join('/')}`);
