/** Whether all that a keyholder ever recorded is still there, record by record, in archives, too: for people, not for a start. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { KeyHolderError } from '../protocol/index.ts';
import {
  digestOfBinding,
  indexFile,
  openRecords,
  SegmentIndex,
  segmentFix,
  segmentsFolder,
  type SegmentFooter,
} from '../segments/index.ts';
import { readKeyHolderJournal, readSegment, withJournal, type JournalHead } from './read-journal.ts';

interface Options {
  /** Folders that records of segments may have been moved to. */
  readonly archives: readonly string[];
  /** Called after each segment that is whole. */
  readonly each?: (footer: SegmentFooter, file: string) => void;
}

/**
 * Footers from the newest back, the records of each segment, and that its index leads to each signature and each place that is bound → the
 * end of the journal; null: there is none. Throws JOURNAL_TAMPERED, or JOURNAL_SEGMENT_AWAY where a segment is in none of the archives.
 */
export async function verifySegments(
  path: string,
  { archives, each = () => undefined }: Options,
): Promise<JournalHead | null> {
  const footers = await withJournal(path, archives, ({ closed }) =>
    Promise.resolve(closed.all.map(({ footer }) => footer)),
  );
  for (const footer of footers ?? []) each(footer, await verifySegment(path, footer, archives));
  return readKeyHolderJournal(path, undefined, { from: Infinity });
}

async function verifySegment(
  path: string,
  footer: SegmentFooter,
  archives: readonly string[],
): Promise<string> {
  const counted = await digestOf(path, footer, archives);
  const damaged = (what: string): KeyHolderError =>
    new KeyHolderError('JOURNAL_TAMPERED', `${counted.file}: ${what}; ${segmentFix}`);
  if (counted.sha256 !== footer.sha256)
    throw damaged(`its SHA-256 is ${counted.sha256}, and ${footer.sha256} by its footer`);
  // kind and key, of what was asked for also the grant → what the index has to say of it.
  const wanted = new Map<string, string>();
  const nameOf = (kind: string, key: string, digest: string): string =>
    kind === 'asked' ? `${kind} ${key} ${digest}` : `${kind} ${key}`;
  await readSegment(path, footer, {
    archives,
    each: ({ entry }, { sha256 }) => {
      if (entry.kind === 'signed') wanted.set(`grant ${entry.grantId}`, sha256);
      if (entry.kind === 'intent' && !wanted.has(`slot ${entry.slot}`))
        wanted.set(`slot ${entry.slot}`, digestOfBinding(entry));
      if (entry.kind === 'intent') wanted.set(nameOf('asked', entry.slot, entry.grantId), entry.grantId);
    },
  });
  const index = await SegmentIndex.open(indexFile(segmentsFolder(path), footer.number), footer);
  for await (const { kind, key, digest } of index.entries()) {
    const name = nameOf(kind, key, digest);
    const expected = { digest: wanted.get(name) };
    if (expected.digest !== digest) throw damaged(`its index has ${kind} ${key} otherwise`);
    wanted.delete(name);
  }
  const [missing] = wanted.keys();
  if (missing !== undefined) throw damaged(`its index lacks ${missing}`);
  return counted.file;
}

async function digestOf(path: string, footer: SegmentFooter, archives: readonly string[]) {
  const { file, handle } = await openRecords(path, footer, archives);
  await handle.close();
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return { file, sha256: hash.digest('hex') };
}
