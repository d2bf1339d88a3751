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
  ArtifactConfiguration: `apiVersion: countersign/v1
kind: ArtifactConfiguration
# What the submitted file must contain, and which parts get signed. Whatever matches no element is refused.
root:
  type: zip
  contents:
    - type: pe
      path: my-program.exe
      sign:
        method: authenticode
    - type: file
      path: README.md
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

/** The text that a new file of a kind starts with; null for kinds of which there is one. */
export const newPolicyFile = (kind: Kind): string | null => starts[kind] ?? null;
