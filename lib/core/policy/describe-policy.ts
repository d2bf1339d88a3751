import { programPhrase } from '../formats/kind/index.ts';
import { compileConfiguration, describeBounds } from '../artifact/index.ts';
import { formats } from '../formats/registry.ts';
import type { ArtifactMatcher, CompiledElement } from '../artifact/index.ts';
import type { RecipientRole } from '../generated/signing-policy.ts';
import { list } from './describe-list.ts';
import { describeOrigin } from './describe-origin.ts';
import type { EffectivePolicy } from './effective-policy.ts';
import { isRecipientRole, noticeOccasions, recipientsOf } from './recipients.ts';
import type { NoticeOccasion } from './recipients.ts';

export interface PolicyDescription {
  readonly sections: readonly PolicySection[];
}

export interface PolicySection {
  readonly title: string;
  /** Plain text: names and addresses aren't marked up. */
  readonly sentences: readonly string[];
}

/** EffectivePolicy → what it says, in plain English, for people who never saw a policy file. */
export function describePolicy(effective: EffectivePolicy): PolicyDescription {
  const sections = [
    { title: 'Signature', sentences: describeSignature(effective) },
    { title: 'Where it is built', sentences: describeOrigin(effective) },
    { title: 'What is inside', sentences: describeContents(effective) },
    {
      title: 'Malware scan',
      sentences: describeScan(effective),
    },
    { title: 'Approval', sentences: describeApproval(effective) },
    { title: 'Timestamp', sentences: describeTimestamp(effective) },
    { title: 'Privacy', sentences: describePrivacy(effective) },
    { title: 'Changes to the system', sentences: describeSystemChanges(effective) },
    { title: 'Who hands requests in', sentences: describeSubmitters(effective) },
    { title: 'Who is told', sentences: describeNotifications(effective) },
  ].filter((one) => one.sentences.length > 0);
  return { sections };
}

function describeSignature({ foundation, policy, project }: EffectivePolicy): readonly string[] {
  const own = policy.description === undefined ? [] : [policy.description];
  const kinds = `${project.name} is in the program ${project.program}, which signs ${programPhrase(project.program)}.`;
  if (policy.purpose === 'test') {
    return [
      ...own,
      `Files of ${project.name} are signed with a test certificate, for trying out.`,
      'Nobody should trust these signatures, and no operating system does.',
      kinds,
    ];
  }
  if (policy.publisher === 'project') {
    return [
      ...own,
      `Releases of ${project.name} are signed with the project’s own certificate, which names the project and not ${foundation.name} as the publisher. ${foundation.name} didn’t issue it, and can’t revoke it: it can only stop signing with it.`,
      `The key stays on the foundation’s hardware security module; ${project.name} can’t use it by itself.`,
      kinds,
    ];
  }
  return [
    ...own,
    `Releases of ${project.name} are signed with a certificate that names ${foundation.subject.organization} as the publisher.`,
    `The key stays on the foundation’s hardware security module; ${project.name} can’t use it by itself.`,
    kinds,
  ];
}

function describeContents({ artifactConfiguration }: EffectivePolicy): readonly string[] {
  const matcher = compileConfiguration(artifactConfiguration);
  const { root } = matcher;
  const signed = root.sign === null ? '' : ', and it is signed';
  const first = `The submitted file must be ${formats[root.type].words.one}${signed}.`;
  const rest = matcher.elements.slice(1).map((element) => describeElement(matcher, element));
  const last = root.contents.length > 0 ? ['Anything else inside is refused.'] : [];
  return [first, ...rest, ...last];
}

function describeElement(matcher: ArtifactMatcher, element: CompiledElement): string {
  const container =
    element.parent === null || element.parent === 0 ? undefined : matcher.elements[element.parent];
  const where = container === undefined ? '' : ` in ${container.path ?? ''}`;
  const format = formats[element.type];
  const is = format.words[element.max === 1 ? 'one' : 'many'];
  const said = format.describe(element);
  const signed = element.sign === null ? 'not signed' : said.sign;
  const asked = said.check === '' ? '' : `; ${said.check}`;
  const already = element.sign === null ? '' : '; one that is signed already is refused';
  return `${element.path}${where}: ${describeBounds(element.min, element.max)}, ${is}, ${signed}${already}${asked}.`;
}

