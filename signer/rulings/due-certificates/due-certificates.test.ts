import { generateKeyPairSync, sign, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { parseCertificateSerial, parseCommitSha } from '#core/ids/index.ts';
import { base, changed, releasePolicy } from '#core/policy/plan/snapshots.fixture.ts';
import { issueCertificate } from '#core/pki/x509/index.ts';
import { serialOf } from '#core/pki/x509/index.ts';
import { type KnownRevocation, type Revocations } from '../revocations/index.ts';
import type { SigningKey } from '../trust/index.ts';
import { dueCertificates } from './due-certificates.ts';

const now = new Date('2026-11-27T08:00:00Z');
const pair = generateKeyPairSync('rsa', { modulusLength: 3072 });
let serials = 0;

async function key(
  project: string,
  name: string,
  purpose: 'release' | 'test',
  days: number,
  program: 'executables' | 'components' = 'executables',
  keys: typeof pair = pair,
): Promise<SigningKey> {
  serials += 1;
  const der = await issueCertificate(
    {
      kind: 'test',
      subject: { organization: 'Example', commonName: 'TEST ONLY: Example' },
      publicKey: keys.publicKey,
      issuer: null,
      serial: Uint8Array.from([0x11, 2, 3, 4, 5, 6, 7, serials]),
      notBefore: new Date('2026-01-01'),
      notAfter: new Date(now.getTime() + days * 86_400_000),
    },
    (tbs) => Promise.resolve(sign('sha256', tbs, keys.privateKey)),
  );
  return {
    entry: {
      label: `${project}.${name}`,
      token: 'signing',
      purpose,
      project,
      name,
      program,
      certificate: 'x.pem',
      chain: [],
    },
    certificate: new X509Certificate(der),
    chain: [],
  };
}

/** A key for everything that the seed's policies name. */
const allKeys = async (): Promise<readonly SigningKey[]> => {
  const asked = due([]).projects.flatMap(({ slug, program, certificates }) =>
    certificates.map(({ name, purpose }) => key(slug, name, purpose, 120, program)),
  );
  return Promise.all(asked);
};

const due = (
  keys: readonly SigningKey[],
  { snapshot = base, revocations = new Map() as Revocations, despite = [] as readonly string[] } = {},
) => dueCertificates({ snapshot, keys, revocations, now, despite: new Set(despite) });

const said = (result: ReturnType<typeof due>): readonly string[] =>
  result.projects.flatMap(({ slug, certificates }) =>
    certificates.map(
      (certificate) => `${slug} ${certificate.name} ${certificate.purpose} ${certificate.generation}`,
    ),
  );

const revoked = (signingKey: SigningKey): Revocations => {
  const serial = parseCertificateSerial(serialOf(signingKey.certificate));
  const revocation: KnownRevocation = {
    serial,
    project: 'esbuild-demo',
    certificate: 'release',
    reason: 'superseded',
    effectiveAt: now,
    learnedAt: now,
    policyCommit: parseCommitSha('c'.repeat(40)),
  };
  return new Map([[serial, revocation]]);
};

const notice = (serial: string, trigger: string) => `apiVersion: countersign/v1
kind: Revocation
serial: '${serial}'
project: esbuild-demo
certificate: release
trigger: ${trigger}
reason: privilegeWithdrawn
effectiveAt: '2026-11-20T00:00:00Z'
statement: So it is.
`;

describe('certificates to issue', () => {
  it('are those that policies of active projects name and that don’t exist yet', async () => {
    expect(said(due([]))).toContain('esbuild-demo release release 1');
    expect(said(due(await allKeys()))).toEqual([]);
    const paused = changed({ 'projects/esbuild-demo/project.yaml': [['status: active', 'status: paused']] });
    expect(said(due([], { snapshot: paused })).filter((line) => line.startsWith('esbuild'))).toEqual([]);
    const another = changed({ [releasePolicy]: [['certificate: release', 'certificate: release-b']] });
    expect(said(due(await allKeys(), { snapshot: another }))).toEqual(['esbuild-demo release-b release 1']);
  });

  it('have keys of the kind that the one before had', async () => {
    const kinds = async (of: typeof pair) => {
      const old = await key('esbuild-demo', 'release', 'release', 30, 'executables', of);
      const [project] = due([old]).projects.filter(({ slug }) => slug === 'esbuild-demo');
      return project?.certificates.find(({ name }) => name === 'release');
    };
    expect(await kinds(pair)).toMatchObject({ generation: 2, key: 'rsa-3072' });
    const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    expect(await kinds(curve)).toMatchObject({ generation: 2, key: 'p-256' });
    expect(due([]).projects[0]?.certificates[0]?.key).toBe('rsa-3072');
  });

  it('are successors of those that expire within sixty days, once', async () => {
    const keys = await allKeys();
    const others = keys.filter(({ entry }) => entry.label !== 'esbuild-demo.release');
    const old = await key('esbuild-demo', 'release', 'release', 59);
    expect(said(due([...others, old]))).toEqual(['esbuild-demo release release 2']);
    expect(said(due([...others, old, await key('esbuild-demo', 'release', 'release', 100)]))).toEqual([]);
    expect(said(due([...others, await key('esbuild-demo', 'release', 'release', 61)]))).toEqual([]);
  });

  it('are announced for as long as the foundation says, and for the same key where it says so', async () => {
    const dayMs = 86_400_000;
    const old = await key('esbuild-demo', 'release', 'release', 59);
    const successor = (lines: string, keys: readonly SigningKey[] = [old], revocations?: Revocations) => {
      const snapshot = changed({ 'foundation.yaml': [['kind: Foundation\n', `kind: Foundation\n${lines}`]] });
      return due(keys, { snapshot, ...(revocations === undefined ? {} : { revocations }) })
        .projects.find(({ slug }) => slug === 'esbuild-demo')
        ?.certificates.find(({ name }) => name === 'release');
    };
    const inDays = (days: number): string => new Date(now.getTime() + days * dayMs).toISOString();
    expect(successor('')).toEqual({
      name: 'release',
      purpose: 'release',
      generation: 2,
      key: 'rsa-3072',
      notUsedBefore: inDays(14),
    });
    expect(successor('renewal: same-key\nrenewalNoticeDays: 30\n')).toMatchObject({
      generation: 2,
      sameKeyAs: 1,
      notUsedBefore: inDays(30),
    });
    expect(successor('renewalNoticeDays: 0\n')?.notUsedBefore).toBeUndefined();
    // The day before the last one, where the certificate before ends sooner; and at once where it has ended.
    const short = await key('esbuild-demo', 'release', 'release', 5);
    expect(successor('renewal: same-key\n', [short])?.notUsedBefore).toBe(inDays(4));
    const ended = await key('esbuild-demo', 'release', 'release', -1);
    expect(successor('renewal: same-key\n', [ended])).toMatchObject({ sameKeyAs: 1 });
    expect(successor('renewal: same-key\n', [ended])?.notUsedBefore).toBeUndefined();
    // The third one for the first one's key.
    const second = {
      ...old,
      entry: { ...old.entry, label: 'esbuild-demo.release.2', key: 'esbuild-demo.release' },
    };
    expect(successor('renewal: same-key\n', [ended, second])).toMatchObject({ generation: 3, sameKeyAs: 1 });
    // Nothing is carried over from a revoked one, whatever it was for.
    const afterwards = successor('renewal: same-key\n', [old], revoked(old));
    expect(afterwards).toMatchObject({ generation: 2 });
    expect(afterwards).not.toHaveProperty('sameKeyAs');
    expect(afterwards).not.toHaveProperty('notUsedBefore');
    // A certificate in a project's own name has no successor from the foundation.
    const own = { ...old, entry: { ...old.entry, holder: { organization: 'Widget' } } };
    expect(successor('renewal: same-key\n', [own])).not.toHaveProperty('sameKeyAs');
  });

  it('replace a revoked one, but not after abuse, unless explicitly requested', async () => {
    const keys = await allKeys();
    const mine = keys.find(({ entry }) => entry.label === 'esbuild-demo.release');
    if (mine === undefined) throw new Error('no key');
    const revocations = revoked(mine);
    expect(said(due(keys, { revocations }))).toEqual(['esbuild-demo release release 2']);
    const serial = serialOf(mine.certificate);
    const snapshot = changed({ [`revocations/${serial}.yaml`]: notice(serial, 'malware') });
    const refused = due(keys, { revocations, snapshot });
    expect(said(refused)).toEqual([]);
    expect(refused.refused[0]).toContain(`revocations/${serial}.yaml`);
    expect(said(due(keys, { revocations, snapshot, despite: ['esbuild-demo'] }))).toEqual([
      'esbuild-demo release release 2',
    ]);
    const again = `${notice(serial, 'malware')}reinstated:
  decidedAt: '2026-11-27T00:00:00Z'
  statement: The maintainer was replaced.
`;
    const reinstated = changed({ [`revocations/${serial}.yaml`]: again });
    expect(said(due(keys, { revocations, snapshot: reinstated }))).toEqual([
      'esbuild-demo release release 2',
    ]);
    const asked = changed({ [`revocations/${serial}.yaml`]: notice(serial, 'project-request') });
    expect(said(due(keys, { revocations, snapshot: asked }))).toHaveLength(1);
  });

  it('are new ones for a project that moved to another program, and for keys of which no program is recorded', async () => {
    const keys = await allKeys();
    const moved = changed({
      'projects/esbuild-demo/project.yaml': [['program: executables', 'program: components']],
    });
    const result = due(keys, { snapshot: moved });
    expect(said(result)).toContain('esbuild-demo release release 2');
    expect(result.projects.map(({ slug, program }) => [slug, program])).toEqual([
      ['esbuild-demo', 'components'],
    ]);
    const others = keys.filter(({ entry }) => entry.label !== 'esbuild-demo.release');
    const unrecorded = await key('esbuild-demo', 'release', 'release', 120);
    const { program: _recorded, ...entry } = unrecorded.entry;
    expect(said(due([...others, { ...unrecorded, entry }]))).toEqual(['esbuild-demo release release 2']);
  });
});
