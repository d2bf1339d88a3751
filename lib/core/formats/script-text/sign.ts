/** Authenticode of scripts: what is signed, the block it goes into, and how it is read back. */
import { oids } from '../../pki/asn1/index.ts';
import type { CmsError } from '../../pki/cms/index.ts';
import {
  authenticodeAssembly,
  existingSignature,
  isSignatureAfter,
  signatureAfter,
  verifyAssembled,
} from '../authenticode/index.ts';
import type { Signing } from '../format.ts';
import { aroundBlock, writeBlock, type Block } from './block.ts';
import { ScriptError } from './errors.ts';
import type { ScriptFamily, ScriptSign } from './kinds.ts';
import { readScript, requireSignable, scriptSubject, type Script } from './script.ts';

export function scriptSigning(family: ScriptFamily): Signing<ScriptSign> {
  return {
    ...authenticodeAssembly(oids.spcIndirectData),

    async subject(source, sign, name = null) {
      const script = await readScript(source, family, { name });
      requireSignable(script, sign);
      return scriptSubject(script, sign);
    },
    async *embed(source, signature, sign) {
      const found = await readScript(source, family, { signature });
      requireSignable(found, sign);
      const { script, kind, block } = found;
      const [before, behind] = aroundBlock(script, block, kind.block);
      yield before;
      yield writeBlock(script, signatureAfter(keptOf(block, sign), signature, cannotAdd), kind.block);
      yield behind;
    },
    async readBack(source, signedSource, signature, sign) {
      const before = await readScript(source, family, { signature });
      requireSignable(before, sign);
      const after = await readScript(signedSource, family, { signature });
      if (!equalAround(before, after)) throw differs('the signed script differs outside its signature block');
      if (after.block === null) throw differs('the signed script holds no signature');
      if (!isSignatureAfter(after.block.signature, keptOf(before.block, sign), signature))
        throw differs('the signature read back is not the one embedded, next to the one that was there');
      return { signature, subject: scriptSubject(after, sign) };
    },

    verify: verifyAssembled('script'),
  };
}

/** The signature that stays; null: the new one will be alone. */
function keptOf(block: Block | null, sign: ScriptSign): Uint8Array | null {
  return existingSignature(sign) === 'append' ? (block?.signature ?? null) : null;
}

function cannotAdd(cause: CmsError): ScriptError {
  const message = `no signature can be added to the one that is there: ${cause.message}`;
  return new ScriptError('SIGNATURE_INVALID', message, { cause });
}

/** Byte for byte: all before the block, and all behind it. */
function equalAround(one: Script, other: Script): boolean {
  const [before, behind] = aroundBlock(one.script, one.block, one.kind.block);
  const [otherBefore, otherBehind] = aroundBlock(other.script, other.block, other.kind.block);
  return Buffer.compare(before, otherBefore) === 0 && Buffer.compare(behind, otherBehind) === 0;
}

function differs(message: string): ScriptError {
  return new ScriptError('DIFFERS', message);
}
