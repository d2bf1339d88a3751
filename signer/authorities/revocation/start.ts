import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readRevocationList, RevocationError } from '#core/pki/crl/index.ts';
import { replaceFile } from '../../ground/durable-file/index.ts';
import { issuanceSize } from '../issuance/index.ts';
import { openKeyHolder, type KeyHolder } from '../../keyholder/index.ts';
import { readListFile, readRegister, withSameKeys } from '../../rulings/revocations/index.ts';
import { Answers, type Answered } from './answers.ts';
import type { AuthorityConfig } from './config.ts';
import { AuthorityError } from './error.ts';
import { Heartbeat } from './heartbeat.ts';
import { readIssued, responderAt, type Issued } from './issued.ts';
import { openPgpRevocations } from './openpgp.ts';
import { LastPublished, type CheckedRevocations } from './last-published.ts';
import { takeLock } from './lock.ts';
import { listName, publishLists, type Published, type Publisher } from './publish.ts';
import { serveUnknown } from './unknown.ts';

export interface RunningAuthority {
  /** Publishes now if there is something to publish. */
  publish(): Promise<Published & { readonly answers: Answered | null }>;
  close(): Promise<void>;
}

export interface AuthorityEvents {
  readonly onPublished: (published: Published) => void;
  readonly onAnswered: (answered: Answered) => void;
  readonly onFailure: (error: unknown) => void;
}

const hours = 3_600_000;

/**
 * The revocation authority: follows the register, and keeps the published lists and status answers current. Its key
 * holder signs nothing else, so whoever controls this process can't have a certificate issued.
 */
export async function startAuthority(
  config: AuthorityConfig,
  events: AuthorityEvents,
  now: () => Date = () => new Date(),
): Promise<RunningAuthority> {
  const issued = await readIssued(config.keyHolder.registry, config.keyLabel);
  const lock = await takeLock(`${config.stateFile}.lock`);
  const keyHolder = await openAuthorityKeys(config).catch(async (error: unknown) => {
    await lock.release();
    throw error;
  });
  const round = new Round(config, keyHolder, issued, now);
  let working: Promise<unknown> = Promise.resolve();
  const publish: RunningAuthority['publish'] = () => {
    const publishing = working.then(() => round.run(events));
    working = publishing.catch(() => undefined);
    return publishing;
  };
  let pending = false;
  const timer = setInterval(() => {
    if (pending) return;
    pending = true;
    publish()
      .catch(events.onFailure)
      .finally(() => (pending = false));
  }, config.pollSeconds * 1000);
  // What can't be published now is tried again; published files stay valid until they expire.
  await publish().catch(events.onFailure);
  const end = async (): Promise<void> => {
    clearInterval(timer);
    await working;
    await keyHolder.close();
    await lock.release();
  };
  const socket = config.answers?.socket ?? null;
  const unknown =
    config.answers === undefined || socket === null
      ? null
      : await serveUnknown(socket, {
          perMinuteMax: config.answers.unknownPerMinuteMax,
          answer: (serial) => round.unknown(serial),
          onFailure: events.onFailure,
        }).catch(async (error: unknown) => {
          await end();
          throw error;
        });
  return {
    publish,
    async close() {
      await unknown?.close();
      await end();
    },
  };
}

function openAuthorityKeys({ keyHolder, answers }: AuthorityConfig): Promise<KeyHolder> {
  const { module, softhsmConf, moduleEnvironment, tokenLabel, pin, fips } = keyHolder;
  const { registry, journal, segmentRecords, signaturesPerMinuteMax } = keyHolder;
  return openKeyHolder({
    module: module ?? null,
    softhsmConf: softhsmConf ?? null,
    moduleEnvironment,
    tokenLabel,
    pin,
    fips,
    registryFile: registry,
    journalFile: journal,
    segmentRecords,
    rate: { signaturesPerMinuteMax },
    purposes: answers === undefined ? ['crl'] : ['crl', 'ocsp'],
  });
}

class Round {
  readonly #config: AuthorityConfig;
  readonly #keyHolder: KeyHolder;
  readonly #publisher: Publisher;
  readonly #last: LastPublished;
  readonly #answers: Answers | null;
  readonly #heartbeat: Heartbeat;
  readonly #now: () => Date;
  #issued: Issued;
  readonly #published = new Map<string, Uint8Array>();

