/**
 * Files with known answers, which show what a scanner inspects. Most contain the EICAR test file, which every
 * database knows, at a place that a scanner with too low limits doesn't reach; others contain nothing and must not be
 * reported as infected, or not as clean.
 */
import { tinyGzip, tinyMail, tinyPdf, tinyTar, tinyZip } from './tiny-archives.ts';

export interface Canary {
  /** As it reads after "the canary". */
  readonly name: string;
  /** found: named as EICAR; clean; limits: said to be over a limit, since it is over every one. */
  readonly expects: 'found' | 'clean' | 'limits';
  readonly content: () => AsyncIterable<Uint8Array>;
  /** As large as the largest file sent: whether a scanner accepts it depends on its settings. */
  readonly isLargest?: true;
  /** What to change so that the scanner answers it correctly. */
  readonly fix: string;
}

/** In two pieces, so that this file isn't detected itself. */
const eicar = Buffer.from(
  ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$', 'EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'].join(''),
);

const members = 2000;
const beyondEveryRecursionLimit = 120;

/**
 * Cheapest first. `nonce`: fresh bytes, so that no answer comes from a cache.
 * `streamSizeBytesMax`: the largest file that will be sent.
 */
export function canaries(streamSizeBytesMax: number, nonce: Uint8Array): readonly Canary[] {
  const mark = Buffer.from(nonce).toString('hex');
  const nested = tinyZip('a', tinyGzip(tinyTar([['b', tinyZip('c', tinyZip('d', eicar))]])));
  const crowd = Array.from({ length: members }, (_, at) => [`${at}`, Buffer.from(`${mark}${at}`)] as const);
  let deep: Uint8Array = Buffer.from(`${mark} is in many layers`);
  for (let layer = 0; layer < beyondEveryRecursionLimit; layer += 1) deep = tinyGzip(deep);
  const asWhole = (bytes: Uint8Array) => () => chunks([bytes]);
  const found = (name: string, bytes: Uint8Array, fix: string): Canary => ({
    name,
    fix,
    expects: 'found',
    content: asWhole(bytes),
  });
  return [
    {
      name: 'a harmless file',
      expects: 'clean',
      content: asWhole(Buffer.from(`${mark} is a harmless file\n`)),
      fix: 'find out from clamd’s log what it takes the file for: a scanner that reports everything is of no use',
    },
    found(
      'EICAR by itself',
      eicar,
      'load a database that knows the EICAR test file, and check that it is clamd that answers',
    ),
    found(
      'EICAR in archives in archives',
      nested,
      'set ScanArchive yes and MaxRecursion 17 or more in clamd.conf',
    ),
    found('EICAR in a PDF', tinyPdf(eicar), 'set ScanPDF yes in clamd.conf'),
    found('EICAR in a mail', tinyMail(eicar), 'set ScanMail yes in clamd.conf'),
    found('EICAR in a page', pageWith(eicar), 'set ScanHTML yes in clamd.conf'),
    {
      name: `a harmless file in ${beyondEveryRecursionLimit} layers of gzip`,
      expects: 'limits',
      content: asWhole(deep),
      fix: 'set AlertExceedsMax yes in clamd.conf: without it clamd calls clean what it left out',
    },
    found(
      `EICAR behind ${members} other members of an archive`,
      tinyTar([...crowd, ['last', eicar]]),
      `set MaxFiles above ${members} (10000 is the default) in clamd.conf`,
    ),
    {
      name: `EICAR at the end of ${streamSizeBytesMax} bytes`,
      expects: 'found',
      content: () => longStream(streamSizeBytesMax, nonce),
      isLargest: true,
      fix: `set StreamMaxLength and MaxFileSize to at least ${streamSizeBytesMax} bytes and MaxScanSize to twice as much in clamd.conf, or lower scanner.streamSizeBytesMax in the signer’s configuration`,
    },
  ];
}

function pageWith(bytes: Uint8Array): Uint8Array {
  const data = Buffer.from(bytes).toString('base64');
  return Buffer.from(`<html><a href="data:application/octet-stream;base64,${data}">a</a></html>`);
}

async function* chunks(all: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* all;
}

const chunkBytes = 256 * 1024;

/**
 * Bytes of no format, then a zip archive that only a scanner finds that reads all of them: clamd finds archives behind
 * other bytes by the same search that finds signatures anywhere in a file.
 */
async function* longStream(sizeBytes: number, nonce: Uint8Array): AsyncGenerator<Uint8Array> {
  const end = tinyZip('e', eicar);
  const filler = Buffer.alloc(
    chunkBytes,
    Buffer.concat([nonce, Buffer.from(Array.from({ length: 256 }, (_, at) => at))]),
  );
  for (let left = sizeBytes - end.length; left > 0; left -= chunkBytes) {
    yield filler.subarray(0, Math.min(left, chunkBytes));
  }
  yield end;
}
