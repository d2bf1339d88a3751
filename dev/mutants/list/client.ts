import { guards, type Area } from '../mutant.ts';

const upload = 'cli/client/upload.test.ts';
const download = 'cli/client/download.test.ts';
const requests = 'cli/client/requests.test.ts';

/** What programs that call the portal believe of it, and what they tell it. */
export const client: Area = {
  name: 'client',
  mutants: [
    ...guards('cli/client/download.ts', download, [
      ['if (digest !== release.sha256) {', 'if (digest.length !== 64) {', 'of other bytes, fewer or more'],
      [
        'if (part.position + wanted.length > release.sizeBytes)',
        'if (part.position < 0)',
        'of other bytes, fewer or more',
      ],
      [
        'if (part.digest() === release.sha256 || part.atStart === 0) return;',
        'return;',
        'comes once more where what was kept is damaged',
      ],
    ]),
    ...guards('cli/client/file-name.ts', download, [
      ["path.basename(name.replaceAll('\\\\', '/'))", 'name', 'makes its folder, takes the file'],
    ]),
    ...guards('cli/client/upload.ts', upload, [
      ['if (offset <= sizeBytes) return offset;', 'return offset;', 'believes no portal that has more bytes'],
      ['if (next <= offset)', 'if (next < 0)', 'believes no portal that takes bytes and has none of them'],
    ]),
    ...guards('cli/plain.ts', 'cli/misbehaving-portal.process.test.ts', [
      [
        '`\\\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`',
        'character',
        'escapes control sequences instead of sending them to the terminal',
      ],
    ]),
    ...guards('cli/client/identity-token.ts', requests, [
      [
        'if (!fresh && last !== null &&',
        'if (last !== null &&',
        'of GitHub is made for the portal alone, and a new one for each signing request',
      ],
    ]),
    ...guards('cli/client/patience.ts', upload, [
      [
        'if (this.#spent + milliseconds > seconds * 1000) throw error;',
        '',
        'is given up at once where it asks for more time than there is',
      ],
    ]),
  ],
};
