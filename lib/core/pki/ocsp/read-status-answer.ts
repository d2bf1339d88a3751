import { verify } from 'node:crypto';
import {
  asBitString,
  asEnumerated,
  asExplicit,
  asOctetString,
  asOid,
  asSequence,
  asTime,
  Asn1Error,
  isContext,
  oids,
  readDer,
  type DerNode,
} from '../asn1/index.ts';
import type { CertificateSerial } from '../../ids/index.ts';
import { isSameIssuer, issuerDigests, readCertificateId } from './certificate-id.ts';
import { delegation } from './delegation.ts';
import { OcspError } from './error.ts';

export interface ReadStatusAnswer {
  readonly serial: CertificateSerial;
  readonly status: 'good' | 'revoked' | 'unknown';
  /** null unless revoked. */
  readonly revokedAt: Date | null;
  /** Code of RFC 5280 §5.3.1; null unless revoked, or if none is given. */
  readonly reason: number | null;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  /** DER certificate of the responder that signed. */
  readonly responder: Uint8Array;
}

export const statusAnswerBytesMax = 64 * 1024;

/**
 * DER OCSPResponse → what it states about `issuer`'s certificate, after the signature was verified with the responder's certificate
 * and that with the issuer's (RFC 6960 §3.2; the responder's own revocation isn't checked: id-pkix-ocsp-nocheck). Whether it
 * is valid now is up to the caller. Throws OcspError MALFORMED, NOT_SUCCESSFUL or SIGNATURE_WRONG.
 */
export function readStatusAnswer(der: Uint8Array, issuer: Uint8Array): ReadStatusAnswer {
  try {
    return read(der, issuer);
  } catch (cause) {
    if (!(cause instanceof Asn1Error)) throw cause;
    throw malformed(cause.message, cause);
  }
}

function read(der: Uint8Array, issuer: Uint8Array): ReadStatusAnswer {
  const limits = { sizeMax: statusAnswerBytesMax, depthMax: 32, elementsMax: 5000 };
  const [status, wrapped] = asSequence(readDer(der, limits));
  if (status === undefined) throw malformed('a status expected');
  const code = asEnumerated(status);
  if (code !== 0 || wrapped === undefined)
    throw new OcspError('NOT_SUCCESSFUL', `the answer is error ${code}`);
  const [type, body] = asSequence(asExplicit(wrapped, 0));
  if (type === undefined || body === undefined || asOid(type) !== oids.ocspBasic)
    throw malformed('a basic answer expected');
  const [responseData, , signature, certificates] = asSequence(readDer(asOctetString(body), limits));
  if (responseData === undefined || signature === undefined || certificates === undefined)
    throw malformed('answer, signature and certificate expected');
  const [certificate] = asSequence(asExplicit(certificates, 0));
  if (certificate === undefined) throw malformed('no responder’s certificate');
  const responder = Uint8Array.from(certificate.bytes);
  const delegated = delegation(responder, issuer);
  if (
    delegated === null ||
    !verify('sha256', responseData.bytes, delegated.key, asBitString(signature).bytes)
  )
    throw new OcspError('SIGNATURE_WRONG', 'the answer isn’t signed by a responder of this issuer');
  return { ...singleAnswer(responseData, issuer), responder };
}

function singleAnswer(responseData: DerNode, issuer: Uint8Array): Omit<ReadStatusAnswer, 'responder'> {
  // version [0] where it isn't 1, responderID, producedAt, responses
  const members = asSequence(responseData).filter((member) => !isContext(member, 0));
  const [, , responses] = members;
  if (responses === undefined) throw malformed('it contains no certificate’s status');
  const digests = issuerDigests(issuer);
  for (const response of asSequence(responses)) {
    const [idNode, status, thisUpdate, next] = asSequence(response);
    if (idNode === undefined || status === undefined || thisUpdate === undefined || next === undefined)
      throw malformed('a status without times');
    const id = readCertificateId(idNode);
    if (
      id.issuer === null ||
      !digests.some((digest) => id.issuer !== null && isSameIssuer(digest, id.issuer))
    )
      continue;
    return {
      serial: id.serial,
      ...readStatus(status),
      thisUpdate: asTime(thisUpdate),
      nextUpdate: asTime(asExplicit(next, 0)),
    };
  }
  throw malformed('it contains no status of a certificate of this issuer');
}

function readStatus(node: DerNode): Pick<ReadStatusAnswer, 'status' | 'revokedAt' | 'reason'> {
  if (isContext(node, 0)) return { status: 'good', revokedAt: null, reason: null };
  if (isContext(node, 2)) return { status: 'unknown', revokedAt: null, reason: null };
  const [time, reason] = node.children;
  if (!isContext(node, 1) || time === undefined) throw malformed('a status that is none of the three');
  return {
    status: 'revoked',
    revokedAt: asTime(time),
    reason: reason === undefined ? null : asEnumerated(asExplicit(reason, 0)),
  };
}

const malformed = (message: string, cause?: unknown): OcspError =>
  new OcspError('MALFORMED', `not a status answer: ${message}`, { cause });
