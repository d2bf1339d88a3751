import { generateKeyPairSync, sign, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { parseCertificateSerial, parseCommitSha, parseRequestId } from '#core/ids/index.ts';
import { compileConfiguration } from '#core/artifact/index.ts';
import { artifactFile, base, changed } from '#core/policy/plan/snapshots.fixture.ts';
import type { PolicySnapshot } from '#core/policy/index.ts';
import { issueCertificate } from '#core/pki/x509/index.ts';
import type { ClaimedRequest } from '../requests/index.ts';
import { serialOf } from '#core/pki/x509/index.ts';
import { type KnownRevocation } from '../../rulings/revocations/index.ts';
import type { SigningKey } from '../../rulings/trust/index.ts';
import { checkPolicy } from './policy.ts';

const now = new Date('2026-11-27T08:00:00Z');
const [first, second] = [1, 2].map(() => generateKeyPairSync('rsa', { modulusLength: 3072 }));

async function signingKey(label: string, pair: typeof first, first8: number): Promise<SigningKey> {
  if (pair === undefined) throw new Error('no key');
  const der = await issueCertificate(
    {
      kind: 'test',
      subject: { organization: 'Example', commonName: `TEST ONLY: ${label}` },
      publicKey: pair.publicKey,
      issuer: null,
      serial: Uint8Array.from([first8, 2, 3, 4, 5, 6, 7, 8]),
      notBefore: new Date('2026-11-01'),
      notAfter: new Date('2027-02-01'),
    },
    (tbs) => Promise.resolve(sign('sha256', tbs, pair.privateKey)),
  );
  return {
    entry: {
      label,
      token: 'signing',
      purpose: 'release',
      project: 'esbuild-demo',
      name: 'release',
      program: 'executables',
      certificate: `${label}.pem`,
      chain: [],
    },
    certificate: new X509Certificate(der),
    chain: [],
  };
}

const [old, renewed, sameKey] = await Promise.all([
  signingKey('esbuild-demo.release', first, 0x11),
  signingKey('esbuild-demo.release-2', second, 0x12),
  signingKey('esbuild-demo.release-3', first, 0x13),
]);

const revoked = (key: SigningKey, reason: KnownRevocation['reason'] = 'privilegeWithdrawn') => {
  const serial = parseCertificateSerial(serialOf(key.certificate));
  const revocation: KnownRevocation = {
    serial,
    project: 'esbuild-demo',
    certificate: 'release',
    reason,
    learnedAt: now,
    effectiveAt: new Date('2026-11-20T00:00:00Z'),
    policyCommit: parseCommitSha('c'.repeat(40)),
  };
  return [serial, revocation] as const;
};

function check(
  keys: readonly SigningKey[],
  revocations: readonly (readonly [string, KnownRevocation])[],
  snapshot: PolicySnapshot = base,
  at: Date = now,
  parameters: ClaimedRequest['parameters'] = {},
  claimedBy: ReadonlySet<string> = new Set(),
) {
  const request: Pick<ClaimedRequest, 'id' | 'project' | 'policy'> = {
    id: parseRequestId('0b7f8a52-0000-4000-8000-000000000001'),
    ...({ project: 'esbuild-demo', policy: 'release-signing', parameters } as Pick<
      ClaimedRequest,
      'project' | 'policy' | 'parameters'
    >),
  };
  return checkPolicy({
    snapshot,
    request: request as ClaimedRequest,
    keys,
    now: at,
    revocations: new Map(revocations),
    claimedBy,
  });
}

/** The seed's policy with a publisher of the project's own. */
const projects = new Map(base.projects);
const slug = 'esbuild-demo' as ClaimedRequest['project'];
const seeded = projects.get(slug);
const policySlug = 'release-signing' as ClaimedRequest['policy'];
const seededPolicy = seeded?.policies.get(policySlug);
if (seeded === undefined || seededPolicy === undefined) throw new Error('the seed lacks its project');
projects.set(slug, {
  ...seeded,
  policies: new Map(seeded.policies).set(policySlug, {
    ...seededPolicy,
    value: { ...seededPolicy.value, publisher: 'project' },
  }),
});
const withOwn: PolicySnapshot = { ...base, projects };

describe('several certificates of one name', () => {
  const announced = (at: Date): SigningKey => ({
    ...renewed,
    entry: { ...renewed.entry, notUsedBefore: at.toISOString() },
  });
  const later = new Date(now.getTime() + 1);

  it('the newest signs, wherever the registry has it, and an announced one from its day on', () => {
    const longer = { ...renewed, certificate: old.certificate };
    const chosen = (keys: readonly SigningKey[], at = now) => {
      const checked = check(keys, [], base, at);
      return checked.ok ? checked.value.key.entry.label : null;
    };
    expect(chosen([old, renewed])).toBe(renewed.entry.label);
    expect(chosen([longer, old])).toBe(old.entry.label);
    expect(chosen([old, announced(later)])).toBe(old.entry.label);
    expect(chosen([announced(later), old], later)).toBe(old.entry.label);
    expect(chosen([old, announced(later)], later)).toBe(renewed.entry.label);
  });

  it('one that has ended signs nothing: the refusal says when, and how it is renewed; its successor signs', () => {
    const ended = new Date('2027-02-01T00:00:01Z');
    const checked = check([old], [], base, ended);
    const finding = checked.findings.find(
      ({ rule, outcome }) => rule === 'policy.certificate' && outcome === 'fail',
    );
    expect(checked.ok).toBe(false);
    expect(finding?.message).toMatch(/can’t be used: it ended at 2027-02-01T00:00:00\.000Z\.$/);
    expect(finding?.fix).toBe(
      'The foundation issues its successor on the signer’s machine (npm run issue), which the running signer takes by itself; then submit again.',
    );
    // Of one that was revoked, that is what counts.
    expect(JSON.stringify(check([old], [revoked(old)], base, ended).findings)).not.toContain('it ended at');
    const validToDate = new Date('2028-01-01');
    const certificate = Object.create(renewed.certificate, {
      validToDate: { value: validToDate },
    }) as typeof renewed.certificate;
    expect(check([old, { ...renewed, certificate }], [], base, ended).ok).toBe(true);
  });

  it('a request that began to be signed with one goes on with it, as long as it may be used', () => {
    const begun = new Set([old.entry.label, 'of.another-project']);
    const chosen = (revocations: Parameters<typeof check>[1]) => {
      const checked = check([old, announced(later)], revocations, base, later, {}, begun);
      return checked.ok ? checked.value.key.entry.label : null;
    };
    expect(chosen([])).toBe(old.entry.label);
    expect(chosen([revoked(old)])).toBe(renewed.entry.label);
  });

  it('an announced one doesn’t stand in for one that is revoked, and the refusal names its day', () => {
    const checked = check([old, announced(later)], [revoked(old)]);
    expect(checked.ok).toBe(false);
    const finding = checked.findings.find(({ rule }) => rule === 'policy.certificate');
    expect(finding?.found).toContain(`not used before ${later.toISOString()}`);
    expect(check([announced(later)], [], base, later).ok).toBe(true);
  });
});

describe('a project’s own certificate', () => {
  const own: SigningKey = { ...old, entry: { ...old.entry, holder: { organization: 'Widget' } } };

  it('signs if the policy names the project as the publisher, and is marked as not the foundation’s', () => {
    const checked = check([old, own], [], withOwn);
    expect(checked.ok && checked.value.key).toBe(own);
    expect(checked.findings.map((finding) => finding.message).join()).toMatch(
      /the project’s own certificate “release”; publisher: .*CN=TEST ONLY.*; not issued by the foundation/,
    );
  });

  it('never passes for the foundation’s, nor the foundation’s for the project’s', () => {
    for (const [keys, snapshot] of [
      [[own], base],
      [[old], withOwn],
    ] as const) {
      const checked = check(keys, [], snapshot);
      expect(checked.ok).toBe(false);
      const finding = checked.findings.find((candidate) => candidate.rule === 'policy.certificate');
      expect(finding?.fix).toContain('whose name the certificate carries');
    }
  });

  it('that is revoked signs nothing more', () => {
    expect(check([own], [revoked(own)], withOwn).ok).toBe(false);
  });
});

describe('a certificate', () => {
  it('that is valid in every respect signs', () => {
    const checked = check([old], []);
    expect(checked.ok && checked.value.key).toBe(old);
    expect(checked.findings.map((finding) => [finding.rule, finding.outcome])).toEqual([
      ['policy.snapshot', 'pass'],
      ['policy.status', 'pass'],
      ['policy.certificate', 'pass'],
    ]);
  });

  it('that is revoked signs nothing more, and the refusal says since when, why and in which file', () => {
    const checked = check([old], [revoked(old)]);
    expect(checked.ok).toBe(false);
    const finding = checked.findings.find((candidate) => candidate.rule === 'policy.certificate');
    expect(finding?.outcome).toBe('fail');
    expect(finding?.found).toContain(
      'revoked as of 2026-11-20T00:00:00.000Z (privilegeWithdrawn, revocations/11',
    );
    expect(finding?.fix).toContain('why it was revoked');
  });

  it('of the same name with another key takes over', () => {
    const checked = check([old, renewed], [revoked(old)]);
    expect(checked.ok && checked.value.key).toBe(renewed);
  });

  it('with a compromised key is blocked too, unlike one whose key was revoked for another reason', () => {
    expect(check([old, sameKey], [revoked(old, 'keyCompromise')]).ok).toBe(false);
    const checked = check([old, sameKey], [revoked(old, 'superseded')]);
    expect(checked.ok && checked.value.key).toBe(sameKey);
  });

  it.each([
    ['serves another purpose', { purpose: 'test' }],
    ['is another project’s', { project: 'zip-demo' }],
    ['has another name', { name: 'other' }],
  ] as const)('that %s signs nothing', (_what, changes) => {
    const checked = check([{ ...old, entry: { ...old.entry, ...changes } }], []);
    expect(checked.ok).toBe(false);
    expect(checked.findings.find((finding) => finding.outcome === 'fail')?.rule).toBe('policy.certificate');
  });

  it.each(['2026-10-31T23:59:59Z', '2027-02-01T00:00:01Z'])(
    'isn’t valid at %s, and signs nothing then',
    (at) => {
      expect(check([old], [], base, new Date(at)).ok).toBe(false);
    },
  );

  it.each(['paused', 'retired'] as const)('of a project that is %s signs nothing', (status) => {
    const value = { ...seeded.project.value, status };
    const stopped = new Map(base.projects).set(slug, { ...seeded, project: { ...seeded.project, value } });
    const checked = check([old], [], { ...base, projects: stopped });
    expect(checked.ok).toBe(false);
    expect(checked.findings.find((finding) => finding.outcome === 'fail')?.rule).toBe('policy.status');
  });

  it('that was issued for another program, or before programs were recorded, signs nothing', () => {
    for (const program of ['components', undefined] as const) {
      const { program: _recorded, ...rest } = old.entry;
      const entry = program === undefined ? rest : { ...rest, program };
      const checked = check([{ ...old, entry }], []);
      expect(checked.ok).toBe(false);
      const finding = checked.findings.find((candidate) => candidate.rule === 'policy.certificate');
      expect(finding).toMatchObject({
        outcome: 'fail',
        expected: expect.stringContaining('issued for the program executables') as string,
        found: expect.stringContaining(`for the program ${program ?? '(none recorded)'}`) as string,
        fix: expect.stringContaining('npm run issue') as string,
      });
      expect(check([{ ...old, entry }, renewed], []).ok).toBe(true);
    }
  });
});

describe('parameters of a request', () => {
  const asking = changed({
    [artifactFile]: [
      ['root:', "parameters:\n  - { name: tool, pattern: 'es*' }\nroot:"],
      ['package/esbuild.exe', 'package/${tool}.exe'],
    ],
  });
  const of = (parameters: ClaimedRequest['parameters']) => check([old], [], asking, now, parameters);

  it('are filled into the configuration that the artifact is held against, and shown', () => {
    const checked = of({ tool: 'esbuild' });
    expect(checked.ok && compileConfiguration(checked.value.configuration).elements[1]?.path).toBe(
      'package/esbuild.exe',
    );
    expect(checked.findings.find(({ rule }) => rule === 'policy.parameters')).toMatchObject({
      outcome: 'pass',
      found: 'esbuild',
      policy: { file: artifactFile },
    });
  });

  it.each([
    ['missing', {}, 'gives no value for `tool`'],
    ['unlike the pattern', { tool: 'rollup' }, 'doesn’t look as'],
    ['unknown', { tool: 'esbuild', version: '1' }, 'takes no value for `version`'],
    ['a pattern', { tool: 'es*' }, 'can’t be used'],
    ['a path', { tool: 'es/../x' }, 'can’t be used'],
  ])('are refused where one is %s', (_what, parameters, message) => {
    const checked = of(parameters);
    expect(checked.ok).toBe(false);
    const failed = checked.findings.filter(({ outcome }) => outcome === 'fail');
    expect(failed.map(({ rule }) => rule)).toEqual(['policy.parameters']);
    expect(failed[0]?.message).toContain(message);
  });

  it('that are missing have no value of JavaScript’s own', () => {
    const odd = changed({
      [artifactFile]: [
        ['root:', "parameters:\n  - { name: constructor, pattern: 'es*' }\nroot:"],
        ['package/esbuild.exe', 'package/${constructor}.exe'],
      ],
    });
    const [failed] = check([old], [], odd).findings.filter(({ outcome }) => outcome === 'fail');
    expect(failed).toMatchObject({ rule: 'policy.parameters', found: 'no value' });
  });

  it('change nothing of what approvals of a policy name as its digest', () => {
    const digests = [{ tool: 'esbuild' }, { tool: 'esmodule' }].map((parameters) => {
      const checked = of(parameters);
      return checked.ok ? checked.value.effective.digest : null;
    });
    expect(digests[0]).toBe(digests[1]);
  });
});
