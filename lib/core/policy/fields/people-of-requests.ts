/** Fields of a signing policy about who submits requests, and who is notified of them. */
import type { RecipientRole, SigningPolicy } from '../../generated/signing-policy.ts';
import { list } from '../../text/list/index.ts';
import { hasIdentityTokens, providerOf } from '../../origin/index.ts';
import type { EffectivePolicy } from '../effective-policy.ts';
import { isRecipientRole, noticeOccasions, recipientsOf, type NoticeOccasion } from '../recipients.ts';
import type { PolicyField } from './field.ts';
import {
  type Advice,
  type Measure,
  allowList,
  neutral,
  requirement,
  steps,
} from '../../field-record/index.ts';

const published: Measure = () => neutral('When a job that publishes starts has no effect on signing.');
const notified: Measure = () => neutral('Who is notified has no effect on signing.');

export const peopleOfRequests: readonly PolicyField[] = [
  {
    path: 'submitters',
    schema: { $ref: '#/$defs/Submitters' },
    measure: requirement('Being one of the named submitters'),
    says: { section: 'Who submits requests', sentences: describeSubmitters },
    reference: {
      meaning:
        'Who may submit requests: `people` by handle, `tokens` by name, `builds: origin` for builds that `origin` describes, by the identity token of their run ([guide](../guides/tokens.md)). Left out: the team, every token of the project, and builds of the origin',
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
      hint: 'Handles, one to a line. If this and the next two are empty: the team, every token of the project, and builds of the origin.',
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
  {
    path: 'submitters builds',
    schema: {
      description:
        'origin: builds that this policy’s origin describes submit with the identity token of their run, without a secret. Left out, and with none: builds need an API token that is named here.',
      enum: ['origin', 'none'],
    },
    measure: steps('Submission by builds with their identity tokens', ['origin', 'none'], 'none'),
    form: {
      label: 'Who submits requests: builds',
      hint: 'Builds of the origin above need no secret: the identity token of their run says which repository, workflow and ref they are of.',
      kind: 'choice',
      options: [
        ['origin', 'builds of the origin, with the identity token of their run'],
        ['none', 'none: builds need an API token that is named above'],
      ],
      optional: true,
    },
    lint: buildsWithoutOrigin,
  },
  { path: 'submitters * *', measure: allowList('Submission by') },
  {
    path: 'notifications',
    schema: { $ref: '#/$defs/Notifications' },
    measure: notified,
    says: { section: 'Who is notified', sentences: describeNotifications },
    lint: unnotifiedApprovers,
    reference: {
      meaning:
        '`waiting`, `approved`, `completed`, `denied`, `failed`, `delayed`: handles of people and roles to notify ([guide](../guides/notices.md))',
      enforcedBy: 'portal; it decides nothing',
    },
  },
  { path: 'notifications **', measure: notified },
];

/** A job that publishes waits on the host, without a runner, for the portal's word. The word is a convenience: nothing is signed by it. */
export const publishFields: readonly PolicyField[] = [
  {
    path: 'publish',
    schema: { $ref: '#/$defs/Publish' },
    measure: published,
    says: { section: 'What follows a release', sentences: describePublish },
    reference: {
      meaning:
        '`environment`: the deployment environment on GitHub whose jobs the portal lets start once what their run submitted under this policy is released ([guide](../guides/publish-without-waiting.md))',
      enforcedBy: 'portal; it decides nothing about signing',
    },
  },
  {
    path: 'publish environment',
    schema: {
      description:
        'The deployment environment, letter by letter, whose protection rule is the portal’s GitHub App: its jobs start once what their run submitted under this policy is released.',
      type: 'string',
      minLength: 1,
      maxLength: 255,
      pattern: '^[^\\p{C}]+$',
    },
    measure: published,
    notEnforced: ({ origin, publish }) =>
      publish?.environment === undefined || (origin !== undefined && providerOf(origin) === 'github')
        ? null
        : 'when a job outside GitHub Actions starts',
    form: {
      label: 'Environment of the job that publishes',
      hint: 'Its protection rule is the portal’s GitHub App. The job waits on GitHub, without a runner, until the files are released.',
      kind: 'text',
      optional: true,
    },
  },
];

function describePublish({ policy: { publish } }: EffectivePolicy): readonly string[] {
  return publish === undefined
    ? []
    : [
        `Jobs of the environment “${publish.environment}” start once what their run submitted is released. That proves nothing of what they publish: its signatures do.`,
      ];
}

/** Approvers who aren't notified that a request waits for them: it may wait for a long time. */
function unnotifiedApprovers({ approval, notifications }: SigningPolicy): readonly Advice[] {
  const waiting = notifications?.waiting;
  if (waiting === undefined || waiting.includes('role:approvers') || approval.quorum === 0) return [];
  const unnotified = approval.approvers.filter((handle) => !waiting.includes(handle));
  const notifiedCount = approval.approvers.length - unnotified.length;
  if (notifiedCount >= approval.quorum) return [];
  return [
    {
      rule: 'lint.approvers-not-told',
      path: ['notifications', 'waiting'],
      message: `Only ${notifiedCount} of the ${approval.quorum} approvers that a request needs are notified that it waits.`,
      fix: 'Add role:approvers, or leave the line out: then the approvers are notified.',
    },
  ];
}

function buildsWithoutOrigin({ origin, submitters }: SigningPolicy): readonly Advice[] {
  if (submitters?.builds !== 'origin' || (origin !== undefined && hasIdentityTokens(origin))) return [];
  return [
    {
      rule: 'lint.builds-without-origin',
      path: ['submitters', 'builds'],
      message:
        origin === undefined
          ? 'The policy names no origin, so no build of it can be told, and none may submit.'
          : 'The portal takes no identity tokens of this build system yet, so none of its builds may submit by one.',
      fix: 'Remove the line, or name an origin whose builds have identity tokens.',
    },
  ];
}

function describeSubmitters({ policy }: EffectivePolicy): readonly string[] {
  const { people = [], tokens = [], builds } = policy.submitters ?? {};
  const who = [
    ...people,
    ...tokens.map((token) => `the token ${token}`),
    ...(builds === 'origin' && policy.origin !== undefined ? ['builds of the origin'] : []),
  ];
  if (who.length === 0) return [];
  return [
    `The portal accepts requests only from ${list(who, 'and')}.`,
    'The signer can’t prove who submitted a request, and never signs because of it.',
  ];
}

const occasionWords: Readonly<Record<NoticeOccasion, string>> = {
  waiting: 'a request waits for approval',
  approved: 'a request has all its approvals',
  completed: 'a signed file was released',
  denied: 'a request was refused',
  failed: 'the signer gave up on a request',
  delayed: 'a request has waited half an hour for a service that is down',
};

const roleWords: Readonly<Record<RecipientRole, string>> = {
  'role:approvers': 'the approvers',
  'role:submitter': 'whoever submitted the request',
  'role:authors': 'the authors',
  'role:reviewers': 'the reviewers',
  'role:configurators': 'the configurators',
  'role:team': 'the whole team',
};

/** With the defaults where the policy says nothing. */
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
