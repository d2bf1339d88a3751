import 'reflect-metadata';
import { generateKeyPairSync } from 'node:crypto';
import peculiar from '@peculiar/x509';
import { describe, expect, it } from 'vitest';
import { createTestSigner } from '../cms/signer.fixture.ts';
import { verifyCertificatePath } from './index.ts';
import type { PathQuery } from './verify-path.ts';

const { KeyUsageFlags: may, ExtendedKeyUsage: extended } = peculiar;
const [begin, at, end] = ['2026-01-01', '2026-06-01', '2027-01-01'].map((day) => new Date(day)) as [
  Date,
  Date,
  Date,
];
const elliptic = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const newKeys = (algorithm: object = elliptic): Promise<CryptoKeyPair> =>
  crypto.subtle.generateKey(algorithm as typeof elliptic, true, ['sign', 'verify']);

interface Made {
  readonly name: string;
  readonly keys: CryptoKeyPair;
  readonly der: Uint8Array;
}

interface Wishes {
  readonly extensions?: readonly peculiar.Extension[];
  readonly from?: Date;
  readonly to?: Date;
  readonly hash?: string;
  readonly keys?: CryptoKeyPair;
}

/** A certificate as any CA might make it; no issuer: signed by itself. */
async function make(name: string, issuer: Made | null, wishes: Wishes = {}): Promise<Made> {
  const keys = wishes.keys ?? (await newKeys());
  const certificate = await peculiar.X509CertificateGenerator.create({
    serialNumber: '0102030405060708',
    subject: `CN=${name}`,
    issuer: `CN=${issuer?.name ?? name}`,
    notBefore: wishes.from ?? begin,
    notAfter: wishes.to ?? end,
    publicKey: keys.publicKey,
    signingKey: (issuer?.keys ?? keys).privateKey,
    signingAlgorithm: { ...elliptic, hash: wishes.hash ?? 'SHA-256' },
    extensions: [...(wishes.extensions ?? codeSigning)],
  });
  return { name, keys, der: new Uint8Array(certificate.rawData) };
}

const usages = (flag: peculiar.KeyUsageFlags) => new peculiar.KeyUsagesExtension(flag, true);
const purposes = (critical: boolean, ...named: readonly string[]) =>
  new peculiar.ExtendedKeyUsageExtension([...named], critical);
const authority = (pathLength?: number) => new peculiar.BasicConstraintsExtension(true, pathLength, true);
const codeSigning = [usages(may.digitalSignature), purposes(false, extended.codeSigning)];
const timeStamping = [usages(may.digitalSignature), purposes(true, extended.timeStamping)];
const signsCertificates = usages(may.keyCertSign);
const ca: Wishes = { extensions: [authority(), signsCertificates] };

const root = await make('root', null, ca);
const issuing = await make('issuing', root, ca);

