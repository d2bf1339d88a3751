/** A policy repository with people and keys, a portal over it, and the signer's own look at it. For tests. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { pino } from 'pino';
import { policyAcceptanceStatement, policyNamespace } from '#core/approval/index.ts';
import { parseCommitSha, parsePersonHandle } from '#core/ids/index.ts';
import { identitiesOf } from '#core/policy/index.ts';
import type { CommitSha } from '#core/ids/index.ts';
import { seedPolicyRepository } from '../../dev/foundation/index.ts';
import { testDatabase, testFolder } from '../../dev/test/index.ts';
import { testPolicies } from '../../dev/test/seeded-policies.ts';
import { openDatabase } from '../../signer/ground/database/index.ts';
import { openPolicySource } from '../../signer/policy-source/index.ts';
import { personOfAccount } from '../platform/auth/index.ts';
import type { Actor } from '../platform/auth/index.ts';
import { parsePortalConfig } from '../platform/config/index.ts';
import { acceptedPolicy, openPortal } from '../platform/portal/index.ts';
import type { Context } from '../platform/portal/index.ts';

export async function openFoundation(
  options: {
    /** Added to the portal's configuration. */
    readonly config?: Readonly<Record<string, unknown>>;
    readonly now?: () => Date;
    /** Folder with the policy that it begins with, in place of the demo's. */
    readonly seed?: string;
  } = {},
) {
  const urls = await testDatabase();
  const work = await testFolder('policy-changes');
  const inside = (name: string): string => join(work.folder, name);
  const seeded = await (options.seed === undefined
    ? testPolicies(work.folder)
    : seedPolicyRepository({
        seed: options.seed,
        repositories: work.folder,
        secrets: inside('secrets'),
      }));
  const database = openDatabase(urls.signer, () => undefined);
  const signer = openPolicySource({
    clone: { directory: inside('signer.git'), url: seeded.repository, ref: 'refs/heads/main' },
    initialCommit: seeded.initialCommit,
    database,
    signer: 'one',
    log: pino({ level: 'silent' }),
    now: () => new Date(),
  });
  await signer.refresh();
  for (const name of ['artifacts', 'released', 'keys']) mkdirSync(inside(name));
  writeFileSync(inside('session'), 'x'.repeat(40));
  const config = parsePortalConfig(
    stringify({
      databaseUrl: urls.portal,
      artifactStore: 'artifacts',
      policyRepository: { url: seeded.repository, cloneDir: 'portal.git' },
      policyHost: { local: { repository: seeded.repository } },
      publicUrl: 'http://127.0.0.1:4400',
      keysDir: 'keys',
      auth: { secretFile: 'session', development: true },
      upload: { sizeBytesMax: 1024 },
      ...options.config,
    }),
    work.folder,
  );
  const portal = openPortal(config, options.now);

  /** The portal as somebody of the seed uses it. */
  const as = async (name: string): Promise<Context> => {
    const accepted = await acceptedPolicy(portal);
    const handle = parsePersonHandle(name);
    const person = accepted?.snapshot.people.get(handle)?.value;
    if (accepted === null || person === undefined) throw new Error(`the seed has no ${name}`);
    const actor: Actor | null = personOfAccount(accepted.snapshot, identitiesOf(person)[0], true);
    if (actor === null) throw new Error(`${name} is nobody`);
    return { ...portal, actor };
  };

  /** What the page's command prints, with this person's key. */
  const signatureBy = (name: string, commit: string): string =>
    execFileSync(
      'ssh-keygen',
      ['-Y', 'sign', '-q', '-n', policyNamespace, '-f', join(inside('secrets'), `ssh-${name}`)],
      {
        input: policyAcceptanceStatement(parseCommitSha(commit)),
        encoding: 'utf8',
        stdio: ['pipe', 'pipe', 'ignore'],
      },
    );

  /** A file of the policy in force, as text. */
  const read = async (path: string): Promise<string> => {
    const bytes = (await acceptedPolicy(portal))?.files.get(path);
    if (bytes === undefined) throw new Error(`the policy in force has no ${path}`);
    return new TextDecoder().decode(bytes);
  };

  return {
    portal,
    ownerUrl: urls.owner,
    public: { ...portal, actor: { kind: 'public' } } as Context,
    as,
    read,
    signatureBy,
    signer,
    repository: seeded.repository,
    initialCommit: parseCommitSha(seeded.initialCommit) as CommitSha,
    people: seeded.people,
    async release() {
      await portal.close();
      await database.close();
      await work.release();
      await urls.release();
    },
  };
}
