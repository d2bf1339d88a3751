/** One way to open everything that is recognised and that a reader of ours can open. */
import {
  ArchiveError,
  showName,
  streamRange,
  type ArchiveIssue,
  type UnpackBudget,
} from '../archive/index.ts';
import type { RandomAccessSource } from '../random-access.ts';
import { formatOf, rangeOf, type Recognised } from '../recognise/index.ts';
import { readTar } from '../tar/index.ts';
import { openZipEntry, readZip } from '../zip/index.ts';
import type { Account, InnerFile } from './inner-file.ts';
import { readAr } from './read-ar.ts';
import { readAsar } from './read-asar.ts';
import { readCab } from './read-cab.ts';
import { readCpio } from './read-cpio.ts';
import { readDotnetBundle } from './read-dotnet-bundle.ts';
import { readInstaller } from './read-installer.ts';
import { readStream } from './read-stream.ts';

/**
 * The files inside, in the container's own order. Rejects (ArchiveError, at the end at the latest) what is damaged, over a
 * limit, or has bytes that belong to no file. Names don't matter here: nothing is written under them. `account` is told which bytes of the
 * source that is, by the time all files were given.
 */
export function openInside(
  source: RandomAccessSource,
  found: Recognised,
  budget: UnpackBudget,
  account: Account = () => undefined,
): AsyncIterable<InnerFile> {
  const { format, start, end } = found;
  const { opener } = formatOf(format);
  const range = rangeOf(source, start, end);
  const shifted: Account = (from, to) => account(start + from, start + to);
  // The others say themselves which part of it is theirs.
  if (opener !== 'zip' && opener !== 'cab' && opener !== 'dotnet' && found.isPart !== true)
    account(start, end);
  switch (opener) {
    case 'zip':
      return zipFiles(range, budget, found.behindOtherBytes === true, shifted);
    case 'tar':
      return tarFiles(range, budget);
    case 'ar':
      return readAr(range, budget);
    case 'asar':
      return readAsar(range, budget);
    case 'cab':
      return readCab(range, budget, start > 0, shifted);
    case 'cpio':
      return readCpio(range, budget);
    case 'dotnet':
      return readDotnetBundle(source, start, budget, account);
    case 'msi':
      return readInstaller(range, budget);
    case 'gzip':
    case 'zstd':
    case 'zlib':
    case 'brotli':
    case 'xz':
    case 'bzip2':
      return readStream(opener, range, budget, found.isPart === true);
    case null:
      throw new ArchiveError({
        code: 'UNSUPPORTED',
        message: `This version can’t open a ${formatOf(format).name}.`,
        fix: 'Remove the file, or declare it as opaque.',
      });
  }
}

async function* zipFiles(
  source: RandomAccessSource,
  budget: UnpackBudget,
  behindOtherBytes: boolean,
  account: Account,
): AsyncGenerator<InnerFile> {
  const { entries, end } = await readZip(source, budget, { behindOtherBytes });
  account(
    entries.reduce((first, { localOffset }) => Math.min(first, localOffset), end.centralOffset),
    source.size,
  );
  for (const [index, entry] of entries.entries()) {
    const closed = unreadable(entry.issues);
    const content = openZipEntry(source, entry, budget.limits);
    // A folder is no file. It states no content, and is read all the same: a stream that unpacks to some is damaged.
    if (entry.type === 'directory' && closed === null) for await (const _chunk of content);
    else yield { name: shown(entry.path, index), closed, content };
  }
}

async function* tarFiles(source: RandomAccessSource, budget: UnpackBudget): AsyncGenerator<InnerFile> {
  let index = 0;
  for await (const record of readTar(streamRange(source), budget)) {
    if (record.kind === 'end') return;
    if (record.type === 'file') {
      yield { name: shown(record.path, index), closed: unreadable(record.issues), content: record.body };
    }
    index += 1;
  }
}

const shown = (path: string, index: number): string =>
  path === '' ? `entry ${index + 1}` : showName(path).slice(1, -1);

/** Only the issues that keep an entry's bytes from being read. */
function unreadable(issues: readonly ArchiveIssue[]): ArchiveIssue | null {
  return issues.find(({ code }) => code === 'ENCRYPTED' || code === 'UNSUPPORTED') ?? null;
}
