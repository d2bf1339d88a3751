/** Fields of a policy's `origin` about the run that built the file and what was attested of it. */
import type { SigningPolicy } from '../../generated/index.ts';
import type { JsonValue } from '../../json/index.ts';
import { defaultAttestations, defaultVisibility, type AttestationKind } from '../../origin/index.ts';
import { list } from '../../text/list/index.ts';
import { ofOrigin, type PolicyField } from './field.ts';
import {
  type Difference,
  type Documents,
  type Judged,
  allowList,
  loosens,
  neutral,
  requirement,
  shown,
  steps,
  tightens,
} from '../../field-record/index.ts';
import { maximumAge } from './origin-age.ts';
import { originFloor } from './origin.ts';
import { rulesetFields } from './rulesets.ts';

const section = 'Where it is built';
const needs = ['origin'];

export const buildFields: readonly PolicyField[] = [
  {
    path: 'origin reruns',
    schema: {
      description:
        'refused (where the line is left out): only the first attempt of a run is signed. allowed: a repeated attempt too, which can replay an old commit.',
      enum: ['refused', 'allowed'],
    },
    measure: steps('Repeated attempts of a run', ['allowed', 'refused'], 'refused'),
    says: {
      section,
      sentences: ofOrigin(({ reruns }) => [
        reruns === 'allowed'
          ? 'A repeated attempt of a run is accepted too.'
          : 'Only the first attempt of a run is accepted.',
      ]),
    },
    floors: [
      originFloor('reruns', 'refused', {
        description: 'refused: no policy may allow repeated attempts of a run.',
        what: 'The first attempt of a run, for every project,',
        must: 'not allow repeated attempts',
        path: ['origin', 'reruns'],
        message: 'to refuse repeated attempts',
        fix: 'Set reruns to refused.',
        holds: ({ reruns }) => reruns !== 'allowed',
      }),
    ],
    lint: ({ origin, purpose }) =>
      purpose === 'release' && origin?.reruns === 'allowed'
        ? [
            {
              rule: 'lint.reruns-allowed',
              path: ['origin', 'reruns'],
              message: 'A repeated attempt can build an old commit again, long after it was found to be bad.',
              fix: 'Remove the line and start new runs.',
            },
          ]
        : [],
    form: {
      label: 'Repeated builds',
      hint: 'Whether a second try of the same run may be signed.',
      kind: 'choice',
      options: [
        ['refused', 'Refused'],
        ['allowed', 'Allowed'],
      ],
      optional: true,
      needs,
    },
    reference: {
      meaning: '`refused` (default) or `allowed` (rule `origin.rerun`)',
      enforcedBy: 'signer',
    },
  },
  {
    path: 'origin environment',
    schema: {
      description:
        'The deployment environment that the job must have run in, letter by letter, so that the rules of the code host for that environment held.',
      type: 'string',
      maxLength: 255,
      pattern: '^[^\\s\\x00-\\x1f\\x7f](?:[^\\x00-\\x1f\\x7f]*[^\\s\\x00-\\x1f\\x7f])?$',
    },
    measure: requirement('The deployment environment'),
    says: {
      section,
      sentences: ofOrigin((_origin, { originPolicy: { environment } }) =>
        environment === undefined ? [] : [`It must run in the deployment environment ${environment}.`],
      ),
    },
    floors: [
      originFloor('environment', 'required', {
        description: 'required: the policy names the deployment environment that builds run in.',
        what: 'A deployment environment, for every project,',
        must: 'name a deployment environment',
        path: ['origin'],
        message: 'for a deployment environment',
        fix: 'Add `environment` with the name of the deployment environment that releases are built in.',
        holds: ({ environment }) => environment !== undefined,
      }),
    ],
    reference: {
      meaning:
        'The deployment environment of the job that attests, letter by letter (rule `origin.environment`). Left out: any, or none',
      enforcedBy: 'signer',
    },
  },
  {
    path: 'origin visibility',
    schema: {
      description:
        'public (where left out, for a release): the repository must have been public when the file was built. any (where left out, for a test): it may be private.',
      enum: ['public', 'any'],
    },
    measure: visibility,
    says: {
      section,
      sentences: ofOrigin((_origin, { originPolicy }) => [
        originPolicy.visibility === 'public'
          ? 'The repository must be public when it is built.'
          : 'The repository need not be public.',
      ]),
    },
    floors: [
      originFloor('visibility', 'public', {
        description: 'public: no policy accepts builds of a repository that is not public.',
        what: 'A public repository, for every project,',
        must: 'not accept builds of a repository that is not public',
        path: ['origin', 'visibility'],
        message: 'for builds of a public repository',
        fix: 'Set visibility to public.',
        holds: (origin, purpose) => (origin.visibility ?? defaultVisibility[purpose]) === 'public',
      }),
    ],
    reference: {
      meaning:
        '`public` (default for a release): the repository was public when the file was built; `any` (default for a test) (rule `origin.visibility`)',
      enforcedBy: 'signer',
    },
  },
  maximumAge,
  {
    path: 'origin requireRunSuccess',
    schema: {
      description: 'true: the whole run must have ended with success, not only the job that attested.',
      type: 'boolean',
    },
    measure: steps('Success of the whole run', [false, true], false),
    says: {
      section,
      sentences: ofOrigin(({ requireRunSuccess }) =>
        requireRunSuccess === true ? ['The whole run must have ended with success.'] : [],
      ),
    },
    notEnforced: ({ origin }) => (origin?.requireRunSuccess === true ? 'how the whole run ended' : null),
    reference: {
      meaning: 'The whole run ended with success: **refused in this version**',
      enforcedBy: 'nobody yet',
    },
  },
  ...rulesetFields('branchRulesets', 'branch', 'branches', { $ref: '#/$defs/Rulesets' }),
  ...rulesetFields('tagRulesets', 'tag', 'tags', { $ref: '#/$defs/Rulesets' }),
  {
    path: 'origin attestations',
    schema: {
      description:
        'What a signature may state to count as proof of the build: SLSA provenance (both versions where left out). signature: a bare signature over the file, which states nothing, counts too.',
      type: 'array',
      minItems: 1,
      maxItems: 3,
      uniqueItems: true,
      items: { $ref: '#/$defs/Attestation' },
    },
    measure: attestations,
    says: {
      section,
      sentences: ofOrigin((_origin, { originPolicy }) => [
        describeAttestations(originPolicy.attestations),
        'The build system’s signature must be about exactly the file that is submitted.',
      ]),
    },
    floors: [
      originFloor('attestations', 'provenance', {
        description: 'provenance: no policy accepts a bare signature over the file as proof of a build.',
        what: 'Provenance, for every project,',
        must: 'not accept a bare signature over the file',
        path: ['origin', 'attestations'],
        message: 'for provenance, not a bare signature',
        fix: 'Remove signature from attestations.',
        holds: (origin) => origin.attestations?.includes('signature') !== true,
      }),
    ],
    reference: {
      meaning:
        'What the signature may state to prove a build: `slsa-provenance-v1` and `slsa-provenance-v0.2` (both where left out). `signature`: a bare signature over the file, which states nothing, counts too (rule `origin.statement`)',
      enforcedBy: 'signer',
    },
  },
  { path: 'origin attestations *', measure: allowList('As proof of a build') },
];

