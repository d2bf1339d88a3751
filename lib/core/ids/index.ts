/**
 * Branded identifiers: strings that must not be mixed up, each made only by its parser.
 */
import { CodedError } from '#core/error/index.ts';

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** 64 lower-case hexadecimal digits: a SHA-256 digest. */
export type Sha256Hex = Branded<'Sha256Hex'>;
/** 40 (SHA-1) or 64 (SHA-256) lower-case hexadecimal digits: a Git commit. */
export type CommitSha = Branded<'CommitSha'>;
/** Folder name of a project in the policy repository. */
export type ProjectSlug = Branded<'ProjectSlug'>;
/** File name, without `.yaml`, of a signing policy or an artifact configuration of a project. */
export type PolicySlug = Branded<'PolicySlug'>;
/** UUID of a signing request, lower case. */
export type RequestId = Branded<'RequestId'>;
/** CKA_LABEL of a key on the token. */
export type KeyLabel = Branded<'KeyLabel'>;
/** Serial number of a certificate: lower-case hexadecimal digits, whole octets. */
export type CertificateSerial = Branded<'CertificateSerial'>;
/** Name of a person in the policy repository: the file name under people/. */
export type PersonHandle = Branded<'PersonHandle'>;

export class IdentifierError extends CodedError<'IDENTIFIER_INVALID'> {
  static override readonly errorName = 'IdentifierError';
  readonly kind: string;
  readonly found: string;
  constructor(kind: string, found: unknown, expected: string) {
    const shown = typeof found === 'string' ? JSON.stringify(found.slice(0, 80)) : typeof found;
    super('IDENTIFIER_INVALID', `not a ${kind}: ${shown}; expected ${expected}`, { context: { kind } });
    this.kind = kind;
    this.found = shown;
  }
}

function parser<Name extends string>(kind: Name, pattern: RegExp, expected: string) {
  return (value: unknown): Branded<Name> => {
    if (typeof value !== 'string' || !pattern.test(value)) throw new IdentifierError(kind, value, expected);
    return value as Branded<Name>;
  };
}

const slug = /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/;
const slugRule = '1 to 64 lower-case letters, digits and inner hyphens';

export const parseSha256Hex = parser('Sha256Hex', /^[0-9a-f]{64}$/, '64 lower-case hexadecimal digits');
export const parseCommitSha = parser(
  'CommitSha',
  /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/,
  '40 or 64 lower-case hexadecimal digits',
);
export const parseProjectSlug = parser('ProjectSlug', slug, slugRule);
export const parsePolicySlug = parser('PolicySlug', slug, slugRule);
export const parsePersonHandle = parser('PersonHandle', slug, slugRule);
export const parseCertificateSerial = parser(
  'CertificateSerial',
  /^(?:0[1-9a-f]|[1-9a-f][0-9a-f])(?:[0-9a-f]{2}){0,19}$/,
  '1 to 20 octets as lower-case hexadecimal digits, the first not 00',
);
export const parseRequestId = parser(
  'RequestId',
  /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  'a lower-case UUID',
);
export const parseKeyLabel = parser(
  'KeyLabel',
  /^[a-z0-9](?:[a-z0-9.-]{0,126}[a-z0-9])?$/,
  '1 to 128 lower-case letters, digits, inner dots and hyphens',
);
