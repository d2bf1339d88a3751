/** Writes unsigned security catalogs, as inf2cat does, and malformed ones. */
import { createHash } from 'node:crypto';
import * as asn1 from '../../pki/asn1/index.ts';
import { memorySource } from '../random-access.ts';
import { parsePe, peDigest } from '../pe/index.ts';
import { catalogOids } from './oids.ts';

const { oids } = asn1;

export interface Listed {
  readonly digest: Uint8Array;
  /** Programs are listed by Authenticode's digest, others by that of all their bytes. */
  readonly program: boolean;
  readonly file: string;
}

export const flat = (file: string, content: Uint8Array): Listed => ({
  file,
  program: false,
  digest: Uint8Array.from(createHash('sha256').update(content).digest()),
});

export async function ofProgram(file: string, program: Uint8Array): Promise<Listed> {
  const source = memorySource(program);
  return { file, program: true, digest: await peDigest(source, await parsePe(source)) };
}

export interface CatalogOptions {
  /** Version 1 has tags of hexadecimal digits. */
  readonly version?: 1 | 2;
  /** Instead of the digest’s own. */
  readonly tag?: Uint8Array;
  readonly hash?: string;
  /** Instead of the usual link: `<<<Obsolete>>>`. */
  readonly link?: Uint8Array;
  readonly moreAttributes?: readonly Uint8Array[];
  readonly usage?: string;
  readonly extensions?: readonly Uint8Array[];
  readonly contentType?: string;
  /** Between content and signers. */
  readonly certificates?: readonly Uint8Array[];
}

const utf16le = (text: string): Uint8Array => Uint8Array.from(Buffer.from(`${text}\0`, 'utf16le'));
export const attribute = (type: string, value: Uint8Array): Uint8Array =>
  asn1.sequence(asn1.oid(type), asn1.set(value));
const nameValue = (name: string, value: string): Uint8Array =>
  asn1.sequence(asn1.bmpString(name), asn1.integer(0x10010001), asn1.octetString(utf16le(value)));
export const extension = (type: string, value: Uint8Array): Uint8Array =>
  asn1.sequence(asn1.oid(type), asn1.octetString(value));

export function member({ digest, program, file }: Listed, options: CatalogOptions = {}): Uint8Array {
  const obsolete = asn1.implicitPrimitive(0, asn1.bmpBytes('<<<Obsolete>>>'));
  const link = options.link ?? asn1.explicit(2, obsolete);
  const data = program
    ? asn1.sequence(
        asn1.oid(oids.spcPeImageData),
        asn1.sequence(asn1.bitString(Uint8Array.of(0xa0), 5), asn1.explicit(0, link)),
      )
    : asn1.sequence(asn1.oid('1.3.6.1.4.1.311.2.1.25'), link);
  const algorithm = asn1.sequence(asn1.oid(options.hash ?? oids.sha256), asn1.nullValue());
  const statement = asn1.sequence(data, asn1.sequence(algorithm, asn1.octetString(digest)));
  const hex = Buffer.from(digest).toString('hex').toUpperCase();
  const tag = options.version === 1 ? utf16le(hex) : digest;
  return asn1.sequence(
    asn1.octetString(options.tag ?? tag),
    asn1.set(
      attribute(catalogOids.nameValue, nameValue('File', file)),
      attribute(catalogOids.memberInfo2, asn1.explicit(0, asn1.sequence())),
      attribute(oids.spcIndirectData, statement),
      ...(options.moreAttributes ?? []),
    ),
  );
}

/** → DER ContentInfo, what makecat leaves in a file. */
export function catalog(files: readonly Listed[], options: CatalogOptions = {}): Uint8Array {
  return catalogOf(
    files.map((file) => member(file, options)),
    options,
  );
}

export function catalogOf(members: readonly Uint8Array[], options: CatalogOptions = {}): Uint8Array {
  const kind = options.version === 1 ? catalogOids.member : catalogOids.memberV2;
  const list = asn1.sequence(
    asn1.sequence(asn1.oid(options.usage ?? catalogOids.usage)),
    asn1.octetString(new Uint8Array(16).fill(7)),
    asn1.utcTime(new Date('2026-05-01T12:00:00Z')),
    asn1.sequence(asn1.oid(kind), asn1.nullValue()),
    ...(members.length === 0 ? [] : [asn1.sequence(...members)]),
    asn1.explicit(
      0,
      asn1.sequence(
        extension(catalogOids.nameValue, nameValue('OSAttr', '_v100_X64')),
        ...(options.extensions ?? []),
      ),
    ),
  );
  return contentInfo(list, options);
}

export function contentInfo(list: Uint8Array, options: CatalogOptions = {}): Uint8Array {
  const { certificates = [] } = options;
  const signedData = asn1.sequence(
    asn1.integer(1),
    asn1.set(),
    asn1.sequence(asn1.oid(options.contentType ?? catalogOids.list), asn1.explicit(0, list)),
    ...(certificates.length === 0 ? [] : [asn1.implicitConstructed(0, asn1.concatenate(certificates))]),
    asn1.set(),
  );
  return asn1.sequence(asn1.oid(oids.signedData), asn1.explicit(0, signedData));
}
