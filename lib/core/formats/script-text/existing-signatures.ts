/** Which signatures a script brings along: said to its readers, and believed by nobody. */
import { X509Certificate } from 'node:crypto';
import { oids } from '../../pki/asn1/index.ts';
import {
  findSignatures,
  parseSpcIndirectData,
  verifyPkcs7,
  verifySignerInfo,
  type FoundSignature,
} from '../../pki/cms/index.ts';
import { scriptDigest, type Script } from './script.ts';

const nameCharactersMax = 64;

interface Described {
  /** `of “X”, which fits the script`. */
  readonly text: string;
  /** null: it can't be told. */
  readonly fits: boolean | null;
}

/** The signature in the block and those nested in it; `problems`: of what can't be read, a sentence's end each. */
export function describeExisting(script: Script): {
  readonly described: readonly Described[];
  readonly problems: readonly string[];
} {
  if (script.block === null) return { described: [], problems: [] };
  const { signatures, problems } = findSignatures([script.block.signature]);
  return { described: signatures.map((found) => describe(found, script)), problems };
}

function describe(found: FoundSignature, script: Script): Described {
  const nested = found.nesting === 0 ? '' : 'nested, ';
  const certificate = attempt(() => verifySignerInfo({ signedData: found.signedData }).certificate);
  const who =
    certificate instanceof Uint8Array ? nameIn(certificate) : 'somebody whose certificate is not there';
  const dates = found.countersignatures.map(({ time }) =>
    time === null ? 'timestamped without a time that can be read' : `timestamped ${time.toISOString()}`,
  );
  const fit = fitOf(found, certificate, script);
  return { text: [`${nested}of ${who}`, fit.text, ...dates].join(', '), fits: fit.fits };
}

/** Whether the signature belongs to this script, as far as its own certificate tells. */
function fitOf(
  { der, signedData }: FoundSignature,
  certificate: Uint8Array | string | null,
  script: Script,
): Described {
  const unproven = (text: string): Described => ({ text, fits: null });
  const content = signedData.encapContentDer;
  const statement = content === null ? 'it is detached' : attempt(() => parseSpcIndirectData(content));
  if (typeof statement === 'string') return unproven(`which proves nothing (${statement})`);
  if (!(certificate instanceof Uint8Array)) return unproven('which can’t be verified');
  if (script.script.encoding === 'unmarked')
    return unproven('which can’t be compared with a text of unknown encoding');
  const verified = attempt(() =>
    verifyPkcs7({ pkcs7: der, signerCertificate: certificate }, oids.spcIndirectData),
  );
  if (typeof verified === 'string') return unproven(`which proves nothing (${verified})`);
  const digest = scriptDigest(script, statement.algorithm);
  const problems = [
    ...verified.problems,
    ...(statement.type === oids.spcSipInfo ? [] : ['it is about no script']),
    ...(Buffer.compare(digest, statement.digest) === 0 ? [] : ['it is about a script with another digest']),
  ];
  return problems.length === 0 && verified.ok
    ? { text: 'which fits the script', fits: true }
    : { text: `which does not fit the script (${problems.join('; ')})`, fits: false };
}

/** A value, or what is wrong in words: strangers' certificates and keys make OpenSSL throw all kinds of errors. */
function attempt<T>(read: () => T): T | string {
  try {
    return read();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function nameIn(certificate: Uint8Array): string {
  const subject = attempt(() => ({ text: new X509Certificate(certificate).subject }));
  if (typeof subject === 'string') return 'somebody whose certificate can’t be read';
  const name = /^CN=(.*)$/m.exec(subject.text)?.[1] ?? subject.text;
  const shown = name.replaceAll(/[\p{C}\p{Z}]+/gu, ' ').slice(0, nameCharactersMax);
  return `“${shown.toWellFormed()}”`;
}
