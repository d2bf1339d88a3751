/** What projects on GitHub copy on the way to their first release: a workflow, and steps of one. Pure. */
import type { OpenParameter } from '#core/artifact/index.ts';
import type { GitHubOrigin, SigningPolicy } from '#core/generated/index.ts';
import { takesBuilds } from '#core/wire/submitter/index.ts';
import { buildPlaceholder, lookOf, noSuchFile, type WorkflowLook } from './build-file-look.ts';
import { calledAs, callingJob, isOwnBuilder } from './call-workflow.ts';
import { identityTokenLines, renewal } from './identity-token-lines.ts';
import { environmentOf, keepAnswer, publishJob, requestOutput } from './publish-job.ts';
import { partsOf, submitCommands, valueOf, type GuidePlace, type Submission } from './submission.ts';
import { actionStep } from './submit-step.ts';

/** Pinned by commit; what the tag stood at when this was written. Newer releases of both do as well. */
const checkout = 'actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0';
const attest = 'actions/attest-build-provenance@977bb373ede98d70efdf65b84cb5f73e068dcc2a # v3.0.0';

/**
 * A GitHub Actions workflow that builds, attests and submits under a release policy. Its build step is a placeholder that
 * fails: the portal doesn't know how a project is built.
 */
export function releaseWorkflow(
  place: GuidePlace,
  policySlug: string,
  policy: SigningPolicy,
  submission: Submission,
): string {
  const { origin } = policy;
  const list = (key: string, names: readonly string[] | undefined): readonly string[] =>
    names === undefined ? [] : [`    ${key}: [${names.map((name) => JSON.stringify(name)).join(', ')}]`];
  const pushed = [...list('branches', origin?.refs.branches), ...list('tags', origin?.refs.tags)];
  const builder = origin !== undefined && 'builder' in origin ? origin.builder : undefined;
  if (place.action !== undefined && isOwnBuilder(builder, place.action)) {
    const parts = {
      ...partsOf(place, policySlug, submission, '${{ github.ref_name }}'),
      file: submission.file,
    };
    const job = callingJob(builder, parts, {
      build: buildPlaceholder,
      withToken: !takesBuilds(policy),
      environment: environmentOf(policy),
    });
    return [
      '# Has the foundation’s reusable workflow build, attest, submit and publish. No runner waits while people decide.',
      'name: Release',
      'on:',
      '  push:',
      ...pushed,
      'permissions: {}',
      'jobs:',
      ...job.map((line) => `  ${line}`),
      '',
    ].join('\n');
  }
  const environment = environmentOf(policy);
  return [
    environment === null
      ? '# Builds, attests and submits to have it signed. The workflow ends once the request is recorded: people approve it then.'
      : '# Builds, attests, submits to have it signed, and publishes what was. No runner waits while people decide.',
    'name: Release',
    'on:',
    '  push:',
    ...pushed,
    'permissions: {}',
    'jobs:',
    '  release:',
    '    # A runner of GitHub’s own, as the policy asks. Take windows-latest if you build there.',
    '    runs-on: ubuntu-latest',
    '    permissions:',
    '      contents: read # to fetch the source',
    '      id-token: write # to prove which workflow this is',
    '      attestations: write # to keep the attestation with the repository',
    ...(environment === null ? [] : requestOutput),
    '    env:',
    `      FILE: ${submission.file} # what your build makes and is to be signed`,
    ...(place.action === undefined ? submission.parameters.map(workflowValue) : []),
    '    steps:',
    `      - uses: ${checkout}`,
    '        with:',
    '          persist-credentials: false',
    '      - name: Build',
    '        run: |',
    `          echo "${buildPlaceholder}: it has to make $FILE"`,
    '          exit 1',
    '      - id: attest',
    `        uses: ${attest}`,
    '        with:',
    '          subject-path: ${{ env.FILE }}',
    ...submitSteps(place, policySlug, policy, submission).map((line) => `      ${line}`),
    ...(environment === null ? [] : publishJob(place, environment).map((line) => `  ${line}`)),
    '',
  ].join('\n');
}

