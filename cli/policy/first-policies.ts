/** The files of a foundation's first policy. Pure: what stands in them comes in, texts come out. */
import { stringify } from 'yaml';

export interface FirstMaintainer {
  readonly handle: string;
  readonly name: string;
  /** Host → the account's number there. */
  readonly account: Readonly<Record<string, string>>;
  /** As ssh-keygen writes it to a .pub file: type, key, comment. */
  readonly publicKey: string;
}

export interface FirstPolicies {
  readonly foundation: string;
  readonly homepage: string;
  /** Where misuse is reported: https:// or mailto:. */
  readonly contact: string;
  /** Of two letters (ISO 3166-1). */
  readonly country: string;
  readonly locality: string | null;
  readonly maintainers: readonly FirstMaintainer[];
}

const yaml = (value: unknown, comment = ''): string => `${comment}${stringify(value, { lineWidth: 0 })}`;

/** Path → text. One maintainer signs what tightens; what loosens takes two as soon as there are two. */
export function firstPolicyFiles(given: FirstPolicies): ReadonlyMap<string, string> {
  const handles = given.maintainers.map(({ handle }) => handle);
  return new Map([
    ['README.md', readme(given)],
    [
      'foundation.yaml',
      yaml({
        apiVersion: 'countersign/v1',
        kind: 'Foundation',
        name: given.foundation,
        homepage: given.homepage,
        securityContact: given.contact,
        subject: {
          organization: given.foundation,
          country: given.country,
          ...(given.locality === null ? {} : { locality: given.locality }),
        },
        programs: ['executables', 'components'],
        policyFreshness: { alarmDays: 30 },
        floors: {
          release: {
            origin: 'required',
            runner: 'github-hosted',
            scan: 'required',
            timestamp: 'required',
            quorumMin: 1,
          },
          test: { scan: 'required' },
        },
      }),
    ],
    [
      'trust/root.yaml',
      yaml(
        {
          apiVersion: 'countersign/v1',
          kind: 'TrustRoot',
          policyMaintainers: {
            threshold: 1,
            looseningThreshold: Math.min(2, handles.length),
            members: handles,
          },
          buildSystems: [
            {
              name: 'github-actions',
              displayName: 'GitHub Actions',
              issuer: 'https://token.actions.githubusercontent.com',
              trustRoot: 'sigstore-public-good',
            },
          ],
        },
        handles.length < 3
          ? '# With three maintainers two can expel one whose key was stolen: add others, and set looseningThreshold to 2.\n'
          : '',
      ),
    ],
    ...given.maintainers.map(
      ({ handle, name, account, publicKey }) =>
        [
          `people/${handle}.yaml`,
          yaml({
            apiVersion: 'countersign/v1',
            kind: 'Person',
            name,
            identities: account,
            approvalKeys: [{ type: 'ssh', publicKey }],
          }),
        ] as const,
    ),
  ]);
}

const readme = ({ foundation, maintainers }: FirstPolicies): string => `# Signing policies of ${foundation}

What is signed for whom, under which conditions. The signer reads this repository and follows a commit only if policy maintainers
signed it, as the one before it asks. It is public: everybody can read what a signature of ${foundation} means.

| Where | What |
| --- | --- |
| \`foundation.yaml\` | the foundation, and what no project's policy can go under |
| \`trust/root.yaml\` | the policy maintainers (${maintainers.map(({ handle }) => handle).join(', ')}), the build systems whose attestations count |
| \`people/\` | people, with the SSH keys whose signatures count |
| \`projects/\` | the projects: teams, signing policies, artifact configurations |
| \`revocations/\` | certificates that sign no more |

Check a change before it is proposed: \`countersign validate .\` and \`countersign plan --base main --head BRANCH\`.
`;
