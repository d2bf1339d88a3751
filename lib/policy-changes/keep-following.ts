import type { Portal } from '../platform/portal/index.ts';
import { repeat } from '../platform/repeat/index.ts';
import type { Repeated } from '../platform/repeat/index.ts';
import { followChanges } from './follow.ts';

/** Webhooks report changes at once; this finds what no webhook reported. A hosted Git host limits requests. */
const seconds = { local: 5, github: 60 } as const;

/** Checks the open changes repeatedly until the process ends; one run at a time, and an error doesn't stop it. */
export function keepFollowing(portal: Portal, report: (message: string) => void): Repeated {
  const { policyHost } = portal.config;
  if (policyHost === undefined) return { stop: () => undefined };
  return repeat({
    seconds: seconds['github' in policyHost ? 'github' : 'local'],
    report: (message) => report(`the policy changes: ${message}`),
    run: async () =>
      (await followChanges(portal)).failed.map(
        (change) => `${change.number} could not be checked: ${change.reason}`,
      ),
  });
}
