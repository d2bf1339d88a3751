/**
 * npm run bench:wrapped-keys [-- --signatures 1000]: RSA-3072 signatures a second by a key on the token, and by one that is unwrapped for each and
 * destroyed, in one session and in four, by turns, and the processor time of each: others' work changes that less. On SoftHSM, which is software: of an HSM it says what of the work is its own.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareStackPaths } from '../dev/stack/index.ts';
import { startSoftHsm } from '../dev/stack/softhsm/start.ts';
import { readOptions } from '../signer/ground/command-line/index.ts';
import {
  generateKeyPair,
  generateWrappingKey,
  makeWrappedKeyPair,
  Pkcs11Token,
  readPin,
  type SigningObject,
} from '../signer/keyholder/token/index.ts';

const usage = 'usage: npm run bench:wrapped-keys -- [--signatures NUMBER]   (1000)';
const { values } = readOptions(usage, { options: { signatures: { type: 'string', default: '1000' } } });
const signatures = Number(values.signatures);
if (!(signatures > 0)) {
  console.error(`A number is meant.\n${usage}`);
  process.exit(2);
}
const rounds = 3;
const toBeSigned = Buffer.from('31020500', 'hex');

const folder = mkdtempSync(join(tmpdir(), 'countersign-bench-wrapped-'));
try {
  const hsm = await startSoftHsm(prepareStackPaths(folder), ['signing']);
  process.env['SOFTHSM2_CONF'] = hsm.configFile;
  const pin = await readPin({ file: hsm.tokens[0]?.pinFile ?? '' }, process.env);
  const open = (sessions: number, readWrite = false): Pkcs11Token =>
    Pkcs11Token.open({ module: hsm.module, tokenLabel: 'signing', pin, sessions, readWrite });
  const maker = open(1, true);
  await generateKeyPair(maker, { label: 'on-token', kind: 'rsa-3072' });
  await generateWrappingKey(maker, 'wrapping');
  const wrapped = await makeWrappedKeyPair(maker, { label: 'wrapped', kind: 'rsa-3072', by: 'wrapping' });
  await maker.close();
  for (const sessions of [1, 4]) {
    const token = open(sessions);
    const rates = new Map<string, Measured[]>([
      ['on the token', []],
      ['unwrapped for each', []],
    ]);
    for (let round = 0; round < rounds; round++) {
      for (const [name, of] of rates) {
        const key: SigningObject = name === 'on the token' ? 'on-token' : wrapped;
        of.push(await rate(token, key, sessions));
      }
    }
    await token.close();
    for (const [name, of] of rates) {
      const best = Math.max(...of.map(({ perSecond }) => perSecond));
      const processorMs = Math.min(...of.map((one) => one.processorMs));
      const clock = of.map(({ perSecond }) => perSecond.toFixed(0)).join(', ');
      console.log(
        `${sessions} ${sessions === 1 ? 'session' : 'sessions'}, ${name}: ${best.toFixed(0)}/s (of ${clock}), ${processorMs.toFixed(2)} ms of processor time each`,
      );
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

interface Measured {
  readonly perSecond: number;
  /** Of one signature, in milliseconds. */
  readonly processorMs: number;
}

async function rate(token: Pkcs11Token, key: SigningObject, sessions: number): Promise<Measured> {
  const start = performance.now();
  const processor = process.cpuUsage();
  let left = signatures;
  const worker = async (): Promise<void> => {
    while (left-- > 0) await token.sign(key, toBeSigned);
  };
  await Promise.all(Array.from({ length: sessions }, worker));
  const { user, system } = process.cpuUsage(processor);
  return {
    perSecond: signatures / ((performance.now() - start) / 1000),
    processorMs: (user + system) / 1000 / signatures,
  };
}
