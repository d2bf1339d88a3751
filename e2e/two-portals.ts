/** Two portals behind one address, each with a clone of its own, and who uses them. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBuildSystem } from '../dev/build-system/index.ts';
import { demoRun, packageWith, sha256 } from '../dev/test/system/demo-package.ts';
import { portalConfig, startAnotherPortal, state, type AnotherPortal } from './another-portal.ts';
import { startOneAddress, type OneAddress } from './two-behind-one.ts';

export const project = 'esbuild-demo';
export const demoToken = (): string => readFileSync(join(state(), 'secrets', 'demo-api-token'), 'utf8');
export const keyOf = (handle: string): string => join(state(), 'secrets', `ssh-${handle}`);

export interface TwoPortals extends AsyncDisposable {
  readonly address: OneAddress;
  readonly portals: readonly AnotherPortal[];
}

export async function startTwoPortals(
  changes: Readonly<Record<string, unknown>>,
  options: { readonly looksAtReadiness?: boolean } = {},
): Promise<TwoPortals> {
  const address = await startOneAddress(options);
  // Nobody forwards from anywhere else: who says to be somewhere is believed, and who says nothing is this machine.
  const configured = {
    trustedProxies: ['127.0.0.1'],
    upload: { ...(portalConfig()['upload'] as object), unusedCountMax: 10_000 },
    ...changes,
  };
  const start = () => startAnotherPortal(configured, { publicUrl: address.url, ownClone: true });
  // Where one doesn't start, the other has to be ended all the same.
  const started = await Promise.allSettled([start(), start()]);
  const portals = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const failed = started.find((one) => one.status === 'rejected');
  if (failed !== undefined) {
    await Promise.all(portals.map((portal) => portal[Symbol.asyncDispose]()));
    await address[Symbol.asyncDispose]();
    throw failed.reason;
  }
  address.behind = portals.map((portal) => portal.url);
  return {
    address,
    portals,
    async [Symbol.asyncDispose]() {
      await Promise.all(portals.map((portal) => portal[Symbol.asyncDispose]()));
      await address[Symbol.asyncDispose]();
    },
  };
}

export interface BuiltPackage extends Disposable {
  readonly bytes: Uint8Array;
  readonly sha256: string;
  readonly file: string;
  readonly bundle: Readonly<Record<string, unknown>>;
  readonly bundleFile: string;
}

/** A package that nobody has seen before, attested by the build system of the journeys. */
export async function buildPackage(mark: string): Promise<BuiltPackage> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-two-portals-'));
  const [file, bundleFile] = [join(folder, `${mark}.tgz`), join(folder, 'bundle.json')];
  const bytes = await packageWith(`${mark} ${Date.now()}`);
  const digest = sha256(bytes);
  const buildSystem = await openBuildSystem(join(state(), 'build-system'));
  const subjects = [{ name: `${mark}.tgz`, digest: { sha256: digest } }];
  const text = JSON.stringify(await buildSystem.attest({ subjects, run: demoRun }));
  writeFileSync(file, bytes);
  writeFileSync(bundleFile, text);
  return {
    bytes,
    sha256: digest,
    file,
    bundle: JSON.parse(text) as Readonly<Record<string, unknown>>,
    bundleFile,
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
