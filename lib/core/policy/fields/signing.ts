/** Fields of a signing policy about the signature: whose, of what, and what comes with it. */
import type { EffectivePolicy } from '../effective-policy.ts';
import { ownKeyUses } from '../own-keys.ts';
import { renewalNoticeDaysDefault } from '../renewal.ts';
import { artifactFloors } from './artifact-floors.ts';
import { describeContents, describeScan } from './contents-sentences.ts';
import { ownKeyField } from './own-key-field.ts';
import type { PolicyField } from './field.ts';
import { identity, requirement, steps, text } from '../../field-record/index.ts';

export const signingFields: readonly PolicyField[] = [
  {
    path: 'description',
    schema: {
      description: 'What this policy is for, in a sentence or two; shown on its public page.',
      type: 'string',
      minLength: 1,
      maxLength: 500,
    },
    measure: text('The description'),
    says: {
      section: 'Signature',
      sentences: ({ policy: { description } }) => (description === undefined ? [] : [description]),
    },
    form: {
      label: 'Description',
      hint: 'A sentence for the public page. It decides nothing.',
      kind: 'text',
      optional: true,
    },
    reference: { meaning: 'A sentence for the public page', enforcedBy: 'nobody; it decides nothing' },
  },
  {
    path: 'purpose',
    schema: {
      description:
        'release: trusted by users, needs an origin, an approval and a timestamp. test: for trying out; signed with a test certificate that nobody trusts.',
      enum: ['release', 'test'],
    },
    measure: identity('The purpose'),
    says: { section: 'Signature', sentences: describeSignature },
    reference: { meaning: '`release` or `test`', enforcedBy: 'signer' },
  },
  {
    path: 'certificate',
    schema: {
      $ref: '#/$defs/Slug',
      description: "Name of the project's certificate in the signer's key registry.",
    },
    measure: identity('The certificate'),
    form: {
      label: 'Certificate',
      hint: 'Whose name users see. A certificate serves releases or tests, never both.',
      kind: 'choice',
      options: 'certificates',
      optional: false,
    },
    says: { section: 'Signature', sentences: describeRenewal },
    reference: {
      meaning: "Name of the project's certificate",
      enforcedBy: 'signer, validity at signing',
    },
  },
  {
    path: 'publisher',
    schema: {
      description:
        "Whose name the certificate carries. foundation: the foundation's, which issued it or had it issued. project: the project's own, for which the foundation isn't responsible; only if foundation.yaml says projectCertificates: allowed. Default: foundation.",
      enum: ['foundation', 'project'],
    },
    measure: identity('The publisher'),
    form: {
      label: 'Publisher',
      hint: 'Whose name the certificate carries. The project’s own is issued by another authority, imported by the foundation, and revoked by that authority alone. Default: the foundation.',
      kind: 'choice',
      options: [
        ['foundation', 'The foundation'],
        ['project', 'The project itself'],
      ],
      optional: true,
      ownCertificates: true,
    },
    reference: {
      meaning:
        'Whose name the certificate carries: `foundation` (default) or `project`, its own, where `foundation.yaml` allows it (rule `rule.publisher`)',
      enforcedBy: 'signer',
    },
  },
  ownKeyField(
    'openpgpKey',
    'OpenPGP key',
    'OpenPGP signatures (`method: openpgp`)',
    'Makes OpenPGP signatures, where the artifact configuration asks for them.',
  ),
  ownKeyField(
    'rawKey',
    'Key for raw signatures',
    'raw signatures (`method: raw`)',
    'Makes signatures without certificate or time, where the artifact configuration asks for them.',
  ),
  {
    path: 'artifactConfiguration',
    schema: {
      $ref: '#/$defs/Slug',
      description: 'What the file must contain: the name of projects/<slug>/artifacts/<name>.yaml.',
    },
    measure: identity('The artifact configuration'),
    says: { section: 'What is inside', sentences: describeContents },
    floors: artifactFloors,
    form: {
      label: 'Artifact configuration',
      hint: 'What the submitted file must contain, and which parts get signed.',
      kind: 'choice',
      options: 'artifacts',
      optional: false,
    },
    reference: { meaning: 'What is inside, what gets signed', enforcedBy: 'signer, inspector' },
  },
  {
    path: 'scan',
    schema: {
      description: 'required: every file inside must be scanned for malware and be clean.',
      enum: ['required'],
    },
    measure: requirement('A malware scan'),
    says: { section: 'Malware scan', sentences: describeScan },
    floors: [
      {
        name: 'scan',
        schema: { description: 'required: every file is scanned for malware.', enum: ['required'] },
        measure: () => requirement('A malware scan, for every project,'),
        ofOrigins: false,
        // There is no policy without a scan.
        breaches: () => [],
        reference: { key: '`scan: required`', must: 'require a scan' },
      },
    ],
    reference: { meaning: '`required`', enforcedBy: 'signer, clamd' },
  },
];

