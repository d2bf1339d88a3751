import { fail, pass } from '../finding/index.ts';
import type { Finding } from '../finding/index.ts';
import type { LocateInOrigin } from './policy.ts';

const hour = 3_600_000;
/** How far the signer's clock and the log's may differ. */
const skewMax = 10 * 60_000;

/**
 * When a trusted source of time saw the attestation (null: none did) and the policy's limit in hours → one
 * finding, or none where the policy sets no limit. A build from the future is refused too: then either clock is
 * wrong, and an age can't be told.
 */
export function judgeAge(
  signedAt: Date | null,
  maximumAgeHours: number | undefined,
  now: Date,
  locate: LocateInOrigin,
): readonly Finding[] {
  if (maximumAgeHours === undefined) return [];
  const shared = {
    rule: 'origin.age',
    expected: `at most ${maximumAgeHours} h`,
    policy: locate(['maximumAgeHours']),
  };
  if (signedAt === null) {
    const message = 'Nothing trusted says when the file was built.';
    return [
      fail({ ...shared, message, fix: 'Submit the unchanged bundle that the attestation step wrote.' }),
    ];
  }
  const age = now.getTime() - signedAt.getTime();
  const found = signedAt.toISOString();
  if (!(age >= -skewMax)) {
    const message = 'The attestation is dated in the future.';
    return [fail({ ...shared, message, found, fix: 'The foundation must set the clock of the signer.' })];
  }
  if (age > maximumAgeHours * hour) {
    const message = `The file was built ${Math.floor(age / hour)} hours ago, longer than the policy allows.`;
    const fix = 'Build again and submit the new file, or change maximumAgeHours in the policy.';
    return [fail({ ...shared, message, found, fix })];
  }
  return [pass({ ...shared, message: 'The build is recent enough.', found })];
}
