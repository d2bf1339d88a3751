/** Which measure belongs to which field. A field that isn't listed loosens until somebody has thought about it. */
import { alarmDaysDefault } from '../index.ts';
import { worst } from './change.ts';
import type { ChangedKind, Difference, Judged } from './change.ts';
import type { JsonValue } from '../../json/index.ts';
import { identityKeys } from './compare-json.ts';
import { artifactFields } from './fields-artifact.ts';
import {
  allowList,
  atLeast,
  atMost,
  authority,
  foundationRole,
  identity,
  loosens,
  neutral,
  requirement,
  shown,
  steps,
  text,
  tightens,
} from './measures.ts';
import type { Documents, Measure } from './measures.ts';
import { originFields } from './fields-origin.ts';
import { admissionFields, revocationFields } from './fields-people.ts';

/** Pattern of a path, steps separated by spaces → its measure. `*` is one step, `**` at the end any number. */
export type FieldTable = readonly (readonly [string, Measure])[];

const notify: Measure = () => neutral('Who is told decides nothing.');
const page: Measure = () => neutral('What the project says about itself decides nothing.');

const floor = (purpose: 'release' | 'test'): FieldTable => [
  [`floors ${purpose}`, requirement(`The floor for ${purpose} policies`)],
  [`floors ${purpose} origin`, requirement('An origin, for every project,')],
  [`floors ${purpose} runner`, requirement('A runner of the build system, for every project,')],
  [`floors ${purpose} reruns`, requirement('The first attempt of a run, for every project,')],
  [`floors ${purpose} builder`, requirement('A pinned builder, for every project,')],
  [`floors ${purpose} attestations`, requirement('Provenance, for every project,')],
  [`floors ${purpose} environment`, requirement('A deployment environment, for every project,')],
  [`floors ${purpose} visibility`, requirement('A public repository, for every project,')],
  [
    `floors ${purpose} maximumAgeHours`,
    purpose === 'release' ? originFields.releaseAge : originFields.testAge,
  ],
  [`floors ${purpose} scan`, requirement('A malware scan, for every project,')],
  [`floors ${purpose} opaque`, steps('Opaque files', ['allowed', 'refused'], 'allowed')],
  [`floors ${purpose} timestamp`, requirement('A timestamp, for every project,')],
  [`floors ${purpose} quorumMin`, atLeast('The least quorum of every project', 0)],
  [
    `floors ${purpose} submitterMayApprove`,
    requirement('Approval by others than the submitter, for every project,'),
  ],
  [`floors ${purpose} productNameAndVersion`, requirement('Product name and version, for every project,')],
];

const tables: Readonly<Record<ChangedKind, FieldTable>> = {
  Foundation: [
    ['name', text("The foundation's name")],
    ['homepage', text('The home page')],
    ['securityContact', text('The security contact')],
    ['programs *', allowList('Certificate program')],
    ['programs', allowList('Certificate program')],
    ['floors', requirement('What no project may go under')],
    ['floors releaseQuorum', atLeast('The least quorum of every release', 1)],
    ...floor('release'),
    ...floor('test'),
    ['policyFreshness', freshness],
    ['policyFreshness alarmDays', atMost('The age at which the policy raises the alarm, in days')],
    ['policyFreshness stopDays', atMost('The age at which nothing is signed any more, in days')],
    ['subject **', identity('The name on certificates')],
    ['projectCertificates', steps('Certificates of projects’ own', ['allowed', 'refused'], 'refused')],
    ...admissionFields,
  ],
  TrustRoot: [
    ['policyMaintainers threshold', authority('How many policy maintainers must sign a change')],
    ['policyMaintainers looseningThreshold', authority('How many must sign what loosens')],
    ['policyMaintainers members *', authority('Policy maintainer')],
    ['policyMaintainers members', authority('Policy maintainers')],
    ['buildSystems *', allowList('Build system')],
    ['buildSystems', allowList('Build system')],
    ['buildSystems * displayName', text('The name that people see')],
    ['buildSystems * issuer', identity('The issuer of builds')],
    ['buildSystems * trustRoot', identity('The trust root')],
  ],
  Person: [
    ['name', text('The name that people see')],
    ['githubId', identity('The account')],
    ['roles', foundationRole],
    ['roles *', foundationRole],
    ['approvalKeys', authority('Key of this person')],
    ['approvalKeys *', authority('Key of this person')],
  ],
  Project: [
    ...['name', 'tagline', 'description', 'homepage', 'download', 'licence', 'category'].map(
      (field): readonly [string, Measure] => [field, text('This line')],
    ),
    ['privacy **', page],
    ['systemChanges **', page],
    ['repository uri', identity("The repository's address")],
    ['repository id', identity("The repository's id")],
    ['repository ownerId', identity("The id of the repository's owner")],
    ['program', program],
    ['status', steps('The status', ['active', 'paused', 'retired'], 'active')],
    ['team *', authority('Role in the project')],
    ['team * *', authority('Role in the project')],
  ],
  SigningPolicy: [
    ['description', text('The description')],
    ['purpose', identity('The purpose')],
    ['certificate', identity('The certificate')],
    ['publisher', identity('The publisher')],
    ['artifactConfiguration', identity('The artifact configuration')],
    ['scan', requirement('A malware scan')],
    ['timestamp', steps('The timestamp', ['none', 'required'], 'none')],
    ['approval quorum', atLeast('The quorum', 0)],
    ['approval submitterMayApprove', submitterMayApprove],
    ['approval approvers', authority('Approver')],
    ['approval approvers *', authority('Approver')],
    ['submitters', requirement('To be one of the named submitters')],
    ['submitters *', allowList('Submission by')],
    ['submitters * *', allowList('Submission by')],
    ['notifications **', notify],
    ...originFields.table,
  ],
  ArtifactConfiguration: artifactFields,
  Revocation: [
    ...revocationFields,
    ...['noticedAt', 'statement', 'advisory', 'certificate'].map((field): readonly [string, Measure] => [
      field,
      text('This line'),
    ]),
    ['serial', identity('The serial number')],
    ['reason', reasonOfRevocation],
    ['effectiveAt', earlier],
    ['reinstated', reinstated],
    ['reinstated decidedAt', text('When it was decided')],
    ['reinstated statement', text('This line')],
  ],
};

