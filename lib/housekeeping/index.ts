/** What the portal does by itself: proposes, reviews again, collects evidence, tells people, sends mail. */
import { tellOfTokens } from '../api-tokens/index.ts';
import { tellOfRenewals, tellOfWishes } from '../certificates/index.ts';
import { askForLastMonth, makeExports } from '../audit-exports/index.ts';
import { collectDueEvidence, workOnEvidence } from '../evidence/index.ts';
import { openMailTransport, sendConfirmations, sendDueNotifications } from '../notifications/index.ts';
import { proposeAcceptedProjects, proposePauses } from '../onboarding/index.ts';
import type { Portal } from '../platform/portal/index.ts';
import { repeat } from '../platform/repeat/index.ts';
import { tellOfPolicyAge } from '../policy-changes/index.ts';
import { workOutVersions } from '../policy-versions/index.ts';
import { remindOfReports, tellOfReports } from '../reports/index.ts';
import { tellOfDelays, tellOfRequests } from '../request-notices/index.ts';
import { tellOfFailures } from '../requests/index.ts';
import { tellOfRevocations } from '../revocations/index.ts';
import { openDueReviews } from '../reviews/index.ts';
import { removeOrphans, removeUnusedUploads } from '../uploads/index.ts';

const soonSeconds = 3;
const lessSoonSeconds = 10;
const minuteSeconds = 60;
const minutesSeconds = 300;
const hourSeconds = 3600;
/** The artifact store has so many parts; in a day everything in it was looked at. */
const storeParts = 256;

/** Until the process ends. Every task is safe to run in several portals at once, and to be cut off anywhere. */
export function keepHouse(portal: Portal, report: (message: string) => void): void {
  repeat({ seconds: soonSeconds, report, run: () => proposeAcceptedProjects(portal) });
  repeat({ seconds: lessSoonSeconds, report, run: () => proposePauses(portal) });
  repeat({ seconds: lessSoonSeconds, report, run: () => tellOfRevocations(portal) });
  repeat({ seconds: soonSeconds, report, run: () => tellOfRequests(portal) });
  repeat({ seconds: minuteSeconds, report, run: () => tellOfDelays(portal) });
  repeat({ seconds: lessSoonSeconds, report, run: () => tellOfFailures(portal) });
  repeat({ seconds: lessSoonSeconds, report, run: () => tellOfWishes(portal) });
  repeat({ seconds: lessSoonSeconds, report, run: () => tellOfPolicyAge(portal) });
  repeat({ seconds: lessSoonSeconds, report, run: () => remindOfReports(portal) });
  repeat({ seconds: lessSoonSeconds, report, run: () => tellOfReports(portal) });
  repeat({ seconds: soonSeconds, report, run: () => workOutVersions(portal) });
  repeat({ seconds: soonSeconds, report, run: () => makeExports(portal) });
  repeat({ seconds: minutesSeconds, report, run: () => askForLastMonth(portal) });
  repeat({
    seconds: hourSeconds,
    report,
    async run() {
      await openDueReviews(portal);
      await collectDueEvidence(portal);
      await tellOfTokens(portal);
      return tellOfRenewals(portal);
    },
  });
  repeat({
    seconds: minutesSeconds,
    report,
    run: async () => (await removeUnusedUploads(portal)).problems,
  });
  let part = Math.floor(Math.random() * storeParts);
  repeat({
    seconds: minutesSeconds,
    report,
    async run() {
      part = (part + 1) % storeParts;
      await removeOrphans(portal, part.toString(16).padStart(2, '0'));
      return [];
    },
  });
  const { mail } = portal.config;
  if (mail !== undefined) {
    const transport = openMailTransport(mail);
    repeat({
      seconds: lessSoonSeconds,
      report,
      run: async () => [
        ...(await sendConfirmations(portal, transport)),
        ...(await sendDueNotifications(portal, transport)),
      ],
    });
  }
  // A database that is down as the portal starts must not leave the jobs undone for ever.
  let working = false;
  repeat({
    seconds: soonSeconds,
    report,
    async run() {
      if (working) return [];
      await workOnEvidence(portal, report);
      working = true;
      return [];
    },
  });
}
