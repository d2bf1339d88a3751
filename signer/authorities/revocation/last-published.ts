/**
 * What this authority has published before, so that it never publishes less: the lists themselves, and its own record
 * of them, which is on disk before a list is signed (decision 0037).
 */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { z } from 'zod';
import { RevocationError, type ReadRevocationList } from '#core/pki/crl/index.ts';
import { replaceFile } from '../../ground/durable-file/index.ts';
import { lastListNumber } from '../../keyholder/index.ts';
import {
  claimsOfList,
  describeShortfalls,
  listFilesBeside,
  readListFile,
  shortfallsOf,
  type RevocationClaim,
  type Revocations,
} from '../../rulings/revocations/index.ts';
import { AuthorityError } from './error.ts';

interface Places {
  readonly stateFile: string;
  /** The whole list; its parts lie beside it. */
  readonly wholeList: string;
  /** DER certificate of the issuing CA. */
  readonly issuer: Uint8Array;
  /** Journal of this authority’s key holder, which records the lists that were signed. */
  readonly keyHolderJournal: string;
  /** The register's path, for messages. */
  readonly register: string;
}

const entrySchema = z.strictObject({
  serial: z.string().regex(/^[0-9a-f]{2,64}$/),
  effectiveAt: z.iso.datetime(),
  keyCompromise: z.boolean(),
});
const stateSchema = z.strictObject({
  /** Number of the last list; reserved before it is signed. */
  number: z.int().min(0),
  /** Entries of that list; absent in state files of earlier versions. */
  revoked: z.array(entrySchema).max(1_000_000).optional(),
});
type State = z.infer<typeof stateSchema>;

declare class Checked {
  readonly #proof: true;
}
/** Proof that the register holds all that was published before. */
export type CheckedRevocations = Revocations & Checked;

declare class Reserved {
  readonly #proof: true;
}
/** Proof that no list had this number before, and that what it will name is on disk. */
export type ReservedNumber = number & Reserved;

export class LastPublished {
  readonly #places: Places;
  #loaded: { readonly number: number; readonly claims: readonly RevocationClaim[] } | null = null;

  constructor(places: Places) {
    this.#places = places;
  }

  /**
   * Throws REGISTER_SHORT where the register lacks what a list named before, STATE_LOST where what they named can't
   * be determined.
   */
  async check(revocations: Revocations): Promise<CheckedRevocations> {
    this.#loaded ??= await this.#load();
    const shortfalls = shortfallsOf(revocations, this.#loaded.claims);
    if (shortfalls.length === 0) return revocations as unknown as CheckedRevocations;
    throw new AuthorityError(
      'REGISTER_SHORT',
      `nothing is published from ${this.#places.register}, which has less than was published before: ${describeShortfalls(shortfalls)}. Restore it from a backup, or rebuild it on the signer’s host: npm run revocations:rebuild -- --config signer.yaml`,
    );
  }

  /** Whether anything published before names this certificate. */
  async names(serial: string): Promise<boolean> {
    this.#loaded ??= await this.#load();
    return this.#loaded.claims.some((claim) => claim.serial === serial);
  }

  /** A number above those of all earlier lists, and the entries of its list: on disk before it is signed. */
  async reserve(revocations: CheckedRevocations): Promise<ReservedNumber> {
    this.#loaded ??= await this.#load();
    const number = this.#loaded.number + 1;
    const revoked = Array.from(revocations.values(), (revocation) => ({
      serial: revocation.serial,
      effectiveAt: revocation.effectiveAt.toISOString(),
      keyCompromise: revocation.reason === 'keyCompromise',
    }));
    const state: State = { number, revoked };
    await replaceFile(this.#places.stateFile, `${JSON.stringify(state)}\n`);
    this.#loaded = { number, claims: claimsOfState(state, this.#places.stateFile) };
    return number as ReservedNumber;
  }

  async #load() {
    const { stateFile, wholeList, issuer, keyHolderJournal } = this.#places;
    const state = await readState(stateFile);
    const signed = await lastListNumber(keyHolderJournal);
    const lists: { readonly file: string; readonly list: ReadRevocationList }[] = [];
    for (const file of await listFilesBeside(wholeList)) {
      const list = await readListFile(file, issuer).catch(nullIfUnreadable);
      if (list !== null) lists.push({ file, list });
    }
    const whole = lists.find((list) => list.file === wholeList) ?? null;
    if (state === null && signed > 0 && (whole === null || whole.list.number < signed)) {
      throw new AuthorityError(
        'STATE_LOST',
        `${stateFile} isn’t there, and list ${signed} was signed here, which ${wholeList} isn’t: restore the one or the other from a backup or from wherever the list was fetched last`,
      );
    }
    if (state === null && whole === null && lists.length > 0) {
      throw new AuthorityError(
        'STATE_LOST',
        `neither ${stateFile} nor ${wholeList} is there, and parts of a list are: restore the one or the other`,
      );
    }
    if (state !== null && state.number > 0 && state.revoked === undefined && whole === null) {
      throw new AuthorityError(
        'STATE_LOST',
        `${stateFile} doesn’t say what list ${state.number} named, and ${wholeList} is no list: put back a copy of it, from a backup or from wherever it was fetched last`,
      );
    }
    const numbers = lists.map((list) => list.list.number);
    const claims = lists.flatMap(({ file, list }) => claimsOfList(list, basename(file)));
    return {
      number: Math.max(state?.number ?? 0, signed, ...numbers),
      claims: [...claims, ...(state === null ? [] : claimsOfState(state, stateFile))],
    };
  }
}

function claimsOfState({ number, revoked }: State, file: string): readonly RevocationClaim[] {
  return (revoked ?? []).map(({ serial, effectiveAt, keyCompromise }) => ({
    serial,
    keyCompromise,
    effectiveAt: new Date(effectiveAt),
    source: `${file}, list ${number}`,
  }));
}

async function readState(file: string): Promise<State | null> {
  try {
    return stateSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new AuthorityError(
      'PUBLICATION_INVALID',
      `${file} holds no number: restore it, or write {"number": N} with one above every list's`,
      { cause },
    );
  }
}

function nullIfUnreadable(error: unknown): null {
  if (error instanceof RevocationError) return null;
  throw error;
}
