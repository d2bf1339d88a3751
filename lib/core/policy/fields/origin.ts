/**
 * `origin` among the fields of a policy: the block itself, what a foundation requires of it, and each provider's fields of it
 * (lib/core/origin/<provider>/fields). A provider's record applies to origins of that provider only.
 */
import { requirement } from '../../field-record/index.ts';
import type { Foundation, Origin, PolicyFloor, SigningPolicy } from '../../generated/index.ts';
import {
  originFloors,
  providerOf,
  providers,
  type FloorAnswer,
  type OriginField,
  type OriginFloor,
  type OriginFloorName,
  type ProviderRecord,
} from '../../origin/index.ts';
import type { FloorField, PolicyField } from './field.ts';
import { ageFloor } from './origin-age.ts';

const section = 'Where it is built';

/** A floor with a single value, for origins that have a setting as strict. */
function floorField(
  name: keyof PolicyFloor,
  { value, description, what, must, requires }: OriginFloor,
  answerOf: (origin: Origin) => FloorAnswer<Origin>,
): FloorField {
  return {
    name,
    schema: { description, enum: [value] },
    measure: () => requirement(what),
    ofOrigins: true,
    breaches({ policy: { origin, purpose }, floor }) {
      if (floor[name] !== value || origin === undefined) return [];
      const answer = answerOf(origin);
      if (answer.holds(origin, purpose)) return [];
      const message = `The foundation requires ${requires}`;
      return [{ in: 'policy', path: ['origin', ...answer.path], message, fix: answer.fix }];
    },
    reference: { key: `\`${name}: ${value}\``, must },
  };
}

const ofEachProvider = (Object.keys(originFloors) as OriginFloorName[]).map((name) =>
  floorField(name, originFloors[name], (origin) => providers[providerOf(origin)].floors[name]),
);

const provenance = floorField(
  'attestations',
  {
    value: 'provenance',
    description: 'provenance: no policy accepts a bare signature over the file as proof of a build.',
    what: 'Provenance, for every project,',
    must: 'not accept a bare signature over the file',
    requires: 'provenance, not a bare signature',
  },
  () => ({
    path: ['attestations'],
    fix: 'Remove signature from attestations.',
    holds: ({ attestations }) => attestations?.includes('signature') !== true,
  }),
);

const origin: PolicyField = {
  path: 'origin',
  schema: { $ref: '#/$defs/Origin' },
  measure: requirement('A verified origin'),
  says: {
    section,
    sentences: (effective) => {
      const { origin: lines, buildSystem, project } = effective;
      if (lines === null)
        return ['The origin is not checked, so this policy can use only a test certificate.'];
      const { uri, id, ownerId } = lines.repository;
      const system = buildSystem?.displayName ?? lines.buildSystem;
      return [`${project.name} must be built by ${system} from ${uri} (repository ${id}, owner ${ownerId}).`];
    },
  },
  floors: [
    {
      name: 'origin',
      schema: { description: 'required: the policy names where files are built.', enum: ['required'] },
      measure: () => requirement('An origin, for every project,'),
      ofOrigins: true,
      breaches: () => [],
      reference: { key: '`origin: required`', must: 'have an `origin`' },
    },
    ...ofEachProvider,
    ageFloor,
    provenance,
  ],
  reference: {
    meaning: 'Where the file was built; required for a release',
    enforcedBy: 'signer, see below',
  },
};

/** Whether the foundation requires an origin of every policy of this purpose. */
export function originAskedFor({ floors }: Foundation, purpose: SigningPolicy['purpose']): boolean {
  return (
    origin.floors?.some(({ ofOrigins, name }) => ofOrigins && floors?.[purpose]?.[name] !== undefined) ===
    true
  );
}

export const originFields: readonly PolicyField[] = [
  origin,
  ...Object.values(providers).flatMap((provider) => provider.fields.map((field) => fieldOf(provider, field))),
];

/** A provider's field as a field of the whole policy. */
function fieldOf(provider: ProviderRecord, line: OriginField): PolicyField {
  const name: string = provider.name;
  const { path, schema, measure, form, reference } = line;
  const own = (lines: Origin | null | undefined): Origin | null =>
    lines !== null && lines !== undefined && providerOf(lines) === name ? lines : null;
  return {
    path: `origin ${path}`,
    provider: provider.name,
    ...(schema === undefined ? {} : { schema }),
    measure,
    says: {
      section,
      sentences: ({ origin: lines, originPolicy, buildSystem, age }) => {
        const mine = own(lines);
        if (mine === null || originPolicy === null) return [];
        const system = buildSystem?.displayName ?? mine.buildSystem;
        return line.says?.({ origin: mine, compared: originPolicy, age, system }) ?? [];
      },
    },
    notEnforced: (policy, buildSystem) => {
      const mine = own(policy.origin);
      // Whose answers count about a build is the policy's to say: without an address nobody is asked.
      return mine === null || buildSystem?.hostApi !== undefined ? null : (line.asksHost?.(mine) ?? null);
    },
    lint: (policy) => {
      const mine = own(policy.origin);
      const found = mine === null ? [] : (line.lint?.(mine, policy.purpose) ?? []);
      return found.map((advice) => ({ ...advice, path: ['origin', ...advice.path] }));
    },
    ...(form === undefined ? {} : { form: { ...form, needs: ['origin'] } }),
    ...(reference === undefined ? {} : { reference }),
  };
}
