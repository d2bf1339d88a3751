/** What is revoked, as the policy in force says it. */
import { parseProjectSlug } from '../core/ids/index.ts';
import type { PolicySnapshot } from '../core/policy/index.ts';
import { acceptedPolicy } from '../platform/portal/index.ts';
import type { Context } from '../platform/portal/index.ts';

export interface RevocationNotice {
  readonly serial: string;
  readonly project: string;
  /** The project's name; its slug where it is no longer in the policy. */
  readonly projectName: string;
  readonly certificate: string;
  readonly trigger: 'conditions-breached' | 'key-compromised' | 'malware' | 'project-request' | 'delisted';
  readonly reason: string;
  readonly effectiveAt: Date;
  readonly noticedAt: Date | null;
  readonly statement: string;
  readonly advisory: string | null;
  readonly file: string;
  /** The project may have certificates again; this one stays revoked. */
  readonly reinstated: { readonly decidedAt: Date; readonly statement: string } | null;
}

/** The newest first. Public. */
export async function listRevocations(call: {
  readonly ctx: Pick<Context, 'db' | 'policies'>;
  readonly input?: { readonly project: string };
}): Promise<readonly RevocationNotice[]> {
  const accepted = await acceptedPolicy(call.ctx);
  if (accepted === null) return [];
  const wanted = call.input?.project;
  return noticesOf(accepted.snapshot).filter((one) => wanted === undefined || one.project === wanted);
}

/** null: this certificate isn't revoked. Public. */
export async function readRevocation(call: {
  readonly ctx: Pick<Context, 'db' | 'policies'>;
  readonly input: { readonly serial: string };
}): Promise<RevocationNotice | null> {
  const all = await listRevocations({ ctx: call.ctx });
  return all.find((one) => one.serial === call.input.serial) ?? null;
}

/** What a snapshot revokes, the newest first. */
export function noticesOf(snapshot: PolicySnapshot): readonly RevocationNotice[] {
  return [...snapshot.revocations]
    .map(([serial, { value, file }]): RevocationNotice => ({
      ...{ serial, file, project: value.project, certificate: value.certificate },
      projectName:
        snapshot.projects.get(parseProjectSlug(value.project))?.project.value.name ?? value.project,
      ...{ trigger: value.trigger, reason: value.reason, statement: value.statement },
      effectiveAt: new Date(value.effectiveAt),
      noticedAt: value.noticedAt === undefined ? null : new Date(value.noticedAt),
      advisory: value.advisory ?? null,
      reinstated:
        value.reinstated === undefined
          ? null
          : { decidedAt: new Date(value.reinstated.decidedAt), statement: value.reinstated.statement },
    }))
    .sort((a, b) => b.effectiveAt.getTime() - a.effectiveAt.getTime() || (a.serial < b.serial ? -1 : 1));
}
