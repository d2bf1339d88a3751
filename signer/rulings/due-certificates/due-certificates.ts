/** Which certificates have to be issued under the policy: new ones, and successors of those about to expire. */
import { parsePolicySlug, parseProjectSlug } from '#core/ids/index.ts';
import { keyKindOf, type KeyKind } from '#core/pki/key-kind/index.ts';
import { renewalNoticeDaysDefault, type PolicySnapshot } from '#core/policy/index.ts';
import type { PolicySlug, ProjectSlug } from '#core/ids/index.ts';
import type { Project } from '#core/generated/index.ts';
import { blockingRevocation, type Revocations } from '../revocations/index.ts';
import { isInUse, newestOf, type SigningKey } from '../trust/index.ts';

/** As a ceremony takes it. */
export interface DueProject {
  readonly slug: ProjectSlug;
  /** Part of the certificate's common name. */
  readonly name: string;
  readonly program: Project['program'];
  certificates: DueCertificate[];
  /** A ceremony makes those: nobody is asked to publish a key unseen. */
  readonly ownKeys: never[];
}

interface DueCertificate {
  readonly name: PolicySlug;
  readonly purpose: 'release' | 'test';
  /** Counts from 1. */
  readonly generation: number;
  /** As of the one before; RSA-3072 for the first. */
  readonly key: KeyKind;
  /** The generation whose key it is for, too; absent: a key of its own. */
  readonly sameKeyAs?: number;
  /** It is announced, and signs from then on; absent: at once. */
  readonly notUsedBefore?: string;
}

export interface DueCertificates {
  readonly projects: readonly DueProject[];
  /** Certificates that the policy asks for but that aren't issued, with reasons; one sentence each. */
  readonly refused: readonly string[];
}

/** With this many days left the successor is issued: both are valid meanwhile, so no expiry date stops releases. */
const renewDays = 60;
/** A common name has 64 characters at most, and contains the foundation's name, too. */
const nameCharactersMax = 22;

/**
 * The accepted policy, existing keys and revocations → what has to be issued. A certificate with a valid successor is
 * left alone; a revoked one gets a successor with a new key, unless it was revoked for malware or a breach: who
 * abused one
 * gets another only
 * when the policy says so (`reinstated`) or somebody insists (`despite`: slugs). A project that moved to another of the
 * foundation's programs gets a new one: what was issued for the other signs nothing more. Whether a successor is for the same key, and how long
 * before its first use it is announced, `foundation.yaml` says (decision 0122); one that follows a revoked certificate has a new key and signs at once.
 */
export function dueCertificates(input: {
  readonly snapshot: PolicySnapshot;
  readonly keys: readonly SigningKey[];
  readonly revocations: Revocations;
  readonly now: Date;
  readonly despite: ReadonlySet<string>;
}): DueCertificates {
  const { snapshot, despite } = input;
  const projects: DueProject[] = [];
  const refused: string[] = [];
  const keysOf = Map.groupBy(input.keys, ({ entry }) => entry.project);
  for (const [slug, { project, policies }] of snapshot.projects) {
    if (project.value.status !== 'active') continue;
    const named = new Map<string, 'release' | 'test'>();
    for (const [, { value }] of policies) {
      // The foundation issues none in a project's name: a ceremony requests it (docs/guides/ceremony.md).
      if (value.publisher !== 'project') named.set(value.certificate, value.purpose);
    }
    const certificates: DueProject['certificates'] = [];
    for (const [name, purpose] of named) {
      const missing = missingGeneration(
        { ...input, keys: keysOf.get(slug) ?? [] },
        { slug, name, purpose, program: project.value.program },
        input.keys,
      );
      if (missing === null) continue;
      const abused = despite.has(slug) ? null : abuseOf(snapshot, slug);
      if (abused === null) certificates.push({ name: parsePolicySlug(name), purpose, ...missing });
      else refused.push(`${slug}, ${name}: ${abused}`);
    }
    if (certificates.length > 0) {
      const shown = slug.slice(0, nameCharactersMax).replace(/-+$/, '');
      const { program } = project.value;
      projects.push({ slug: parseProjectSlug(slug), name: shown, program, certificates, ownKeys: [] });
    }
  }
  return { projects, refused };
}

/** null: there is a valid one that doesn't expire soon. */
function missingGeneration(
  { snapshot, keys, revocations, now }: Parameters<typeof dueCertificates>[0],
  due: {
    readonly slug: string;
    readonly name: string;
    readonly purpose: 'release' | 'test';
    readonly program: DueProject['program'];
  },
  allKeys: readonly SigningKey[],
): Pick<DueCertificate, 'generation' | 'key' | 'sameKeyAs' | 'notUsedBefore'> | null {
  const named = keys.filter(
    ({ entry }) =>
      entry.project === due.slug &&
      entry.name === due.name &&
      entry.purpose === due.purpose &&
      entry.program === due.program &&
      entry.holder === undefined,
  );
  const good = named.filter((key) => blockingRevocation(key, allKeys, revocations) === null);
  const soon = new Date(now.getTime() + renewDays * dayMs);
  if (good.some((key) => key.certificate.validToDate > soon)) return null;
  // Labels stay taken for ever, also by a key of another purpose or program.
  const taken = keys.filter(({ entry }) => entry.project === due.slug && entry.name === due.name);
  const last = newestOf(taken)?.certificate.publicKey;
  const generation = Math.max(taken.length, ...taken.map(({ entry }) => generationOf(entry.label))) + 1;
  const ofNewKey = { generation, key: (last === undefined ? null : keyKindOf(last)) ?? 'rsa-3072' } as const;
  const newest = newestOf(named);
  // After a revocation nothing is carried over, whatever it was for.
  if (newest === null || !good.includes(newest)) return ofNewKey;
  const { renewal = 'new-key', renewalNoticeDays = renewalNoticeDaysDefault } = snapshot.foundation.value;
  const kind = keyKindOf(newest.certificate.publicKey);
  const from = firstUse(
    good.filter((key) => isInUse(key, now)),
    new Date(now.getTime() + renewalNoticeDays * dayMs),
    now,
  );
  return {
    ...ofNewKey,
    ...(renewal === 'same-key' && kind !== null
      ? { key: kind, sameKeyAs: generationOf(newest.entry.key ?? newest.entry.label) }
      : {}),
    ...(from === null ? {} : { notUsedBefore: from.toISOString() }),
  };
}

const dayMs = 86_400_000;

/** As late as wished, and a day before those in use end; null: at once, as there is nothing that could sign meanwhile. */
function firstUse(inUse: readonly SigningKey[], wished: Date, now: Date): Date | null {
  const ends = Math.max(...inUse.map(({ certificate }) => certificate.validToDate.getTime())) - dayMs;
  const from = Math.min(wished.getTime(), ends);
  return from <= now.getTime() ? null : new Date(from);
}

/** `widget.release` is the first, `widget.release.2` the second; names of certificates have no dots. */
const generationOf = (label: string): number => Number(/[.]([0-9]+)$/.exec(label)?.[1] ?? 1);

function abuseOf(snapshot: PolicySnapshot, slug: string): string | null {
  for (const [serial, { value }] of snapshot.revocations) {
    if (value.project !== slug || value.reinstated !== undefined) continue;
    if (value.trigger === 'malware' || value.trigger === 'conditions-breached')
      return `revoked before for ${value.trigger} (revocations/${serial}.yaml); reinstated there, or --despite ${slug}, lets it have another`;
  }
  return null;
}
