/** Where traces go; what is in them is in docs/guides/traces.md. */
import { z } from 'zod';
import { key, keys, secretSourceSchema, type Paths } from '../../host/configuration/index.ts';
import { httpUrl, isLoopback } from './addresses.ts';

export const tracesSchema = (paths: Paths) =>
  keys({
    url: key('Where the collector takes traces, in OTLP over HTTP (JSON).', httpUrl, {
      sample: 'https://collector.example.org/v1/traces',
      risk: (url) =>
        url.startsWith('https://') || isLoopback(url)
          ? null
          : 'Traces go over the network as everybody can read and change them: write an https:// address, or run a collector on this machine.',
    }),
    headers: key(
      'What the collector knows this portal by.',
      secretSourceSchema(paths, 'HTTP headers, one `Name: value` in a line').optional(),
      {
        default: 'none',
        secret: 'file or credential `traces-headers`',
        sample: { credential: 'traces-headers' },
      },
    ),
    sampleRatio: key(
      'Which part of the requests of browsers and programs is traced: 0 none, 1 all. Those that failed with a status of 500 or more, and those that made a signing request, are besides; signing requests always are.',
      z.number().min(0).max(1).default(0.1),
      { unit: 'count' },
    ),
    continueCallers: key(
      'Whether a `traceparent` header is continued: the request then belongs to the caller’s own trace. Otherwise it begins one that names the caller’s, as anybody can send such a header.',
      z.boolean().default(false),
      { neededBy: 'foundations whose reverse proxy sets the header itself' },
    ),
  }).refine(({ url, headers }) => headers === undefined || url.startsWith('https://') || isLoopback(url), {
    path: ['url'],
    message: 'an https:// address, or a loopback one: over http:// the headers would be sent unencrypted',
  });
