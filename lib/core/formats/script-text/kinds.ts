/** Kinds of scripts, and how one is told. */
import type { AuthenticodeSign } from '../../generated/index.ts';
import { Asn1Error, asOctetString, asSequence, oids, readDer } from '../../pki/asn1/index.ts';
import { CmsError, parseSignedData, parseSpcIndirectData } from '../../pki/cms/index.ts';
import type { FormatType, FormatWords } from '../format.ts';
import type { ToldKind } from '../kind/index.ts';
import type { BlockStyle } from './block.ts';
import { ScriptError } from './errors.ts';
import type { Encoding, ScriptText } from './read-text.ts';

export interface ScriptKind {
  /** With its article. */
  readonly one: string;
  /** Of file names, in small letters: `.ps1`. */
  readonly endings: readonly string[];
  /** Whether a text can be one, by how it begins. */
  begins(text: string): boolean;
  readonly block: BlockStyle;
  /** SpcSipInfo: which part of Windows computes the digest, and by which version of its rules. */
  readonly provider: { readonly version: number; readonly id: Uint8Array };
  /** The byte order mark is part of what is digested, as U+FEFF. */
  readonly digestsMark: boolean;
  /** The block's place is digested behind the text: characters before it, 32 bits, little-endian. */
  readonly digestsPlace: boolean;
  readonly signableAs: readonly Encoding[];
  /** Of a text of this kind. */
  told(text: string): ToldKind;
}

/** Kinds that a configuration names together. */
export interface ScriptFamily {
  readonly type: Extract<FormatType, 'powershell' | 'windows-script'>;
  readonly words: FormatWords;
  readonly kinds: readonly ScriptKind[];
}

export type ScriptSign = AuthenticodeSign;

/** What is known of a script besides its text. */
interface Known {
  /** Without folders; null: the artifact itself, whose name nobody knows. */
  readonly name?: string | null;
  /** DER PKCS#7 that is, or is to be, in its block. */
  readonly signature?: Uint8Array;
}

/**
 * The one kind that fits all that is known. Text alone doesn't tell JScript from VBScript: the name does, and later the signature,
 * which names the part of Windows that it is for.
 */
export function tellKind(
  family: ScriptFamily,
  { text }: ScriptText,
  { name = null, signature }: Known,
): ScriptKind {
  const provider = signature === undefined ? null : providerOf(signature);
  const ending = name === null ? null : (/\.[^.]*$/.exec(name)?.[0].toLowerCase() ?? '');
  const begins = family.kinds.filter((kind) => kind.begins(text));
  const fits = begins.filter(
    (kind) =>
      (ending === null || kind.endings.includes(ending)) &&
      (provider === null || Buffer.compare(provider, kind.provider.id) === 0),
  );
  const [first, ...others] = fits;
  if (first !== undefined && others.length === 0) return first;
  const like = begins.map(({ one }) => one).join(' or ');
  if (first !== undefined)
    throw new ScriptError(
      'NOT_SCRIPT',
      `it could be ${like}: only a name tells, so submit it inside an archive`,
    );
  const endings = family.kinds.flatMap((kind) => kind.endings).join(', ');
  const message =
    ending === null || family.kinds.some((kind) => kind.endings.includes(ending))
      ? `it begins like ${like === '' ? 'none of the scripts that are signed here' : like}, and is not named so`
      : `its name ends with none of ${endings}`;
  throw new ScriptError('NOT_SCRIPT', message);
}

/** The provider that a signature states; throws ScriptError where it states none. */
function providerOf(signature: Uint8Array): Uint8Array {
  try {
    const { encapContentDer } = parseSignedData(signature);
    const { type, value } = parseSpcIndirectData(encapContentDer ?? new Uint8Array());
    const id = type === oids.spcSipInfo ? asSequence(readDer(value))[1] : undefined;
    if (id !== undefined) return asOctetString(id);
  } catch (cause) {
    if (!(cause instanceof CmsError) && !(cause instanceof Asn1Error)) throw cause;
    throw new ScriptError('SIGNATURE_INVALID', `its signature can’t be read: ${cause.message}`, { cause });
  }
  throw new ScriptError('SIGNATURE_INVALID', 'its signature is about no script');
}
