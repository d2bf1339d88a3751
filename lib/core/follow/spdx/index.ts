/** Bills of materials of SPDX 2.2 and 2.3, in JSON or as tags and values, and of SPDX 3.0 in JSON-LD: checksums of files and packages, verification codes. */
import { FollowError, type FollowFormat } from '../follow.ts';
import { decodeText, inBytes } from '../text/decode.ts';
import { readSpdxJson } from './json.ts';
import { readSpdxTags } from './tag-value.ts';

export const spdx: FollowFormat = {
  id: 'spdx',
  one: 'an SPDX bill of materials',
  many: 'SPDX bills of materials',
  fileNames: /.[.]spdx3?(?:[.]json(?:ld)?)?$/i,
  sizeBytesMax: 16 * 1024 * 1024,
  read(bytes) {
    const text = decodeText(bytes);
    const first = text.trimStart().slice(0, 1);
    if (first === '<')
      throw new FollowError(
        'it is SPDX in XML (RDF/XML, or SPDX 2 as XML), which this version of the signer doesn’t rewrite',
        1,
        'Submit it in JSON, or as tags and values.',
      );
    return inBytes(text, first === '{' ? readSpdxJson(text) : readSpdxTags(text));
  },
};
