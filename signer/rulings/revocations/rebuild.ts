/** Rebuilds a damaged register from all sources of revocations: its remains, journal, policy, lists. */
import { createHash } from 'node:crypto';
import type { CertificateSerial } from '#core/ids/index.ts';
import { canonicalJson } from '#core/json/index.ts';
import type { PolicySnapshot } from '#core/policy/index.ts';
import { reasonCodes, type ReadRevocationList, type RevocationReason } from '#core/pki/crl/index.ts';
import type { JournalledRevocation } from './journalled.ts';
import type { Revocations } from './revocations.ts';
import { stricter, type KnownRevocation } from './wire.ts';

export interface Sources {
  /** null: the file can’t be read or isn’t there. */
  readonly register: Revocations | null;
  readonly journal: readonly JournalledRevocation[];
  /** The accepted policy; null: it can’t be read, and the signer adds what it says at its next start. */
  readonly policy: PolicySnapshot | null;
  readonly lists: readonly { readonly name: string; readonly list: ReadRevocationList }[];
  /** Whose a certificate is, by the registry of keys. */
  readonly owners: ReadonlyMap<string, { readonly project: string; readonly certificate: string }>;
  readonly now: Date;
}

export interface Rebuilt {
  readonly revocations: readonly KnownRevocation[];
  /** What the register lacks now, with sources. */
  readonly changes: readonly { readonly revocation: KnownRevocation; readonly sources: readonly string[] }[];
  /** 12 hexadecimal digits identifying what would be written, except for the times of learning. */
  readonly plan: string;
}

/** For a certificate in no registry, journal or policy. */
const unrecorded = { project: 'not-recorded', certificate: 'not-recorded' };

export function rebuildRegister({ register, journal, policy, lists, owners, now }: Sources): Rebuilt {
  const rebuilt = new Map<string, KnownRevocation>(register ?? []);
  const sources = new Map<string, Set<string>>();
  const add = (one: KnownRevocation, source: string): void => {
    const before = rebuilt.get(one.serial);
    const after = before === undefined ? one : stricter(before, one);
    rebuilt.set(one.serial, after);
    if (before !== undefined && isSame(before, after)) return;
    sources.set(one.serial, (sources.get(one.serial) ?? new Set()).add(source));
  };
  for (const { revocation } of journal) add(revocation, 'journal');
  for (const [serial, { value }] of policy?.revocations ?? []) {
    const { project, certificate, reason } = value;
    const policyCommit = policy?.commit ?? null;
    const effectiveAt = new Date(value.effectiveAt);
    add({ serial, project, certificate, reason, effectiveAt, learnedAt: now, policyCommit }, 'policy');
  }
  for (const { name, list } of lists) {
    for (const [serial, { revokedAt, reason }] of list.revoked) {
      const known = rebuilt.get(serial);
      const owner = known ?? owners.get(serial) ?? unrecorded;
      const claimed: KnownRevocation = {
        serial: serial as CertificateSerial,
        project: owner.project,
        certificate: owner.certificate,
        reason: reasonOf(reason),
        effectiveAt: revokedAt,
        learnedAt: now,
        policyCommit: null,
      };
      // A list has no fractions of a second, which doesn't make its date earlier.
      const isLater = known !== undefined && known.effectiveAt.getTime() - revokedAt.getTime() < 1000;
      add(isLater ? { ...claimed, effectiveAt: known.effectiveAt } : claimed, name);
    }
  }
  const revocations = [...rebuilt.values()].sort((a, b) => (a.serial < b.serial ? -1 : 1));
  const changes = revocations.flatMap((revocation) => {
    const found = sources.get(revocation.serial);
    return found === undefined ? [] : [{ revocation, sources: [...found] }];
  });
  return { revocations, changes, plan: planOf(revocations) };
}

function planOf(revocations: readonly KnownRevocation[]): string {
  const decided = revocations.map(({ serial, effectiveAt, reason }) => {
    return [serial, effectiveAt.toISOString(), reason];
  });
  return createHash('sha256').update(canonicalJson(decided)).digest('hex').slice(0, 12);
}

function isSame(one: KnownRevocation, other: KnownRevocation): boolean {
  return one.effectiveAt.getTime() === other.effectiveAt.getTime() && one.reason === other.reason;
}

/** A reason that this program never uses (RFC 5280 §5.3.1) still revokes. */
function reasonOf(code: number | null): RevocationReason {
  const found = Object.entries(reasonCodes).find(([, one]) => one === code);
  return (found?.[0] ?? 'privilegeWithdrawn') as RevocationReason;
}
