import { expect } from 'vitest';
import type { FoundationUnderTest } from './foundation-under-test.ts';
import type { PortalUnderTest } from './portal-under-test.ts';

/** As the approver does at the portal, once the signer waits for it: its statement, their key. */
export async function approve(
  system: FoundationUnderTest,
  portal: Pick<PortalUnderTest, 'url'>,
  id: string,
): Promise<void> {
  await system.untilStatus(id, 'waiting-for-approval', 'denied');
  expect(await system.failedRules(id)).toEqual([]);
  const answer = await fetch(`${portal.url}/api/v1/requests/${id}/approval-statement?decision=approve`);
  const statement = await answer.text();
  expect(answer.status, statement).toBe(200);
  await system.handIn(id, statement, await system.sign(statement, system.keyOf('demo-approver')));
}

/** → what looks at a job's log as it grows, and approves the request that it names once the job waits for people; and what came of it. */
export function approveWhenAsked(approving: (id: string) => Promise<void>): {
  readonly look: (log: string) => void;
  readonly approved: () => Promise<void>;
} {
  let begun: Promise<void> | null = null;
  return {
    look(log) {
      const [, id] = /\/requests\/([0-9a-f-]{36})/.exec(log) ?? [];
      if (id !== undefined && log.includes('waiting-for-approval')) begun ??= approving(id);
    },
    async approved() {
      if (begun === null) throw new Error('nobody was asked to approve anything');
      await begun;
    },
  };
}
