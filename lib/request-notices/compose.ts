/** The text of a notice. What others chose, such as a file's name, is on a line of its own and truncated. Pure. */
import { hasParameters, parametersText } from '#core/wire/parameters/index.ts';
import { verifyCommand } from '../certificates/index.ts';
import type { PublishedCertificate } from '../certificates/index.ts';
import type { Finding } from '#core/wire/finding/index.ts';
import type { PersonHandle } from '#core/ids/index.ts';
import type { EffectivePolicy, NoticeOccasion } from '#core/policy/index.ts';
import { parseSubmitter } from '#core/wire/submitter/index.ts';
import type { Message, NotificationKind } from '../notifications/index.ts';
import type { RequestDetail } from '../requests/index.ts';

export interface RequestFacts {
  readonly request: RequestDetail;
  /** null: nothing is signed under it now, for example while the project is paused. */
  readonly effective: EffectivePolicy | null;
  /** How many approvals have been given. */
  readonly approvals: number;
  readonly certificates: readonly PublishedCertificate[];
  readonly publicUrl: string;
}

const kindOf: Readonly<Record<NoticeOccasion, NotificationKind>> = {
  waiting: 'request-waiting',
  approved: 'request-approved',
  completed: 'request-completed',
  denied: 'request-denied',
  failed: 'request-failed',
  delayed: 'request-failed',
};

/** What the signer denied because somebody cancelled it isn't called refused. */
type Told = NoticeOccasion | 'cancelled' | 'superseded';

const toldAs = (occasion: NoticeOccasion, { outcome }: RequestDetail): Told =>
  occasion === 'denied' && (outcome === 'cancelled' || outcome === 'superseded') ? outcome : occasion;

/** How several requests are described in one notice. */
const pluralWords: Readonly<Record<Told, string>> = {
  waiting: 'waiting for approval',
  approved: 'approved',
  completed: 'released',
  denied: 'refused',
  cancelled: 'cancelled',
  superseded: 'replaced by newer builds',
  failed: 'failed',
  delayed: 'waiting for a service that is down',
};

const nameCharactersMax = 120;
const textCharactersMax = 500;
const reasonsShownMax = 5;
const filesShownMax = 5;

/** Control and format characters would let a name pass for another line, or for other text. */
const line = (text: string, charactersMax = nameCharactersMax): string => {
  const plain = text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  return plain.length > charactersMax ? `${plain.slice(0, charactersMax).toWellFormed()}…` : plain;
};

/** Whom the notice is for: an approver who is `asked` to decide, an approver without a key, or an `onlooker`. */
export type RecipientRole = 'asked' | 'without-key' | 'onlooker';

/** One person's message. `role` matters while a request waits. */
export function composeNotice(facts: RequestFacts, occasion: NoticeOccasion, role: RecipientRole): Message {
  const { request } = facts;
  const { id, project } = request;
  const file = line(request.artifact.name);
  const told = toldAs(occasion, request);
  const topic = `${kindOf[occasion]} ${project}`;
  const status = occasion === 'waiting' ? '&status=waiting-for-approval' : '';
  return {
    kind: kindOf[occasion],
    subject: subjectOf(told, { project, file, role }),
    body: [...factLines(facts), '', ...partOf(facts, told, role)].join('\n'),
    path: `/requests/${id}`,
    grouping: {
      topic: told === 'delayed' || told === 'cancelled' || told === 'superseded' ? `${topic} ${told}` : topic,
      line: `${file} – ${facts.publicUrl}/requests/${id}`,
      subjectOf: (count) =>
        `${project}: ${count} more ${count === 1 ? 'request' : 'requests'} ${pluralWords[told]}`,
      path: `/requests?project=${project}${status}`,
    },
  };
}

function subjectOf(
  told: Told,
  { project, file, role }: { readonly project: string; readonly file: string; readonly role: RecipientRole },
): string {
  switch (told) {
    case 'waiting':
      return role === 'onlooker'
        ? `${project}: ${file} waits for approval`
        : `${project}: ${file} waits for your approval`;
    case 'approved':
      return `${project}: ${file} was approved`;
    case 'completed':
      return `${project}: ${file} was released`;
    case 'denied':
      return `${project}: ${file} was refused`;
    case 'cancelled':
      return `${project}: ${file} was cancelled`;
    case 'superseded':
      return `${project}: ${file} was replaced by a newer build`;
    case 'failed':
      return `${project}: ${file} failed`;
    case 'delayed':
      return `${project}: ${file} waits for a service that is down`;
  }
}

function factLines({ request, effective, publicUrl }: RequestFacts): readonly string[] {
  const { sourceCommit } = request;
  const uri = effective?.origin?.repository.uri ?? null;
  const built =
    sourceCommit === null ? [] : [`Built from: commit ${sourceCommit}${uri === null ? '' : ` of ${uri}`}`];
  return [
    `Project: ${request.project}`,
    `Policy: ${request.policy} (${publicUrl}/projects/${request.project})`,
    `File: ${line(request.artifact.name)}`,
    `SHA-256: ${request.artifact.sha256}`,
    ...built,
    `Submitted by: ${submitterWords(request.submittedBy)}`,
    ...(hasParameters(request.parameters) ? [`Parameters: ${parametersText(request.parameters)}`] : []),
  ];
}

