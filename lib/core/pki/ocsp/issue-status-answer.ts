import { verify } from 'node:crypto';
import {
  bitString,
  enumerated,
  explicit,
  generalizedTime,
  implicitConstructed,
  implicitPrimitive,
  nullValue,
  octetString,
  oid,
  oids,
  sequence,
  type Der,
} from '../asn1/index.ts';
import type { CertificateSerial } from '../../ids/index.ts';
import { reasonCodes, type RevocationReason } from '../crl/index.ts';
import { encodeCertificateId, issuerDigests } from './certificate-id.ts';
import { delegation } from './delegation.ts';
import { OcspError } from './error.ts';

export type CertificateStatus =
  | { readonly status: 'good' }
  | { readonly status: 'revoked'; readonly revokedAt: Date; readonly reason: RevocationReason }
  /** No certificate of this number was issued (RFC 6960 §2.2). */
  | { readonly status: 'unknown' };

export interface StatusAnswerRequest {
  /** DER certificate of the CA that issued the certificate in question. */
  readonly issuer: Uint8Array;
  /** DER certificate of the delegated responder, issued by that CA. */
  readonly responder: Uint8Array;
  readonly serial: CertificateSerial;
  readonly status: CertificateStatus;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  readonly producedAt: Date;
}

/** DER ResponseData → RSASSA-PKCS1-v1_5 signature over its SHA-256. */
export type SignStatusAnswer = (responseData: Uint8Array) => Promise<Uint8Array>;

/** Code Signing BR §4.9.10: an answer is valid for at most ten days. */
const daysMax = 10;

/**
 * Request and signing port → DER OCSPResponse, successful, basic, with the responder's certificate (RFC 6960 §4.2). It lists
 * the certificate once for each hash that requests identify issuers with, so that one file answers them all (§4.2.2.3 allows
 * more answers than were requested). Rejects with REQUEST_INVALID if the times are out of order or further apart than ten
 * days, or the responder isn't the CA's; SIGNATURE_WRONG if the port signed with another key.
 */
export async function issueStatusAnswer(
  request: StatusAnswerRequest,
  sign: SignStatusAnswer,
): Promise<Uint8Array> {
  const delegated = delegation(request.responder, request.issuer);
  checkRequest(request);
  if (delegated === null)
    throw new OcspError(
      'REQUEST_INVALID',
      'the responder’s certificate wasn’t issued by the CA for status answers',
    );
  const responderKey = issuerDigests(request.responder).find((digest) => digest.hash === 'sha1')?.key;
  if (responderKey === undefined) throw new OcspError('REQUEST_INVALID', 'the responder has no key');
  const responseData = sequence(
    explicit(2, octetString(responderKey)),
    generalizedTime(wholeSeconds(request.producedAt)),
    sequence(
      ...issuerDigests(request.issuer).map((digests) =>
        sequence(
          encodeCertificateId(digests, request.serial),
          certificateStatus(request.status),
          generalizedTime(wholeSeconds(request.thisUpdate)),
          explicit(0, generalizedTime(wholeSeconds(request.nextUpdate))),
        ),
      ),
    ),
  );
  const signature = await sign(responseData);
  if (!verify('sha256', responseData, delegated.key, signature))
    throw new OcspError('SIGNATURE_WRONG', 'the answer was signed with another key than its responder’s');
  const basic = sequence(
    responseData,
    sequence(oid(oids.sha256WithRsaEncryption), nullValue()),
    bitString(signature),
    explicit(0, sequence(request.responder)),
  );
  return sequence(enumerated(0), explicit(0, sequence(oid(oids.ocspBasic), octetString(basic))));
}

const errorCodes = { malformedRequest: 1, internalError: 2, tryLater: 3, unauthorized: 6 } as const;
export type StatusErrorName = keyof typeof errorCodes;

/** An answer that states nothing about a certificate, and is therefore not signed (RFC 6960 §2.3). */
export const statusErrorAnswer = (name: StatusErrorName): Der => sequence(enumerated(errorCodes[name]));

function checkRequest({ thisUpdate, nextUpdate }: StatusAnswerRequest): void {
  const days = (nextUpdate.getTime() - thisUpdate.getTime()) / 86_400_000;
  if (!(days > 0 && days <= daysMax)) {
    throw new OcspError(
      'REQUEST_INVALID',
      `the answer would be valid for ${days.toFixed(2)} days: more than 0 and at most ${daysMax}`,
    );
  }
}

function certificateStatus(status: CertificateStatus): Der {
  switch (status.status) {
    case 'good':
      return implicitPrimitive(0, new Uint8Array());
    case 'revoked':
      return implicitConstructed(
        1,
        generalizedTime(wholeSeconds(status.revokedAt)),
        explicit(0, enumerated(reasonCodes[status.reason])),
      );
    case 'unknown':
      return implicitPrimitive(2, new Uint8Array());
  }
}

const wholeSeconds = (date: Date): Date => new Date(Math.floor(date.getTime() / 1000) * 1000);