/** A compromised key is blocked in every certificate; the other reasons differ only in what they tell. */
function reasonOfRevocation({ before, after }: Difference): Judged {
  if (after === 'keyCompromise') return tightens('The key itself is blocked, in every certificate.');
  if (before === 'keyCompromise') return loosens('The key itself is no longer said to be compromised.');
  return neutral('What the revocation list gives as the reason.');
}

/** Who abused a certificate gets no other one until the foundation says so. */
function reinstated({ before, after }: Difference): Judged {
  if (before === undefined) return loosens('The project may have certificates again.');
  if (after === undefined) return tightens('The project may have no certificates again.');
  return unknown;
}

/** Without the line, who hands in a test may approve it and who hands in a release may not. */
function submitterMayApprove(difference: Difference, documents: Documents): Judged {
  const usual = (document: JsonValue): boolean => (document as { purpose?: unknown }).purpose === 'test';
  const { before = usual(documents.before), after = usual(documents.after) } = difference;
  return steps('Approval by the submitter', [true, false], true)({ ...difference, before, after }, documents);
}

/** From when on signatures are bad: the earlier, the more of them. */
function earlier({ before, after }: Difference): Judged {
  if (typeof before !== 'string' || typeof after !== 'string') return unknown;
  return after < before
    ? tightens(`It takes effect at ${after}, before ${before}: more signatures are bad.`)
    : loosens(`It takes effect at ${after}, after ${before}; the signer keeps to the earlier time.`);
}

/** The whole block comes or goes: held against what its absence means. */
function freshness({ before, after }: Difference, documents: Documents): Judged {
  const days = (value: JsonValue | undefined): { alarmDays: JsonValue; stopDays?: JsonValue } => ({
    alarmDays: alarmDaysDefault,
    ...(value as object | undefined),
  });
  const [was, is] = [days(before), days(after)];
  const judge = (what: string, from: JsonValue | undefined, to: JsonValue | undefined): Judged => {
    const value = { path: [], place: [], nature: 'value' as const, before: from, after: to };
    return atMost(what)(value, documents);
  };
  const alarm = judge('The age at which the policy raises the alarm, in days', was.alarmDays, is.alarmDays);
  const stop = judge('The age at which nothing is signed any more, in days', was.stopDays, is.stopDays);
  const effect = worst([alarm.effect, stop.effect]);
  return alarm.effect === effect ? alarm : stop;
}

/** Each program asks for another review, and nobody can say from here which of two asks for more. */
function program({ before, after }: Difference): Judged {
  return loosens(
    `The project moves from the program ${shown(before)} to ${shown(after)}: it has to be reviewed for that one.`,
  );
}

const compiled = new Map(
  Object.entries(tables).map(([kind, table]) => [
    kind,
    table.map(([pattern, measure]) => ({ pattern: pattern.split(' '), measure })),
  ]),
);

/** One difference in a document of this kind → whether it asks for more or less. Fails closed: what isn't known loosens. */
export function judgeField(kind: ChangedKind, difference: Difference, documents: Documents): Judged {
  const known = find(kind, difference.path);
  if (known === undefined) return unknown;
  const judged = known.measure(difference, documents);
  const { path, before, after } = difference;
  // A whole block that comes may hold a line that nobody knows.
  if (judged.effect === 'loosens' || before !== undefined || after === undefined) return judged;
  return everythingKnown(kind, path, after) ? judged : unknown;
}

const unknown: Judged = {
  effect: 'loosens',
  reason: 'Nobody has told this program what the field means, so the change counts as loosening.',
};

function find(kind: ChangedKind, path: Difference['path']) {
  return compiled.get(kind)?.find(({ pattern }) => fits(pattern, path));
}

function everythingKnown(kind: ChangedKind, path: Difference['path'], value: JsonValue): boolean {
  if (Array.isArray(value)) {
    const members = value as readonly JsonValue[];
    if (members.some((one) => typeof one === 'object' && one !== null)) {
      return members.every((one) => everythingKnown(kind, [...path, '*'], one));
    }
    return find(kind, path) !== undefined || find(kind, [...path, '*']) !== undefined;
  }
  if (typeof value !== 'object' || value === null) return find(kind, path) !== undefined;
  return Object.entries(value).every(
    // The name by which members of a list are told apart is no field of its own.
    ([key, one]) => (path.length > 1 && naming.has(key)) || everythingKnown(kind, [...path, key], one),
  );
}

const naming: ReadonlySet<string> = new Set(identityKeys);

function fits(pattern: readonly string[], path: Difference['path']): boolean {
  const open = pattern.at(-1) === '**';
  const fixed = open ? pattern.slice(0, -1) : pattern;
  if (open ? path.length < fixed.length : path.length !== fixed.length) return false;
  return fixed.every((step, index) => step === '*' || step === path[index]);
}
