/** The portal's background tasks: proposals, repeated reviews, evidence, notices, mail. */
import { notifyOfTokens } from '../api-tokens/index.ts';
import { notifyOfRenewals, notifyOfIssuance } from '../certificates/index.ts';
import { resumeFetches } from '../artifact-fetches/index.ts';
import { askForLastMonth, makeExports } from '../audit-exports/index.ts';
import { collectDueEvidence, workOnEvidence } from '../evidence/index.ts';
import { openMailTransport, sendConfirmations, sendDueNotifications } from '../notifications/index.ts';
import { proposeAcceptedProjects, proposePauses } from '../onboarding/index.ts';
import type { Portal } from '../platform/portal/index.ts';
import { currentTracing } from '../platform/tracing/index.ts';
import { removeEndedCounts } from '../platform/rate-limit/index.ts';
import { repeat } from '../platform/repeat/index.ts';
import { findWaitingJobs, followPublishJobs, redeliverLost } from '../publish-jobs/index.ts';
import { notifyOfPolicyAge } from '../policy-changes/index.ts';
import { workOutVersions } from '../policy-versions/index.ts';
import { remindOfReports, notifyOfReports } from '../reports/index.ts';
import { notifyOfDelays, notifyOfRequests } from '../request-notices/index.ts';
import { notifyOfFailures } from '../requests/index.ts';
import { notifyOfRevocations } from '../revocations/index.ts';
import { openDueReviews } from '../reviews/index.ts';
import { sendSigningTraces } from '../signing-traces/index.ts';
import { collectDelays, collectWebhookEvents, openDeliverer } from '../webhooks/index.ts';
import { removalsOf } from './removals.ts';

const promptSeconds = 1;
const quickSeconds = 3;
const regularSeconds = 10;
const minuteSeconds = 60;
const fiveMinutesSeconds = 300;
const tenMinutesSeconds = 600;
const hourSeconds = 3600;

/** Runs until the process ends. Every task may run in several portals at once, and may be interrupted anywhere. */
export function startHousekeeping(portal: Portal, report: (message: string) => void): void {
  repeat({ seconds: quickSeconds, report, run: () => proposeAcceptedProjects(portal) });
  repeat({ seconds: regularSeconds, report, run: () => proposePauses(portal) });
  repeat({ seconds: regularSeconds, report, run: () => notifyOfRevocations(portal) });
  repeat({ seconds: quickSeconds, report, run: () => notifyOfRequests(portal) });
  repeat({ seconds: minuteSeconds, report, run: () => notifyOfDelays(portal) });
  repeat({ seconds: regularSeconds, report, run: () => notifyOfFailures(portal) });
  repeat({ seconds: regularSeconds, report, run: () => notifyOfIssuance(portal) });
  repeat({ seconds: regularSeconds, report, run: () => notifyOfPolicyAge(portal) });
  repeat({ seconds: regularSeconds, report, run: () => remindOfReports(portal) });
  repeat({ seconds: regularSeconds, report, run: () => notifyOfReports(portal) });
  repeat({ seconds: quickSeconds, report, run: () => workOutVersions(portal) });
  repeat({ seconds: quickSeconds, report, run: () => makeExports(portal) });
  repeat({ seconds: fiveMinutesSeconds, report, run: () => askForLastMonth(portal) });
  repeat({
    seconds: hourSeconds,
    report,
    async run() {
      await openDueReviews(portal);
      await collectDueEvidence(portal);
      await notifyOfTokens(portal);
      return notifyOfRenewals(portal);
    },
  });
  for (const removal of removalsOf(portal)) repeat({ ...removal, report });
  repeat({ seconds: regularSeconds, report, run: () => resumeFetches(portal) });
  repeat({
    seconds: minuteSeconds,
    report,
    async run() {
      await removeEndedCounts(portal);
      return [];
    },
  });
  const deliverer = openDeliverer(portal);
  repeat({ seconds: quickSeconds, report, run: () => collectWebhookEvents(portal) });
  repeat({ seconds: minuteSeconds, report, run: () => collectDelays(portal) });
  repeat({ seconds: promptSeconds, report, run: () => deliverer.run() });
  startTraces(portal, report);
  startPublishing(portal, report);
  const { mail } = portal.config;
  if (mail !== undefined) {
    const transport = openMailTransport(mail);
    repeat({
      seconds: regularSeconds,
      report,
      run: async () => [
        ...(await sendConfirmations(portal, transport)),
        ...(await sendDueNotifications(portal, transport)),
      ],
    });
  }
  // If the database is down when the portal starts, the worker is started as soon as it is up.
  let working = false;
  repeat({
    seconds: quickSeconds,
    report,
    async run() {
      if (working) return [];
      await workOnEvidence(portal, report);
      working = true;
      return [];
    },
  });
}

/** Nothing of it where nothing is traced. */
function startTraces(portal: Portal, report: (message: string) => void): void {
  const tracing = currentTracing();
  if (tracing !== null)
    repeat({ seconds: quickSeconds, report, run: () => sendSigningTraces(portal, tracing) });
}

/** Nothing of it where no app is configured. */
function startPublishing(portal: Portal, report: (message: string) => void): void {
  if (portal.publishApp === null) return;
  repeat({ seconds: quickSeconds, report, run: () => followPublishJobs(portal) });
  repeat({ seconds: tenMinutesSeconds, report, run: () => redeliverLost(portal) });
  let from = 0;
  const findJobs = async (): Promise<readonly string[]> => {
    const { next, problems } = await findWaitingJobs(portal, from);
    from = next;
    return problems;
  };
  repeat({ seconds: tenMinutesSeconds, report, run: findJobs });
}
