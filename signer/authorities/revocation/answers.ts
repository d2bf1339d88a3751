/** One round of status answers: what was issued and what is revoked → a signed file for each serial number. */
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseCertificateSerial, type CertificateSerial } from '#core/ids/index.ts';
import {
  issueStatusAnswer,
  OcspError,
  readStatusAnswer,
  type CertificateStatus,
} from '#core/pki/ocsp/index.ts';
import { reasonCodes } from '#core/pki/crl/index.ts';
import { X509Error } from '#core/pki/x509/index.ts';
import { replaceFile } from '../../ground/durable-file/index.ts';
import type { KeyHolder } from '../../keyholder/index.ts';
import { AuthorityError } from './error.ts';
import type { CheckedRevocations } from './last-published.ts';
import { mintAnswerGrant, type StatedStatus } from './mint-answer-grant.ts';
import { RequestNames } from './request-names.ts';

export interface AnswerPublisher {
  readonly keyHolder: Pick<KeyHolder, 'sign'>;
  /** DER certificate of the CA that issued the certificates. */
  readonly issuer: Uint8Array;
  readonly folder: string;
  readonly milliseconds: number;
  readonly refreshMilliseconds: number;
  readonly now: () => Date;
}

export interface Responder {
  readonly keyLabel: string;
  /** DER. */
  readonly certificate: Uint8Array;
  /** End of the certificate's validity; no answer is valid beyond it. */
  readonly to: Date;
}

export interface Answered {
  readonly made: number;
  /** Left for the next round, so that lists never wait for answers. */
  readonly left: number;
}

const roundMax = 100;
/** Allows for verifiers' clocks that are slow. */
const backdatedMilliseconds = 5 * 60_000;
/** After this long files are read again, since somebody may have changed or removed them. */
const memoryMilliseconds = 5 * 60_000;

interface Known {
  readonly status: string;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
}

const namedMax = 5;

const answerName = (serial: string): string => `${serial}.ors`;

/**
 * Keeps the answers of a folder current. Revoked certificates come first, then those without an answer, then the
 * oldest; at most
 * 100 a round. Each file is complete, whatever fails in between.
 */
export class Answers {
  readonly #publisher: AnswerPublisher;
  #known = new Map<CertificateSerial, Known | null>();
  #readAt = 0;
  /** The complete set of certificates, as of the last check. */
  #checked: ReadonlySet<CertificateSerial> | null = null;

  readonly #names: RequestNames;

  constructor(publisher: AnswerPublisher) {
    this.#publisher = publisher;
    this.#names = new RequestNames(publisher.issuer, publisher.folder);
  }

