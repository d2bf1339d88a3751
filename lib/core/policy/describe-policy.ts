import { compileConfiguration, describeBounds } from '../artifact/index.ts';
import type { ArtifactMatcher, CompiledElement } from '../artifact/index.ts';
import type { Origin } from '../generated/index.ts';
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
      sentences: [
        'Every file inside is scanned for malware before anything is signed.',
        'A file that can’t be scanned is refused.',
      ],
    },
    { title: 'Approval', sentences: describeApproval(effective) },
    { title: 'Timestamp', sentences: describeTimestamp(effective) },
    { title: 'Privacy', sentences: describePrivacy(effective) },
  ];
  return { sections };
}

function describeSignature({ foundation, policy, project }: EffectivePolicy): readonly string[] {
  if (policy.purpose === 'test') {
    return [
      `Files of ${project.name} are signed with a test certificate, for trying out.`,
      'Nobody should trust these signatures, and no operating system does.',
    ];
  }
  return [
    `Releases of ${project.name} are signed with a certificate that names ${foundation.subject.organization} as the publisher.`,
    `The key stays on the foundation’s hardware security module; ${project.name} can’t use it by itself.`,
  ];
}

function describeOrigin({ origin, buildSystem, project }: EffectivePolicy): readonly string[] {
  if (origin === null) return ['The origin is not checked, so this policy can use only a test certificate.'];
  const system = buildSystem?.displayName ?? origin.buildSystem;
  return [
    `${project.name} must be built by ${system} from ${origin.repository.uri} (repository ${origin.repository.id}, owner ${origin.repository.ownerId}).`,
    `The build must run ${origin.workflow} from ${describeRefs(origin)}.`,
    `Only these events may start it: ${origin.triggers.map((one) => triggerNames[one]).join(', ')}.`,
    `It must run on a fresh machine of ${system}, not on one of the project’s own.`,
    'The build system’s signed statement must name exactly the file that is submitted.',
  ];
}

const triggerNames: Readonly<Record<Origin['triggers'][number], string>> = {
  push: 'a push',
  release: 'a release',
  workflow_dispatch: 'a start by hand',
};

function describeRefs({ refs }: Origin): string {
  const branches = refs.branches === undefined ? [] : [named('branch', 'branches', refs.branches)];
  const tags = refs.tags === undefined ? [] : [named('tag', 'tags', refs.tags)];
  return [...branches, ...tags].join(' or from ');
}

function named(one: string, many: string, names: readonly string[]): string {
  return `the ${names.length === 1 ? one : many} ${list(names, 'or')}`;
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
  return `${element.path}${where}: ${describeBounds(element.min, element.max)}, ${is}, ${signed}${already}.`;
}

function describeApproval({ quorum, approvers }: EffectivePolicy): readonly string[] {
  if (quorum === 0) return ['Nobody has to approve.'];
  const people = approvers.map((one) => one.name);
  const who =
    people.length === 1
      ? `${people[0]} must approve`
      : `At least ${quorum} of ${list(people, 'and')} must approve`;
  return [
    `${who} each request, by signing a statement that names the file, its source commit and this policy.`,
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

function list(names: readonly string[], word: 'and' | 'or'): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} ${word} ${names.at(-1)}`;
}
