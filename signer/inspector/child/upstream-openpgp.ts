/** OpenPGP signatures of upstream: of a file beside it (file.asc, file.sig), or around a text. Judged once all of a container was seen. */
import { join } from 'node:path';
import type { CompiledElement } from '#core/artifact/index.ts';
import { streamRange } from '#core/formats/archive/index.ts';
import { readExactly, type RandomAccessSource } from '#core/formats/random-access.ts';
import { OpenPgpError } from '#core/pki/openpgp/index.ts';
import {
  clearSignedBytesMax,
  isClearSigned,
  judgeDocument,
  readClearSigned,
  readDetached,
  readUpstreamKey,
  signatureBytesMax,
  type DocumentRefusal,
  type JudgedSignature,
  type UpstreamKey,
} from '#core/pki/openpgp-verify/index.ts';
import { fail, pass, type Finding, type PolicyLocation } from '#core/wire/finding/index.ts';
import { withFile } from './file-source.ts';
import type { SeenFile } from './seen-file.ts';

const endings = ['.asc', '.sig'] as const;
/** Longer than what a clear-signed text begins with. */
const startBytes = 64;

interface Surroundings {
  readonly folder: string;
  readonly elements: readonly CompiledElement[];
  readonly locate: (element: CompiledElement) => PolicyLocation | null;
  readonly now: Date;
}

type About = Pick<Finding, 'path' | 'sha256' | 'policy'>;

export class OpenPgpUpstream {
  readonly #around: Surroundings;
  readonly #wanted: ReadonlySet<number>;
  readonly #keys = new Map<number, readonly UpstreamKey[]>();

  constructor(around: Surroundings) {
    this.#around = around;
    this.#wanted = new Set(
      around.elements.flatMap(({ verifiesOpenPgp, parent }) =>
        verifiesOpenPgp && parent !== null ? [parent] : [],
      ),
    );
  }

  /** Something directly in this container is verified. */
  wants({ index }: CompiledElement): boolean {
    return this.#wanted.has(index);
  }

  async judge(path: readonly string[], seen: readonly SeenFile[]): Promise<readonly Finding[]> {
    const byPlace = new Map(seen.map((one) => [one.place, one]));
    const findings: Finding[] = [];
    for (const one of seen) {
      if (!one.element.verifiesOpenPgp) continue;
      const beside = endings.flatMap((ending) => byPlace.get(one.place + ending) ?? []);
      findings.push(...(await this.#judgeFile([...path, one.place], one, beside)));
    }
    return findings;
  }

  async #judgeFile(
    path: readonly string[],
    { file, sha256, element }: SeenFile,
    beside: readonly SeenFile[],
  ): Promise<readonly Finding[]> {
    const about = { path, sha256, policy: this.#around.locate(element) };
    const keys = this.#keysOf(element);
    return withFile(this.#at(file), async (source) => {
      const start = await readExactly(source, 0, Math.min(startBytes, source.size));
      const around = isClearSigned(start) ? await this.#judgeAround(source, keys, about) : [];
      const other: Finding[] = [];
      for (const signature of beside) other.push(await this.#judgeBeside(source, keys, signature, about));
      const all = [...around, ...other];
      return all.length === 0 ? [unsigned(path.at(-1) ?? '', about)] : all;
    });
  }

  #judgeAround(
    source: RandomAccessSource,
    keys: readonly UpstreamKey[],
    about: About,
  ): Promise<readonly Finding[]> {
    return withRefusals('the text', about, async () => {
      if (source.size > clearSignedBytesMax)
        throw new OpenPgpError('MALFORMED', `over ${clearSignedBytesMax} bytes of signed text`);
      const { signatures, text } = readClearSigned(await readExactly(source, 0, source.size));
      const content = streamOf(text);
      const judged = await judgeDocument({ signatures, keys, form: 'text', content, now: this.#around.now });
      return conclude('around the text', judged, about);
    }).then((finding) => [finding]);
  }

  #judgeBeside(
    source: RandomAccessSource,
    keys: readonly UpstreamKey[],
    { file, place }: SeenFile,
    about: About,
  ): Promise<Finding> {
    const name = place.split('/').at(-1) ?? place;
    return withRefusals(name, about, async () => {
      const signatures = await withFile(this.#at(file), async (signature) => {
        if (signature.size > signatureBytesMax)
          throw new OpenPgpError('MALFORMED', `${signature.size} bytes; ${signatureBytesMax} at most`);
        return readDetached(await readExactly(signature, 0, signature.size));
      });
      const content = streamRange(source);
      const judged = await judgeDocument({
        signatures,
        keys,
        form: 'binary',
        content,
        now: this.#around.now,
      });
      return conclude(`in ${name}`, judged, about);
    });
  }

  #keysOf({ index, upstream }: CompiledElement): readonly UpstreamKey[] {
    const known = this.#keys.get(index);
    if (known !== undefined) return known;
    // Validation has read each of them.
    const keys = (upstream?.openpgpKeys ?? []).map(({ fingerprint, key }) => {
      const read = readUpstreamKey(Buffer.from(key, 'utf8'));
      if (read.fingerprint.toString('hex').toUpperCase() !== fingerprint)
        throw new Error(`the configuration’s key ${fingerprint} is another one`);
      return read;
    });
    this.#keys.set(index, keys);
    return keys;
  }

  #at(file: string): string {
    return join(this.#around.folder, file);
  }
}

