import type { Portal } from '../platform/portal/index.ts';
import { followChanges } from './follow.ts';

/** A webhook tells of changes at once; this finds what no webhook told. A hosted one counts what it is asked. */
const seconds = { local: 5, github: 60 } as const;

/** Looks at the open changes again and again until the process ends; one look at a time, and none is missed for an error. */
export function keepFollowing(portal: Portal, report: (message: string) => void): { stop(): void } {
  const { policyHost } = portal.config;
  if (policyHost === undefined) return { stop: () => undefined };
  const intervalMilliseconds = seconds['github' in policyHost ? 'github' : 'local'] * 1000;
  let last = '';
  let timer: NodeJS.Timeout | null = null;
  let stopped = false;
  const tell = (problem: string): void => {
    // The same trouble every few seconds is one line, not thousands.
    if (problem !== last && problem !== '') report(problem);
    last = problem;
  };
  const look = async (): Promise<void> => {
    try {
      const { failed } = await followChanges(portal);
      tell(failed.map((one) => `policy change ${one.number} could not be checked: ${one.reason}`).join('\n'));
    } catch (error) {
      tell(
        `the policy changes could not be followed: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
    if (!stopped) timer = setTimeout(() => void look(), intervalMilliseconds).unref();
  };
  timer = setTimeout(() => void look(), intervalMilliseconds).unref();
  return {
    stop() {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
    },
  };
}
