import { createPublicKey } from 'node:crypto';
import {
  asBitString,
  asInteger,
  asOid,
  asSequence,
  asSmallInteger,
  isUniversal,
  nullValue,
  oid,
  oids,
  readDer,
  sequence,
  universalTag,
  type DerNode,
} from '../../asn1/index.ts';
import { keyIdentifier, parseCertificate } from '../certificate.ts';
import { curves } from '../../key-kind/index.ts';
import { issuerAlgorithm } from '../issuer-algorithm.ts';
import { profiles, type CertificateKind } from '../profiles.ts';
import { extensionRules } from './extension-rules.ts';
import type { TbsView } from './read-tbs.ts';
import type { LintRule } from './rule.ts';

const dayMilliseconds = 86_400_000;
const attributes = { commonName: '2.5.4.3', country: '2.5.4.6', organization: '2.5.4.10' } as const;
const testMark = 'TEST ONLY';

const same = (left: Uint8Array, right: Uint8Array): boolean => Buffer.compare(left, right) === 0;
const broken = (isBroken: boolean, what: string): string | null => (isBroken ? what : null);

const textOf = (view: TbsView, type: string): readonly string[] =>
  view.attributes.filter((attribute) => attribute.type === type).map((attribute) => attribute.text);

const publicKeyOf = (view: TbsView) =>
  createPublicKey({ key: Buffer.from(view.publicKey.bytes), format: 'der', type: 'spki' });

/** The kinds whose keys may be on a curve: authorities, timestamps and status answers are RSA throughout. */
const signsFiles: readonly CertificateKind[] = ['release', 'test', 'raw'];

/** RFC 5480 §2.1.1, §2.2. */
function brokenCurve(algorithm: DerNode, point: Uint8Array): string | null {
  const curve = Object.values(curves).find(({ parameters }) =>
    same(algorithm.bytes, sequence(oid(oids.ecPublicKey), parameters)),
  );
  if (curve === undefined) return 'another curve than P-256 and P-384, or one that isn’t named';
  const isWhole = point[0] === 0x04 && point.length === 1 + 2 * curve.bytes;
  return broken(!isWhole, 'the point is not an uncompressed one');
}