function codeOf(certificate: Made, more: Partial<PathQuery> = {}): string {
  try {
    const query = {
      intermediates: [issuing.der],
      trustedRoots: [root.der],
      at,
      usage: 'codeSigning',
    } as const;
    verifyCertificatePath({ ...query, certificate: certificate.der, ...more });
    return 'accepted';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe('a certificate that another authority issued', () => {
  it('is trusted if its whole path is valid', async () => {
    expect(codeOf(await make('leaf', issuing))).toBe('accepted');
    const stamp = await make('stamp', issuing, { extensions: timeStamping });
    expect(codeOf(stamp, { usage: 'timeStamping' })).toBe('accepted');
  });

  it('is not trusted a moment before it is valid, nor a moment after', async () => {
    const leaf = await make('leaf', issuing, { from: at, to: new Date(at.getTime() + 1000) });
    expect(codeOf(leaf)).toBe('accepted');
    expect(codeOf(leaf, { at: new Date(at.getTime() - 1) })).toBe('NOT_VALID_AT_TIME');
    expect(codeOf(leaf, { at: new Date(at.getTime() + 1001) })).toBe('NOT_VALID_AT_TIME');
  });

  it.each<[string, Wishes, string]>([
    [
      'with an unknown critical extension',
      { extensions: [...codeSigning, new peculiar.Extension('1.2.3.4', true, new Uint8Array([5, 0]))] },
      'CRITICAL_EXTENSION_UNKNOWN',
    ],
    ['signed over SHA-1', { hash: 'SHA-1' }, 'ALGORITHM_WEAK'],
    ['without a purpose', { extensions: [usages(may.digitalSignature)] }, 'USAGE_WRONG'],
    [
      'whose key may not sign data',
      { extensions: [usages(may.keyEncipherment), purposes(false, extended.codeSigning)] },
      'USAGE_WRONG',
    ],
  ])('is not trusted %s', async (_what, wishes, code) => {
    expect(codeOf(await make('leaf', issuing, wishes))).toBe(code);
  });

  it('is judged as Windows does only where that is asked: critical policies, a timestamp authority’s usage', async () => {
    const policies = new peculiar.Extension('2.5.29.32', true, new Uint8Array([0x30, 0]));
    const leaf = await make('leaf', issuing, { extensions: [...codeSigning, policies] });
    expect(codeOf(leaf)).toBe('CRITICAL_EXTENSION_UNKNOWN');
    expect(codeOf(leaf, { asWindows: true })).toBe('accepted');
    const unknown = new peculiar.Extension('1.2.3.4', true, new Uint8Array([5, 0]));
    const other = await make('other', issuing, { extensions: [...codeSigning, unknown] });
    expect(codeOf(other, { asWindows: true })).toBe('CRITICAL_EXTENSION_UNKNOWN');
    const stamps = [usages(may.digitalSignature), purposes(false, extended.timeStamping)];
    const stamp = await make('stamp', issuing, { extensions: stamps });
    expect(codeOf(stamp, { usage: 'timeStamping' })).toBe('USAGE_WRONG');
    expect(codeOf(stamp, { usage: 'timeStamping', asWindows: true })).toBe('accepted');
  });

  it('is not trusted with an extension that comes twice, whichever a reader goes by', async () => {
    const twice = [...codeSigning, purposes(false, extended.timeStamping)];
    expect(codeOf(await make('leaf', issuing, { extensions: twice }))).toBe('MALFORMED');
  });

  it('is not trusted with an RSA key under 2048 bits', async () => {
    const rsa = (modulusLength: number) =>
      newKeys({
        name: 'RSASSA-PKCS1-v1_5',
        hash: 'SHA-256',
        modulusLength,
        publicExponent: Uint8Array.of(1, 0, 1),
      });
    expect(codeOf(await make('leaf', issuing, { keys: await rsa(1024) }))).toBe('ALGORITHM_WEAK');
    expect(codeOf(await make('leaf', issuing, { keys: await rsa(2048) }))).toBe('accepted');
  });

  it.each([
    ['prime256v1', 'accepted'],
    ['secp521r1', 'accepted'],
    ['secp224r1', 'ALGORITHM_WEAK'],
    ['secp256k1', 'ALGORITHM_WEAK'],
  ])('with a key on the curve %s is %s', (namedCurve, code) => {
    const { root: own, certificate } = createTestSigner('EC', {
      keys: generateKeyPairSync('ec', { namedCurve }),
    });
    const made = { name: 'EC', keys: root.keys, der: certificate };
    expect(codeOf(made, { intermediates: [], trustedRoots: [own], at: new Date() })).toBe(code);
  });

  it.each<[string, readonly peculiar.Extension[]]>([
    ['has another purpose, too', [purposes(true, extended.timeStamping, extended.codeSigning)]],
    ['has it as non-critical', [purposes(false, extended.timeStamping)]],
  ])('is not accepted as a timestamp authority’s if it %s', async (_what, extensions) => {
    const stamp = await make('stamp', issuing, { extensions: [usages(may.digitalSignature), ...extensions] });
    expect(codeOf(stamp, { usage: 'timeStamping' })).toBe('USAGE_WRONG');
  });
});

describe('the path to a root', () => {
  it.each<[string, Wishes]>([
    ['is not an authority', { extensions: [] }],
    [
      'states that it is not one',
      { extensions: [new peculiar.BasicConstraintsExtension(false, undefined, true)] },
    ],
    ['may not sign certificates', { extensions: [authority(), usages(may.cRLSign)] }],
    ['is there for another purpose', { extensions: [authority(), purposes(false, extended.timeStamping)] }],
    ['has expired', { ...ca, to: new Date(at.getTime() - 1000) }],
    ['is signed over SHA-1', { ...ca, hash: 'SHA-1' }],
    [
      'has an unknown critical extension',
      { extensions: [authority(), new peculiar.Extension('1.2.3.4', true, new Uint8Array([5, 0]))] },
    ],
  ])('does not lead through one that %s', async (_what, wishes) => {
    const middle = await make('middle', root, wishes);
    const leaf = await make('leaf', middle);
    expect(codeOf(leaf, { intermediates: [middle.der] })).toBe('UNTRUSTED');
  });

  it('does not lead through an authority with more below it than its path length allows', async () => {
    const narrow = await make('narrow', root, { extensions: [authority(0), signsCertificates] });
    const below = await make('below', narrow, ca);
    const intermediates = [narrow.der, below.der];
    expect(codeOf(await make('leaf', narrow), { intermediates })).toBe('accepted');
    expect(codeOf(await make('leaf', below), { intermediates })).toBe('UNTRUSTED');
  });

  it('is not accepted by names alone: the issuer’s key must have signed', async () => {
    const forger: Made = { ...issuing, keys: await newKeys() };
    expect(codeOf(await make('leaf', forger))).toBe('UNTRUSTED');
  });

  it('does not begin at a root that has expired, and may at one that is signed over SHA-1', async () => {
    const expired = await make('root', null, { ...ca, keys: root.keys, to: new Date(at.getTime() - 1000) });
    const leaf = await make('leaf', root);
    expect(codeOf(leaf, { trustedRoots: [expired.der] })).toBe('UNTRUSTED');
    const old = await make('root', null, { ...ca, keys: root.keys, hash: 'SHA-1' });
    expect(codeOf(leaf, { trustedRoots: [old.der] })).toBe('accepted');
  });

  it('has at most five authorities between', async () => {
    const chain: Made[] = [];
    for (let count = 1; count <= 6; count += 1)
      chain.push(await make(`middle ${count}`, chain.at(-1) ?? root, ca));
    const intermediates = chain.map((made) => made.der);
    const under = async (count: number) =>
      codeOf(await make('leaf', chain[count - 1] ?? root), { intermediates });
    expect(await under(5)).toBe('accepted');
    expect(await under(6)).toBe('UNTRUSTED');
  });

  it('is searched for among at most 32 certificates', async () => {
    const leaf = await make('leaf', issuing);
    const many = (count: number) => Array.from({ length: count }, () => issuing.der);
    expect(codeOf(leaf, { intermediates: many(32) })).toBe('accepted');
    expect(codeOf(leaf, { intermediates: many(33) })).toBe('MALFORMED');
  });
});
