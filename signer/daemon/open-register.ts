/** The register of revocations, with its references for comparison: the journal, and what the authority has published. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Logger } from 'pino';
import { RevocationError } from '#core/pki/crl/index.ts';
import { certificateFromPem } from '#core/pki/x509/index.ts';
import { certificateRevoked } from '#core/wire/journal/index.ts';
import type { SignerConfig } from '../ground/config/index.ts';
import type { Database } from '../ground/database/index.ts';
import { append } from '../ground/journal/index.ts';
import type { SigningKey } from '../rulings/trust/index.ts';
import {
  certifiedKeys,
  claimsOfList,
  listFilesBeside,
  openRevocationRegister,
  readJournalled,
  readListFile,
  withSameKeys,
  type RevocationClaim,
  type RevocationRegister,
} from '../rulings/revocations/index.ts';

interface Ports {
  readonly database: Database;
  readonly log: Pick<Logger, 'warn'>;
  readonly now: () => Date;
  /** Of the registry. */
  readonly keys: () => readonly SigningKey[];
}

/** Throws RegisterError where the register is damaged: then nothing may be signed. */
export function openRegister(
  config: Pick<SignerConfig, 'revocationRegister' | 'revocationList' | 'signerId'>,
  { database, log, now, keys }: Ports,
): Promise<RevocationRegister> {
  const { signerId } = config;
  return openRevocationRegister({
    file: config.revocationRegister,
    now,
    signerId,
    journalled: (after) => readJournalled(database, after),
    published: () => publishedClaims(config.revocationList),
    // Lists name every certificate of a compromised key.
    asPublished: (known) => withSameKeys(known, certifiedKeys(keys())),
    async onLearned(learned) {
      await database.transaction(async (transaction) => {
        for (const one of learned) {
          const body = {
            ...one,
            effectiveAt: one.effectiveAt.toISOString(),
            learnedAt: one.learnedAt.toISOString(),
            signer: signerId,
          };
          await append(transaction, now(), { requestId: null, event: certificateRevoked(body) });
        }
      });
      log.warn({ serials: learned.map((revocation) => revocation.serial) }, 'certificates are revoked');
    },
  });
}

/** Files that aren’t lists of this issuer don't count here; the probe of the list reports them. */
async function publishedClaims(list: SignerConfig['revocationList']): Promise<readonly RevocationClaim[]> {
  const files = list === undefined ? [] : await listFilesBeside(list.file);
  if (list === undefined || files.length === 0) return [];
  const issuer = certificateFromPem(await readFile(list.issuer, 'utf8'));
  const claims: RevocationClaim[] = [];
  for (const file of files) {
    try {
      claims.push(...claimsOfList(await readListFile(file, issuer), basename(file)));
    } catch (error) {
      if (!(error instanceof RevocationError)) throw error;
    }
  }
  return claims;
}
