/** The workflow of a project whose policy pins the foundation's reusable one (.github/workflows/countersign.yml) as builder. Pure. */
import type { GitHubOrigin } from '#core/generated/index.ts';
import { parameterLines, type PinnedStep, type StepParts } from './submit-step.ts';

type Builder = NonNullable<GitHubOrigin['builder']>;

const workflowFile = '.github/workflows/countersign.yml';

/** `https://github.com/OWNER/REPO/.github/workflows/x.yml` → `OWNER/REPO/.github/workflows/x.yml`, as workflows write it. */
export const calledAs = ({ uri }: Pick<Builder, 'uri'>): string => new URL(uri).pathname.slice(1);

/** Whether a policy's builder is the reusable workflow that lies beside the Action. */
export const isOwnBuilder = (builder: Builder | undefined, { uses }: PinnedStep): builder is Builder =>
  builder !== undefined && calledAs(builder) === `${uses.split('/').slice(0, 2).join('/')}/${workflowFile}`;

/** Lines of the job that calls it, at the ref that the policy pins; `build` stands where the project's own commands belong. */
export function callingJob(
  builder: Builder,
  parts: Omit<StepParts, 'bundle'>,
  given: {
    readonly build: string;
    readonly withToken: boolean;
    /** Whose jobs the policy has wait for the release; null: the workflow's usual one. */
    readonly environment: string | null;
  },
): readonly string[] {
  const { build, withToken, environment } = given;
  const ref = builder.ref.replace(/^refs\/(?:tags|heads)\//, '');
  return [
    'release:',
    `  uses: ${calledAs(builder)}@${ref}${ref === builder.digest ? '' : ` # ${builder.digest}`}`,
    '  permissions:',
    '    contents: write # to publish the release',
    '    id-token: write # to prove which workflow this is',
    '    attestations: write # to keep the attestation with the repository',
    '    actions: read # to see where the build ran',
    '  with:',
    `    portal: ${parts.portal}`,
    `    project: ${parts.project}`,
    `    policy: ${parts.policy}`,
    ...parameterLines(parts.parameters, '    '),
    `    file: ${parts.file} # what your build makes and is to be signed`,
    ...(environment === null ? [] : [`    environment: ${JSON.stringify(environment)}`]),
    '    build: |',
    `      echo "${build}: it has to make ${parts.file}"`,
    '      exit 1',
    ...(withToken ? ['  secrets:', '    api-token: ${{ secrets.COUNTERSIGN_TOKEN }}'] : []),
  ];
}
