import {
  allowList,
  loosens,
  neutral,
  shown,
  tightens,
  type Difference,
  type Judged,
} from '../../field-record/index.ts';
import type { JsonValue } from '../../json/index.ts';
import { list } from '../../text/list/index.ts';
import { defaultAttestations, type AttestationKind } from '../compared.ts';
import type { OriginField } from '../field.ts';

export const attestations: readonly OriginField[] = [
  {
    path: 'attestations',
    schema: {
      description:
        'What a signature may state to count as proof of the build: SLSA provenance (both versions where left out). signature: a bare signature over the file, which states nothing, counts too.',
      type: 'array',
      minItems: 1,
      maxItems: 3,
      uniqueItems: true,
      items: { $ref: '#/$defs/Attestation' },
    },
    measure,
    says: ({ compared }) => [
      describeAttestations(compared.attestations),
      'The build system’s signature must be about exactly the file that is submitted.',
    ],
    reference: {
      meaning:
        'What the signature may state to prove a build: `slsa-provenance-v1` and `slsa-provenance-v0.2` (both where left out). `signature`: a bare signature over the file, which states nothing, counts too (rule `origin.statement`)',
      enforcedBy: 'signer',
    },
  },
  { path: 'attestations *', measure: allowList('As proof of a build') },
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
function measure(difference: Difference): Judged {
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
