import { fail, pass } from '../wire/finding/index.ts';
import type { Finding } from '../wire/finding/index.ts';
import type { LocateInOrigin } from './compared.ts';
import type { SignedTimes } from './sigstore/signature.ts';

const hour = 3_600_000;
/** How far the signer's clock and the log's may differ. */
const clockDifferenceMax = 5 * 60_000;

/**
 * When trusted sources of time saw the attestation (null: none did), and the limit in hours, if there is one → findings.
 * What is dated in the future is refused whatever the limit: then a clock is wrong, and no age can be told. Age counts from
 * the earliest time, the future from the latest.
 */
export function judgeAge(
  times: SignedTimes | null,
  maximumAgeHours: number | undefined,
  now: Date,
  locate: LocateInOrigin,
): readonly Finding[] {
  if (times === null) {
    const message = 'Nothing trusted says when the file was built.';
    const fix = 'Submit the unchanged bundle that the attestation step wrote.';
    return [fail({ rule: 'origin.time', message, fix })];
  }
  const time = judgeTime(times.latest, now);
  if (maximumAgeHours === undefined || time.outcome === 'fail') return [time];
  const age = now.getTime() - times.earliest.getTime();
  const shared = {
    rule: 'origin.age',
    expected: `at most ${maximumAgeHours} h`,
    found: times.earliest.toISOString(),
    policy: locate(['maximumAgeHours']),
  };
  if (age <= maximumAgeHours * hour)
    return [time, pass({ ...shared, message: 'The build is recent enough.' })];
  const message = `The file was built ${Math.floor(age / hour)} hours ago, longer than is allowed.`;
  const fix =
    'Build again and submit the new file, or change maximumAgeHours in the policy or in the foundation’s floor.';
  return [time, fail({ ...shared, message, fix })];
}

function judgeTime(latest: Date, now: Date): Finding {
  const bound = new Date(now.getTime() + clockDifferenceMax);
  const found = shown(latest);
  // Written so that a time which is none is refused too.
  if (latest <= bound) {
    const message = 'The attestation is not dated in the future.';
    // The entry says when it was found. Without a time of its own, what a later pass finds is the same.
    const expected = `at most ${clockDifferenceMax / 60_000} minutes after it is judged`;
    return pass({ rule: 'origin.time', message, expected, found });
  }
  return fail({
    rule: 'origin.time',
    message: 'The attestation is dated in the future.',
    expected: `${shown(bound)} or earlier`,
    found,
    fix: 'Attest the file again. If the time is right, the clock of the signer is behind: tell the foundation.',
  });
}

const shown = (time: Date): string => (Number.isNaN(time.getTime()) ? 'no time' : time.toISOString());
