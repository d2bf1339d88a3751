/** What was read back from a finished file has to verify as if no step before had been there. */
import { createHash, generateKeyPairSync, sign, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import * as asn1 from '#core/pki/asn1/index.ts';
import {
  authenticodeSignedAttributes,
  buildAuthenticode,
  spcIndirectData,
  contentDigest,
} from '#core/pki/cms/index.ts';
import { parsePolicySlug, parseProjectSlug, parseSha256Hex } from '#core/ids/index.ts';
import { effectivePolicy, type EffectivePolicy } from '#core/policy/index.ts';
import { base } from '#core/policy/plan/snapshots.fixture.ts';
import { buildTimestampToken } from '#core/pki/tsp/index.ts';
import { issueCertificate, type CertificateKind } from '#core/pki/x509/index.ts';
import { governingAs } from '../checks/proofs.fixture.ts';
import { versionOf } from '../file-version/versions.fixture.ts';
import { verifySigned, type SignedFile } from './index.ts';

const organization = 'Example Foundation';
const keys = () => generateKeyPairSync('rsa', { modulusLength: 3072 });
const [rootKeys, signerKeys, otherKeys, tsaKeys] = [keys(), keys(), keys(), keys()];
const day = (text: string) => new Date(`${text}T00:00:00Z`);

const issue = (call: {
  kind: CertificateKind;
  commonName: string;
  of: ReturnType<typeof keys>;
  serial: number;
  from: string;
  to: string;
  issuer: Uint8Array | null;
}) =>
  issueCertificate(
    {
      kind: call.kind,
      subject: { organization, commonName: call.commonName },
      issuer: call.issuer,
      publicKey: call.of.publicKey,
      serial: Uint8Array.from([9, 8, 7, 6, 5, 4, 3, call.serial]),
      notBefore: day(call.from),
      notAfter: day(call.to),
    },
    (tbs) => Promise.resolve(sign('sha256', tbs, (call.issuer === null ? call.of : rootKeys).privateKey)),
  );

const long = { from: '2026-01-01', to: '2027-01-01' };
const short = { from: '2026-11-01', to: '2026-12-01' };
const root = await issue({
  kind: 'root',
  commonName: 'Root',
  of: rootKeys,
  serial: 1,
  ...long,
  issuer: null,
});
const tsa = await issue({
  kind: 'timestamp',
  commonName: 'Time',
  of: tsaKeys,
  serial: 2,
  ...long,
  issuer: root,
});
const [mine, others] = [
  await issue({
    kind: 'test',
    commonName: 'TEST ONLY: a',
    of: signerKeys,
    serial: 3,
    ...short,
    issuer: null,
  }),
  await issue({ kind: 'test', commonName: 'TEST ONLY: b', of: otherKeys, serial: 4, ...short, issuer: null }),
];
const otherRoot = await issue({
  kind: 'root',
  commonName: 'Another root',
  of: rootKeys,
  serial: 5,
  ...long,
  issuer: null,
});

const release = ((): EffectivePolicy => {
  const found = effectivePolicy(base, parseProjectSlug('esbuild-demo'), parsePolicySlug('release-signing'));
  if (!found.ok) throw new Error('the seed has no release policy');
  return found.value;
})();

const governing = (timestamp: 'required' | 'none', certificate = mine) =>
  governingAs({
    effective: { ...release, policy: { ...release.policy, timestamp } },
    key: { entry: {}, certificate: new X509Certificate(certificate), chain: [] },
  });

const digestOf = (text: string) => createHash('sha256').update(text).digest();

interface Made {
  /** What the signature is over. */
  readonly over?: string;
  /** What the inspector says the finished file's digest is. */
  readonly readBack?: string;
  /** What was signed, as the inspector said before; left out: as in the finished file. */
  readonly planned?: Uint8Array;
  readonly by?: typeof signerKeys;
  readonly certificate?: Uint8Array;
  /** When the timestamp was made; null: none. */
  readonly at: Date | null;
  /** What the timestamp is over; left out: the signature. */
  readonly stampOver?: Uint8Array;
}

async function signedFile(made: Made): Promise<SignedFile> {
  const content = spcIndirectData({
    type: asn1.oids.spcPeImageData,
    value: asn1.sequence(asn1.bitString(new Uint8Array(0))),
    algorithm: 'sha256',
    digest: digestOf(made.over ?? 'a program'),
  });
  const signedAttributes = authenticodeSignedAttributes({
    contentDigest: contentDigest(content),
  });
  const signature = sign('sha256', signedAttributes, (made.by ?? signerKeys).privateKey);
  const timestampToken =
    made.at === null
      ? null
      : await buildTimestampToken({
          request: {
            imprint: {
              hash: 'sha256',
              digest: createHash('sha256')
                .update(made.stampOver ?? signature)
                .digest(),
            },
            policyOid: null,
            nonce: null,
            certReq: true,
          },
          serial: 17n,
          time: made.at,
          policyOid: '1.3.6.1.4.1.99999.1',
          accuracySeconds: 1,
          tsaCertificate: tsa,
          chain: [root],
          sign: (attributes) => Promise.resolve(sign('sha256', attributes, tsaKeys.privateKey)),
        });
  const pkcs7 = buildAuthenticode({
    content,
    signedAttributes,
    signature,
    chain: [root],
    signerCertificate: made.certificate ?? mine,
    ...(timestampToken === null ? {} : { timestampToken }),
  });
  const inspectedDigest = parseSha256Hex(digestOf('a program').toString('hex'));
  const target: SignedFile['target'] = {
    path: ['program.exe'],
    file: 'leaf-1',
    unsignedSha256: inspectedDigest,
    type: 'pe',
    detached: false,
    kind: 'program',
    sign: { method: 'authenticode' },
    subject: null,
  };
  const subject = { digest: inspectedDigest, content: made.planned ?? content };
  const readBack = {
    signature: pkcs7,
    subject: { digest: digestOf(made.readBack ?? 'a program').toString('hex'), content },
  };
  return {
    target,
    version: versionOf({ path: target.path, sha256: inspectedDigest }),
    signatures: [{ sign: target.sign, subject, readBack, signedAt: day('2026-11-20'), timestamp: null }],
  };
}

async function verify(made: Made, timestamp: 'required' | 'none' = 'required', roots = [root]) {
  const signed = [await signedFile(made)];
  return verifySigned({ signed, followed: [], governing: governing(timestamp), timestampRoots: roots });
}

const inTime = day('2026-11-20');
const failed = (result: Awaited<ReturnType<typeof verify>>) =>
  result.findings
    .filter((finding) => finding.outcome === 'fail')
    .map((finding) => `${finding.rule}: ${finding.found ?? ''}`);

describe('a finished file', () => {
  it('with a signature over its bytes and a timestamp is released', async () => {
    expect((await verify({ at: inTime })).ok).toBe(true);
  });

  it('whose signature is over another program is withheld', async () => {
    const result = await verify({ over: 'another program', at: inTime });
    expect(result.ok).toBe(false);
    expect(failed(result)).toEqual([expect.stringContaining('verification.signature')]);
  });

  it('that isn’t the inspected program is withheld, though its signature verifies', async () => {
    const result = await verify({ over: 'another program', readBack: 'another program', at: inTime });
    expect(failed(result)).toEqual([expect.stringContaining('not the one that was inspected')]);
  });

  it('whose signed content isn’t the one that was granted is withheld, with the same digest', async () => {
    expect(failed(await verify({ planned: Uint8Array.of(0x30, 0), at: inTime }))).toEqual([
      expect.stringContaining('not the one that was inspected'),
    ]);
  });

  it('signed with another key than the certificate’s is withheld', async () => {
    expect((await verify({ by: otherKeys, at: inTime })).ok).toBe(false);
  });

  it('signed with another certificate than the policy’s is withheld', async () => {
    expect((await verify({ by: otherKeys, certificate: others, at: inTime })).ok).toBe(false);
  });

  it('without a timestamp is withheld if the policy requires one, and released if it doesn’t', async () => {
    expect(failed(await verify({ at: null }))).toEqual([expect.stringContaining('holds no timestamp')]);
    expect((await verify({ at: null }, 'none')).ok).toBe(true);
  });

  it('timestamped before or after the certificate’s validity is withheld', async () => {
    for (const at of [day('2026-10-31'), day('2026-12-02')]) {
      const result = await verify({ at });
      expect(failed(result)).toEqual([expect.stringContaining('outside the certificate’s validity')]);
    }
  });

  it('whose timestamp is over another signature is withheld', async () => {
    const result = await verify({ at: inTime, stampOver: Uint8Array.from([1, 2, 3]) });
    expect(failed(result)).toEqual([expect.stringContaining('verification.timestamp')]);
  });

  it('whose timestamp comes from an authority that isn’t trusted is withheld', async () => {
    for (const roots of [[], [otherRoot]]) {
      expect(failed(await verify({ at: inTime }, 'required', roots))).toEqual([
        expect.stringContaining('verification.timestamp'),
      ]);
    }
  });

  it('withholds all others if one of them is withheld', async () => {
    const signed = [await signedFile({ at: inTime }), await signedFile({ at: inTime, by: otherKeys })];
    const input = { signed, followed: [], governing: governing('required'), timestampRoots: [root] };
    expect((await verifySigned(input)).ok).toBe(false);
  });
});