  async publish(
    responder: Responder,
    issued: ReadonlySet<CertificateSerial>,
    revocations: CheckedRevocations,
  ): Promise<Answered> {
    const { now, folder } = this.#publisher;
    await mkdir(folder, { recursive: true });
    if (Math.abs(now().getTime() - this.#readAt) > memoryMilliseconds) {
      this.#known = new Map();
      this.#readAt = now().getTime();
    }
    await this.#checkRegistry(issued, revocations);
    const due: { serial: CertificateSerial; status: CertificateStatus; rank: number }[] = [];
    for (const serial of new Set([
      ...[...revocations.values()].map((revocation) => revocation.serial),
      ...issued,
    ])) {
      const status = statusOf(serial, revocations);
      const rank = await this.#rank(serial, status);
      if (rank !== null) due.push({ serial, status, rank });
    }
    const round = due.sort((a, b) => a.rank - b.rank).slice(0, roundMax);
    for (const { serial, status } of round) {
      const { der, known } = await this.#make(responder, { serial, status, revocations });
      await replaceFile(join(folder, answerName(serial)), der, 0o644);
      this.#known.set(serial, known);
    }
    await this.#names.add([...this.#known].flatMap(([serial, known]) => (known === null ? [] : [serial])));
    return { made: round.length, left: due.length - round.length };
  }

  /** Whether there is an answer of this CA for it, whatever the registry of keys says now. */
  async has(serial: CertificateSerial): Promise<boolean> {
    return (await this.#read(serial)) !== null;
  }

  /** Certificates with answers were issued: a registry that lacks one was truncated or rolled back. */
  async #checkRegistry(
    issued: ReadonlySet<CertificateSerial>,
    revocations: CheckedRevocations,
  ): Promise<void> {
    if (issued === this.#checked) return;
    const names = (await readdir(this.#publisher.folder)).filter((name) => name.endsWith('.ors'));
    const lost: string[] = [];
    for (const name of names) {
      const serial = serialOfName(name);
      if (serial === null || issued.has(serial) || revocations.has(serial)) continue;
      if (await this.has(serial)) lost.push(serial);
      if (lost.length >= namedMax) break;
    }
    if (lost.length > 0) {
      throw new AuthorityError(
        'REGISTRY_SHORT',
        `the registry of keys lacks certificates that were answered for before: ${lost.join(', ')}. Restore registry.json, the certificates and issuance.jsonl from a backup; answers aren’t made meanwhile`,
      );
    }
    this.#checked = issued;
  }

  /** An answer for a serial number that no certificate has; it isn't stored. */
  async unknown(
    responder: Responder,
    serial: CertificateSerial,
    revocations: CheckedRevocations,
  ): Promise<Uint8Array> {
    return (await this.#make(responder, { serial, status: { status: 'unknown' }, revocations })).der;
  }

  /** null: the existing answer stays. */
  async #rank(serial: CertificateSerial, status: CertificateStatus): Promise<number | null> {
    let known = this.#known.get(serial);
    if (known === undefined) {
      known = await this.#read(serial);
      this.#known.set(serial, known);
    }
    // Lists are compared as a whole; this covers an answer that was published before its list.
    if (status.status !== 'revoked' && known?.status.startsWith('revoked') === true) {
      throw new AuthorityError(
        'REGISTER_SHORT',
        `the answer for ${serial} says that it is revoked, but the register lacks it: restore the register from a backup, or rebuild it on the signer’s host: npm run revocations:rebuild -- --config signer.yaml`,
      );
    }
    if (known?.status !== nameOf(status)) return status.status === 'revoked' ? -1 : 0;
    const { now, refreshMilliseconds } = this.#publisher;
    const age = now().getTime() - known.thisUpdate.getTime() - backdatedMilliseconds;
    const holds = age >= -backdatedMilliseconds && age < refreshMilliseconds && now() < known.nextUpdate;
    return holds ? null : known.thisUpdate.getTime();
  }

  async #read(serial: CertificateSerial): Promise<Known | null> {
    try {
      const bytes = await readFile(join(this.#publisher.folder, answerName(serial)));
      const answer = readStatusAnswer(new Uint8Array(bytes), this.#publisher.issuer);
      if (answer.serial !== serial) return null;
      const { thisUpdate, nextUpdate } = answer;
      return {
        status: `${answer.status} ${answer.revokedAt?.getTime() ?? ''} ${answer.reason ?? ''}`,
        thisUpdate,
        nextUpdate,
      };
    } catch (error) {
      const isMalformed = error instanceof OcspError || error instanceof X509Error;
      if (isMalformed || (error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }

  async #make(responder: Responder, statedStatus: StatedStatus) {
    const { serial, status } = statedStatus;
    const { keyHolder, issuer, milliseconds, now } = this.#publisher;
    const at = now().getTime();
    const [thisUpdate, nextUpdate] = [
      new Date(at - backdatedMilliseconds),
      new Date(Math.min(at + milliseconds - backdatedMilliseconds, responder.to.getTime())),
    ];
    const der = await issueStatusAnswer(
      {
        issuer,
        responder: responder.certificate,
        serial,
        status,
        thisUpdate,
        nextUpdate,
        producedAt: new Date(at),
      },
      async (responseData) => {
        const about = { keyLabel: responder.keyLabel, responseData };
        return (await keyHolder.sign(mintAnswerGrant(statedStatus, about, new Date(at)))).signature;
      },
    );
    return { der, known: { status: nameOf(status), thisUpdate, nextUpdate } };
  }
}

function serialOfName(name: string): CertificateSerial | null {
  try {
    return parseCertificateSerial(name.slice(0, -'.ors'.length));
  } catch {
    return null;
  }
}

function statusOf(serial: CertificateSerial, revocations: CheckedRevocations): CertificateStatus {
  const revoked = revocations.get(serial);
  if (revoked === undefined) return { status: 'good' };
  return { status: 'revoked', revokedAt: revoked.effectiveAt, reason: revoked.reason };
}

/** As named by #read. */
function nameOf(status: CertificateStatus): string {
  if (status.status !== 'revoked') return `${status.status}  `;
  const seconds = Math.floor(status.revokedAt.getTime() / 1000) * 1000;
  return `revoked ${seconds} ${reasonCodes[status.reason]}`;
}
