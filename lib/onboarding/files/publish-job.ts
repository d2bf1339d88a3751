/**
 * The job of GitHub Actions that publishes what was signed. The environment that the policy names holds it, without a runner, until
 * everything that its run submitted is released. Pure.
 */
import type { SigningPolicy } from '#core/generated/index.ts';
import type { GuidePlace } from './submission.ts';
import { pinned } from './submit-step.ts';

/** null: the policy names none, so no job waits. */
export const environmentOf = ({ publish }: Pick<SigningPolicy, 'publish'>): string | null =>
  publish?.environment ?? null;

/** Of the job that submits: what the one that publishes has to know. */
export const requestOutput: readonly string[] = [
  '    outputs:',
  '      request-id: ${{ steps.submit.outputs.request-id }}',
];

/** What a step that submits by curl does with the answer. */
export const keepAnswer = {
  pipe: ' | tee "$RUNNER_TEMP/request.json"',
  line: 'echo "request-id=$(jq --raw-output .id "$RUNNER_TEMP/request.json")" >> "$GITHUB_OUTPUT"',
} as const;

/** What the policy has to say so that jobs of an environment wait. */
export const publishLines = 'publish:\n  environment: release\n';

/** Of workflows whose job `release` submits. */
export function publishJob({ portal, action }: GuidePlace, environment: string): readonly string[] {
  const request = '${{ needs.release.outputs.request-id }}';
  const fetch =
    action === undefined
      ? [
          '- name: Fetch what was signed',
          '  env:',
          `    REQUEST: ${request}`,
          '  run: |',
          ...[
            `api=${portal}/api/v1/requests/$REQUEST`,
            'curl --fail --silent --show-error --output request.json "$api"',
            `jq --exit-status '.status == "completed"' request.json`,
            'mkdir signed',
            'curl --fail --silent --show-error --location --remote-name --remote-header-name --output-dir signed "$api/artifact"',
            'echo "$(jq --raw-output .release.sha256 request.json)  $(echo signed/*)" | sha256sum --check',
          ].map((line) => `    ${line}`),
        ]
      : [
          '- name: Fetch what was signed',
          `  uses: ${pinned(action)}`,
          '  with:',
          `    portal: ${portal}`,
          `    request-id: ${request}`,
          '    output: signed',
        ];
  return [
    'publish:',
    '  needs: release',
    "  if: github.ref_type == 'tag'",
    '  # Its protection rule, the foundation’s app, holds it here without a runner until the file is released.',
    `  environment: ${JSON.stringify(environment)}`,
    '  runs-on: ubuntu-latest',
    '  permissions:',
    '    contents: write # to publish the release',
    '  steps:',
    ...fetch.map((line) => `    ${line}`),
    '    - name: Publish',
    '      env:',
    '        GH_TOKEN: ${{ github.token }}',
    '      run: gh release create "$GITHUB_REF_NAME" --repo "$GITHUB_REPOSITORY" signed/*',
  ];
}
