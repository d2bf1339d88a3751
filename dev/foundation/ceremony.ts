/** The demo's key ceremony: certificates for every project of the policy seed, as its policies name them. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { parsePolicyFile } from '#core/policy/index.ts';
import {
  ceremonyConfigSchema,
  runCeremony,
  type CeremonyConfigInput,
  type CeremonyTranscript,
} from '../../signer/authorities/ceremony/index.ts';
import type { SoftHsm, StackPaths } from '../stack/index.ts';
import { StackError } from '../stack/index.ts';

export interface FoundationKeys {
  readonly registry: string;
  /** Root certificate: what verifiers of releases and of timestamps trust. */
  readonly rootCertificate: string;
  readonly issuingCertificate: string;
  readonly transcript: CeremonyTranscript;
  /** Certificate file of a project's key. */
  certificateOf(project: string, name: string): string;
}

/** Of the demo's projects' addresses. */
export const openPgpDomain = 'keys.countersign.example';

type Projects = CeremonyConfigInput['projects'];
type OwnKey = NonNullable<Projects[number]['ownKeys']>[number];
/** By slug. */
export type OwnKeysByProject = Readonly<Record<string, readonly OwnKey[]>>;

/** Makes the keys that are missing, keeps the ones that exist. */
export async function holdCeremony(
  paths: StackPaths,
  hsm: SoftHsm,
  {
    seed,
    pkiUrl,
    ownKeys,
  }: { readonly seed: string; readonly pkiUrl: string; readonly ownKeys: OwnKeysByProject },
): Promise<FoundationKeys> {
  const token = (label: string) => {
    const found = hsm.tokens.find((softHsmToken) => softHsmToken.label === label);
    if (found === undefined) throw new StackError('BAD_STATE', `there is no token ${label}`);
    return { label, pin: { file: found.pinFile } };
  };
  const input = {
    version: 1,
    foundation: { name: await foundationName(seed) },
    keysDirectory: paths.keys,
    module: hsm.module,
    softhsmConf: hsm.configFile,
    tokens: {
      root: token('root'),
      issuing: token('issuing'),
      signing: token('signing'),
      timestamping: token('timestamping'),
      log: token('log'),
    },
    rootModulusBits: 3072,
    openPgp: { domain: openPgpDomain, revocations: join(paths.state, 'openpgp-revocations') },
    urls: {
      rootCrl: `${pkiUrl}/foundation-root.crl`,
      rootCertificate: `${pkiUrl}/foundation-root.cer`,
      issuingCrl: `${pkiUrl}/foundation-issuing.crl`,
      issuingCertificate: `${pkiUrl}/foundation-issuing.cer`,
      ocsp: `${pkiUrl}/ocsp`,
      // Under the number that stands for documentation and examples (RFC 5612).
      policyOid: '1.3.6.1.4.1.32473.1.1',
    },
    projects: await projectsOf(seed, ownKeys),
  } satisfies CeremonyConfigInput;
  // For `npm run issue`, which says itself what projects need.
  const file = stringify({ ...input, projects: [] });
  await writeFile(join(paths.state, 'ceremony.yaml'), file, { mode: 0o600 });
  const config = ceremonyConfigSchema.parse(input);
  const transcript = await runCeremony({ config });
  await writeFile(join(paths.keys, 'ceremony-transcript.json'), `${JSON.stringify(transcript, null, 2)}\n`);
  const registry = join(paths.keys, 'registry.json');
  const { keys } = JSON.parse(await readFile(registry, 'utf8')) as {
    keys: { purpose: string; project: string | null; name: string | null; certificate: string }[];
  };
  const fileOf = (matches: (key: (typeof keys)[number]) => boolean, what: string): string => {
    const key = keys.find(matches);
    if (key === undefined) throw new StackError('BAD_STATE', `${registry} lists no ${what}`);
    return join(paths.keys, key.certificate);
  };
  return {
    registry,
    transcript,
    rootCertificate: fileOf((key) => key.purpose === 'root', 'root'),
    issuingCertificate: fileOf((key) => key.purpose === 'issuing', 'issuing CA'),
    certificateOf: (project, name) =>
      fileOf((key) => key.project === project && key.name === name, `${name} certificate of ${project}`),
  };
}

async function read(file: string, path: string) {
  const parsed = parsePolicyFile({ path, bytes: new Uint8Array(await readFile(file)) });
  if (!parsed.ok)
    throw new StackError('BAD_STATE', `${path} does not validate: ${parsed.diagnostics[0]?.message ?? ''}`);
  return parsed.document.value;
}

async function foundationName(seed: string): Promise<string> {
  const value = await read(join(seed, 'foundation.yaml'), 'foundation.yaml');
  return value.kind === 'Foundation' ? value.subject.organization : '';
}

async function projectsOf(seed: string, more: OwnKeysByProject): Promise<Projects> {
  const projects: Projects = [];
  for (const slug of (await readdir(join(seed, 'projects'))).sort()) {
    const folder = join(seed, 'projects', slug);
    if (!existsSync(join(folder, 'project.yaml'))) continue;
    const project = await read(join(folder, 'project.yaml'), `projects/${slug}/project.yaml`);
    if (project.kind !== 'Project') continue;
    const certificates = new Map<string, 'release' | 'test'>();
    const ownKeys = new Map<string, OwnKey>();
    for (const file of (await readdir(join(folder, 'policies'))).sort()) {
      const policy = await read(join(folder, 'policies', file), `projects/${slug}/policies/${file}`);
      if (policy.kind !== 'SigningPolicy') continue;
      certificates.set(policy.certificate, policy.purpose);
      const serves = policy.purpose;
      if (policy.openpgpKey !== undefined)
        ownKeys.set(`openpgp ${policy.openpgpKey}`, { name: policy.openpgpKey, purpose: 'openpgp', serves });
      if (policy.rawKey !== undefined)
        ownKeys.set(`raw ${policy.rawKey}`, { name: policy.rawKey, purpose: 'raw', serves });
    }
    projects.push({
      slug,
      // A common name has 64 characters at most, and holds the foundation's name too.
      name: slug.slice(0, 22),
      program: project.program,
      certificates: [...certificates].map(([name, purpose]) => ({ name, purpose })),
      ownKeys: [...ownKeys.values(), ...(more[slug] ?? [])],
    });
  }
  return projects;
}
