/**
 * Scripts of PowerShell. One part of Windows (pwrshsip.dll) digests them all: UTF-16LE of the text before the block, the byte order
 * mark as U+FEFF in front of it. What differs is how a line becomes a comment:
 *
 * | comment    | files |
 * | ---------- | ----- |
 * | `# …`      | ps1, psm1, psd1 |
 * | `<!-- … -->` | ps1xml, psc1, cdxml, xaml: XML |
 * | `/* … *​/`  | mof: what Desired State Configuration compiles |
 *
 * Text tells which: XML begins with `<`, and a script with `<` only in a `<#` comment; a mof that DSC wrote begins with a comment of its
 * own, which is none in PowerShell.
 */
import { ScriptError, type BlockStyle, type ScriptFamily, type ScriptKind } from '../script-text/index.ts';

const provider = { version: 0x10000, id: Buffer.from('1fcc3b60594b084eb724d2c6297ef351', 'hex') };

function blockIn(open: string, close: string): BlockStyle {
  return {
    begin: `${open}SIG # Begin signature block${close}`,
    end: `${open}SIG # End signature block${close}`,
    open,
    close,
    marks: /SIG # (?:Begin|End) signature block/gi,
    place: (text) => text.length,
  };
}

/**
 * All three byte order marks are decoded by Windows; of UTF-16BE there is no program here that could tell whether it is digested as it
 * should, so it isn't signed. Text without a mark is decoded by the code page of the machine that verifies it.
 */
const shared = {
  provider,
  digestsMark: true,
  digestsPlace: false,
  signableAs: ['ascii', 'utf-8', 'utf-16le'],
} as const satisfies Partial<ScriptKind>;

const isXml = (text: string): boolean => /^\s*<(?!#)/.test(text);
const isMof = (text: string): boolean => /^\s*\/[*/]/.test(text);

/** Elements that a file has as its root which PowerShell only loads: views, types, modules. */
const loaded =
  /^\s*(?:<\?[^>]*\?>\s*|<!--(?:(?!-->)[^])*-->\s*)*<(?:Configuration|Types|PowerShellMetadata)[\s>]/;

const script: ScriptKind = {
  ...shared,
  one: 'a PowerShell script',
  endings: ['.ps1', '.psm1', '.psd1'],
  begins: (text) => !isXml(text) && !isMof(text),
  block: blockIn('# ', ''),
  told: () => ({
    kind: 'program',
    because: 'PowerShell starts it when it is named ps1, and no signature covers its name',
  }),
};

const xml: ScriptKind = {
  ...shared,
  one: 'an XML file of PowerShell',
  endings: ['.ps1xml', '.psc1', '.cdxml', '.xaml'],
  begins: isXml,
  block: {
    ...blockIn('<!-- ', ' -->'),
    place(text) {
      if (/>\s*$/.test(text.slice(-1024))) return text.length;
      throw new ScriptError('NOT_SCRIPT', 'it begins like XML, but does not end with a tag');
    },
  },
  told: (text) =>
    loaded.test(text.slice(0, 64 * 1024))
      ? { kind: 'library', because: 'its root is an element that PowerShell only loads' }
      : { kind: 'program', because: 'its root is none of the elements that PowerShell only loads' },
};

const mof: ScriptKind = {
  ...shared,
  one: 'a configuration of a machine (mof)',
  endings: ['.mof'],
  begins: isMof,
  block: blockIn('/* ', ' */'),
  told: () => ({ kind: 'program', because: 'Windows is configured by it' }),
};

export const powershell: ScriptFamily = {
  type: 'powershell',
  words: { one: 'a PowerShell script', many: 'PowerShell scripts' },
  kinds: [script, xml, mof],
};