const fileOfJob = '${{ env.FILE }}';
const bundleOfJob = '${{ steps.attest.outputs.bundle-path }}';

/** By the Action where there is one, else by curl. */
function submitSteps(
  place: GuidePlace,
  policySlug: string,
  policy: SigningPolicy,
  submission: Submission,
): readonly string[] {
  const builds = takesBuilds(policy);
  const { action } = place;
  if (action !== undefined) {
    const parts = partsOf(place, policySlug, submission, '${{ github.ref_name }}');
    return actionStep(action, { ...parts, file: fileOfJob, bundle: bundleOfJob }, { withToken: !builds });
  }
  const asked = { ...submission, withBundle: true, ...(builds ? { before: [renewal] } : {}) };
  const commands = [
    ...(builds ? identityTokenLines(place.portal) : []),
    ...submitCommands(place, policySlug, asked).split('\n'),
  ];
  const isPublished = environmentOf(policy) !== null;
  const last = commands.pop() ?? '';
  commands.push(...(isPublished ? [`${last}${keepAnswer.pipe}`, keepAnswer.line] : [last]));
  return [
    '- name: Submit',
    ...(isPublished ? ['  id: submit'] : []),
    '  shell: bash',
    '  env:',
    `    BUNDLE: ${bundleOfJob}`,
    ...(builds ? [] : ['    COUNTERSIGN_TOKEN: ${{ secrets.COUNTERSIGN_TOKEN }}']),
    '  run: |',
    ...commands.map((line) => `    ${line}`),
  ];
}

/** A step of the project's own workflow for one policy; null: there is no Action. */
export function workflowStep(
  place: GuidePlace,
  policySlug: string,
  policy: SigningPolicy,
  submission: Submission,
): string | null {
  const { action } = place;
  if (action === undefined) return null;
  const bundle = policy.origin === undefined ? null : bundleOfJob;
  const parts = partsOf(place, policySlug, submission, '${{ github.ref_name }}');
  const step = actionStep(
    action,
    { ...parts, file: submission.file, bundle },
    { withToken: !takesBuilds(policy) },
  );
  return `${step.join('\n')}\n`;
}

function workflowValue(parameter: OpenParameter): string {
  const { variable, value, comment } = valueOf(parameter, '${{ github.ref_name }}');
  return `      ${variable}: ${value} # ${comment}`;
}

/**
 * What a workflow file of the project lacks to submit here, where the policy asks for `runner`; judged by its text, so it is a
 * hint, not a proof.
 */
export function lookAtWorkflow(
  path: string,
  text: string | null,
  place: GuidePlace,
  { runner, builder }: Pick<GitHubOrigin, 'runner' | 'builder'>,
): WorkflowLook {
  if (text === null) return noSuchFile(path);
  const requirements: readonly (readonly [present: boolean, what: string])[] = [
    builder === undefined
      ? [
          /uses:\s*["']?actions\/attest(?:-build-provenance)?@/.test(text),
          'a step that attests (actions/attest-build-provenance)',
        ]
      : [
          text.includes(`${calledAs(builder)}@`),
          `a job that uses ${calledAs(builder)}, the policy’s builder`,
        ],
    [/id-token:\s*["']?write/.test(text), 'the permission id-token: write'],
    [text.includes(place.portal), `a step that submits to ${place.portal}`],
    [
      runner !== 'github-hosted' || !/^\s*runs-on:[^#\n]{0,200}self-hosted/m.test(text),
      'a runner of the code host’s own (runs-on names a self-hosted one, which the policy does not allow)',
    ],
    [!text.includes(buildPlaceholder), 'your own build where the copied text has a placeholder'],
  ];
  return lookOf(
    path,
    requirements.flatMap(([present, what]) => (present ? [] : [what])),
  );
}
