/** Determines the portal: the named one, or that of a demo running here. */
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { CliError } from './error.ts';

/** Written by the demo, and by `npm run dev`, while its portal runs, into its state's folder. */
const runFiles = ['', 'large/', 'dev/'].map((folder) => `.countersign/${folder}demo-running.json`);
const runSchema = z.object({
  pid: z.int().positive(),
  portal: z.string().regex(/^http:\/\/127\.0\.0\.1:\d{1,5}$/),
});
const parentsMax = 64;

/**
 * --url, else COUNTERSIGN_URL, else the demo that runs in `folder` or one above it. Throws CliError USAGE where there is
 * none, or what is named is no http or https address.
 */
export async function portalAddress(
  given: string | undefined,
  { environment, folder }: { readonly environment: string | undefined; readonly folder: string },
): Promise<string> {
  if (given !== undefined) return checked(given, '--url');
  if (environment !== undefined && environment !== '') return checked(environment, 'COUNTERSIGN_URL');
  const demo = await demoAddress(folder);
  if (demo !== null) return demo;
  throw new CliError(
    'USAGE',
    'No portal is named. Set --url or COUNTERSIGN_URL to its address, for example https://sign.example.org. The demo’s is found by itself, from its folder, while it runs.',
  );
}

function checked(text: string, name: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol) || url.username !== '') {
    throw new CliError(
      'USAGE',
      `${name} is ${JSON.stringify(text.slice(0, 200))}: that is no portal’s address, which looks like https://sign.example.org`,
    );
  }
  return url.origin;
}

async function demoAddress(folder: string): Promise<string | null> {
  let here = path.resolve(folder);
  for (let depth = 0; depth < parentsMax; depth += 1) {
    for (const name of runFiles) {
      const found = await running(path.join(here, name));
      if (found !== null) return found;
    }
    if (path.dirname(here) === here) return null;
    here = path.dirname(here);
  }
  return null;
}

/** Another user's file would send this user's token to their port. `uid`: the user running this program. */
export async function running(file: string, uid = process.getuid?.()): Promise<string | null> {
  try {
    if ((await stat(file)).uid !== uid) return null;
    const { pid, portal } = runSchema.parse(JSON.parse(await readFile(file, 'utf8')));
    process.kill(pid, 0);
    return portal;
  } catch {
    return null; // no demo, one that crashed, or one that isn't up yet
  }
}
