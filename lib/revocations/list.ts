/** Revoked certificates, with the text of the policy that revokes them. */
import { indexCertificates } from '../certificates/index.ts';
import type { CertificateIndex, PublishedCertificate, RememberedRevocation } from '../certificates/index.ts';
import { parseCommitSha, parseProjectSlug } from '#core/ids/index.ts';
import type { Publisher } from '../certificates/standing/index.ts';
import type { CertificateSerial } from '#core/ids/index.ts';
import type { PolicySnapshot, RevocationDocument } from '#core/policy/index.ts';
import { acceptedPartAt, acceptedPolicy } from '../platform/portal/index.ts';
import type { Context } from '../platform/portal/index.ts';

export interface RevocationNotice {
  readonly serial: string;
  readonly project: string;
  /** The project's name; its slug where it is no longer in the policy. */
  readonly projectName: string;
  readonly certificate: string;
  /** null: the policy that said it can't be read any more. */
  readonly trigger:
    'conditions-breached' | 'key-compromised' | 'malware' | 'project-request' | 'delisted' | null;
  readonly reason: string;
  /** Whose name the certificate carries; null: it isn't on the foundation's list. Who issued a project's own revokes it, and nobody else. */
  readonly publisher: Publisher | null;
  /** The earliest there ever was. */
  readonly effectiveAt: Date;
  readonly noticedAt: Date | null;
  /** When the signer learned it as it stands. */
  readonly learnedAt: Date;
  readonly statement: string;
  readonly advisory: string | null;
  readonly file: string;
  /** The accepted policy that says it; null: it isn't known any more. */
  readonly policyCommit: string | null;
  /** The project may have certificates again; this one stays revoked. */
  readonly reinstated: { readonly decidedAt: Date; readonly statement: string } | null;
}

type Source = Pick<Context, 'config' | 'db' | 'policies'>;

const kept = new WeakMap<CertificateIndex, Promise<readonly RevocationNotice[]>>();

/** The newest first. Public. */
export async function listRevocations(call: {
  readonly ctx: Source;
  readonly input?: { readonly project: string };
}): Promise<readonly RevocationNotice[]> {
  const index = await indexCertificates(call.ctx);
  const project = call.input?.project;
  const all = await (kept.get(index) ?? keep(call.ctx, index));
  return project === undefined ? all : all.filter((notice) => notice.project === project);
}

/** null: this certificate isn't revoked. Public. */
export async function readRevocation(call: {
  readonly ctx: Source;
  readonly input: { readonly serial: string };
}): Promise<RevocationNotice | null> {
  const all = await listRevocations({ ctx: call.ctx });
  return all.find((notice) => notice.serial === call.input.serial) ?? null;
}

/** Serial numbers of the certificates that a revocation makes bad: its own, and where the key is compromised, all of that key. Public. */
export async function concernedBy(call: {
  readonly ctx: Pick<Context, 'config' | 'db' | 'policies'>;
  readonly input: { readonly serial: string };
}): Promise<readonly string[]> {
  const { serial } = call.input;
  const { all } = await indexCertificates(call.ctx);
  return [
    ...new Set([
      serial,
      ...all
        .filter((certificate) => certificate.revocation?.serial === serial)
        .map((certificate) => certificate.serial),
    ]),
  ];
}

/** What a snapshot revokes, the newest first. */
export function noticesOf(
  snapshot: PolicySnapshot,
  learnedAt: Date,
  certificates: readonly PublishedCertificate[],
): readonly RevocationNotice[] {
  const publishers = new Map(certificates.map(({ serial, publisher }) => [serial, publisher]));
  return inOrder(
    Array.from(snapshot.revocations.values(), (document) =>
      noticeOf(
        {
          serial: document.value.serial,
          project: document.value.project,
          learnedAt,
          certificate: document.value.certificate,
          reason: document.value.reason,
          effectiveAt: new Date(document.value.effectiveAt),
          policyCommit: snapshot.commit,
        },
        document,
        snapshot,
        publishers.get(document.value.serial) ?? null,
      ),
    ),
  );
}

function keep(ctx: Source, index: CertificateIndex): Promise<readonly RevocationNotice[]> {
  const notices = read(ctx, index);
  kept.set(index, notices);
  notices.catch(() => kept.delete(index));
  return notices;
}

async function read(
  ctx: Source,
  { revocations, bySerial }: CertificateIndex,
): Promise<readonly RevocationNotice[]> {
  const snapshot = (await acceptedPolicy(ctx))?.snapshot ?? null;
  const notices: RevocationNotice[] = [];
  for (const revocation of revocations.values()) {
    const document =
      documentIn(snapshot, revocation.serial) ?? documentIn(await partOf(ctx, revocation), revocation.serial);
    notices.push(
      noticeOf(revocation, document, snapshot, bySerial.get(revocation.serial)?.publisher ?? null),
    );
  }
  return inOrder(notices);
}

const documentIn = (snapshot: PolicySnapshot | null, serial: string): RevocationDocument | null =>
  snapshot?.revocations.get(serial as CertificateSerial) ?? null;

/** The policy that said it: for one that a later policy dropped. */
async function partOf(ctx: Source, revocation: RememberedRevocation): Promise<PolicySnapshot | null> {
  if (revocation.policyCommit === null) return null;
  const asked = { projects: [], files: [`revocations/${revocation.serial}.yaml`] };
  return acceptedPartAt(ctx, parseCommitSha(revocation.policyCommit), asked).catch(() => null);
}

/** Dates and reason are the remembered ones, whatever the file says now; the words are the file's. */
function noticeOf(
  known: RememberedRevocation,
  document: RevocationDocument | null,
  snapshot: PolicySnapshot | null,
  publisher: Publisher | null,
): RevocationNotice {
  const { serial, project, certificate, reason, effectiveAt, learnedAt, policyCommit } = known;
  const value = document?.value;
  return {
    serial,
    project,
    certificate,
    reason,
    publisher,
    effectiveAt,
    learnedAt,
    policyCommit,
    projectName: snapshot?.projects.get(parseProjectSlug(project))?.project.value.name ?? project,
    trigger: value?.trigger ?? null,
    statement:
      value?.statement ??
      'The policy that gave the reason can’t be read any more. The certificate stays revoked.',
    noticedAt: value?.noticedAt === undefined ? null : new Date(value.noticedAt),
    advisory: value?.advisory ?? null,
    file: document?.file ?? `revocations/${serial}.yaml`,
    reinstated:
      value?.reinstated === undefined
        ? null
        : { decidedAt: new Date(value.reinstated.decidedAt), statement: value.reinstated.statement },
  };
}

function inOrder(notices: readonly RevocationNotice[]): readonly RevocationNotice[] {
  return notices.toSorted(
    (a, b) => b.effectiveAt.getTime() - a.effectiveAt.getTime() || (a.serial < b.serial ? -1 : 1),
  );
}
