/** What a ceremony has done so far: keys by label, certificates, the root's list. */
import { X509Certificate } from 'node:crypto';
import { certificateRequestToPem, createCertificateRequest, issueCertificate } from '#core/pki/x509/index.ts';
import type { IssuanceLog } from '../issuance/index.ts';
import type { KeyRegistry } from '../../keyholder/index.ts';
import {
  checkWrappingKey,
  describeToken,
  givesKeysBack,
  type Pkcs11Token,
  type SigningObject,
} from '../../keyholder/token/index.ts';
import {
  type CeremonyConfig,
  CeremonyError,
  signingToken,
  type TokenRole,
} from '../ceremony-config/index.ts';
import { certificateFileName, requestFileName } from './key-folder.ts';
import { placeKeys, type PlacedKey } from './place-keys.ts';
import { planKeys, rootLabel } from './plan-keys.ts';
import { registeredKey, prepareKey, type KeyState, type Preparation } from './prepare-key.ts';
import { publicFileName, publishKey, type PublishedKey } from './publish-key.ts';
import { recordsPrograms, registryAfter } from './registry-after.ts';
import { makeRootList, revokedUnderRoot, type MadeRootList } from './root-list.ts';
import { describeCertificate, type TranscriptKey, type TranscriptToken } from './transcript.ts';

/** Verifiers' clocks may be behind; the Baseline Requirements allow 48 h. */
const backdatedMs = 10 * 60_000;

export interface CeremonyBasis {
  readonly config: CeremonyConfig;
  readonly earlier: KeyRegistry;
  readonly issuance: IssuanceLog;
  readonly dryRun: boolean;
  readonly now: Date;
  /** One line for each thing done. */
  readonly onProgress: (done: string) => void;
}

export class Ceremony {
  readonly #basis: CeremonyBasis;
  readonly #preparation: Preparation;
  readonly #notBefore: Date;
  readonly #plan: readonly PlacedKey[];
  readonly #states = new Map<string, KeyState>();
  /** By role and label. */
  readonly #tokens = new Map<string, TranscriptToken>();
  readonly #requests = new Map<string, string>();
  readonly #published = new Map<string, PublishedKey>();
  #rootList: MadeRootList | null = null;

