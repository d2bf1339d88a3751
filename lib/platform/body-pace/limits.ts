/** Limits on request bodies. */
import { z } from 'zod';
import { key, keys } from '../../host/configuration/index.ts';
import type { Pace } from './pace-meter.ts';

const seconds = z.number().int().min(5).max(3600);

/** As in the configuration. All have defaults. */
export const bodyLimitsSchema = keys({
  idleSeconds: key('The longest pause without a byte.', seconds.default(60)),
  bytesPerSecondMin: key(
    'On average over each window of time. 0: no minimum.',
    z
      .number()
      .int()
      .min(0)
      .max(1024 * 1024)
      .default(4096),
    { unit: 'bytes' },
  ),
  windowSeconds: key('The window of time.', seconds.default(120)),
  atOncePerSender: key(
    'Uploads of one token or person at a time.',
    z.number().int().min(1).max(1000).default(8),
    {
      unit: 'count',
    },
  ),
  atOncePerNetwork: key(
    'Bodies coming in at a time from one network (IPv4 /24, IPv6 /48).',
    z.number().int().min(1).max(10_000).default(64),
    { unit: 'count' },
  ),
});

export type ConfiguredBodyLimits = z.infer<typeof bodyLimitsSchema>;

export interface BodyLimits extends Pace {
  /** Of every body but an upload: what Node.js has for all of them. */
  readonly otherMilliseconds: number;
  /** How long the rest of a body is accepted once its request was answered. */
  readonly answeredMilliseconds: number;
  readonly atOncePerNetwork: number;
}

const otherMilliseconds = 300_000;
const answeredMilliseconds = 10_000;

export function bodyLimitsOf(configured: ConfiguredBodyLimits | undefined): BodyLimits {
  const { idleSeconds, bytesPerSecondMin, windowSeconds, atOncePerNetwork } =
    configured ?? bodyLimitsSchema.parse({});
  return {
    idleMilliseconds: idleSeconds * 1000,
    bytesPerSecondMin,
    windowMilliseconds: windowSeconds * 1000,
    otherMilliseconds,
    answeredMilliseconds,
    atOncePerNetwork,
  };
}

/**
 * Of the server that listens. Node.js would cut off every request after five minutes; `enforcePace` watches bodies instead.
 * Headers keep their limit.
 */
export const serverTimings = (headersMilliseconds = 60_000) =>
  ({ requestTimeout: 0, headersTimeout: headersMilliseconds }) as const;
