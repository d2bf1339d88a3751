import type { Portal } from '../platform/portal/index.ts';
import { repeat } from '../platform/repeat/index.ts';
import type { Repeated } from '../platform/repeat/index.ts';
import { followChanges } from './follow.ts';

/** A webhook tells of changes at once; this finds what no webhook told. A hosted one counts what it is asked. */
const seconds = { local: 5, github: 60 } as const;

/** Looks at the open changes again and again until the process ends; one look at a time, and none is missed for an error. */
export function keepFollowing(portal: Portal, report: (message: string) => void): Repeated {
  const { policyHost } = portal.config;
  if (policyHost === undefined) return { stop: () => undefined };
  return repeat({
    seconds: seconds['github' in policyHost ? 'github' : 'local'],
    report: (message) => report(`the policy changes: ${message}`),
    run: async () =>
      (await followChanges(portal)).failed.map((one) => `${one.number} could not be checked: ${one.reason}`),
  });
}
