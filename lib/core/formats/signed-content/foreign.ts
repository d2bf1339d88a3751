/** What is signed by CMS and is no file of an artifact: no format has it, and a file can hold it all the same. */
import { readExactly, type RandomAccessSource } from '../random-access.ts';
import { derContent } from './der.ts';
import { headerContent } from './header-lines.ts';
import type { SignedContent } from './signed-content.ts';

function beginning(
  what: string,
  bytes: number,
  matches: (beginning: Buffer, size: number) => boolean,
): SignedContent {
  return {
    what,
    async matches(source: RandomAccessSource) {
      const found = await readExactly(source, 0, Math.min(bytes, source.size));
      return matches(Buffer.from(found), source.size);
    },
  };
}

const digestLengths: readonly number[] = [16, 20, 28, 32, 48, 64];

export const foreignContents: readonly SignedContent[] = [
  derContent('a structure of ASN.1, as timestamps and Authenticode sign them'),
  // gpgsm signs commits and tags by CMS: git-commit-tree(1), git-mktag(1).
  beginning('a commit or tag of Git', 80, (bytes) =>
    /^(?:tree|object) [0-9a-f]{40}(?:[0-9a-f]{24})?\n/.test(bytes.toString('latin1')),
  ),
  beginning('a push certificate of Git', 24, (bytes) =>
    bytes.toString('latin1').startsWith('certificate version '),
  ),
  // A mail's signature (RFC 8551 §3.5) is one over the part with its headers.
  headerContent('a part of a mail', /^(?:content-[a-z-]+|mime-version)\s*:/),
  // macOS signs programs by CMS over their code directory; its magic number is CSMAGIC_CODEDIRECTORY or that of a blob around it.
  beginning('a code directory of macOS', 4, (bytes) =>
    bytes.subarray(0, 3).equals(Buffer.of(0xfa, 0xde, 0x0c)),
  ),
  // Packages of macOS (xar) are signed over the digest of their table of contents.
  beginning(
    'a digest',
    64,
    (bytes, size) => digestLengths.includes(size) && bytes.some((byte) => byte < 9 || byte > 0x7e),
  ),
];
