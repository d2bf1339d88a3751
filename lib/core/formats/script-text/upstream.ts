/** A script's signatures, held to the script: `verify: authenticode`. */
import { oids } from '../../pki/asn1/index.ts';
import { parseSpcIndirectData } from '../../pki/cms/index.ts';
import type { Finding } from '../../wire/finding/index.ts';
import { verifyUpstream } from '../authenticode/index.ts';
import type { UpstreamTrust } from '../upstream-trust.ts';
import type { ScriptFamily } from './kinds.ts';
import { scriptDigest, statementOf, type Script } from './script.ts';

/** What is asked of a script besides its structure. */
export interface ScriptCheck {
  /** Its signatures are upstream's, and hold. */
  readonly verify: boolean;
}

export function verifyScriptUpstream(
  { type }: ScriptFamily,
  script: Script,
  trust: UpstreamTrust | null,
  about: Pick<Finding, 'path' | 'sha256' | 'policy'>,
): Promise<readonly Finding[]> {
  return verifyUpstream({
    type,
    what: 'script',
    signatures: script.block === null ? [] : [script.block.signature],
    contentType: oids.spcIndirectData,
    mismatch: (content) => Promise.resolve(mismatchOf(content, script)),
    trust,
    about,
  });
}

/** Why a signed statement isn't about this script; null: it is. */
function mismatchOf(content: Uint8Array, script: Script): string | null {
  if (script.script.encoding === 'unmarked')
    return 'its text has other characters than ASCII and no byte order mark, so that machines digest it differently';
  const { algorithm, digest } = parseSpcIndirectData(content);
  const own = scriptDigest(script, algorithm);
  if (Buffer.compare(own, digest) !== 0)
    return `it states the digest ${hex(digest)}, and the script has ${hex(own)}`;
  const statement = statementOf(script, algorithm, own);
  return Buffer.compare(statement, content) === 0 ? null : 'it is about another kind of file';
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
