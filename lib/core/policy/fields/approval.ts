/** Fields of a signing policy about who approves. */
import type { Foundation, SigningPolicy } from '../../generated/index.ts';
import type { JsonValue } from '../../json/index.ts';
import { list } from '../../text/list/index.ts';
import type { DocumentPath } from '../document.ts';
import type { EffectivePolicy } from '../effective-policy.ts';
import type { FloorContext, PolicyField } from './field.ts';
import {
  type Difference,
  type Documents,
  type Judged,
  atLeast,
  authority,
  requirement,
  steps,
} from '../../field-record/index.ts';

export const approvalFields: readonly PolicyField[] = [
  {
    path: 'approval',
    schema: { $ref: '#/$defs/Approval' },
    measure: authority('Approval'),
    says: { section: 'Approval', sentences: describeApproval },
    reference: {
      meaning: '`quorum` of `approvers`; a denial by one of them ends the request; quorum 0 only for tests',
      enforcedBy: 'signer, by signatures',
    },
  },
  {
    path: 'approval approvers',
    schema: {
      description: "Handles of people who are approvers in the project's team.",
      type: 'array',
      maxItems: 50,
      uniqueItems: true,
      items: { $ref: '#/$defs/Slug' },
    },
    measure: authority('Approver'),
    form: {
      label: 'Approvers',
      hint: 'Whose signature counts for a release. A denial by one of them ends the request.',
      kind: 'checkboxes',
      options: 'approvers',
      optional: false,
    },
  },
  { path: 'approval approvers *', measure: authority('Approver') },
  {
    path: 'approval quorum',
    schema: {
      description:
        'How many approvers must agree; 0 only for purpose test. A single denial ends the request.',
      type: 'integer',
      minimum: 0,
      maximum: 10,
    },
    measure: atLeast('The quorum', 0),
    floors: [
      {
        name: 'quorumMin',
        schema: {
          description: 'The policy requires at least this many approvals.',
          type: 'integer',
          minimum: 0,
          maximum: 10,
        },
        measure: () => atLeast('The minimum quorum of every project', 0),
        ofOrigins: false,
        breaches: tooFew,
        askedAt: quorumAskedAt,
        reference: {
          key: '`quorumMin`',
          must: 'require at least this many approvals; `floors.releaseQuorum` is an older name of it for releases',
        },
      },
    ],
    form: {
      label: 'How many have to approve',
      hint: '0 only for tests.',
      kind: 'number',
      optional: false,
    },
  },
  {
    path: 'approval submitterMayApprove',
    schema: {
      description:
        'Whether the approval of the person who submitted the request, or whose token did, counts. Default: false for a release, true for a test. Their denial always counts.',
      type: 'boolean',
    },
    measure: submitterMayApprove,
    floors: [
      {
        name: 'submitterMayApprove',
        schema: {
          description: 'false: no policy counts the approval of the person who submitted the request.',
          const: false,
        },
        measure: () => requirement('Approval by people other than the submitter, for every project,'),
        ofOrigins: false,
        breaches: ({ policy: { approval, purpose }, floor }) =>
          floor.submitterMayApprove === false && (approval.submitterMayApprove ?? purpose === 'test')
            ? [
                {
                  in: 'policy',
                  path: ['approval', 'submitterMayApprove'],
                  message: 'The foundation requires approval by people other than the submitter',
                  fix: 'Set submitterMayApprove to false.',
                },
              ]
            : [],
        reference: {
          key: '`submitterMayApprove: false`',
          must: 'not count the approval of the person who submitted the request',
        },
      },
    ],
    reference: {
      meaning:
        'Whether an approval by the person who submitted the request, or made the token that did, counts: `false` (default for a release), `true` (default for a test). Their denial always counts',
      enforcedBy: 'signer; the portal says who that is',
    },
  },
];

type Purpose = SigningPolicy['purpose'];

/** `releaseQuorum` is the older setting for releases; the higher of the two applies. */
function quorumFloor({ floors }: Foundation, purpose: Purpose): { min: number; older: boolean } {
  const min = floors?.[purpose]?.quorumMin ?? 0;
  const older = purpose === 'release' ? (floors?.releaseQuorum ?? 0) : 0;
  return older > min ? { min: older, older: true } : { min, older: false };
}

/** How many approvals the foundation requires of every policy of this purpose. */
export const leastQuorum = (foundation: Foundation, purpose: Purpose): number =>
  quorumFloor(foundation, purpose).min;

function quorumAskedAt(foundation: Foundation, purpose: Purpose): DocumentPath {
  return quorumFloor(foundation, purpose).older
    ? ['floors', 'releaseQuorum']
    : ['floors', purpose, 'quorumMin'];
}

function tooFew({ policy: { purpose, approval }, foundation }: FloorContext) {
  const { min } = quorumFloor(foundation, purpose);
  if (approval.quorum >= min) return [];
  const what = purpose === 'release' ? 'release' : 'test signature';
  return [
    {
      ...({ in: 'policy', path: ['approval', 'quorum'] } as const),
      message: `The foundation requires at least ${min} approvals of every ${what}, not ${approval.quorum}`,
      fix: `Set the quorum to ${min} or more.`,
    },
  ];
}

/** By default, the submitter of a test may approve it and the submitter of a release may not. */
function submitterMayApprove(difference: Difference, documents: Documents): Judged {
  const defaultOf = (document: JsonValue): boolean => (document as { purpose?: unknown }).purpose === 'test';
  const { before = defaultOf(documents.before), after = defaultOf(documents.after) } = difference;
  const measure = steps('Approval by the submitter', [true, false], true);
  return measure({ ...difference, before, after }, documents);
}

function describeApproval({ quorum, approvers, submitterMayApprove }: EffectivePolicy): readonly string[] {
  if (quorum === 0) return ['No approval is required.'];
  const people = approvers.map((approver) => approver.name);
  const who =
    people.length === 1
      ? `${people[0]} must approve`
      : `At least ${quorum} of ${list(people, 'and')} must approve`;
  return [
    `${who} each request, by signing a statement that names the file, its source commit, this policy and who submitted it.`,
    submitterMayApprove
      ? 'The person who submitted the request may be one of them.'
      : 'The person who submitted the request, or made the token that did, can’t be one of them.',
    'A denial by one of them ends the request.',
  ];
}
