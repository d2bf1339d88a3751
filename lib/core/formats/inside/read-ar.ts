/**
 * ar archives (deb, static libraries), as ar(5) describes them: `!<arch>\n`, then for each member 60 bytes of header –
 * name(16) mtime(12) uid(6) gid(6) mode(8) size(10) "`\n" – and its content, padded to an even offset.
 */
import { ArchiveError, showName, streamRange, type UnpackBudget } from '../archive/index.ts';
import type { RandomAccessSource } from '../random-access.ts';
import { damaged, type InnerFile } from './inner-file.ts';

const markBytes = 8;
const headerBytes = 60;

export async function* readAr(source: RandomAccessSource, budget: UnpackBudget): AsyncGenerator<InnerFile> {
  const mark = Buffer.from(await source.read(0, markBytes)).toString('latin1');
  if (mark !== '!<arch>\n') {
    const message = 'A thin ar archive only names files that are elsewhere.';
    throw new ArchiveError({ code: 'UNSUPPORTED', message, fix: 'Build the archive without `T`.' });
  }
  for (let at = markBytes; at < source.size;) {
    if (at + headerBytes > source.size) throw damaged('The ar archive ends inside a header.', at);
    const header = Buffer.from(await source.read(at, headerBytes)).toString('latin1');
    const size = /^ *([0-9]{1,10}) *$/.exec(header.slice(48, 58))?.[1];
    if (size === undefined || !header.endsWith('`\n'))
      throw damaged('A header of the ar archive is damaged.', at);
    const sizeBytes = Number(size);
    const start = at + headerBytes;
    if (start + sizeBytes > source.size) throw damaged('The ar archive ends inside a member.', at);
    const name = header.slice(0, 16).trimEnd();
    // BSD: the name's bytes come before the content, and their count is in the name field.
    const nameBytes = Number(/^#1\/([0-9]{1,10})$/.exec(name)?.[1] ?? 0);
    if (nameBytes > Math.min(sizeBytes, budget.limits.nameBytesMax))
      throw damaged('A name in the ar archive is longer than its member.', at);
    const longName = Buffer.from(await source.read(start, nameBytes))
      .toString('latin1')
      .replace(/\0+$/, '');
    budget.countEntry(name.length + nameBytes);
    budget.countContent(sizeBytes - nameBytes);
    yield {
      name: showName(longName || name.replace(/\/$/, '') || '/').slice(1, -1),
      closed: null,
      content: streamRange(source, start + nameBytes, sizeBytes - nameBytes),
    };
    at = start + sizeBytes + (sizeBytes % 2);
  }
}
