/** Signals of a project's standing, read from the code host's answers. No score: people judge, and cite. Pure. */
import type { Answers, Claims, HostWords, Source } from './answers.ts';
import { activitySignals } from './activity-signals.ts';
import { contentSignals } from './content-signals.ts';
import { dualLicensingSignals } from './dual-licensing-signals.ts';
import { licenceSignals } from './licence-signals.ts';
import { repositorySignals } from './repository-signals.ts';
import { pipelineSignals } from './pipeline-signals.ts';
import { citedFrom } from './signal.ts';
import type { CitedSignal, Signal } from './signal.ts';
import { sponsorshipSignals } from './sponsorship-signals.ts';
import { starSignals } from './star-signals.ts';
import { workflowSignals } from './workflow-signals.ts';

export { readAnswers, sources } from './answers.ts';
export type { Answers, Claims, RawAnswer, RawAnswers, Source } from './answers.ts';
export { chartsOf } from './charts.ts';
export type { EvidenceCharts } from './charts.ts';
export { controlChanges, controlOf } from './control.ts';
export type { Control } from './control.ts';
export type { CitedSignal } from './signal.ts';
export { leadsToSales } from './money-words.ts';
export { sampledStars } from './star-signals.ts';
export { textsToRead } from './texts-to-read.ts';
export type { TextToRead } from './texts-to-read.ts';

/** Never throws, whatever the host answered. */
export function judgeEvidence(input: {
  readonly answers: Answers;
  /** Whose answers these are. */
  readonly host: HostWords;
  readonly now: Date;
  readonly claims?: Claims;
}): readonly CitedSignal[] {
  const { answers, host, now, claims = { licence: null, homepage: null } } = input;
  return [
    ...repositorySignals(answers, now.getTime()),
    ...activitySignals(answers, now.getTime()),
    ...contentSignals(answers),
    ...licenceSignals(answers, claims),
    ...dualLicensingSignals(answers, claims),
    ...sponsorshipSignals(answers),
    ...buildSignals[host.name](answers),
    ...starSignals(answers),
  ].map((signal) => citedFrom(signal, host));
}

/** What the files say that describe builds is said in each host's own words: of another's they would say that all is well. */
const buildSignals: Readonly<Record<HostWords['name'], (answers: Answers) => readonly Signal[]>> = {
  github: workflowSignals,
  gitlab: pipelineSignals,
};

const others: Readonly<Record<string, Source>> = {
  'owner-age': 'owner',
  'commits-year': 'activity',
  releases: 'releases',
  downloads: 'releases',
  'signed-releases': 'releases',
  issues: 'issues',
  contributors: 'contributors',
  licence: 'licence',
  'licence-files': 'tree',
  'security-policy': 'tree',
  binaries: 'tree',
  papers: 'community',
  'branch-rules': 'rules',
  'star-accounts': 'star-accounts',
  'workflow-token': 'workflows',
  'workflow-pinned': 'workflows',
  'workflow-triggers': 'workflows',
  'pipeline-file': 'workflows',
  'pipeline-includes': 'workflows',
  'pipeline-images': 'workflows',
  'licence-agreement': 'texts',
  'licence-texts': 'texts',
  'licence-headers': 'texts',
  'commercial-files': 'tree',
  'commercial-readme': 'texts',
  'commercial-pages': 'pages',
  'contributor-agreement': 'tree',
  'funding-file': 'texts',
  'funding-manifest': 'texts',
  'sponsor-links': 'texts',
  'sponsor-pages': 'pages',
  'company-owner': 'owner',
  'company-copyright': 'texts',
};

/** Which answer a signal rests on. */
export const answerOf = (signalId: string): Source => others[signalId] ?? 'repository';
