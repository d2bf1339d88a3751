import { guards, type Area } from '../mutant.ts';

const room = 'lib/core/formats/script-text';
const test = `${room}/script-text.test.ts`;

/** Which scripts are signed, where the signature goes, and what is read back. */
export const scripts: Area = {
  name: 'scripts',
  mutants: [
    ...guards(`${room}/script.ts`, test, [
      [
        'if (!kind.signableAs.includes(script.encoding))',
        'if (false)',
        'by PowerShell: UTF-8 without a mark',
      ],
      ['if (firstOther !== null)', 'if (false)', 'by PowerShell: LF'],
      ["block !== null && existingSignature(sign) === 'refuse'", 'false', 'by PowerShell: a signature'],
      ['if (sizeBytes > scriptSizeMax)', 'if (false)', 'by PowerShell: more than 16 MiB'],
    ]),
    ...guards(`${room}/read-text.ts`, test, [
      ['if (source.size < sizeMin)', 'if (false)', 'by PowerShell: a script of 3 bytes'],
      ['if (at === -1) return;', 'return;', 'by PowerShell: NUL'],
      [
        'if (Buffer.compare(again, body) === 0)',
        'if (true)',
        'by PowerShell: no valid UTF-8 behind its mark',
      ],
      ['if (body.length % 2 !== 0)', 'if (false)', 'by PowerShell: an odd number of bytes in UTF-16'],
    ]),
    ...guards(`${room}/block.ts`, test, [
      ['if (found.length > 2)\n', 'if (false)\n', 'by PowerShell: a mark before the block'],
      ['if (style.place(rest) !== block.start)', 'if (false)', 'by PowerShell: text behind the block'],
      [
        "if (lines.pop() !== '')",
        "if (lines.pop() === 'x')",
        'by PowerShell: code before the last line of the block',
      ],
      ["line !== open + part + close || part === '' || !full", 'false', 'by PowerShell: code in the block'],
      ["signature.toString('base64') !== base64", 'false', 'by PowerShell: Base64 with bits to spare'],
    ]),
    ...guards(`${room}/kinds.ts`, test, [
      [
        '(ending === null || kind.endings.includes(ending)) &&',
        'true &&',
        'by PowerShell: a name of no script',
      ],
      [
        'if (first !== undefined && others.length === 0)',
        'if (first !== undefined)',
        'by Windows Script Host: a script without a name',
      ],
    ]),
    ...guards('lib/core/formats/windows-script/kinds.ts', test, [
      [
        'at !== -1 && /^\\s*(?:<\\/package>\\s*)?$/.test(text.slice(at + jobEnd.length))',
        'at !== -1',
        'by Windows Script Host: a comment behind the last job',
      ],
    ]),
    ...guards('lib/core/formats/powershell/kinds.ts', test, [
      [
        'begins: (text) => !isXml(text) && !isMof(text)',
        'begins: () => true',
        'by PowerShell: XML that is named a script',
      ],
    ]),
    ...guards(`${room}/sign.ts`, test, [
      ['if (!equalAround(before, after))', 'if (false)', 'has to be the script that was there'],
      ['if (after.block === null)', 'if (false)', 'has to be the script that was there'],
      ['if (!isSignatureAfter(', 'if (false && !isSignatureAfter(', 'has to be the script that was there'],
    ]),
    ...guards(`${room}/upstream.ts`, test, [
      ['if (Buffer.compare(own, digest) !== 0)', 'if (false)', 'holds a signature of upstream to the script'],
      [
        "if (script.script.encoding === 'unmarked')",
        'if (false)',
        'of text that machines decode differently',
      ],
    ]),
    ...guards(`${room}/inspect.ts`, test, [
      [
        "if (fate !== 'append' || broken.length === 0)",
        'if (true)',
        'an append to a signature that does not fit',
      ],
    ]),
  ],
};
