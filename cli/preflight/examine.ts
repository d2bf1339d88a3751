/** Runs the signer's inspector on a local file, in a folder of its own that is gone afterwards. */
import { rmSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {
  createInspector,
  InspectorError,
  type Inspection,
  type Inspector,
} from '../../signer/inspector/index.ts';
import type { Scan } from '../../signer/daemon/scan/index.ts';
import { CliError } from '../error.ts';
import { whenInterrupted } from '../interrupt.ts';
import { showProgress } from './progress.ts';
import type { Configuration } from './read-configuration.ts';
import { scan, type ClamdAddress } from './scan.ts';

export interface Examined {
  readonly file: string;
  readonly inspection: Inspection;
  /** null: nothing was scanned. */
  readonly scanned: Scan | null;
  /** Fences of the operating system that this machine has; Node's own hold everywhere. */
  readonly sandbox: { readonly networkNamespace: boolean; readonly memoryLimit: boolean };
}

const request = 'preflight';

export function examine(
  { file, clamd }: { readonly file: string; readonly clamd: ClamdAddress | null },
  { value, locations, foundation }: Pick<Configuration, 'value' | 'locations' | 'foundation'>,
  err: (text: string) => void,
): Promise<Examined> {
  return withInspector(file, err, async (inspector) => {
    const inspection = await inspector.inspect({
      file,
      folder: request,
      configuration: value,
      locations,
      upstream: { roots: foundation?.upstreamRoots ?? [], now: new Date() },
    });
    // What is refused already isn't sent anywhere.
    const scanned =
      clamd === null || !inspection.ok ? null : await scan(inspection, { value, locations }, clamd);
    await inspector.discard(request);
    return { file, inspection, scanned, sandbox: await inspector.sandbox() };
  });
}

/** An inspector of its own for `work`, which ends all that it asks it for: then nothing of it is left. */
export async function withInspector<Result>(
  file: string,
  err: (text: string) => void,
  work: (inspector: Inspector) => Promise<Result>,
): Promise<Result> {
  const sizeBytes = await sizeOf(file);
  const workDir = await mkdtemp(path.join(os.tmpdir(), 'countersign-preflight-'));
  const forget = whenInterrupted(() => {
    rmSync(workDir, { recursive: true, force: true });
  });
  const progress = showProgress(workDir, sizeBytes, err);
  const inspector = createInspector({ workDir });
  try {
    return await work(inspector);
  } catch (error) {
    throw failure(error);
  } finally {
    progress.end();
    await inspector.end(request);
    await rm(workDir, { recursive: true, force: true });
    forget();
  }
}

async function sizeOf(file: string): Promise<number> {
  try {
    const found = await stat(file);
    // Reading a pipe or a terminal may never end.
    if (!found.isFile()) throw new Error('it is not a plain file');
    return found.size;
  } catch (error) {
    throw new CliError('USAGE', `${file} can’t be read: ${(error as Error).message}`, error);
  }
}

function failure(error: unknown): unknown {
  if (!(error instanceof InspectorError)) return error;
  switch (error.code) {
    case 'INSPECTOR_TIMEOUT':
    case 'INSPECTOR_MEMORY':
    case 'INSPECTOR_ANSWER_SIZE':
      return new CliError(
        'REFUSED',
        `${error.message}: the signer would refuse the file for that. Submit the release in several smaller files.`,
        error,
      );
    case 'INSPECTOR_SANDBOX':
    case 'INSPECTOR_IO':
      return new CliError('UNAVAILABLE', error.message, error);
    default:
      return new Error(`the inspector ended: ${error.message}`, { cause: error });
  }
}
