/** Lines of a build's commands about the token that says which run this is. Pure. */
import { providers } from '#core/origin/index.ts';

/** A line for before each call. */
export const renewal = 'COUNTERSIGN_TOKEN=$(identity_token)';

/**
 * How a job of GitHub Actions gets the token that says which run it is: no secret is stored anywhere. Each holds for five minutes, and an
 * upload may take longer; so each call has its own.
 */
export function identityTokenLines(portal: string): readonly string[] {
  return [
    '# Says to the portal which run this is: no secret is stored anywhere. A token holds for five minutes.',
    'identity_token() {',
    '  curl --fail-with-body --silent --show-error \\',
    '    --header "Authorization: Bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" \\',
    `    ${providers.github.identityToken?.audienceLine(portal) ?? ''} | jq --raw-output .value`,
    '}',
  ];
}
