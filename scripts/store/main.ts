/** npm run store:migrate -- --from PLACE --to PLACE [--quick] [--remove-source]: a store from a folder into a bucket, or back, while it is in use. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { CodedError, isError } from '#core/error/index.ts';
import { formatBytes } from '#core/text/size/index.ts';
import {
  ConfigurationError,
  readConfiguration,
  describePlace,
  overlapOf,
  placeSchema,
  type StorePlace,
} from '../../lib/host/configuration/index.ts';
import { ObjectStoreError, openObjects } from '../../lib/host/object-store/index.ts';
import { copyStore, SameStoreError, type Progress } from './copy-store.ts';

const usage = `usage: npm run store:migrate -- --from PLACE --to PLACE [--quick] [--remove-source]

PLACE: a folder, or a YAML file with a bucket in it, as configurations have it: s3: { endpoint: …, region: …, bucket: …, keys: { file: … } }
--quick: of what is there already, only sizes are compared.
--remove-source: what was copied and compared is removed from the source.
Nothing else is changed; run it again to go on where it stopped. docs/guides/object-store.md
Exit status: 0 all of it is there; 1 something isn’t; 2 wrong usage.`;

const everyMilliseconds = 5_000;
class StoreUsageError extends CodedError<'USAGE'> {
  static override readonly errorName = 'StoreUsageError';
}
const misused = (message: string): StoreUsageError => new StoreUsageError('USAGE', message);

async function main(args: readonly string[]): Promise<number> {
  const { values } = optionsOf(args);
  if (values.help) {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  if (values.from === undefined || values.to === undefined) throw misused('--from and --to are needed');
  if (values.quick && values['remove-source'])
    throw misused('--remove-source removes only what was compared by its digest: leave out --quick');
  const [from, to] = [placeOf(values.from), placeOf(values.to)];
  if (describePlace(from) === describePlace(to) || overlapOf(from, to) !== null)
    throw misused('--from and --to are the same place, or one is in the other');
  requireOwnFolder(to);
  process.stdout.write(`From ${describePlace(from)} to ${describePlace(to)}.\n`);
  let toldAt = performance.now();
  const { failures, ...sum } = await copyStore({
    from: openObjects(from),
    to: openObjects(to),
    isQuick: values.quick,
    removes: values['remove-source'],
    onProgress: (progress) => {
      if (performance.now() - toldAt < everyMilliseconds) return;
      toldAt = performance.now();
      process.stdout.write(`${Math.floor((progress.partsDone / 256) * 100)} %: ${told(progress)}\n`);
    },
  });
  for (const { sha256, why } of failures) process.stderr.write(`${sha256}: ${why}\n`);
  process.stdout.write(
    `${sum.failedObjects === 0 ? 'All of it is there' : 'Not all of it is there'}: ${told(sum)}\n`,
  );
  return sum.failedObjects === 0 ? 0 : 1;
}

function optionsOf(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        from: { type: 'string' },
        to: { type: 'string' },
        quick: { type: 'boolean', default: false },
        'remove-source': { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw misused(error instanceof Error ? error.message : String(error));
  }
}

/** What another user makes in a folder, root too, is closed to the process whose folder it is: it could put nothing there any more. */
function requireOwnFolder(to: StorePlace): void {
  const folder = typeof to === 'string' ? statSync(to, { throwIfNoEntry: false }) : undefined;
  const user = process.geteuid?.();
  if (folder === undefined || user === undefined || folder.uid === user) return;
  throw misused(
    `${describePlace(to)} belongs to user ${folder.uid}, and this is user ${user}: run it as that one (runuser, docs/guides/object-store.md)`,
  );
}

/** A plain file is one that describes a bucket. */
function placeOf(written: string): StorePlace {
  const isFile = statSync(written, { throwIfNoEntry: false })?.isFile() === true;
  return isFile ? readConfiguration(written, placeSchema) : resolve(written);
}

const told = (progress: Progress): string =>
  [
    `${progress.copiedObjects} copied and compared (${formatBytes(progress.copiedBytes)})`,
    `${progress.thereObjects} were there`,
    ...(progress.removedObjects > 0 ? [`${progress.removedObjects} removed from the source`] : []),
    `${progress.failedObjects} failed`,
  ].join(', ');

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (isError(error, StoreUsageError) || isError(error, SameStoreError)) {
    process.stderr.write(`store:migrate: ${error.message}\n${usage}\n`);
    process.exitCode = 2;
  } else if (isError(error, ObjectStoreError) || isError(error, ConfigurationError)) {
    const isMissing = isError(error, ObjectStoreError) && error.code === 'STORE_MISSING';
    const fix = isMissing ? '. Make it first, as the user whose store it is' : '';
    process.stderr.write(
      `store:migrate: ${error.message}${fix}\nWhat was copied stays; run it again to go on.\n`,
    );
    process.exitCode = 1;
  } else throw error;
}
