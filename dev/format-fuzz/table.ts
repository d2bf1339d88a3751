import { cabFuzz } from './cab.ts';
import { followFuzzes } from './follow.ts';
import type { FuzzedFormat } from './fuzzed-format.ts';
import { installersFuzz } from './installers.ts';
import { jarFuzz } from './jar.ts';
import { msiFuzz } from './msi.ts';
import { nugetFuzz } from './nuget.ts';
import { clearSignedFuzz, openPgpKeyFuzz, openPgpSignatureFuzz } from './openpgp.ts';
import { peFuzz } from './pe.ts';
import { scriptFuzzes } from './scripts.ts';
import { cmsFuzz, dsseFuzz } from './signatures.ts';
import { jarUpstreamFuzz, nugetUpstreamFuzz } from './upstream.ts';

/** Formats whose readers are fuzzed: a record each, in a file of its own. */
export const fuzzedFormats: readonly FuzzedFormat[] = [
  cabFuzz,
  installersFuzz,
  jarFuzz,
  msiFuzz,
  nugetFuzz,
  peFuzz,
  cmsFuzz,
  dsseFuzz,
  jarUpstreamFuzz,
  nugetUpstreamFuzz,
  openPgpSignatureFuzz,
  clearSignedFuzz,
  openPgpKeyFuzz,
  ...scriptFuzzes,
  ...followFuzzes,
];
