import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { certificateFromPem } from '../../lib/core/x509/index.ts';
import { replaceFile } from '../durable-file/index.ts';
import { openKeyHolder, parseKeyRegistry } from '../keyholder/index.ts';
import { readRegister } from '../revocation/index.ts';
import type { AuthorityConfig } from './config.ts';
import { AuthorityError } from './error.ts';
import { takeLock } from './lock.ts';
import { publishLists, type Published, type Publisher } from './publish.ts';

export interface RunningAuthority {
  /** Publishes now where something is to be published. */
  publish(): Promise<Published>;
  close(): Promise<void>;
}

export interface AuthorityEvents {
  readonly onPublished: (published: Published) => void;
  readonly onFailure: (error: unknown) => void;
}

/**
 * The revocation authority: follows the register and keeps the published lists current. Its key holder signs lists and
 * nothing else, so who owns it can't issue a certificate by asking.
 */
export async function startAuthority(
  config: AuthorityConfig,
  { onPublished, onFailure }: AuthorityEvents,
  now: () => Date = () => new Date(),
): Promise<RunningAuthority> {
  const issuer = await readIssuer(config);
  const lock = await takeLock(`${config.stateFile}.lock`);
  const { module, softhsmConf, tokenLabel, pin, registry, journal } = config.keyHolder;
  const keyHolder = await openKeyHolder({
    ...{ module: module ?? null, softhsmConf: softhsmConf ?? null, tokenLabel, pin },
    ...{ registryFile: registry, journalFile: journal, purposes: ['crl'] },
  }).catch(async (error: unknown) => {
    await lock.release();
    throw error;
  });
  const publisher: Publisher = {
    ...{ keyHolder, issuer, now, keyLabel: config.keyLabel, parts: config.parts },
    ...{ publication: config.publication, stateFile: config.stateFile },
    publicationUrl: config.publicationUrl ?? null,
    listMilliseconds: config.listDays * 86_400_000,
    refreshMilliseconds: config.refreshHours * 3_600_000,
  };
  // The certificates' authority information access leads here.
  await replaceFile(join(config.publication, `${config.keyLabel}.cer`), issuer, 0o644);
  let working: Promise<unknown> = Promise.resolve();
  const publish = (): Promise<Published> => {
    const publishing = working.then(async () => {
      const published = await publishLists(publisher, await readRegister(config.register));
      if (published.made) onPublished(published);
      return published;
    });
    working = publishing.catch(() => undefined);
    return publishing;
  };
  let pending = false;
  const timer = setInterval(() => {
    if (pending) return;
    pending = true;
    publish()
      .catch(onFailure)
      .finally(() => (pending = false));
  }, config.pollSeconds * 1000);
  // What can't be published now is tried again: the lists that are there hold until their time is over.
  await publish().catch(onFailure);
  return {
    publish,
    async close() {
      clearInterval(timer);
      await working;
      await keyHolder.close();
      await lock.release();
    },
  };
}

async function readIssuer({ keyHolder, keyLabel }: AuthorityConfig): Promise<Uint8Array> {
  const registry = parseKeyRegistry(await readFile(keyHolder.registry, 'utf8'), keyHolder.registry);
  const entry = registry.keys.find((one) => one.label === keyLabel);
  if (entry?.purpose === 'issuing') {
    return certificateFromPem(await readFile(join(dirname(keyHolder.registry), entry.certificate), 'utf8'));
  }
  throw new AuthorityError(
    'CONFIG_INVALID',
    entry === undefined
      ? `${keyHolder.registry} lists no key ${keyLabel}: correct keyLabel, or run the key ceremony`
      : `key ${keyLabel} is for ${entry.purpose}, not for issuing: correct keyLabel`,
  );
}