async function* streamOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}

async function withRefusals(what: string, about: About, judge: () => Promise<Finding>): Promise<Finding> {
  try {
    return await judge();
  } catch (error) {
    if (!(error instanceof OpenPgpError)) throw error;
    return refused('invalid', `the signature of ${what} can’t be read: ${error.message}`, about);
  }
}

const takeUpstreams = 'Take file and signature from upstream again, unchanged.';
const fixes: Readonly<Record<DocumentRefusal | 'untrusted' | 'unsigned', string>> = {
  invalid: takeUpstreams,
  future: takeUpstreams,
  unsigned:
    'Put upstream’s signature beside the file, under its name with .asc or .sig; or remove `verify`, where upstream signs none.',
  weak: 'Ask upstream for a signature by SHA-256 or longer, or pin the file by `upstream.sha256`.',
  unsupported:
    'Ask upstream for a signature as gpg --detach-sign makes it, or pin the file by `upstream.sha256`.',
  unsuitable: 'Put the key as upstream publishes it now into `upstream.openpgpKeys`.',
  revoked: 'Don’t use the file before you know why upstream revoked the key, and by which one it signs now.',
  expired:
    'Put the key as upstream publishes it now, with its new end, into `upstream.openpgpKeys`; or pin the file by `upstream.sha256`.',
  untrusted:
    'If this is who should have signed it, add the key to `upstream.openpgpKeys`; otherwise don’t use the file.',
};

function refused(why: keyof typeof fixes, problem: string, about: About): Finding {
  return fail({
    rule: `file.upstream-${why}`,
    message: `The file has to have a valid OpenPGP signature of upstream: ${problem}.`,
    expected: 'a signature by a key in `upstream.openpgpKeys`',
    found: problem,
    fix: fixes[why],
    ...about,
  });
}

const unsigned = (place: string, about: About): Finding => {
  const name = place.split('/').at(-1) ?? place;
  return refused('unsigned', `there is no ${name}.asc or ${name}.sig beside it, and none around it`, about);
};

/** All by pinned keys have to hold, and there has to be one. Those by others prove nothing, and break nothing. */
function conclude(where: string, judged: readonly JudgedSignature[], about: About): Finding {
  const broken = judged.find((one) => one.ok === false);
  if (broken !== undefined) return refused(broken.why, `the one ${where}: ${broken.problem}`, about);
  const holds = judged.find((one) => one.ok === true);
  const others = judged.flatMap((one) => (one.ok === null && 'issuer' in one ? [one.issuer] : []));
  const versions = judged.flatMap((one) => (one.ok === null && 'version' in one ? [one.version] : []));
  if (holds === undefined && others.length === 0)
    return refused(
      'unsupported',
      `the one ${where} is of version ${versions.join(' and ')}; version 4 is verified`,
      about,
    );
  if (holds === undefined)
    return refused(
      'untrusted',
      `the one ${where} is by ${others.join(', ')}, which the configuration doesn’t name`,
      about,
    );
  const { by, created } = holds;
  const fingerprint = by.fingerprint.toString('hex').toUpperCase();
  const name = by.userIds[0] === undefined ? '' : ` of “${by.userIds[0]}”`;
  const more = [
    notVerified(others.length, 'by keys that the configuration doesn’t name'),
    notVerified(versions.length, `of version ${[...new Set(versions)].join(' and ')}`),
  ].join('');
  return pass({
    rule: 'file.upstream-signed',
    message: `The signature ${where} is upstream’s, by the OpenPGP key${name}, made ${created.toISOString()} as it states.${more}`,
    found: `OpenPGP key ${fingerprint}`,
    ...about,
  });
}

function notVerified(count: number, which: string): string {
  if (count === 0) return '';
  return ` ${count === 1 ? 'Another signature' : `${count} other signatures`} there, ${which}, ${count === 1 ? 'was' : 'were'} not verified.`;
}
