import { guards, type Area } from '../mutant.ts';

const upload = 'cli/client/upload.test.ts';
const download = 'cli/client/download.test.ts';
const requests = 'cli/client/requests.test.ts';
const hostile = 'cli/client/hostile-portal.test.ts';

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
    ...guards('cli/client/download.ts', hostile, [
      ['if (came < progressBytes) throw', 'if (came < 0) throw', 'by drops is given up'],
      [
        'if (part.position >= furthest + progressBytes) {',
        'if (part.position > furthest) {',
        'by drops is given up',
      ],
      ["error instanceof ClientError && error.code === 'MISMATCH'", 'false', 'of other bytes leaves nothing'],
      ['    await checkRoom(file, part, release);\n', '', 'of more than there is room for'],
    ]),
    ...guards('cli/client/exchange.ts', hostile, [
      ["  request.once('finish', arm);\n", '', 'by drops of a header is given up'],
    ]),
    ...guards('cli/client/wait.ts', hostile, [
      ['left + lastAnswerSeconds)', '1000)', 'that never comes ends waiting'],
    ]),
    ...guards('cli/client/request-view.ts', hostile, [
      ['|| inVain >= inVainMax', '', 'of reasons that are never there'],
    ]),
    ...guards('cli/json-view.ts', hostile, [['/[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]/gu', '/$^/gu', 'by status']]),
    ...guards('cli/client/words.ts', requests, [
      [
        'z.string().check(z.regex(/^[0-9a-f]{8}',
        'z.string().check(z.regex(/^|[0-9a-f]{8}',
        'puts no commands into the outputs',
      ],
      ['z.string().check(z.regex(/^[a-z][a-z-]{0,39}$/))', 'z.string()', 'puts no commands into the outputs'],
    ]),
    ...guards('cli/client/file-name.ts', download, [
      ["    .replace(/^[._ ]*\\.+_*/, '_')\n", '\n', 'the name '],
      ["    .replace(/^-+/, '_');", ';', 'the name '],
      ["path.basename(name.replaceAll('\\\\', '/'))", 'name', 'the name '],
    ]),
    ...guards('cli/client/part-file.ts', download, [
      ['O_NOFOLLOW | O_NONBLOCK;', 'O_NONBLOCK;', 'writes over no file that somebody led its part to'],
      ['found.nlink === 1 &&', '', 'writes over no file that somebody led its part to'],
    ]),
    ...guards('cli/client/upload.ts', upload, [
      ['if (offset <= sizeBytes) return offset;', 'return offset;', 'believes no portal that has more bytes'],
      [
        'if (next < offset + Math.min(size, 1))',
        'if (next < 0)',
        'believes no portal that takes bytes and has none of them',
      ],
      [
        '  for (;;) {\n    const size',
        '  while (offset < hashed.sizeBytes) {\n    const size',
        'is finished where all of it arrived',
      ],
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
