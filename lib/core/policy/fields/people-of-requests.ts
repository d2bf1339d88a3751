/** Fields of a signing policy about who submits requests, and who hears of them. */
import type { RecipientRole, SigningPolicy } from '../../generated/signing-policy.ts';
import { list } from '../../text/list/index.ts';
import type { EffectivePolicy } from '../effective-policy.ts';
import { isRecipientRole, noticeOccasions, recipientsOf, type NoticeOccasion } from '../recipients.ts';
import type { PolicyField } from './field.ts';
import { type Advice, type Measure, allowList, neutral, requirement } from '../../field-record/index.ts';

const notified: Measure = () => neutral('Who is told decides nothing.');

export const peopleOfRequests: readonly PolicyField[] = [
  {
    path: 'submitters',
    schema: { $ref: '#/$defs/Submitters' },
    measure: requirement('To be one of the named submitters'),
    says: { section: 'Who submits requests', sentences: describeSubmitters },
    reference: {
      meaning: 'Who may submit requests: `people` by handle, `tokens` by name',
      enforcedBy: "portal; the signer can't prove it",
    },
  },
  {
    path: 'submitters people',
    schema: {
      description: 'Handles of people.',
      type: 'array',
      maxItems: 50,
      uniqueItems: true,
      items: { $ref: '#/$defs/Slug' },
    },
    measure: allowList('Submission by'),
    form: {
      label: 'Who submits requests: people',
      hint: 'Handles, one to a line. Empty together with the next one: the team, and every token of the project.',
      kind: 'lines',
      optional: true,
    },
  },
  {
    path: 'submitters tokens',
    schema: {
      description: 'Names of the project’s API tokens.',
      type: 'array',
      maxItems: 20,
      uniqueItems: true,
      items: { description: 'The name of a token.', type: 'string', minLength: 1, maxLength: 100 },
    },
    measure: allowList('Submission by'),
    form: {
      label: 'Who submits requests: tokens',
      hint: 'Names of API tokens, one to a line.',
      kind: 'lines',
      optional: true,
    },
  },
  { path: 'submitters * *', measure: allowList('Submission by') },
  {
    path: 'notifications',
    schema: { $ref: '#/$defs/Notifications' },
    measure: notified,
    says: { section: 'Who is told', sentences: describeNotifications },
    lint: untoldApprovers,
    reference: {
      meaning:
        '`waiting`, `approved`, `completed`, `denied`, `failed`, `delayed`: handles of people and roles to tell ([guide](../guides/notices.md))',
      enforcedBy: 'portal; it decides nothing',
    },
  },
  { path: 'notifications **', measure: notified },
];

/** Approvers whom nobody tells that a request waits for them: it may wait for long. */
function untoldApprovers({ approval, notifications }: SigningPolicy): readonly Advice[] {
  const waiting = notifications?.waiting;
  if (waiting === undefined || waiting.includes('role:approvers') || approval.quorum === 0) return [];
  const untold = approval.approvers.filter((handle) => !waiting.includes(handle));
  const told = approval.approvers.length - untold.length;
  if (told >= approval.quorum) return [];
  return [
    {
      rule: 'lint.approvers-not-told',
      path: ['notifications', 'waiting'],
      message: `Only ${told} of the ${approval.quorum} approvers whom a request needs are told that it waits.`,
      fix: 'Add role:approvers, or leave the line out: then the approvers are told.',
    },
  ];
}

function describeSubmitters({ policy }: EffectivePolicy): readonly string[] {
  const { people = [], tokens = [] } = policy.submitters ?? {};
  const who = [...people, ...tokens.map((token) => `the token ${token}`)];
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
    const [first = '', ...others] = recipients.map((recipient) =>
      isRecipientRole(recipient) ? roleWords[recipient as RecipientRole] : recipient,
    );
    // A handle is written as it is.
    const begin = first.includes(' ') ? `${first.charAt(0).toUpperCase()}${first.slice(1)}` : first;
    return [`${list([begin, ...others], 'and')}: when ${occasionWords[occasion]}.`];
  });
}
