import { findFirstConfiguration, firstConfigurationText } from '../first-configurations/index.ts';
import type { Kind } from '#core/generated/index.ts';

/** Initial contents of new files by kind: valid, with comments on what the author has to decide. */
const starts: Readonly<Partial<Record<Kind, string>>> = {
  SigningPolicy: `apiVersion: countersign/v1
kind: SigningPolicy
# release: what users install. test: for trying out, with a certificate that nobody trusts.
purpose: test
certificate: test
artifactConfiguration: my-package
scan: required
approval:
  quorum: 0
  approvers: []
timestamp: none
`,
  Person: `apiVersion: countersign/v1
kind: Person
name: Their Name
# The numeric id: https://api.github.com/users/<login> shows it.
identities:
  github: '1'
approvalKeys: []
`,
};

/** The text that a new file of a kind starts with; null for kinds of which there is one. `contents`: what is submitted, of an artifact configuration. */
export function newPolicyFile(kind: Kind, contents = 'zip'): string | null {
  if (kind !== 'ArtifactConfiguration') return starts[kind] ?? null;
  const first = findFirstConfiguration(contents) ?? findFirstConfiguration('zip');
  return first === null ? null : firstConfigurationText(first, 'My program');
}
