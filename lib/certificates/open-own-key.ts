/** Keys of projects' own as files, and for clients that look for the key of an address (Web Key Directory). */
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isError } from '#core/error/index.ts';
import { armor, OpenPgpError, publishedOpenPgpKey, webKeyName } from '#core/pki/openpgp/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { indexCertificates, type PublishedCertificate } from './list.ts';
import type { OwnKey } from './own-key.ts';
import { openPgpKeyOf, readPublicFile } from './own-key.ts';

type Source = Pick<Context, 'config' | 'db' | 'policies'>;
type Record = PublishedCertificate & { readonly own: OwnKey };

/** withheld: it is revoked, and nothing can say so in the file. */
export type OpenedOwnKey =
  { readonly text: string; readonly type: string } | { readonly withheld: PublishedCertificate };

/** A project's own key as a file; null: there is none of that name. Public. */
export async function openOwnKey(call: {
  readonly ctx: Source;
  readonly input: { readonly file: string };
}): Promise<OpenedOwnKey | null> {
  const { ctx, input } = call;
  const record = await recordsOf(ctx).then((all) => all.find(({ own }) => own.file === input.file));
  if (record === undefined) return null;
  if (record.own.openPgp === null) {
    if (record.revocation !== null) return { withheld: record };
    return {
      text: await readPublicFile(ctx.config.keysDir, record.own.file),
      type: 'application/x-pem-file',
    };
  }
  const certificate = await openPgpCertificate(ctx, record);
  if (certificate === null) return { withheld: record };
  return { text: armor('PGP PUBLIC KEY BLOCK', certificate), type: 'application/pgp-keys' };
}

/** A client gets at most so many: an address has one key, its predecessors, and those that were revoked. */
const keysMax = 16;

/**
 * The keys of an address of the configured domain, one behind another, usable ones first (draft-koch-openpgp-webkey-service §3.1); null: it
 * has none. `domain`: as the address of the advanced method names it; null: the direct one. Public.
 */
export async function openWebKeys(call: {
  readonly ctx: Source & Pick<Context, 'now'>;
  readonly input: { readonly name: string; readonly domain: string | null };
}): Promise<Buffer | null> {
  const { ctx, input } = call;
  const domain = servedDomain(ctx, input.domain);
  if (domain === null) return null;
  const now = ctx.now();
  const records = await recordsOf(ctx);
  const found = records
    .filter(({ own }) => {
      const [local = '', of] = own.openPgp?.address.split('@') ?? [];
      return of === domain && webKeyName(local) === input.name;
    })
    .toSorted((a, b) => rank(a, now) - rank(b, now) || b.validFrom.getTime() - a.validFrom.getTime())
    .slice(0, keysMax);
  const keys = await Promise.all(found.map((record) => openPgpCertificate(ctx, record)));
  const served = keys.filter((key) => key !== null);
  return served.length === 0 ? null : Buffer.concat(served);
}

const rank = ({ revocation, validTo }: PublishedCertificate, now: Date): number =>
  revocation !== null ? 2 : validTo < now ? 1 : 0;

/** The domain of which keys are served; null: it isn't this one, or of none. */
export function servedDomain({ config }: Pick<Context, 'config'>, asked: string | null): string | null {
  const domain = config.openPgp?.domain ?? null;
  return asked === null || asked.toLowerCase() === domain ? domain : null;
}

async function recordsOf(ctx: Source): Promise<readonly Record[]> {
  const { all } = await indexCertificates(ctx);
  return all.filter((one): one is Record => one.own !== null);
}

/** null: it is revoked, and the revocation that its ceremony made isn't published. Nobody gets it as a good one then. */
async function openPgpCertificate({ config }: Source, record: Record): Promise<Buffer | null> {
  const { keysDir } = config;
  const x509 = new X509Certificate(await readFile(join(keysDir, record.file)));
  const revocation = await readRevocation(config, record.own.file);
  if (record.revocation !== null && revocation === null) return null;
  const text = await readPublicFile(keysDir, record.own.file);
  try {
    return publishedOpenPgpKey(openPgpKeyOf(x509), text, revocation).certificate;
  } catch (error) {
    // Somebody put another file there.
    if (isError(error, OpenPgpError) && revocation !== null) return null;
    throw error;
  }
}

/** As the revocation authority publishes it. */
const revocationFile = (file: string): string => file.replace(/\.asc$/, '.revocation.asc');

async function readRevocation({ publicationDir }: Context['config'], file: string): Promise<string | null> {
  if (publicationDir === undefined) return null;
  try {
    return await readPublicFile(publicationDir, revocationFile(file));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