  constructor(config: AuthorityConfig, keyHolder: KeyHolder, issued: Issued, now: () => Date) {
    const { publication, keyLabel, answers } = config;
    const { issuer } = issued;
    this.#config = config;
    this.#keyHolder = keyHolder;
    this.#issued = issued;
    this.#now = now;
    this.#heartbeat = new Heartbeat(config);
    this.#last = new LastPublished({
      issuer,
      stateFile: config.stateFile,
      register: config.register,
      wholeList: join(publication, listName(keyLabel, null)),
      keyHolderJournal: config.keyHolder.journal,
    });
    this.#publisher = {
      keyHolder,
      issuer,
      now,
      keyLabel,
      parts: config.parts,
      publication,
      last: this.#last,
      publicationUrl: config.publicationUrl ?? null,
      listMilliseconds: config.listDays * 24 * hours,
      refreshMilliseconds: config.refreshHours * hours,
    };
    this.#answers =
      answers === undefined
        ? null
        : new Answers({
            keyHolder,
            issuer,
            now,
            folder: join(publication, 'ocsp'),
            milliseconds: answers.hours * hours,
            refreshMilliseconds: answers.refreshHours * hours,
          });
  }

  /** Each part is tried, whatever happened to the earlier ones; throws the first failure. */
  async run({ onPublished, onAnswered }: AuthorityEvents): ReturnType<RunningAuthority['publish']> {
    await this.#followRegistry();
    const failures: unknown[] = [];
    const attempt = <T>(part: Promise<T>): Promise<T | null> =>
      part.catch((error: unknown) => {
        failures.push(error);
        return null;
      });
    const revocations = await attempt(this.#revocations());
    const published = revocations === null ? null : await attempt(publishLists(this.#publisher, revocations));
    if (published?.made === true) onPublished(published);
    const answers = revocations === null ? null : await attempt(this.#answer(revocations));
    if (answers !== null && answers.made > 0) onAnswered(answers);
    await attempt(this.#publishCertificates());
    await attempt(this.#publishOpenPgpRevocations());
    if (published === null || failures.length > 0) throw failures[0];
    await this.#heartbeat.worked(this.#now());
    return { ...published, answers };
  }

  /**
   * The register without other CAs' certificates, and with all certificates of compromised keys, provided it contains everything published
   * before: lists and answers never say less.
   */
  async #revocations(): Promise<CheckedRevocations> {
    const known = await readRegister(this.#config.register);
    const { others, certified } = this.#issued;
    const revocations = new Map([...known].filter(([serial]) => !others.has(serial)));
    return this.#last.check(withSameKeys(revocations, certified));
  }

  async #answer(revocations: CheckedRevocations): Promise<Answered | null> {
    if (this.#answers === null) return null;
    return this.#answers.publish(responderAt(this.#issued, this.#now()), this.#issued.serials, revocations);
  }

  async unknown(serial: Parameters<Answers['unknown']>[1]): Promise<Uint8Array | null> {
    // A certificate issued just now must not be reported as unknown.
    await this.#followRegistry();
    const revocations = await this.#revocations();
    const { serials, reserved } = this.#issued;
    if (this.#answers === null || serials.has(serial) || reserved.has(serial) || revocations.has(serial))
      return null;
    // The registry of keys may have lost it; an existing answer proves that it was issued.
    if (await this.#answers.has(serial)) return null;
    return this.#answers.unknown(responderAt(this.#issued, this.#now()), serial, revocations);
  }

  /** A ceremony adds certificates while this runs, and sometimes a responder's key. */
  async #followRegistry(): Promise<void> {
    const { registry } = this.#config.keyHolder;
    const before = this.#issued;
    const text = await readFile(registry, 'utf8');
    if (text === before.registry && (await issuanceSize(dirname(registry))) === before.logged) return;
    const issued = await readIssued(registry, this.#config.keyLabel);
    // A key holder knows only the keys that existed when it started.
    if (issued.registry !== before.registry) await this.#keyHolder.restart();
    this.#issued = issued;
  }

  /** Files behind the URLs in the certificates: the CA's certificate, the root's, and the list made in the last ceremony. */
  async #publishCertificates(): Promise<void> {
    const { publication, keyLabel, keyHolder } = this.#config;
    const { issuer, root } = this.#issued;
    await this.#publishFile(join(publication, `${keyLabel}.cer`), issuer);
    if (root === null) return;
    await this.#publishFile(join(publication, 'foundation-root.cer'), root);
    const list = await readIfThere(join(dirname(keyHolder.registry), 'foundation-root.crl'));
    if (list === null) return;
    const file = join(publication, 'foundation-root.crl');
    if (!this.#isPublished(file, list)) await this.#checkRootList(file, list, root);
    await this.#publishFile(file, list);
  }

  /** Once published, one stays: whoever imported it knows. */
  async #publishOpenPgpRevocations(): Promise<void> {
    const { publication, register, openPgpRevocations: folder } = this.#config;
    if (folder === undefined || this.#issued.openPgpKeys.length === 0) return;
    const texts = await openPgpRevocations(this.#issued.openPgpKeys, await readRegister(register), folder);
    for (const [name, text] of texts) await this.#publishFile(join(publication, name), Buffer.from(text));
  }

  /** The ceremony’s folder may have been rolled back to before the published list. */
  async #checkRootList(file: string, made: Uint8Array, root: Uint8Array): Promise<void> {
    const { number, revoked } = readRevocationList(made, root);
    const before = await readListFile(file, root).catch(nullIfNone);
    if (before === null) return;
    const lost = [...before.revoked.keys()].filter((serial) => !revoked.has(serial));
    if (number >= before.number && lost.length === 0) return;
    throw new AuthorityError(
      'LIST_SHORT',
      `${file} is list ${before.number} and names ${before.revoked.size}; the ceremony’s is list ${number} and names ${revoked.size}: restore the newer one there, or hold a ceremony that makes another`,
    );
  }

  async #publishFile(file: string, bytes: Uint8Array): Promise<void> {
    if (this.#isPublished(file, bytes)) return;
    await replaceFile(file, bytes, 0o644);
    this.#published.set(file, bytes);
  }

  #isPublished(file: string, bytes: Uint8Array): boolean {
    const before = this.#published.get(file);
    return before !== undefined && Buffer.compare(before, bytes) === 0;
  }
}

async function readIfThere(file: string): Promise<Uint8Array | null> {
  try {
    return new Uint8Array(await readFile(file));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function nullIfNone(error: unknown): null {
  if (error instanceof RevocationError || (error as NodeJS.ErrnoException).code === 'ENOENT') return null;
  throw error;
}
