import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { writeRegistry } from '../certificates/registry.fixture.ts';
import { openFoundation } from '../policy-changes/open-foundation.fixture.ts';
import { mergeChange, readChange, signChange } from '../policy-changes/index.ts';
import { acceptedPolicy } from '../platform/portal/index.ts';
import { listRevocations, proposeRevocation, revocableCertificates } from './index.ts';

const day = (text: string): Date => new Date(`${text}T00:00:00Z`);
const of = (serial: string, name: string, purpose: 'release' | 'test', from: string, to: string) => ({
  serial,
  name,
  purpose,
  project: 'zip-demo',
  validFrom: day(from),
  validTo: day(to),
});
const ofProject = [
  of('5a3c01', 'release', 'release', '2024-01-01', '2025-03-01'),
  of('5a3c02', 'release', 'release', '2025-01-01', '2027-03-01'),
  of('5a3c03', 'test', 'test', '2025-01-01', '2027-03-01'),
];
const ofAnother = {
  ...of('5a3c04', 'release', 'release', '2025-01-01', '2027-03-01'),
  project: 'esbuild-demo',
};

let foundation: Awaited<ReturnType<typeof openFoundation>>;
beforeAll(async () => {
  foundation = await openFoundation();
  await writeRegistry(foundation.portal.config.keysDir, [...ofProject, ofAnother]);
});
afterAll(() => foundation.release());

const wish = {
  trigger: 'malware',
  effectiveAt: '2026-11-20T08:30',
  statement: 'A build was tampered with.',
};
const propose = async (name: string, serials: readonly string[], project = 'zip-demo') =>
  proposeRevocation({
    ctx: await foundation.as(name),
    input: { ...wish, of: { project, serials }, base: foundation.initialCommit },
  });
const serialsOf = async (project = 'zip-demo') =>
  (await revocableCertificates({ ctx: foundation.public, input: { project } })).map(
    (certificate) => certificate.serial,
  );

describe('revoking all certificates of a project', () => {
  it('takes those that can sign and those that ran out, of this project alone', async () => {
    expect((await serialsOf()).toSorted()).toEqual(['5a3c01', '5a3c02', '5a3c03']);
    expect(await serialsOf('nobody')).toEqual([]);
  });

  it('is proposed only by those who may revoke one, only as it was seen, and only where there is one', async () => {
    const all = await serialsOf();
    await expect(propose('demo-approver', all)).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    await expect(propose('demo-maintainer', all.slice(1))).rejects.toMatchObject({
      code: 'CHANGED_MEANWHILE',
    });
    await expect(propose('demo-maintainer', [...all, '5a3c04'])).rejects.toMatchObject({
      code: 'CHANGED_MEANWHILE',
    });
    await expect(propose('demo-maintainer', [], 'nobody')).rejects.toMatchObject({
      code: 'UNKNOWN_CERTIFICATE',
    });
  });

  it('is one change with a file for each, takes two signatures, and leaves nothing to revoke', async () => {
    const number = await propose('demo-maintainer', await serialsOf());
    const change = await readChange({ ctx: foundation.public, input: { number } });
    expect(change.pull.title).toBe('Revoke all certificates of zip-demo');
    const sign = async (name: string) => {
      const { head } = (await readChange({ ctx: foundation.public, input: { number } })).pull;
      const signature = foundation.signatureBy(name, head.commit);
      await signChange({ ctx: await foundation.as(name), input: { number, head: head.commit, signature } });
    };
    await sign('demo-reviewer');
    const merge = async () =>
      mergeChange({
        ctx: await foundation.as('demo-steward'),
        input: {
          number,
          guardsSeen: true,
          head: (await readChange({ ctx: foundation.public, input: { number } })).pull.head.commit,
        },
      });
    await expect(merge()).rejects.toMatchObject({ code: 'NOT_READY' });
    await sign('demo-steward');
    await merge();
    await foundation.signer.refresh();
    const files = (await acceptedPolicy(foundation.portal))?.files ?? new Map<string, Uint8Array>();
    for (const one of ofProject) {
      const text = new TextDecoder().decode(files.get(`revocations/${one.serial}.yaml`));
      expect(parse(text)).toMatchObject({
        serial: one.serial,
        project: 'zip-demo',
        certificate: one.name,
        trigger: 'malware',
        effectiveAt: '2026-11-20T08:30:00Z',
        statement: wish.statement,
        reason: 'privilegeWithdrawn',
      });
    }
    expect(
      (await listRevocations({ ctx: foundation.public })).map((revocation) => revocation.serial),
    ).toHaveLength(3);
    expect(await serialsOf()).toEqual([]);
  });
});
