import { verify } from 'node:crypto';
import {
  bitString,
  concatenate,
  enumerated,
  explicit,
  generalizedTime,
  ia5Bytes,
  implicitConstructed,
  implicitPrimitive,
  integer,
  nullValue,
  octetString,
  oid,
  oids,
  readDer,
  sequence,
  utcTime,
  boolean,
  type Der,
} from '../asn1/index.ts';
import type { CertificateSerial } from '../../ids/index.ts';
import { keyIdentifier, parseCertificate } from '../x509/index.ts';
import { RevocationError } from './error.ts';
import { reasonCodes, type RevocationReason } from './reasons.ts';

export interface RevokedCertificate {
  readonly serial: CertificateSerial;
  /** From when its signatures are revoked; used as revocation and as invalidity date. */
  readonly revokedAt: Date;
  readonly reason: RevocationReason;
}

export interface RevocationListRequest {
  /** DER certificate of the CA that signs the list. */
  readonly issuer: Uint8Array;
  /** Greater than that of every earlier list (RFC 5280 §5.2.3). */
  readonly number: number;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  readonly revoked: readonly RevokedCertificate[];
  /** Address of this part of the list, if it is split into several; null: the list is complete. */
  readonly distributionPoint: string | null;
  /** Whether it lists certificates of an issuing CA, which is the default, or the CAs under a root. */
  readonly lists?: 'certificates' | 'authorities';
}

/** DER TBSCertList → RSASSA-PKCS1-v1_5 signature over its SHA-256. */
export type SignRevocationList = (tbsCertList: Uint8Array) => Promise<Uint8Array>;

/** Code Signing BR §4.9.7: at most ten days, and for a root's list twelve months. */
const daysMax = { certificates: 10, authorities: 365 } as const;
const entriesMax = 1_000_000;

const signatureAlgorithm = (): Der => sequence(oid(oids.sha256WithRsaEncryption), nullValue());

/**
 * Request and signing port → DER CertificateList, version 2, SHA-256 with RSA (RFC 5280 §5). Entries are sorted by serial
 * number and carry reason and invalidity date. Rejects with REQUEST_INVALID if the times are out of order or further apart
 * than ten days (a root's: 365), a serial number appears twice, or the issuer may not sign lists; SIGNATURE_WRONG if the
 * port signed with another key.
 */
export async function issueRevocationList(
  request: RevocationListRequest,
  sign: SignRevocationList,
): Promise<Uint8Array> {
  const issuer = parseCertificate(request.issuer);
  checkRequest(request);
  if (!issuer.node.ca) throw new RevocationError('REQUEST_INVALID', 'the issuer of the list is not a CA');
  const [tbsCertificate] = readDer(issuer.der).children;
  // version, serialNumber, signature, issuer, validity, subject (RFC 5280 §4.1): the name as in the CA's certificate.
  const name = tbsCertificate?.children[5];
  if (name === undefined) throw new RevocationError('MALFORMED', 'the issuer has no subject');
  const tbsCertList = sequence(
    integer(1),
    signatureAlgorithm(),
    name.bytes,
    time(request.thisUpdate),
    time(request.nextUpdate),
    ...(request.revoked.length === 0 ? [] : [entries(request.revoked)]),
    explicit(0, listExtensions(request, keyIdentifier(issuer.node.publicKey))),
  );
  const signature = await sign(tbsCertList);
  if (!verify('sha256', tbsCertList, issuer.node.publicKey, signature)) {
    throw new RevocationError('SIGNATURE_WRONG', 'the list was signed with another key than its issuer’s');
  }
  return sequence(tbsCertList, signatureAlgorithm(), bitString(signature));
}

function checkRequest(request: RevocationListRequest): void {
  const { number, thisUpdate, nextUpdate, revoked } = request;
  const most = daysMax[request.lists ?? 'certificates'];
  const days = (nextUpdate.getTime() - thisUpdate.getTime()) / 86_400_000;
  if (!(days > 0 && days <= most)) {
    throw new RevocationError(
      'REQUEST_INVALID',
      `the next list would come after ${days.toFixed(2)} days: more than 0 and at most ${most}`,
    );
  }
  if (!Number.isSafeInteger(number) || number < 1)
    throw new RevocationError('REQUEST_INVALID', `number ${number}: a positive integer`);
  if (revoked.length > entriesMax)
    throw new RevocationError('REQUEST_INVALID', `${revoked.length} entries: at most ${entriesMax}`);
  const serials = new Set(revoked.map((certificate) => certificate.serial));
  if (serials.size !== revoked.length)
    throw new RevocationError('REQUEST_INVALID', 'a certificate is in the list twice');
}

function entries(revoked: readonly RevokedCertificate[]): Der {
  const sorted = revoked
    .map((certificate) => ({
      ...certificate,
      number: BigInt(`0x${certificate.serial}`),
    }))
    .sort((a, b) => (a.number < b.number ? -1 : a.number > b.number ? 1 : 0));
  return sequence(
    concatenate(
      sorted.map(({ number, revokedAt, reason }) =>
        sequence(
          integer(number),
          time(revokedAt),
          sequence(
            extension(oids.reasonCode, enumerated(reasonCodes[reason])),
            extension(oids.invalidityDate, generalizedTime(wholeSeconds(revokedAt))),
          ),
        ),
      ),
    ),
  );
}

function listExtensions({ number, distributionPoint }: RevocationListRequest, issuerKey: string): Der {
  const keyId = implicitPrimitive(0, Uint8Array.from(Buffer.from(issuerKey, 'hex')));
  return sequence(
    extension(oids.authorityKeyIdentifier, sequence(keyId)),
    extension(oids.crlNumber, integer(number)),
    ...(distributionPoint === null
      ? []
      : [extension(oids.issuingDistributionPoint, issuingDistributionPoint(distributionPoint), true)]),
  );
}

/** RFC 5280 §5.2.5: distributionPoint [0] → fullName [0] → uniformResourceIdentifier [6]; only for end entities. */
function issuingDistributionPoint(url: string): Der {
  const fullName = implicitConstructed(0, implicitPrimitive(6, ia5Bytes(url)));
  return sequence(implicitConstructed(0, fullName), implicitPrimitive(1, Uint8Array.of(0xff)));
}

const extension = (id: string, value: Uint8Array, critical = false): Der =>
  sequence(oid(id), ...(critical ? [boolean(true)] : []), octetString(value));

const wholeSeconds = (date: Date): Date => new Date(Math.floor(date.getTime() / 1000) * 1000);

/** UTCTime up to 2049, GeneralizedTime from then on (RFC 5280 §5.1.2.4). */
function time(date: Date): Der {
  return date.getUTCFullYear() < 2050 ? utcTime(date) : generalizedTime(wholeSeconds(date));
}