  constructor(basis: CeremonyBasis) {
    const { config, earlier, dryRun, now } = basis;
    this.#basis = basis;
    this.#preparation = {
      earlier,
      folder: config.keysDirectory,
      dryRun,
      fips: config.fips,
      signingToken: (label) => signingToken(config, label),
    };
    this.#notBefore = new Date(now.getTime() - backdatedMs);
    this.#plan = placeKeys(planKeys(config, this.#notBefore), config, earlier);
  }

  /** Whether keys of this plan are on the token. */
  needs(role: TokenRole, label: string): boolean {
    return this.#plan.some(({ token, tokenLabel }) => token === role && tokenLabel === label);
  }

  async useRegisteredKeys(isUnopened: (role: TokenRole) => boolean): Promise<void> {
    for (const planned of this.#plan.filter((plannedKey) => isUnopened(plannedKey.token))) {
      this.#states.set(planned.label, await registeredKey(planned, this.#preparation));
    }
  }

  /** Everything that needs this token: its keys, its self-signed certificates, and for the CA all others. */
  async visit(role: TokenRole, token: Pkcs11Token): Promise<void> {
    const { dryRun, onProgress } = this.#basis;
    for (const planned of this.#plan) {
      if (!isOn(planned, role, token) || this.#states.has(planned.label)) continue;
      const state = await prepareKey(planned, token, this.#preparation);
      this.#states.set(planned.label, state);
      if (state.key === 'made' && !dryRun) onProgress(`${planned.label}: key made on token ${token.label}`);
    }
    this.#tokens.set(`${role} ${token.label}`, await this.#describeToken(role, token));
    if (dryRun) return;
    for (const planned of this.#plan) {
      if (planned.requested && isOn(planned, role, token)) await this.#request(planned, token);
      else if (this.#isSignedOn(role, token, planned)) await this.#issue(planned, token);
      if (planned.own !== null && isOn(planned, role, token)) await this.#publish(planned, token);
    }
    if (role === 'root') this.#rootList = await this.#listOfRoot(token);
  }

  get tokens(): readonly TranscriptToken[] {
    return [...this.#tokens.values()];
  }

  get rootList(): MadeRootList | null {
    return this.#rootList;
  }

  /** File name → PEM of the requests that wait for a public CA. */
  get requests(): ReadonlyMap<string, string> {
    return this.#requests;
  }

  /** Public files of keys of projects' own that were made in this ceremony, by the keys' labels. */
  get published(): ReadonlyMap<string, PublishedKey> {
    return this.#published;
  }

  /** File name → DER of the certificates issued in this ceremony. */
  get certificates(): ReadonlyMap<string, Uint8Array> {
    const made = this.#plan.filter((planned) => this.#state(planned).certificate === 'made');
    return new Map(made.map(({ label }) => [certificateFileName(label), this.#certificateOf(label)]));
  }

  describeKeys(): readonly TranscriptKey[] {
    return this.#plan.map((planned) => {
      const { label, kind, project, name, program, keyKind, keyLabel, notUsedBefore, tokenLabel } = planned;
      const { key, certificate, protection, der, lint, storage } = this.#state(planned);
      const issued = der === null ? null : describeCertificate(certificateFileName(label), der);
      const published = this.#published.get(label)?.described ?? null;
      const about = { label, keyLabel, notUsedBefore, purpose: kind, token: tokenLabel, storage };
      return {
        ...about,
        project,
        name,
        program,
        keyKind,
        key,
        certificate,
        protection,
        issued,
        published,
        rulesKept: lint,
      };
    });
  }

  registry(): KeyRegistry {
    return registryAfter(this.#plan, this.#basis.earlier, (planned) => this.#state(planned));
  }

  /** Whether this ceremony says of a key in the registry for which program its certificate was issued. */
  get recordsPrograms(): boolean {
    return recordsPrograms(this.#plan, this.#basis.earlier);
  }

  /** Issues with a key on this token that has its own certificate already, for a key that exists already. */
  #isSignedOn(role: TokenRole, token: Pkcs11Token, planned: PlacedKey): boolean {
    if (planned.requested) return false;
    const signer = this.#plan.find((plannedKey) => plannedKey.label === (planned.issuer ?? planned.label));
    const hasCertificate = signer !== undefined && (this.#states.get(signer.label)?.der ?? null) !== null;
    return (
      signer !== undefined &&
      isOn(signer, role, token) &&
      this.#states.has(planned.label) &&
      (planned.issuer === null || hasCertificate)
    );
  }

  async #issue(planned: PlacedKey, token: Pkcs11Token): Promise<void> {
    const state = this.#state(planned);
    if (state.der !== null || state.publicKey === null) return;
    const { kind, subject, urls, issuer } = planned;
    const issuerDer = issuer === null ? null : this.#certificateOf(issuer);
    const signer = issuer ?? planned.label;
    const log = this.#basis.issuance;
    const serial = log.newSerial();
    const about = { label: planned.label, signer, kind, serial };
    state.der = await issueCertificate(
      {
        kind,
        subject,
        urls,
        publicKey: state.publicKey,
        issuer: issuerDer,
        serial: Uint8Array.from(Buffer.from(serial, 'hex')),
        notBefore: this.#notBefore,
        notAfter: notLaterThanIssuer(planned.notAfter, issuerDer),
      },
      async (tbsCertificate, lint, hash) => {
        // On disk before the token signs: a crash from here on leaves a trace of what may have been signed.
        await log.intend({ ...about, tbsCertificate, lint }, new Date());
        return token.sign(this.#objectOf(signer), tbsCertificate, hash);
      },
    );
    await log.issued({ serial, der: state.der }, new Date());
    state.lint = log.rulesKept(serial);
    this.#basis.onProgress(`${planned.label}: certificate signed by ${signer}`);
  }

  /** Right after its record was signed: what is in the folder already stays as it is. */
  async #publish(planned: PlacedKey, token: Pkcs11Token): Promise<void> {
    const { der, certificate } = this.#state(planned);
    if (certificate !== 'made' || der === null) return;
    const sign: Parameters<typeof publishKey>[2] = (bytes, hash) =>
      token.sign(this.#objectOf(planned.label), bytes, hash);
    this.#published.set(planned.label, await publishKey(planned, der, sign));
    this.#basis.onProgress(`${planned.label}: ${publicFileName(planned)} made`);
  }

  async #request({ label, subject }: PlacedKey, token: Pkcs11Token): Promise<void> {
    const { der, publicKey } = this.#states.get(label) ?? {};
    if (der !== null || publicKey === null || publicKey === undefined) return;
    const request = await createCertificateRequest({ subject, publicKey }, (bytes, hash) =>
      token.sign(this.#objectOf(label), bytes, hash),
    );
    this.#requests.set(requestFileName(label), certificateRequestToPem(request));
    this.#basis.onProgress(`${label}: request made, for a public CA`);
  }

  async #listOfRoot(token: Pkcs11Token): Promise<MadeRootList> {
    const { keysDirectory: folder, revoked } = this.#basis.config;
    const named = await revokedUnderRoot(revoked, this.#basis.earlier, {
      folder,
      root: certificateFileName(rootLabel),
    });
    return makeRootList(
      { folder, root: this.#certificateOf(rootLabel), revoked: named, thisUpdate: this.#notBefore },
      (bytes) => token.sign(this.#objectOf(rootLabel), bytes),
    );
  }

  async #describeToken(role: TokenRole, token: Pkcs11Token): Promise<TranscriptToken> {
    const { privateKeys, ...about } = await describeToken(token);
    const known = new Set([
      ...this.#plan.map(({ label }) => label),
      ...this.#basis.earlier.keys.map(({ label }) => label),
    ]);
    const notRegistered = privateKeys.filter((label) => !known.has(label));
    const wrappingKeys = await this.#describeWrappingKeys(role, token);
    return { role, ...about, keys: privateKeys.length, notRegistered, wrappingKeys };
  }

  async #describeWrappingKeys(role: TokenRole, token: Pkcs11Token): Promise<TranscriptToken['wrappingKeys']> {
    const wrapped = this.#plan
      .filter((planned) => isOn(planned, role, token))
      .map((planned) => this.#state(planned).signsWith)
      .filter((object) => typeof object === 'object' && object !== null);
    const byLabel = new Map(wrapped.map((key) => [key.by, key]));
    const described: TranscriptToken['wrappingKeys'][number][] = [];
    for (const [label, key] of byLabel) {
      const protection = await checkWrappingKey(token, label);
      described.push({ label, protection, givesKeysBack: await givesKeysBack(token, key) });
    }
    return described;
  }

  #state(planned: PlacedKey): KeyState {
    const state = this.#states.get(planned.label);
    if (state !== undefined) return state;
    throw new CeremonyError('KEY_MISSING', `token of key ${planned.label} wasn't visited`);
  }

  #objectOf(label: string): SigningObject {
    const object = this.#states.get(label)?.signsWith ?? null;
    if (object === null) throw new CeremonyError('KEY_MISSING', `the token of key ${label} isn't open`);
    return object;
  }

  #certificateOf(label: string): Uint8Array {
    const der = this.#states.get(label)?.der ?? null;
    if (der === null) throw new CeremonyError('KEY_MISSING', `key ${label} has no certificate yet`);
    return der;
  }
}

const isOn = ({ token, tokenLabel }: PlacedKey, role: TokenRole, opened: Pkcs11Token): boolean =>
  token === role && tokenLabel === opened.label;

function notLaterThanIssuer(notAfter: Date, issuer: Uint8Array | null): Date {
  if (issuer === null) return notAfter;
  const { validToDate } = new X509Certificate(issuer);
  return notAfter < validToDate ? notAfter : validToDate;
}
