import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { certificateFromPem, parseCertificate } from '#core/pki/x509/index.ts';
import { openKeyHolder, parseKeyRegistry, type KeyRegistryEntry } from '../../keyholder/index.ts';
import { createTimestampAuthority } from './answer-query.ts';
import { watchClock } from './clock.ts';
import { parseTimeServer, type TsaConfig } from './config.ts';
import { TsaError } from './error.ts';
import { openSerialNumbers } from './serial-numbers.ts';
import { serveTimestamps } from './serve.ts';

export interface RunningTimestampAuthority {
  readonly url: string;
  close(): Promise<void>;
}

/** Opens the key holder, the serial numbers and the port; answers until closed. */
export async function startTimestampAuthority(
  config: TsaConfig,
  onFailure: (error: unknown) => void,
): Promise<RunningTimestampAuthority> {
  const { registry, journal, module, softhsmConf, moduleEnvironment } = config.keyHolder;
  const { tokenLabel, pin, signaturesPerMinuteMax, fips, segmentRecords } = config.keyHolder;
  const entry = await findTimestampKey(registry, config.keyLabel);
  const readPem = async (file: string): Promise<Uint8Array> =>
    certificateFromPem(await readFile(join(dirname(registry), file), 'utf8'));
  const tsaCertificate = await readPem(entry.certificate);
  const chain = await Promise.all(entry.chain.map(readPem));
  const serialNumbers = await openSerialNumbers(config.serialFile, new Date());
  const keyHolder = await openKeyHolder({
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
    purposes: ['timestamp'],
  });
  const { keyLabel, policyOid, accuracySeconds } = config;
  const clock = await watchClock({
    servers: config.clock.servers.map(parseTimeServer),
    agreeing: config.clock.agreeing,
    toleranceMilliseconds: config.clock.toleranceMilliseconds,
    intervalMilliseconds: config.clock.intervalSeconds * 1000,
    timeoutMilliseconds: 3000,
  });
  try {
    const served = await serveTimestamps(config.listen, {
      answer: createTimestampAuthority({
        keyHolder,
        serialNumbers,
        keyLabel,
        policyOid,
        accuracySeconds,
        tsaCertificate,
        chain,
        onFailure,
        now: () => new Date(),
        clockProblem: () => clock.problem(),
      }),
      async health() {
        const problem = clock.problem();
        if (problem !== null) return { ok: false, detail: problem };
        const { ok, detail } = await keyHolder.health();
        const until = parseCertificate(tsaCertificate).node.validToDate;
        return until > new Date()
          ? { ok, detail }
          : { ok: false, detail: `the authority's certificate expired at ${until.toISOString()}` };
      },
      onFailure,
    });
    return {
      url: served.url,
      async close() {
        clock.close();
        await served.close();
        await keyHolder.close();
      },
    };
  } catch (error) {
    clock.close();
    await keyHolder.close();
    throw error;
  }
}

async function findTimestampKey(registryFile: string, keyLabel: string): Promise<KeyRegistryEntry> {
  const registry = parseKeyRegistry(await readFile(registryFile, 'utf8'), registryFile);
  const entry = registry.keys.find((key) => key.label === keyLabel);
  if (entry?.purpose === 'timestamp') return entry;
  throw new TsaError(
    'CONFIG_INVALID',
    entry === undefined
      ? `${registryFile} lists no key ${keyLabel}: correct keyLabel, or run the key ceremony`
      : `key ${keyLabel} is for ${entry.purpose}, not for timestamps: correct keyLabel`,
  );
}
