/**
 * Scripts of Windows Script Host. A part of Windows for each language (in wshext.dll) digests UTF-16LE of the text without the block and
 * without a byte order mark, and behind it the place of the block. No specification says so: the rules are those of jsign, which were
 * found by comparing with signtool. osslsigncode signs js in another way, and can't verify what Windows accepts.
 *
 * | files | comment      | block |
 * | ----- | ------------ | ----- |
 * | js    | `// SIG // ` | at the end |
 * | vbs   | `'' SIG '' ` | at the end |
 * | wsf   | `** SIG ** ` in an element `signature` | before the last `</job>` |
 *
 * Text doesn't tell JScript from VBScript: the name does. A wsf is XML.
 */
import { ScriptError, type ScriptFamily, type ScriptKind } from '../script-text/index.ts';

const isXml = (text: string): boolean => /^\s*</.test(text);

/** Windows Script Host takes files without a mark for the machine's code page, and stops at a mark of UTF-8 in js and vbs. */
const shared = {
  digestsMark: false,
  digestsPlace: true,
  signableAs: ['ascii', 'utf-16le'],
  told: () => ({ kind: 'program', because: 'Windows Script Host starts it' }),
} as const satisfies Partial<ScriptKind>;

function commented(one: string, ending: string, comment: string, id: string): ScriptKind {
  return {
    ...shared,
    one,
    endings: [ending],
    begins: (text) => !isXml(text),
    block: {
      begin: `${comment}Begin signature block`,
      end: `${comment}End signature block`,
      open: comment,
      close: '',
      marks: /SIG (?:\/\/|'') (?:Begin|End) signature block/gi,
      place: (text) => text.length,
    },
    provider: { version: 1, id: Buffer.from(id, 'hex') },
  };
}

const jobEnd = '</job>';

const wsf: ScriptKind = {
  ...shared,
  one: 'a Windows Script File',
  endings: ['.wsf'],
  begins: isXml,
  block: {
    begin: '<signature>',
    end: '</signature>',
    open: '** SIG ** ',
    close: '',
    marks: /<\/?signature/gi,
    place(text) {
      const at = text.lastIndexOf(jobEnd);
      // Another </job>, in a comment for example, would be last for some readers.
      if (at !== -1 && /^\s*(?:<\/package>\s*)?$/.test(text.slice(at + jobEnd.length))) return at;
      throw new ScriptError('NO_PLACE', 'it does not end with </job>, before which the signature goes');
    },
  },
  provider: { version: 1, id: Buffer.from('7005611ace38d411a2a300104bd35090', 'hex') },
  signableAs: [...shared.signableAs, 'utf-8'],
};

export const windowsScript: ScriptFamily = {
  type: 'windows-script',
  words: {
    one: 'a JScript, VBScript or Windows Script File',
    many: 'JScript, VBScript and Windows Script Files',
  },
  kinds: [
    commented('a JScript file', '.js', '// SIG // ', '10e0c906ce38d411a2a300104bd35090'),
    commented('a VBScript file', '.vbs', "'' SIG '' ", '4ef029169927b54d8fe5ace10f17ebab'),
    wsf,
  ],
};
