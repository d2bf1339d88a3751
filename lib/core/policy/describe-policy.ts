import { programPhrase } from '../file-kind/index.ts';
import { compileConfiguration, describeBounds } from '../artifact/index.ts';
import type { ArtifactMatcher, CompiledElement } from '../artifact/index.ts';
import type { PeMetadata } from '../generated/index.ts';
import { list } from './describe-list.ts';
import { describeOrigin } from './describe-origin.ts';
import type { EffectivePolicy } from './effective-policy.ts';

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
  return [
    ...own,
    `Releases of ${project.name} are signed with a certificate that names ${foundation.subject.organization} as the publisher.`,
    `The key stays on the foundation’s hardware security module; ${project.name} can’t use it by itself.`,
    kinds,
  ];
}

const typeNames: Readonly<Record<CompiledElement['type'], { one: string; many: string }>> = {
  'tar.gz': { one: 'a tar.gz archive', many: 'tar.gz archives' },
  tar: { one: 'a tar archive', many: 'tar archives' },
  zip: { one: 'a zip archive', many: 'zip archives' },
  pe: { one: 'a Windows program or library', many: 'Windows programs or libraries' },
  file: { one: 'a file of any kind', many: 'files of any kind' },
};

function describeContents({ artifactConfiguration }: EffectivePolicy): readonly string[] {
  const matcher = compileConfiguration(artifactConfiguration);
  const { root } = matcher;
  const signed = root.sign === null ? '' : ', and it is signed';
  const first = `The submitted file must be ${typeNames[root.type].one}${signed}.`;
  const rest = matcher.elements.slice(1).map((element) => describeElement(matcher, element));
  const last = root.contents.length > 0 ? ['Anything else inside is refused.'] : [];
  return [first, ...rest, ...last];
}

function describeElement(matcher: ArtifactMatcher, element: CompiledElement): string {
  const container =
    element.parent === null || element.parent === 0 ? undefined : matcher.elements[element.parent];
  const where = container === undefined ? '' : ` in ${container.path ?? ''}`;
  const is = typeNames[element.type][element.max === 1 ? 'one' : 'many'];
  const signed = element.sign === null ? 'not signed' : 'signed with Authenticode';
  const already = element.sign === null ? '' : '; one that is signed already is refused';
  return `${element.path}${where}: ${describeBounds(element.min, element.max)}, ${is}, ${signed}${already}${describeMetadata(element.metadata)}.`;
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

const metadataNames: Readonly<Record<keyof PeMetadata, string>> = {
  productName: 'product name',
  productVersion: 'product version',
  fileVersion: 'file version',
  companyName: 'company name',
  copyright: 'copyright',
  originalFilename: 'original file name',
};

function describeMetadata(metadata: PeMetadata | null): string {
  if (metadata === null) return '';
  const names = Object.keys(metadataNames) as (keyof PeMetadata)[];
  const asked = names.flatMap((name) => {
    const value = metadata[name];
    return value === undefined ? [] : [`${metadataNames[name]} “${value}”`];
  });
  return asked.length === 0 ? '' : `; it must say ${list(asked, 'and')}`;
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

function describeNotifications({ policy }: EffectivePolicy): readonly string[] {
  const { waiting = [], completed = [], denied = [] } = policy.notifications ?? {};
  const tell = (handles: readonly string[], when: string): readonly string[] =>
    handles.length === 0 ? [] : [`${list(handles, 'and')}: when ${when}.`];
  return [
    ...tell(waiting, 'a request waits for approval'),
    ...tell(completed, 'a release was signed'),
    ...tell(denied, 'a request was refused'),
  ];
}