function describeScan({ artifactConfiguration }: EffectivePolicy): readonly string[] {
  const { elements } = compileConfiguration(artifactConfiguration);
  const opaque = elements.filter((one) => one.opaque !== null);
  return [
    'Every file inside is scanned for malware before anything is signed; archives are opened, and what is in them is scanned too.',
    opaque.length === 0
      ? 'A file that can’t be opened or scanned completely is refused.'
      : 'A file that can’t be opened or scanned completely is refused, except for those named here: malware could be in them without being found.',
    ...opaque.map(
      (one) => `${one.path ?? 'The submitted file'}: may stay closed. Reason: ${one.opaque ?? ''}`,
    ),
  ];
}

function describeApproval({ quorum, approvers, submitterMayApprove }: EffectivePolicy): readonly string[] {
  if (quorum === 0) return ['Nobody has to approve.'];
  const people = approvers.map((one) => one.name);
  const who =
    people.length === 1
      ? `${people[0]} must approve`
      : `At least ${quorum} of ${list(people, 'and')} must approve`;
  return [
    `${who} each request, by signing a statement that names the file, its source commit, this policy and who handed it in.`,
    submitterMayApprove
      ? 'Who handed the request in may be one of them.'
      : 'Who handed the request in, or made the token that did, can’t be one of them.',
    'One of them who denies ends the request.',
  ];
}

function describeTimestamp({ policy }: EffectivePolicy): readonly string[] {
  return policy.timestamp === 'required'
    ? ['Every signature carries a timestamp, so that it stays valid when the certificate ends.']
    : ['Signatures carry no timestamp and end with the certificate.'];
}

function describePrivacy({ project }: EffectivePolicy): readonly string[] {
  return project.privacy.policy === undefined
    ? [`${project.name} sends no information to other systems unless the user asks for it.`]
    : [`What ${project.name} sends to other systems is described at ${project.privacy.policy}.`];
}

function describeSystemChanges({ project }: EffectivePolicy): readonly string[] {
  const { systemChanges } = project;
  if (systemChanges === undefined) return [];
  return systemChanges.description === undefined
    ? [`${project.name} changes nothing on the system beyond its own files and settings.`]
    : [
        `What ${project.name} changes on the system, and how to undo it, is described at ${systemChanges.description}.`,
      ];
}

function describeSubmitters({ policy }: EffectivePolicy): readonly string[] {
  const { people = [], tokens = [] } = policy.submitters ?? {};
  const who = [...people, ...tokens.map((one) => `the token ${one}`)];
  if (who.length === 0) return [];
  return [
    `The portal takes requests only from ${list(who, 'and')}.`,
    'The signer can’t prove who handed a request in, and signs nothing because of it.',
  ];
}

const occasionWords: Readonly<Record<NoticeOccasion, string>> = {
  waiting: 'a request waits for approval',
  approved: 'a request has all its approvals',
  completed: 'a signed file was released',
  denied: 'a request was refused',
  failed: 'the signer gave a request up',
  delayed: 'a request has waited half an hour for a service that is down',
};

const roleWords: Readonly<Record<RecipientRole, string>> = {
  'role:approvers': 'the approvers',
  'role:submitter': 'whoever handed the request in',
  'role:authors': 'the authors',
  'role:reviewers': 'the reviewers',
  'role:configurators': 'the configurators',
  'role:team': 'the whole team',
};

/** With what holds where the policy says nothing. */
function describeNotifications({ policy }: EffectivePolicy): readonly string[] {
  return noticeOccasions.flatMap((occasion) => {
    if (policy.approval.quorum === 0 && (occasion === 'waiting' || occasion === 'approved')) return [];
    const recipients = recipientsOf(policy.notifications, occasion);
    if (recipients.length === 0) return [];
    const [first = '', ...others] = recipients.map((one) =>
      isRecipientRole(one) ? roleWords[one as RecipientRole] : one,
    );
    // A handle is written as it is.
    const begin = first.includes(' ') ? `${first.charAt(0).toUpperCase()}${first.slice(1)}` : first;
    return [`${list([begin, ...others], 'and')}: when ${occasionWords[occasion]}.`];
  });
}
