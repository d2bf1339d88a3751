/** Members of events that tests write, where only some of them matter. */
import type { requestReceived, requestReleased } from './requests.ts';
import type { signatureRecovered, signIntent } from './signatures.ts';

const digest = (digit: string): string => digit.repeat(64);

export const receivedFacts = {
  pass: 1,
  project: 'widget',
  policy: 'release-signing',
  artifactSha256: digest('a'),
  artifactName: 'widget.zip',
  bundleSha256: digest('b'),
  submittedBy: 'token:widget/ci by person:alex',
  submittedAt: '2026-11-01T00:00:00.000Z',
} satisfies Parameters<typeof requestReceived>[0];

export const signingFacts = {
  pass: 1,
  grantId: digest('1'),
  path: ['widget.zip', 'widget.exe'],
  unsignedSha256: digest('c'),
  subjectDigest: digest('d'),
  toBeSignedSha256: digest('e'),
  keyLabel: 'widget.release',
  certificateSerial: '01',
  policyCommit: 'f'.repeat(40),
} satisfies Parameters<typeof signIntent>[0];

export const inspectionFinding = {
  rule: 'scan.file',
  outcome: 'pass',
  message: 'Clean.',
  expected: null,
  found: null,
  fix: null,
  policy: null,
  path: ['widget.zip', 'widget.exe'],
} as const;

export const releasedFacts = {
  pass: 1,
  artifactSha256: digest('2'),
  artifactSizeBytes: 1_000_000,
  certificateSerial: '01',
  signatures: [],
} satisfies Parameters<typeof requestReleased>[0];

export const recoveredFacts = {
  grantId: digest('1'),
  request: '00000000-0000-4000-8000-000000000001',
  purpose: 'release',
  keyLabel: 'widget.release',
  project: 'widget',
  path: 'widget.zip!/widget.exe',
  unsignedSha256: digest('c'),
  artifactSha256: digest('2'),
  policyCommit: 'f'.repeat(40),
  signatureSha256: digest('a'),
  at: '2026-11-01T00:00:00.000Z',
} satisfies Parameters<typeof signatureRecovered>[0];
