/**
 * Names for status answers by which a web server finds them without knowing what a request is: `ocsp-requests/<Base64 of the request>`, a
 * link to the answer, for each of the two requests that clients make of a certificate (RFC 5019, section 2.1.1: SHA-1 and SHA-256, no nonce).
 * The `/` of Base64 is one of the path. A link stays when its answer is replaced, and leads nowhere where there is none.
 */
import { mkdir, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { CertificateSerial } from '#core/ids/index.ts';
import { encodeStatusRequest, issuerDigests } from '#core/pki/ocsp/index.ts';

/** Certificates a round, so that lists and answers never wait for names. */
const namedMax = 500;

export class RequestNames {
  readonly #issuer: Uint8Array;
  readonly #answers: string;
  /** Which have names, as this process knows. */
  readonly #named = new Set<CertificateSerial>();

  /** `answers`: the folder of the files <serial>.ors, in the publication. */
  constructor(issuer: Uint8Array, answers: string) {
    this.#issuer = issuer;
    this.#answers = answers;
  }

  /** Of certificates that have an answer; those that are left are named in the next rounds. */
  async add(serials: Iterable<CertificateSerial>): Promise<void> {
    let room = namedMax;
    for (const serial of serials) {
      if (this.#named.has(serial)) continue;
      if (room === 0) return;
      room -= 1;
      for (const digests of issuerDigests(this.#issuer)) {
        const request = Buffer.from(encodeStatusRequest(digests, serial)).toString('base64');
        // One in sixty-four of those without padding: no file has such a name, and the responder answers.
        if (request.endsWith('/')) continue;
        await this.#link(join(dirname(this.#answers), 'ocsp-requests', request), serial);
      }
      this.#named.add(serial);
    }
  }

  async #link(name: string, serial: CertificateSerial): Promise<void> {
    await mkdir(dirname(name), { recursive: true });
    try {
      await symlink(relative(dirname(name), join(this.#answers, `${serial}.ors`)), name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}
