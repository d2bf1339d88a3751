/** The policy that a build is held against: part of a policy repository, or a file by itself. */
import { lstat } from 'node:fs/promises';
import path from 'node:path';
import type { BuildSystem, SigningPolicy } from '#core/generated/index.ts';
import { parseCommitSha, parsePolicySlug, parseProjectSlug } from '#core/ids/index.ts';
import { ageLimit, originPolicyOf, providerMismatch, providerOf } from '#core/origin/index.ts';
import type { LocateInOrigin, OriginPolicy, ProviderName } from '#core/origin/index.ts';
import {
  effectivePolicy,
  formatDiagnostic,
  loadSnapshot,
  notEnforced,
  notEnforcedFix,
  parsePolicyFile,
} from '#core/policy/index.ts';
import type { Diagnostic, EffectivePolicy } from '#core/policy/index.ts';
import { CliError } from '../error.ts';
import { readFolder } from '../policy/read-folder.ts';
import { readInput } from './read-inputs.ts';

export interface ReadPolicy {
  readonly policy: OriginPolicy;
  readonly locate: LocateInOrigin;
  /** null: the policy stands alone. */
  readonly buildSystem: BuildSystem | null;
  /** What the policy asks and only the code host can tell. */
  readonly asksHost: readonly string[];
}

/** The addresses under which the providers' own services vouch for builds. */
const issuers: Readonly<Record<ProviderName, string>> = {
  github: 'https://token.actions.githubusercontent.com',
  gitlab: 'https://gitlab.com',
};

/** Lines that are about the host's settings and answers; a bundle says nothing of them. */
const asksHost = (policy: SigningPolicy): readonly string[] =>
  notEnforced(policy, null).map(({ path: [, ...inOrigin] }) => inOrigin.join('.'));

/** Throws CliError: USAGE where there is no such file, REFUSED with every problem of the policy and its line. */
export async function readPolicy(file: string, issuer: string | null): Promise<ReadPolicy> {
  const place = await placeInRepository(file);
  if (place === null) return readAlone(file, issuer);
  if (issuer !== null)
    throw new CliError(
      'USAGE',
      `--issuer is for a policy that stands alone; ${file} has its build system in trust/root.yaml`,
    );
  const { files, diagnostics } = await readFolder(place.root);
  if (diagnostics.length > 0) throw invalid(place.root, diagnostics);
  const loaded = loadSnapshot(files, parseCommitSha('0'.repeat(40)));
  if (!loaded.ok) throw invalid(place.root, loaded.diagnostics);
  const found = effectivePolicy(
    loaded.snapshot,
    parseProjectSlug(place.project),
    parsePolicySlug(place.policy),
  );
  if (!found.ok) {
    const [why] = found.findings.filter(({ outcome }) => outcome === 'fail');
    throw new CliError('REFUSED', `${why?.message ?? 'Nothing is signed for it.'} ${why?.fix ?? ''}`);
  }
  return fromRepository(file, found.value);
}

function fromRepository(file: string, effective: EffectivePolicy): ReadPolicy {
  const { origin, originPolicy, buildSystem, policy } = effective;
  if (origin === null || originPolicy === null || buildSystem === null) throw withoutOrigin(file);
  refuseUnchecked(file, policy, buildSystem);
  const mismatch = providerMismatch(origin, buildSystem);
  if (mismatch !== null) throw new CliError('REFUSED', `${mismatch.message} ${mismatch.fix}`);
  return {
    policy: originPolicy,
    locate: (at) => effective.locateOrigin(at),
    buildSystem,
    asksHost: asksHost(policy),
  };
}

async function readAlone(file: string, issuer: string | null): Promise<ReadPolicy> {
  const bytes = await readInput(file, 'a policy');
  // Where it would be in a policy repository, which decides over its kind; messages name the file that was given.
  const parsed = parsePolicyFile({ path: 'projects/project/policies/policy.yaml', bytes });
  if (!parsed.ok)
    throw invalid(
      file,
      parsed.diagnostics.map((one) => ({ ...one, file })),
    );
  const { document } = parsed;
  const policy = document.value as SigningPolicy;
  const { origin, purpose } = policy;
  if (origin === undefined) throw withoutOrigin(file);
  const provider = providerOf(origin);
  const buildSystem: BuildSystem = {
    name: origin.buildSystem,
    issuer: issuer ?? issuers[provider],
    provider,
    trustRoot: 'given',
  };
  return {
    policy: originPolicyOf(origin, buildSystem, {
      purpose,
      age: ageLimit(origin.maximumAgeHours, undefined, purpose),
    }),
    locate: (at) => ({ ...document.locate(['origin', ...at]), file }),
    buildSystem: null,
    asksHost: asksHost(policy),
  };
}

/** As the signer: a line that nobody checks is refused, never passed over. */
function refuseUnchecked(file: string, policy: SigningPolicy, buildSystem: BuildSystem): void {
  const [first] = notEnforced(policy, buildSystem);
  if (first === undefined) return;
  throw new CliError(
    'REFUSED',
    `${file} asks with ${first.path.join('.')} for something that nobody is asked: ${first.what}. ${notEnforcedFix}`,
  );
}

const withoutOrigin = (file: string): CliError =>
  new CliError('REFUSED', `${file} names no origin: nothing is asked of where a file comes from.`);

interface Place {
  readonly root: string;
  readonly project: string;
  readonly policy: string;
}

/** null: the file isn't where policies of a policy repository are. */
async function placeInRepository(file: string): Promise<Place | null> {
  const [name = '', policies, project = '', projects, ...above] = path
    .resolve(file)
    .split(path.sep)
    .reverse();
  if (policies !== 'policies' || projects !== 'projects' || !name.endsWith('.yaml')) return null;
  const root = above.reverse().join(path.sep) || path.sep;
  const foundation = await lstat(path.join(root, 'foundation.yaml')).catch(() => null);
  return foundation === null ? null : { root, project, policy: name.slice(0, -'.yaml'.length) };
}

const invalid = (what: string, diagnostics: readonly Diagnostic[]): CliError =>
  new CliError('REFUSED', `${what} is not a valid policy:\n${diagnostics.map(formatDiagnostic).join('\n')}`);
