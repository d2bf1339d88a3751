/** `origin.builder`: the reusable workflow that builds and attests in the place of the project's own. */
import { identity, type FormRow } from '../../../field-record/index.ts';
import type { GitHubOrigin } from '../../../generated/index.ts';
import type { OriginField } from '../../field.ts';
import type { GitHubPolicy } from '../policy.ts';

const pinned = (label: string, hint: string): FormRow => ({
  label: `Reusable builder: ${label}`,
  hint,
  kind: 'text',
  optional: true,
});

export const builder: readonly OriginField<GitHubOrigin, GitHubPolicy>[] = [
  {
    path: 'builder',
    schema: { $ref: '#/$defs/Builder' },
    measure: identity('The workflow that builds and attests'),
    says: ({ origin }) => [describeBuilder(origin)],
    reference: {
      meaning:
        "`uri`, `ref`, `digest` of one reusable workflow: it must have signed, at exactly this ref and commit (rules `origin.signer`, `origin.builder`). Left out: only the project's own workflow may sign",
      enforcedBy: 'signer',
    },
  },
  {
    path: 'builder uri',
    schema: {
      description: 'Address of the reusable workflow’s file, without @ and ref.',
      type: 'string',
      maxLength: 300,
      pattern: '^https://[^\\s/?#@]+/[^\\s/?#@]+/[^\\s/?#@]+/\\.github/workflows/[A-Za-z0-9._-]+\\.ya?ml$',
    },
    measure: identity('The workflow that builds and attests'),
    form: pinned(
      'address',
      'A reusable workflow that has to do the build, for example https://github.com/OWNER/REPO/.github/workflows/build.yml. Empty: the project’s own workflow.',
    ),
  },
  {
    path: 'builder ref',
    schema: {
      description:
        'The ref that the project’s workflow calls it at, in full: refs/tags/…, refs/heads/… or a commit id.',
      type: 'string',
      maxLength: 200,
      pattern: '^(?:refs/(?:heads|tags)/[^\\s~^:?*\\\\\\[\\x00-\\x1f\\x7f]+|[0-9a-f]{40}|[0-9a-f]{64})$',
    },
    measure: identity('The workflow that builds and attests'),
    form: pinned('ref', 'For example refs/tags/v2.1.0.'),
  },
  {
    path: 'builder digest',
    schema: {
      description: 'The commit that the ref must stand at: 40 or 64 hexadecimal digits in lower case.',
      type: 'string',
      maxLength: 64,
      pattern: '^(?:[0-9a-f]{40}|[0-9a-f]{64})$',
    },
    measure: identity('The workflow that builds and attests'),
    form: pinned('commit', 'The 40 hexadecimal digits of the commit.'),
  },
];

function describeBuilder({ builder: pin }: GitHubOrigin): string {
  if (pin === undefined)
    return 'The workflow itself must attest the build, not a reusable one that it calls.';
  return `The reusable workflow ${pin.uri} must build and attest it, called at ${pin.ref} and read from commit ${pin.digest}.`;
}
