import { X509Certificate, type KeyObject } from 'node:crypto';
import { issueCertificate } from '../../lib/core/x509/index.ts';
import {
  generateRsaKeyPair,
  keyExists,
  locatePkcs11Module,
  Pkcs11Token,
  readKeyProtection,
  readPin,
  readPublicKey,
  type KeyProtection,
  type KeyRegistry,
  type KeyRegistryEntry,
} from '../keyholder/index.ts';
import type { CeremonyConfig } from './config.ts';
import { CeremonyError } from './error.ts';
import { openIssuanceLog, type IssuanceLog } from '../issuance/index.ts';
import {
  certificateFileName,
  readCertificate,
  readRegistry,
  replaceFile,
  writeKeyFolder,
} from './key-folder.ts';
import { planKeys, rootLabel, type PlannedKey } from './plan-keys.ts';
import { makeRootList, revokedUnderRoot, writeRootList, type MadeRootList } from './root-list.ts';
import { describeCertificate, type CeremonyTranscript, type TranscriptKey } from './transcript.ts';

export interface CeremonyInput {
  readonly config: CeremonyConfig;
  /** Says what would be made; makes no key and writes no file. */
  readonly dryRun?: boolean;
  /** Only these tokens are opened; keys on the others must be there from a ceremony before. Left out: all. */
  readonly tokens?: readonly TokenRole[];
  readonly now?: Date;
}

interface KeyState {
  key: 'made' | 'kept';
  certificate: 'made' | 'kept';
  protection: KeyProtection | null;
  publicKey: KeyObject | null;
  der: Uint8Array | null;
  /** How many rules the certificate was found to keep before it was signed; null: it was signed before. */
  lint: number | null;
}

type TokenRole = keyof CeremonyConfig['tokens'];

/** The issuing CA twice: first for its key, and again to sign once the root has signed for it. */
const visits: readonly TokenRole[] = ['signing', 'timestamping', 'issuing', 'root', 'issuing'];

/** Verifiers' clocks may be behind; the Baseline Requirements allow 48 h. */
const backdatedMs = 10 * 60_000;

/**
 * Makes the keys of a configuration on their tokens and issues their certificates: every key is generated on
 * the token, can't leave it, and is checked for that; what exists is kept. Tokens are opened one after the
 * other. Throws CeremonyError, KeyHolderError or X509Error; running it again goes on
 * where it stopped.
 */
export async function runCeremony(input: CeremonyInput): Promise<CeremonyTranscript> {
  const { config, dryRun = false, now = new Date() } = input;
  const opened = new Set<TokenRole>(input.tokens ?? visits);
  const issuance = await openIssuanceLog(config.keysDirectory);
  const ceremony = new Ceremony(config, await readRegistry(config.keysDirectory), issuance, { dryRun, now });
  await ceremony.takeAsTheyAre((role) => !opened.has(role));
  const module = await locatePkcs11Module(config.module ?? null);
  const softHsm = config.softhsmConf === undefined ? {} : { SOFTHSM2_CONF: config.softhsmConf };
  await withEnvironment({ ...config.moduleEnvironment, ...softHsm }, async () => {
    for (const role of visits.filter((one) => opened.has(one))) {
      const { label, pin } = config.tokens[role];
      const options = { module, tokenLabel: label, pin: await readPin(pin, process.env) };
      const token = Pkcs11Token.open({ ...options, sessions: 1, readWrite: !dryRun });
      try {
        await ceremony.visit(role, token);
      } finally {
        await token.close();
      }
    }
  });
  return ceremony.finish(module);
}

class Ceremony {
  readonly #config: CeremonyConfig;
  readonly #earlier: KeyRegistry;
  readonly #issuance: IssuanceLog;
  readonly #dryRun: boolean;
  readonly #now: Date;
  readonly #notBefore: Date;
  readonly #plan: readonly PlannedKey[];
  readonly #states = new Map<string, KeyState>();
  #rootList: MadeRootList | null = null;

  constructor(
    config: CeremonyConfig,
    earlier: KeyRegistry,
    issuance: IssuanceLog,
    { dryRun, now }: { readonly dryRun: boolean; readonly now: Date },
  ) {
    this.#config = config;
    this.#earlier = earlier;
    this.#issuance = issuance;
    this.#dryRun = dryRun;
    this.#now = now;
    this.#notBefore = new Date(now.getTime() - backdatedMs);
    this.#plan = planKeys(config, this.#notBefore);
  }

