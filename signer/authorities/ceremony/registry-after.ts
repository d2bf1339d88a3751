/** The registry as a ceremony leaves it: what it planned, and everything that was there before. */
import type { KeyRegistry, KeyRegistryEntry } from '../../keyholder/index.ts';
import { certificateFileName } from './key-folder.ts';
import type { PlacedKey } from './place-keys.ts';
import type { KeyState } from './prepare-key.ts';
import { publicFileName } from './publish-key.ts';

type Plan = readonly PlacedKey[];
type StateOf = (planned: PlacedKey) => KeyState;

export function registryAfter(plan: Plan, earlier: KeyRegistry, stateOf: StateOf): KeyRegistry {
  const planned = plan.flatMap((key): KeyRegistryEntry[] => {
    // What a public CA issued is registered at import, together with its chain.
    if (key.requested || stateOf(key).certificate === 'requested') return [];
    return [
      {
        ...commonMembers(key, earlier, stateOf),
        ...ownMembers(key),
        certificate: certificateFileName(key.label),
        chain: issuersOf(key, plan).map(certificateFileName),
      },
    ];
  });
  // Keys that this configuration no longer names stay in the registry: their signatures must stay explicable.
  const others = earlier.keys
    .filter((old) => !planned.some((entry) => entry.label === old.label))
    .map((old) => ({ ...old, ...programOf(old, plan) }));
  const waiting = waitingAfter(plan, earlier, stateOf);
  return { version: 1, keys: [...planned, ...others], ...(waiting.length === 0 ? {} : { waiting }) };
}

/** Whether this ceremony says of a key in the registry for which program its certificate was issued. */
export const recordsPrograms = (plan: Plan, earlier: KeyRegistry): boolean =>
  earlier.keys.some((old) => 'program' in programOf(old, plan));

function programOf(old: KeyRegistryEntry, plan: Plan): Pick<KeyRegistryEntry, 'program'> {
  const planned = plan.find(({ label }) => label === old.label);
  return old.program !== undefined || planned === undefined ? {} : recorded(planned);
}

/** What was requested now or before, and isn't imported yet. */
function waitingAfter(
  plan: Plan,
  earlier: KeyRegistry,
  stateOf: StateOf,
): NonNullable<KeyRegistry['waiting']> {
  const requested = plan
    .filter((key) => stateOf(key).certificate === 'requested')
    .map((key) => ({
      ...commonMembers(key, earlier, stateOf),
      ...(key.holder === null ? {} : { holder: key.holder }),
    }));
  const before = (earlier.waiting ?? []).filter((old) => !requested.some(({ label }) => label === old.label));
  return [...requested, ...before];
}

/** Among others whose key it is, from when it signs, and where the key is kept. */
function commonMembers(planned: PlacedKey, earlier: KeyRegistry, stateOf: StateOf) {
  const { label, keyLabel, notUsedBefore, tokenLabel, kind, project, name } = planned;
  const { wrapped } = stateOf(planned);
  const before = [...earlier.keys, ...(earlier.waiting ?? [])].find(
    (old) => old.label === label,
  )?.wrappedBefore;
  return {
    label,
    ...(keyLabel === label ? {} : { key: keyLabel }),
    ...(notUsedBefore === null ? {} : { notUsedBefore }),
    ...(wrapped === null ? {} : { wrapped }),
    ...(before === undefined ? {} : { wrappedBefore: before }),
    token: tokenLabel,
    purpose: kind,
    project,
    name,
    ...recorded(planned),
  };
}

function issuersOf(planned: PlacedKey, plan: Plan): string[] {
  const issuer = plan.find(({ label }) => label === planned.issuer);
  return issuer === undefined ? [] : [issuer.label, ...issuersOf(issuer, plan)];
}

const recorded = ({ program }: Pick<PlacedKey, 'program'>) => (program === null ? {} : { program });

/** What the registry says of a key of the project's own. */
function ownMembers(planned: PlacedKey): Pick<KeyRegistryEntry, 'serves' | 'publicFile' | 'address'> {
  const { own } = planned;
  if (own === null) return {};
  const address = own.userId === null ? {} : { address: own.userId.address };
  return { serves: own.serves, publicFile: publicFileName(planned), ...address };
}