export const rules: readonly LintRule[] = [
  {
    name: 'version',
    requirement: 'RFC 5280 §4.1.2.1; Code Signing BR §7.1.1',
    check({ version }) {
      const value = version?.children[0];
      return broken(value === undefined || asInteger(value) !== 2n, 'version 3 expected');
    },
  },
  {
    name: 'serial-number',
    requirement: 'RFC 5280 §4.1.2.2; Code Signing BR §7.1: positive, at least 64 bits, at most 20 octets',
    check({ serial }) {
      const octets = serial.contents.length;
      return broken(
        asInteger(serial) <= 0n || octets < 8 || octets > 20,
        `${octets} octets, or not positive`,
      );
    },
  },
  {
    name: 'signature-algorithm',
    requirement:
      'RFC 4055 §5, RFC 5758 §3.2; Code Signing BR §7.1.3.2: sha256WithRSAEncryption with NULL, or ECDSA with the hash of the issuer’s curve and nothing',
    check(view, { issuer }) {
      const key = issuer === null ? publicKeyOf(view) : parseCertificate(issuer).node.publicKey;
      const isGood = same(view.signature.bytes, issuerAlgorithm(key).algorithm);
      return broken(!isGood, 'another algorithm or other parameters');
    },
  },
  {
    name: 'issuer-name',
    requirement: 'RFC 5280 §4.1.2.4: the octets of the issuer’s own subject',
    check(view, { issuer }) {
      const expected =
        issuer === null ? view.subject : readDer(parseCertificate(issuer).der).children[0]?.children[5];
      return broken(expected === undefined || !same(view.issuer.bytes, expected.bytes), 'another name');
    },
  },
  {
    name: 'validity-encoding',
    requirement: 'RFC 5280 §4.1.2.5: UTCTime to 2049, GeneralizedTime without fractions from then on',
    check({ notBefore, notAfter }) {
      const wrong = [notBefore, notAfter].find(
        ({ node, date }) =>
          isUniversal(node, universalTag.utcTime) !== date.getUTCFullYear() < 2050 ||
          date.getUTCMilliseconds() !== 0,
      );
      return broken(wrong !== undefined, `${wrong?.date.toISOString() ?? ''} in the wrong type`);
    },
  },
  {
    name: 'validity-length',
    requirement: 'the profile’s maximum lifetime; for code signing Code Signing BR §6.3.2',
    check({ notBefore, notAfter }, { kind }) {
      const days = (notAfter.date.getTime() - notBefore.date.getTime()) / dayMilliseconds;
      const { daysMax, rule } = profiles[kind];
      return broken(!(days > 0 && days <= daysMax), `${days.toFixed(1)} days: ${rule}`);
    },
  },
  {
    name: 'validity-within-issuer',
    requirement: 'RFC 5280 §6.1.3 (a)(2): every certificate of the path must be valid',
    check({ notBefore, notAfter }, { issuer }) {
      if (issuer === null) return null;
      const { validFromDate, validToDate } = parseCertificate(issuer).node;
      return broken(notBefore.date < validFromDate || notAfter.date > validToDate, 'it outlives its issuer');
    },
  },
  {
    name: 'subject-attributes',
    requirement:
      'Code Signing BR §7.1.4.2: organisation and common name, each once; RFC 5280 appendix A.1: at most 64',
    check(view) {
      for (const type of [attributes.organization, attributes.commonName]) {
        const [text, ...more] = textOf(view, type);
        if (text === undefined || more.length > 0)
          return `attribute ${type} ${more.length === 0 ? 'is missing' : 'appears twice'}`;
      }
      const long = view.attributes.find(
        (attribute) => attribute.text.trim() === '' || attribute.text.length > 64,
      );
      return broken(long !== undefined, `attribute ${long?.type ?? ''} is empty or over 64 characters`);
    },
  },
  {
    name: 'subject-strings',
    requirement: 'RFC 5280 §4.1.2.4: UTF8String or PrintableString; country: PrintableString of two letters',
    check(view) {
      const allowed: readonly number[] = [universalTag.utf8String, universalTag.printableString];
      const odd = view.attributes.find((attribute) => !allowed.includes(attribute.tag));
      if (odd !== undefined) return `attribute ${odd.type} is a string of another type`;
      const country = view.attributes.find((attribute) => attribute.type === attributes.country);
      const isGood =
        country === undefined ||
        (/^[A-Z]{2}$/.test(country.text) && country.tag === universalTag.printableString);
      return broken(!isGood, `country ${country?.text ?? ''}`);
    },
  },
  {
    name: 'test-mark',
    requirement: 'this foundation’s rule: test certificates are marked in their name, others are not',
    check(view, { kind }) {
      const isMarked = textOf(view, attributes.commonName).some((name) => name.startsWith(testMark));
      return broken(isMarked !== (kind === 'test'), isMarked ? 'marked as a test' : 'not marked as a test');
    },
  },
  {
    name: 'public-key',
    requirement:
      'Code Signing BR §6.1.5, §6.1.6: RSA of at least 3072 bits, exponent odd and at least 65537; for files also P-256 and P-384, the point uncompressed',
    check(view, { kind }) {
      const [algorithm, bits] = asSequence(view.publicKey);
      if (algorithm === undefined || bits === undefined) return 'no key';
      if (signsFiles.includes(kind) && asOid(asSequence(algorithm)[0] ?? algorithm) === oids.ecPublicKey)
        return brokenCurve(algorithm, asBitString(bits).bytes);
      if (!same(algorithm.bytes, sequence(oid(oids.rsaEncryption), nullValue()))) return 'no RSA key';
      const [modulus, exponent] = asSequence(readDer(asBitString(bits).bytes));
      if (modulus === undefined || exponent === undefined) return 'no RSA key';
      const length = asInteger(modulus).toString(2).length;
      if (length < 3072 || length % 8 !== 0) return `${length} bits`;
      const e = asInteger(exponent);
      return broken(e < 65_537n || e % 2n === 0n || e >= 1n << 256n, `exponent ${e}`);
    },
  },
  {
    name: 'extensions-once',
    requirement: 'RFC 5280 §4.2: no extension twice',
    check({ extensions }) {
      const ids = extensions.map((extension) => extension.id);
      const twice = ids.find((id, index) => ids.indexOf(id) !== index);
      return broken(twice !== undefined, `${twice ?? ''} appears twice`);
    },
  },
  {
    name: 'subject-key-identifier',
    requirement: 'RFC 5280 §4.2.1.2, RFC 7093 §2: of the key itself, not critical',
    check(view) {
      const found = view.extensions.find((extension) => extension.id === oids.subjectKeyIdentifier);
      if (found === undefined || found.critical) return 'missing or critical';
      const id = Buffer.from(readDer(found.value).contents).toString('hex');
      return broken(id !== keyIdentifier(publicKeyOf(view)), `${id} isn’t of this key`);
    },
  },
  {
    name: 'authority-key-identifier',
    requirement: 'RFC 5280 §4.2.1.1: the issuer’s subject key identifier, not critical',
    check({ extensions }, { issuer }) {
      const found = extensions.find((extension) => extension.id === oids.authorityKeyIdentifier);
      if (issuer === null) return broken(found?.critical === true, 'critical');
      if (found === undefined || found.critical) return 'missing or critical';
      const [id] = asSequence(readDer(found.value));
      const expected = keyIdentifier(parseCertificate(issuer).node.publicKey);
      const isSame = id?.tagClass === 'context' && Buffer.from(id.contents).toString('hex') === expected;
      return broken(!isSame, 'it isn’t the issuer’s');
    },
  },
  {
    name: 'basic-constraints',
    requirement:
      'RFC 5280 §4.2.1.9; Code Signing BR §7.1.2: critical in a CA, path length 0 in an issuing CA, absent elsewhere',
    check({ extensions }, { kind }) {
      const found = extensions.find((extension) => extension.id === oids.basicConstraints);
      if (kind !== 'root' && kind !== 'issuing') return broken(found !== undefined, 'present');
      if (!found?.critical) return 'missing or not critical';
      const [ca, length] = asSequence(readDer(found.value));
      if (ca?.contents[0] !== 0xff) return 'not a CA';
      const isGood =
        kind === 'root' ? length === undefined : length !== undefined && asSmallInteger(length) === 0;
      return broken(!isGood, 'another path length');
    },
  },
  ...extensionRules,
];