export const timestampField: PolicyField = {
  path: 'timestamp',
  schema: {
    description: 'required: every signature carries an RFC 3161 timestamp. none: only for purpose test.',
    enum: ['required', 'none'],
  },
  measure: steps('The timestamp', ['none', 'required'], 'none'),
  says: {
    section: 'Timestamp',
    sentences: ({ policy, artifactConfiguration }) =>
      policy.timestamp === 'required'
        ? [
            'Every signature carries a timestamp, so that it stays valid when the certificate ends.',
            ...(ownKeyUses(artifactConfiguration).size > 0
              ? ['OpenPGP and raw signatures have no place for one: they hold as long as their key does.']
              : []),
          ]
        : ['Signatures carry no timestamp and end with the certificate.'],
  },
  floors: [
    {
      name: 'timestamp',
      schema: { description: 'required: every signature carries a timestamp.', enum: ['required'] },
      measure: () => requirement('A timestamp, for every project,'),
      ofOrigins: false,
      breaches: ({ policy, floor }) =>
        floor.timestamp === 'required' && policy.timestamp !== 'required'
          ? [
              {
                in: 'policy',
                path: ['timestamp'],
                message: 'The foundation requires a timestamp on every signature',
                fix: 'Set timestamp to required.',
              },
            ]
          : [],
      reference: { key: '`timestamp: required`', must: 'require a timestamp' },
    },
  ],
  form: {
    label: 'Timestamp',
    hint: 'With one, signatures stay valid after the certificate has ended.',
    kind: 'choice',
    options: [
      ['required', 'Required'],
      ['none', 'None'],
    ],
    optional: false,
  },
  reference: { meaning: '`required`, or `none` for tests', enforcedBy: 'signer' },
};

/** Nothing where the foundation has set nothing: its certificates' successors have keys of their own. */
function describeRenewal({ foundation, policy }: EffectivePolicy): readonly string[] {
  const { renewal, renewalNoticeDays: days = renewalNoticeDaysDefault } = foundation;
  if (renewal === undefined || policy.publisher === 'project') return [];
  const announced =
    days === 0 ? 'signs as soon as it is issued' : `is announced here ${days} days before it signs`;
  return [
    renewal === 'same-key'
      ? `The certificate’s successor is for the same key, and ${announced}.`
      : `The certificate’s successor has a key of its own, and ${announced}.`,
  ];
}

function describeSignature({ foundation, policy, project }: EffectivePolicy): readonly string[] {
  if (policy.purpose === 'test') {
    return [
      `Files of ${project.name} are signed with a test certificate, for trying out.`,
      'Nobody should trust these signatures, and no operating system does.',
    ];
  }
  const whose =
    policy.publisher === 'project'
      ? `Releases of ${project.name} are signed with the project’s own certificate, which names the project and not ${foundation.name} as the publisher. ${foundation.name} didn’t issue it, and can’t revoke it: it can only stop signing with it.`
      : `Releases of ${project.name} are signed with a certificate that names ${foundation.subject.organization} as the publisher.`;
  return [
    whose,
    `The key is used only inside the foundation’s hardware security module; ${project.name} can’t use it by itself.`,
  ];
}
