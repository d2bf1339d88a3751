/** What the configurations of one installation have to say alike. Pure. */
import { describePlace, type StorePlace } from '../../lib/host/configuration/index.ts';
import type { Fault } from './check-files.ts';

/** Process and member by dots. */
type Place = readonly [process: string, member: string];

interface Pair {
  readonly one: Place;
  readonly other: Place;
  readonly what: string;
}

const pairs: readonly Pair[] = [
  { one: ['portal', 'artifactStore'], other: ['signer', 'store.artifacts'], what: 'the store of uploads' },
  { one: ['portal', 'releasedStore'], other: ['signer', 'store.released'], what: 'the store of releases' },
  {
    one: ['portal', 'policyRepository.url'],
    other: ['signer', 'policyRepository.url'],
    what: 'the policies',
  },
  {
    one: ['signer', 'revocationRegister'],
    other: ['authority', 'register'],
    what: 'the register of revocations',
  },
  { one: ['authority', 'publication'], other: ['responder', 'publication'], what: 'the publication' },
  { one: ['authority', 'answers.socket'], other: ['responder', 'authoritySocket'], what: 'the socket' },
  { one: ['authority', 'keyLabel'], other: ['responder', 'keyLabel'], what: 'the issuing key' },
  { one: ['authority', 'publication'], other: ['portal', 'publicationDir'], what: 'the publication' },
  {
    one: ['signer', 'keyHolder.registry'],
    other: ['tsa', 'keyHolder.registry'],
    what: 'the registry of keys',
  },
  {
    one: ['signer', 'keyHolder.registry'],
    other: ['authority', 'keyHolder.registry'],
    what: 'the registry of keys',
  },
];

export interface Parsed {
  readonly process: string;
  readonly file: string;
  readonly value: unknown;
}

/** → faults, each at the second of the two files. Installations over several machines mount folders where they like, so these are warnings. */
export function compareTogether(all: readonly Parsed[]): readonly (Fault & { readonly of: Parsed })[] {
  return pairs.flatMap(({ one: [first, member], other: [second, otherMember], what }) => {
    const [one, other] = [first, second].map((process) => all.find((parsed) => parsed.process === process));
    if (one === undefined || other === undefined) return [];
    const [said, otherSaid] = [memberAt(one.value, member), memberAt(other.value, otherMember)];
    if (said === undefined || otherSaid === undefined || isSame(said, otherSaid)) return [];
    const message = `\`${otherMember}\` is another one than \`${member}\` of ${one.file}: ${what} would be two.`;
    const fix = 'Write the same in both, unless one machine has it mounted elsewhere.';
    return [{ of: other, path: otherMember.split('.'), message, fix }];
  });
}

/** A bucket is the same however its keys come and its region is called. */
const isSame = (one: unknown, other: unknown): boolean => placeIn(one) === placeIn(other);
const placeIn = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && 's3' in value ? describePlace(value as StorePlace) : value;

function memberAt(value: unknown, member: string): unknown {
  let at = value;
  for (const step of member.split('.')) at = (at as Readonly<Record<string, unknown>> | null)?.[step];
  return at ?? undefined;
}
