/** What the code host knows of the projects that apply: fetched, kept as it came, judged, and watched for changes. */
export { readCharts } from './charts.ts';
export type { CollectedEvidence } from './charts.ts';
export { collectEvidence, EvidenceIncomplete } from './collect.ts';
export { collectDueEvidence, workOnEvidence } from './keep-collecting.ts';
