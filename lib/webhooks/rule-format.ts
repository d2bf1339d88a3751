/** Format of the webhook that the portal adds by itself, with its answers to protection rules. Nobody chooses it. */
export const ruleFormat = 'rule';