function submitterWords(text: string): string {
  const submitter = parseSubmitter(text);
  if (submitter === null) return line(text);
  if (submitter.kind === 'person') return submitter.handle;
  if (submitter.kind === 'build') {
    const { repositoryId, run, attempt, person } = submitter;
    const by = person === null ? '' : `, started by ${person}`;
    return `run ${run} (attempt ${attempt}) of the repository ${repositoryId}${by}`;
  }
  return `the token ${submitter.name}${submitter.maker === null ? '' : `, made by ${submitter.maker}`}`;
}

function partOf(facts: RequestFacts, told: Told, role: RecipientRole): readonly string[] {
  const { request } = facts;
  switch (told) {
    case 'waiting':
      return waitingLines(facts, role);
    case 'approved':
      return [
        'It has all the approvals it needs: the signer checks policy and certificate once more and signs it.',
      ];
    case 'completed':
      return releaseLines(facts);
    case 'denied':
      return [
        'Why:',
        ...reasonLines(request),
        '',
        'A refusal is final: fix the cause and submit a new request.',
      ];
    case 'cancelled':
    case 'superseded':
      return cancellationLines(facts);
    case 'failed':
      return [
        line(request.summary ?? 'The signer gave up on the request.', textCharactersMax),
        '',
        'The foundation has been notified, too. Once it is fixed, submit the request again with a new Idempotency-Key.',
      ];
    case 'delayed':
      return [
        line(request.summary ?? 'A service is down.', textCharactersMax),
        '',
        'The project has nothing to do: the signer retries automatically. Nothing is signed in the meantime.',
      ];
  }
}

function cancellationLines({ request, publicUrl }: RequestFacts): readonly string[] {
  const { cancellation } = request;
  if (cancellation === null) return reasonLines(request);
  const { by, reason, supersededBy } = cancellation;
  return [
    `Cancelled by: ${submitterWords(by)}`,
    `Why: ${line(reason, textCharactersMax)}`,
    ...(supersededBy === null ? [] : [`The newer request: ${publicUrl}/requests/${supersededBy}`]),
    '',
    'Nothing of it is signed. Where it was a mistake, submit the file again.',
  ];
}

function waitingLines(
  { request, effective, approvals }: RequestFacts,
  role: RecipientRole,
): readonly string[] {
  const quorum = effective?.quorum ?? 0;
  const names = effective?.approvers.map((approver) => line(approver.name)).join(', ') ?? '';
  const count = `Every check so far has passed. ${approvals} of ${quorum} approvals have been given; approvers are ${names}.`;
  if (role === 'onlooker') return [count];
  if (role === 'without-key') {
    return [
      count,
      '',
      'The policy names you as an approver but lists no key of yours: add one at /approval-key first.',
    ];
  }
  return [
    count,
    '',
    'Approve it only if you know this commit and expect this file. Decide on the page below, or with your key on the command line:',
    '',
    `  countersign approve ${request.id} --key ~/.ssh/YOUR-KEY`,
    `  countersign deny ${request.id} --key ~/.ssh/YOUR-KEY`,
    '',
    'One denial ends the request.',
  ];
}

function releaseLines({ request, certificates, publicUrl }: RequestFacts): readonly string[] {
  const { release, signatures } = request;
  if (release === null) return [];
  const files = signatures.files.slice(0, filesShownMax);
  const more = signatures.total - files.length;
  return [
    `Signed artifact: ${publicUrl}/api/v1/requests/${request.id}/artifact`,
    `SHA-256 of it: ${release.sha256}`,
    ...files.map((file) => `Signed file: ${line(file.name)}`),
    ...(more > 0 ? [`… and ${more} more signed files.`] : []),
    '',
    files[0]?.path === ''
      ? 'Check it yourself:'
      : 'Check it yourself, on the signed file taken out of the artifact:',
    '',
    `  ${line(verifyCommand(files[0] ?? null, certificates), textCharactersMax)}`,
  ];
}

/** The signer's findings, with how to fix them; its summary if there are none. */
function reasonLines({ trace, summary }: RequestDetail): readonly string[] {
  const reasons = trace.pass.steps
    .flatMap((step) => step.findings)
    .filter((finding) => finding.outcome === 'fail');
  if (reasons.length === 0) return [line(summary ?? 'The signer refused it.', textCharactersMax)];
  const more = reasons.length - reasonsShownMax;
  return [
    ...reasons.slice(0, reasonsShownMax).flatMap(reasonOf),
    ...(more > 0 ? [`… and ${more} more reasons on the page.`] : []),
  ];
}

function reasonOf({ message, expected, found, fix, policy }: Finding): readonly string[] {
  const compared = [
    ...(expected === null ? [] : [`expected ${line(expected)}`]),
    ...(found === null ? [] : [`found ${line(found)}`]),
  ];
  return [
    `- ${line(message, textCharactersMax)}`,
    ...(compared.length === 0 ? [] : [`  ${compared.join('; ')}`]),
    ...(policy === null ? [] : [`  Policy: ${policy.file}:${policy.line}`]),
    ...(fix === null ? [] : [`  How to fix it: ${line(fix, textCharactersMax)}`]),
  ];
}

/** In which role an approver whom the policy names is notified of a waiting request; null: not at all. */
export function recipientRole(
  effective: EffectivePolicy,
  outstanding: readonly PersonHandle[],
  handle: PersonHandle,
): RecipientRole | null {
  const approver = effective.approvers.find((candidate) => candidate.handle === handle);
  if (approver === undefined) return 'onlooker';
  if (outstanding.includes(handle)) return 'asked';
  return approver.keys.length === 0 ? 'without-key' : null;
}
