import { guards, type Area } from '../mutant.ts';

const mismatch = 'does not count an approval for';

/** Who said yes, to what, and who said no. */
export const approval: Area = {
  name: 'approval',
  mutants: [
    ...guards('signer/daemon/checks/approval.ts', 'signer/daemon/checks/approval.test.ts', [
      [
        'quorum: effective.quorum,\n    submitterMayApprove: effective.submitterMayApprove,\n    now: input.now,\n    policy,',
        'quorum: 1,\n    submitterMayApprove: effective.submitterMayApprove,\n    now: input.now,\n    policy,',
        'are enough if they are as many as the policy requires',
      ],
      [
        'submitterMayApprove: effective.submitterMayApprove,\n    now: input.now,\n    policy,',
        'submitterMayApprove: true,\n    now: input.now,\n    policy,',
        'don’t include the submitter’s, unless the policy allows it',
      ],
    ]),
    ...guards('lib/core/approval/count.ts', 'lib/core/approval/count.test.ts', [
      [
        "if (deniedBy !== null) return { state: 'denied'",
        "if (quorum < 0) return { state: 'denied'",
        'ends with one denial',
      ],
      [
        "if (decision === 'deny' && request === input.subject.request) return",
        "if (decision === 'deny') return",
        "ignores a stranger's denial and a denial of another request",
      ],
      ['if (sameMember(key, statement, subject)) continue;', 'if (statement !== null) continue;', mismatch],
      ['if (secondsLeft <= 0) return', 'if (false) return', mismatch],
      ['if (secondsLeft <= limit) return null;', 'return null;', mismatch],
      [
        'if (approvals.length < quorum) {',
        'if (approvals.length < 0) {',
        'waits while the quorum is not reached',
      ],
      [
        'if (!byHandle.has(handle)) byHandle.set(handle, judged.approval);',
        'byHandle.set(`${handle}${index}` as PersonHandle, judged.approval);',
        'counts one person once',
      ],
      [
        '!input.submitterMayApprove && handle === personBehind(input.subject.submittedBy)',
        'false',
        'does not count the approval of',
      ],
      ['if (tooMany) {', 'if (false) {', 'decides nothing over more submissions'],
      ['!Number.isSafeInteger(quorum) || quorum < 0', 'false', 'refuses a quorum of'],
    ]),
  ],
};
