/** A script, read: its text, its kind and its signature block; and what a signature states of it. */
import { createHash } from 'node:crypto';
import { integer, octetString, oids, sequence } from '../../pki/asn1/index.ts';
import { spcIndirectData } from '../../pki/cms/index.ts';
import { existingSignature, roundHash } from '../authenticode/index.ts';
import type { SignatureHash, Subject } from '../format.ts';
import type { RandomAccessSource } from '../random-access.ts';
import { findBlock, textWithout, type Block } from './block.ts';
import { ScriptError } from './errors.ts';
import { tellKind, type ScriptFamily, type ScriptKind, type ScriptSign } from './kinds.ts';
import {
  byteOffset,
  encodingNames,
  hasMark,
  lineEndsOf,
  readScriptText,
  scriptSizeMax,
  type ScriptText,
} from './read-text.ts';

export interface Script {
  readonly script: ScriptText;
  readonly kind: ScriptKind;
  readonly block: Block | null;
  /** Without the block. */
  readonly text: string;
}

/** Throws ScriptError. */
export async function readScript(
  source: RandomAccessSource,
  family: ScriptFamily,
  known: Parameters<typeof tellKind>[2],
): Promise<Script> {
  const script = await readScriptText(source);
  const kind = tellKind(family, script, known);
  const block = findBlock(script, kind.block);
  const blockBytes = block === null ? 0 : byteOffset(script, block.end) - byteOffset(script, block.start);
  const sizeBytes = source.size - blockBytes;
  if (sizeBytes > scriptSizeMax)
    throw new ScriptError('TOO_LARGE', `it has ${sizeBytes} bytes; at most ${scriptSizeMax} are read`);
  return { script, kind, block, text: textWithout(script, block) };
}

/**
 * Refuses what a signature of this kind of script would not hold for everywhere: text that Windows decodes by the code page of the
 * machine, and line ends that some of its versions make CRLF before they digest. Refuses a signature that is in the way.
 */
export function requireSignable({ script, kind, block, text }: Script, sign: ScriptSign): void {
  kind.block.place(text);
  if (!kind.signableAs.includes(script.encoding)) {
    const first = script.encoding === 'unmarked' ? script.bytes.findIndex((byte) => byte > 0x7f) : null;
    const where = first === null ? '' : ` (byte ${first} is the first that isn’t ASCII)`;
    const may = kind.signableAs.map((encoding) => encodingNames[encoding]).join(', ');
    throw new ScriptError(
      'ENCODING',
      `its text is ${encodingNames[script.encoding]}${where}; signed is ${kind.one} in ${may}`,
    );
  }
  const { firstOther } = lineEndsOf(text);
  if (firstOther !== null) throw new ScriptError('LINE_ENDS', `line ${firstOther} does not end with CRLF`);
  if (block !== null && existingSignature(sign) === 'refuse')
    throw new ScriptError('ALREADY_SIGNED', 'it is signed already');
}

const chunkCharacters = 512 * 1024;

/** Over UTF-16LE, whatever the file is written in. */
export function scriptDigest({ script, kind, block, text }: Script, hash: SignatureHash): Uint8Array {
  const digest = createHash(hash);
  if (kind.digestsMark && hasMark(script.encoding)) digest.update(Uint8Array.of(0xff, 0xfe));
  for (let at = 0; at < text.length; at += chunkCharacters)
    digest.update(Buffer.from(text.slice(at, at + chunkCharacters), 'utf16le'));
  if (kind.digestsPlace) {
    const place = Buffer.alloc(4);
    place.writeUInt32LE(block?.start ?? kind.block.place(text));
    digest.update(place);
  }
  return Uint8Array.from(digest.digest());
}

/**
 * DER SpcIndirectDataContent, around
 * ```
 * SpcSipInfo ::= SEQUENCE { version INTEGER, provider OCTET STRING, reserved INTEGER × 5 }
 * ```
 */
export function statementOf({ kind }: Script, algorithm: SignatureHash, digest: Uint8Array): Uint8Array {
  const { version, id } = kind.provider;
  const reserved = Array.from({ length: 5 }, () => integer(0));
  const value = sequence(integer(version), octetString(id), ...reserved);
  return spcIndirectData({ type: oids.spcSipInfo, value, algorithm, digest });
}

/** The same whether it is signed already or not: no signature covers another. */
export function scriptSubject(script: Script, sign: ScriptSign): Subject {
  const algorithm = roundHash(sign);
  const digest = scriptDigest(script, algorithm);
  const content = statementOf(script, algorithm, digest);
  return { digest: Buffer.from(digest).toString('hex'), content };
}