  /** Keys on tokens that aren't opened: their certificates are all that is needed of them. */
  async takeAsTheyAre(isClosed: (role: TokenRole) => boolean): Promise<void> {
    for (const { label, token } of this.#plan.filter((one) => isClosed(one.token))) {
      const registered = this.#earlier.keys.find((entry) => entry.label === label);
      if (registered === undefined) {
        throw new CeremonyError(
          'KEY_MISSING',
          `${label} is in no registry, and its token ${token} isn't opened: hold the whole ceremony first`,
        );
      }
      const der = await readCertificate(this.#config.keysDirectory, registered.certificate);
      const publicKey = new X509Certificate(der).publicKey;
      this.#states.set(label, {
        key: 'kept',
        certificate: 'kept',
        protection: null,
        publicKey,
        der,
        lint: null,
      });
    }
  }

  /** All that is to be done while this token is open: its keys, its self-signed certificates, and for the CA the rest. */
  async visit(role: TokenRole, token: Pkcs11Token): Promise<void> {
    for (const planned of this.#plan) {
      if (planned.token === role && !this.#states.has(planned.label))
        this.#states.set(planned.label, await this.#prepareKey(planned, token));
    }
    if (this.#dryRun) return;
    for (const planned of this.#plan) {
      if (this.#isSignedOn(role, planned)) await this.#issue(planned, token);
    }
    if (role === 'root') this.#rootList = await this.#listOfRoot(token);
  }

  /** By a key on this token, which has its own certificate already, for a key that was made already. */
  #isSignedOn(role: TokenRole, planned: PlannedKey): boolean {
    const signer = this.#plan.find((one) => one.label === (planned.issuer ?? planned.label));
    const hasCertificate = signer !== undefined && (this.#states.get(signer.label)?.der ?? null) !== null;
    return (
      signer?.token === role && this.#states.has(planned.label) && (planned.issuer === null || hasCertificate)
    );
  }

  async finish(module: string): Promise<CeremonyTranscript> {
    const keys = this.#plan.map((planned) => this.#describe(planned));
    const { foundation, keysDirectory } = this.#config;
    const transcript: CeremonyTranscript = {
      ...{ version: 1, at: this.#now.toISOString(), dryRun: this.#dryRun, module },
      ...{ foundation: foundation.name, keys, rootList: this.#rootList?.described ?? null },
    };
    if (this.#dryRun) return transcript;
    if (this.#rootList !== null) await writeRootList(keysDirectory, this.#rootList);
    if (keys.every((one) => one.certificate === 'kept')) return transcript;
    const made = this.#plan.filter((planned) => this.#state(planned).certificate === 'made');
    const certificates = new Map(
      made.map((planned) => [certificateFileName(planned.label), this.#certificateOf(planned.label)]),
    );
    await writeKeyFolder(keysDirectory, certificates, this.#registry());
    const fileName = `ceremony-${transcript.at.replace(/[:.]/g, '-')}.json`;
    await replaceFile(keysDirectory, fileName, `${JSON.stringify(transcript, null, 2)}\n`);
    return transcript;
  }

  async #prepareKey(planned: PlannedKey, token: Pkcs11Token): Promise<KeyState> {
    const { label, modulusBits } = planned;
    const registered = this.#earlier.keys.find((entry) => entry.label === label);
    const der =
      registered === undefined
        ? null
        : await readCertificate(this.#config.keysDirectory, registered.certificate);
    const certificate = der === null ? 'made' : 'kept';
    const exists = await keyExists(token, label);
    if (!exists && der !== null) {
      throw new CeremonyError(
        'KEY_MISSING',
        `token ${token.label} has no key ${label}, though it has a certificate: attach the right token, or ` +
          'remove the key from registry.json to make a new one (what the old one signed stays as it is)',
      );
    }
    if (!exists && this.#dryRun) {
      return { key: 'made', certificate, protection: null, publicKey: null, der, lint: null };
    }
    if (!exists) await generateRsaKeyPair(token, { label, modulusBits });
    const protection = await readKeyProtection(token, label);
    if (!protection.protected) {
      throw new CeremonyError(
        'KEY_UNPROTECTED',
        `key ${label} on token ${token.label} can leave it or came from outside (${JSON.stringify(protection)}): ` +
          'remove it and run the ceremony again',
      );
    }
    const publicKey = await readPublicKey(token, label);
    if (der !== null && !publicKey.equals(new X509Certificate(der).publicKey)) {
      throw new CeremonyError(
        'CERTIFICATE_MISMATCH',
        `key ${label} on token ${token.label} isn't the key of its certificate: attach the right token`,
      );
    }
    return { key: exists ? 'kept' : 'made', certificate, protection, publicKey, der, lint: null };
  }

  async #issue(planned: PlannedKey, token: Pkcs11Token): Promise<void> {
    const state = this.#state(planned);
    if (state.der !== null || state.publicKey === null) return;
    const { kind, subject, urls, issuer } = planned;
    const issuerDer = issuer === null ? null : this.#certificateOf(issuer);
    const signer = issuer ?? planned.label;
    const log = this.#issuance;
    const serial = log.newSerial();
    const about = { label: planned.label, signer, kind, serial };
    state.der = await issueCertificate(
      {
        ...{ kind, subject, urls, publicKey: state.publicKey, issuer: issuerDer },
        serial: Uint8Array.from(Buffer.from(serial, 'hex')),
        ...{ notBefore: this.#notBefore, notAfter: notLaterThanIssuer(planned.notAfter, issuerDer) },
      },
      async (tbsCertificate, lint) => {
        // On disk before the token is asked: a crash from here on leaves a trace of what may have been signed.
        await log.intend({ ...about, tbsCertificate, lint }, new Date());
        return token.sign(signer, tbsCertificate);
      },
    );
    await log.issued({ serial, der: state.der }, new Date());
    state.lint = log.rulesKept(serial);
  }

  async #listOfRoot(token: Pkcs11Token): Promise<MadeRootList> {
    const { keysDirectory: folder, revoked } = this.#config;
    const named = await revokedUnderRoot(revoked, this.#earlier, {
      folder,
      root: certificateFileName(rootLabel),
    });
    return makeRootList(
      { folder, root: this.#certificateOf(rootLabel), revoked: named, thisUpdate: this.#notBefore },
      (bytes) => token.sign(rootLabel, bytes),
    );
  }

  #registry(): KeyRegistry {
    const planned = this.#plan.map((one): KeyRegistryEntry => {
      const issuers = this.#issuersOf(one).map(certificateFileName);
      return {
        ...{ label: one.label, token: this.#config.tokens[one.token].label, purpose: one.kind },
        ...{ project: one.project, name: one.name },
        ...{ certificate: certificateFileName(one.label), chain: issuers },
      };
    });
    // Keys that this configuration no longer names stay known: what they signed must stay explicable.
    const others = this.#earlier.keys.filter((old) => !planned.some((entry) => entry.label === old.label));
    return { version: 1, keys: [...planned, ...others] };
  }

  #issuersOf(planned: PlannedKey): string[] {
    const issuer = this.#plan.find((one) => one.label === planned.issuer);
    return issuer === undefined ? [] : [issuer.label, ...this.#issuersOf(issuer)];
  }

  #describe(planned: PlannedKey): TranscriptKey {
    const { label, kind, project, name, modulusBits } = planned;
    const { key, certificate, protection, der, lint } = this.#state(planned);
    const issued = der === null ? null : describeCertificate(certificateFileName(label), der);
    const token = this.#config.tokens[planned.token].label;
    const about = { label, purpose: kind, token, project, name, modulusBits };
    return { ...about, key, certificate, protection, issued, rulesKept: lint };
  }

  #state(planned: PlannedKey): KeyState {
    const state = this.#states.get(planned.label);
    if (state === undefined)
      throw new CeremonyError('KEY_MISSING', `token of key ${planned.label} wasn't visited`);
    return state;
  }

  #certificateOf(label: string): Uint8Array {
    const der = this.#states.get(label)?.der ?? null;
    if (der === null) throw new CeremonyError('KEY_MISSING', `key ${label} has no certificate yet`);
    return der;
  }
}

function notLaterThanIssuer(notAfter: Date, issuer: Uint8Array | null): Date {
  if (issuer === null) return notAfter;
  const { validToDate } = new X509Certificate(issuer);
  return notAfter < validToDate ? notAfter : validToDate;
}

/** Modules read their configuration's place from the environment when they're initialised. */
async function withEnvironment(
  variables: Readonly<Record<string, string>>,
  run: () => Promise<void>,
): Promise<void> {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, variables);
  try {
    await run();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
  }
}
