/** A small foundation on fresh tokens in a folder of its own: ceremony, key holder, timestamp and revocation authority. */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { authenticodeSignedAttributes, buildAuthenticode, contentDigest } from '#core/pki/cms/index.ts';
import { embedPeSignatures, parsePe, peDigest, peSpcIndirectData } from '#core/formats/pe/index.ts';
import { buildProgram, collect } from '#core/formats/pe/program.fixture.ts';
import { memorySource } from '#core/formats/random-access.ts';
import { certificateFromPem } from '#core/pki/x509/index.ts';
import { authorityConfigSchema, startAuthority } from '../../signer/authorities/revocation/index.ts';
import { ceremonyConfigSchema, runCeremony } from '../../signer/authorities/ceremony/index.ts';
import { openKeyHolder } from '../../signer/keyholder/index.ts';
import { releaseGrant } from '../../signer/keyholder/grant/grants.fixture.ts';
import { responderConfigSchema, startResponder } from '../../signer/authorities/responder/index.ts';
import { registerText, type KnownRevocation } from '../../signer/rulings/revocations/index.ts';
import { requestTimestamp } from '../../signer/daemon/timestamping/index.ts';
import { startTimestampAuthority, tsaConfigSchema } from '../../signer/authorities/tsa/index.ts';
import { prepareStackPaths } from '../stack/index.ts';
import { startSoftHsm } from '../stack/softhsm/start.ts';

const roles = ['root', 'issuing', 'signing', 'timestamping', 'log'] as const;
const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

export type CheckedFoundation = Awaited<ReturnType<typeof openCheckedFoundation>>;

export async function openCheckedFoundation(folder: string) {
  const hsm = await startSoftHsm(prepareStackPaths(folder));
  const inFolder = (...names: readonly string[]): string => join(folder, ...names);
  const pin = (label: string) => ({ file: hsm.tokens.find((token) => token.label === label)?.pinFile ?? '' });
  const softHsm = { module: hsm.module, softhsmConf: hsm.configFile };
  const registry = inFolder('keys', 'registry.json');
  const transcript = await runCeremony({
    config: ceremonyConfigSchema.parse({
      version: 1,
      foundation: { name: 'Example Foundation' },
      ...softHsm,
      keysDirectory: inFolder('keys'),
      rootModulusBits: 3072,
      tokens: Object.fromEntries(roles.map((label) => [label, { label, pin: pin(label) }])),
      projects: [
        {
          slug: 'widget',
          name: 'Widget',
          program: 'executables',
          certificates: [
            { name: 'release', purpose: 'release' },
            { name: 'curve', purpose: 'release', key: 'p-384' },
          ],
        },
      ],
    }),
  });
  const holder = (label: string, name: string) => ({
    ...softHsm,
    tokenLabel: label,
    pin: pin(label),
    registry,
    journal: inFolder(name, 'journal.jsonl'),
  });
  const failures: unknown[] = [];
  const onFailure = (error: unknown): void => void failures.push(error);
  const tsa = await startTimestampAuthority(
    tsaConfigSchema.parse({
      version: 1,
      serialFile: inFolder('tsa', 'serial'),
      keyHolder: holder('timestamping', 'tsa'),
    }),
    onFailure,
  );
  const revoked: KnownRevocation[] = [];
  // The signer makes it at its first start.
  writeFileSync(inFolder('revocations.json'), registerText([]));
  const authority = await startAuthority(
    authorityConfigSchema.parse({
      version: 1,
      register: inFolder('revocations.json'),
      publication: inFolder('pki'),
      stateFile: inFolder('authority', 'state.json'),
      pollSeconds: 3600,
      answers: { socket: inFolder('answers.socket') },
      keyHolder: holder('issuing', 'authority'),
    }),
    { onPublished: () => undefined, onAnswered: () => undefined, onFailure },
  );
  const responder = await startResponder(
    responderConfigSchema.parse({
      version: 1,
      publication: inFolder('pki'),
      authoritySocket: inFolder('answers.socket'),
    }),
    onFailure,
  );
  const signing = holder('signing', 'signing');
  const keyHolder = await openKeyHolder({
    module: signing.module,
    softhsmConf: signing.softhsmConf,
    tokenLabel: 'signing',
    pin: signing.pin,
    registryFile: registry,
    journalFile: signing.journal,
    purposes: ['release'],
  });
  const certificate = (label: string): Uint8Array =>
    certificateFromPem(readFileSync(inFolder('keys', `${label}.pem`), 'utf8'));
  return {
    folder,
    inFolder,
    transcript,
    failures,
    authority,
    certificate,
    tsaUrl: tsa.url,
    statusUrl: `${responder.url}ocsp`,
    hsm: { module: hsm.module, configFile: hsm.configFile, pin },
    pem: (label: string): string => inFolder('keys', `${label}.pem`),
    list: inFolder('pki', 'foundation-issuing.crl'),
    rootList: inFolder('pki', 'foundation-root.crl'),
    /** In addition to those before: a register only grows. */
    revoke: (revocations: readonly KnownRevocation[]): void => {
      revoked.push(...revocations);
      writeFileSync(inFolder('revocations.json'), registerText(revoked));
    },
    async sign(name: string): Promise<string> {
      const signed = await signProgram(keyHolder, certificate, tsa.url);
      writeFileSync(inFolder(name), signed);
      return inFolder(name);
    },
    async close(): Promise<void> {
      await responder.close();
      await keyHolder.close();
      await authority.close();
      await tsa.close();
    },
  };
}

/** A Windows program, signed with a release certificate of the project widget and timestamped. */
export async function signProgram(
  keyHolder: Awaited<ReturnType<typeof openKeyHolder>>,
  certificate: (label: string) => Uint8Array,
  tsaUrl: string,
  keyLabel = 'widget.release',
): Promise<Uint8Array> {
  const program = buildProgram();
  const source = memorySource(program);
  const layout = await parsePe(source);
  const spcIndirectData = peSpcIndirectData(await peDigest(source, layout));
  const signedAttributes = authenticodeSignedAttributes({
    contentDigest: contentDigest(spcIndirectData),
  });
  const digest = sha256(program).toString('hex');
  const grant = releaseGrant({
    artifactSha256: digest,
    unsignedSha256: digest,
    toBeSigned: signedAttributes,
    keyLabel,
  });
  const { signature } = await keyHolder.sign(grant);
  const root = certificate('foundation-root');
  const { token } = await requestTimestamp({
    urls: [tsaUrl],
    trustedRoots: [root],
    timeoutMs: 5000,
    digest: sha256(signature),
  });
  return collect(
    embedPeSignatures(source, layout, [
      buildAuthenticode({
        content: spcIndirectData,
        signedAttributes,
        signature,
        timestampToken: token,
        signerCertificate: certificate(keyLabel),
        chain: [certificate('foundation-issuing'), root],
      }),
    ]),
  );
}
