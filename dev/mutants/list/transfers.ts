import { guards, type Area } from '../mutant.ts';

const uploads = 'app/api/v1/uploads/uploads.db.test.ts';
const died = 'one’s portal died: the other goes on once the lease is over';

/** Uploads in parts: whose they are, which bytes are kept, and that one call at a time writes. */
export const transfers: Area = {
  name: 'transfers',
  mutants: [
    ...guards('lib/uploads/parts/find.ts', uploads, [
      ['row?.caller !== caller', 'row === null', 'is nobody else’s'],
      ['if (row.expiresAt > now()) return row;', 'return row;', 'that nobody finishes within a day goes'],
      ['SET is_stopped = TRUE, writer', 'SET writer', 'ends and keeps what arrived'],
    ]),
    ...guards('lib/uploads/parts/lease.ts', uploads, [
      ['AND (writer IS NULL OR writer_until < clock_timestamp())', '', died],
    ]),
    ...guards('lib/uploads/parts/append.ts', uploads, [
      [
        'if (offset !== Number(row.offsetBytes)) throw',
        'if (false) throw',
        'are refused with where it goes on',
      ],
      [
        "if (ended !== 'stored') await removePart(ctx, row);",
        '',
        'end the upload where the file is another one',
      ],
    ]),
    ...guards('lib/uploads/parts/receive.ts', uploads, [
      [
        'if (progress.written + next.value.byteLength > sizeBytes)',
        'if (false)',
        'are refused where they are too many',
      ],
      ["hash.digest('base64') !== contentSha256", 'false', 'are told by a digest of the call'],
      [
        'await file.flush();\n  return { ending, offset: progress.written };',
        'return { ending, offset: lease.recorded() };',
        'keeps what was read before',
      ],
    ]),
    ...guards('lib/uploads/parts/remove.ts', uploads, [
      [
        'db.upload.deleteMany({ where: { id, isStored: false } }),',
        '',
        'gives it back once its caller gives it up',
      ],
      [
        'expiresAt: { lt: now }, OR: [{ writer: null }, { writerUntil: { lt: now } }]',
        'expiresAt: { lt: now }',
        'what is written stays',
      ],
    ]),
    ...guards('lib/requests/upload-parts.ts', uploads, [
      [
        "if (actor.kind === 'token' && actor.project === project) return;",
        "if (actor.kind === 'token') return;",
        'is nobody else’s',
      ],
    ]),
  ],
};