const attestationNames: Readonly<Record<AttestationKind, string>> = {
  'slsa-provenance-v1': 'SLSA provenance version 1',
  'slsa-provenance-v0.2': 'SLSA provenance version 0.2',
  signature: 'a bare signature over the file, which states nothing about its build',
};

function describeAttestations(kinds: readonly AttestationKind[]): string {
  const names = [...new Set(kinds)].map((one): string => attestationNames[one]);
  return `What proves the build is ${list(names, 'or')}, signed by the build system.`;
}

/** A list that comes or goes is held against what counts where there is none. */
function attestations(difference: Difference): Judged {
  if (difference.nature === 'order') return neutral('Only the order changed.');
  const listed = (value: JsonValue | undefined): readonly JsonValue[] =>
    Array.isArray(value) ? value : defaultAttestations;
  const [before, after] = [listed(difference.before), listed(difference.after)];
  const added = after.filter((one) => !before.includes(one));
  if (added.length > 0) return loosens(`${added.map(shown).join(', ')} counts as proof of a build now.`);
  const gone = before.filter((one) => !after.includes(one));
  return gone.length === 0
    ? neutral('The same counts as proof of a build as where the line is left out.')
    : tightens(`${gone.map(shown).join(', ')} counts no more as proof of a build.`);
}

/** What a missing line means depends on what the policy is for. */
function visibility(difference: Difference, documents: Documents): Judged {
  const usual = (document: JsonValue): JsonValue =>
    defaultVisibility[(document as Partial<SigningPolicy>).purpose === 'test' ? 'test' : 'release'];
  const { before = usual(documents.before), after = usual(documents.after) } = difference;
  const measure = steps('Whether the repository must be public', ['any', 'public'], 'any');
  return measure({ ...difference, before, after }, documents);
}
