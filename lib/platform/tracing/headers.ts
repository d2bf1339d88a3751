/** The headers that a collector knows a portal by, from a file of their own. */
import {
  readSecretFile,
  refuseFile,
  secretFileOf,
  type Environment,
  type SecretSource,
} from '../../host/configuration/index.ts';

const bytesMax = 8 * 1024;
const headersMax = 20;
/** RFC 9110: a token, a colon, visible characters and spaces. */
const headerForm =
  /^([!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}):[ \t]*([\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?)[ \t]*$/;

/** Throws a ConfigurationError that names the file and the line, and holds nothing of what is in it. */
export function readHeaders(
  source: SecretSource | undefined,
  env: Environment,
): Readonly<Record<string, string>> {
  if (source === undefined) return {};
  const file = secretFileOf(source, env);
  const bytes = readSecretFile(file, { bytesMax, secret: 'the headers at the collector' });
  const headers: Record<string, string> = {};
  for (const [place, line] of new TextDecoder().decode(bytes).split(/\r?\n/).entries()) {
    if (line.trim() === '') continue;
    const [, name = '', value = ''] = headerForm.exec(line) ?? [];
    if (name === '' || Object.keys(headers).length >= headersMax)
      throw refuseFile(
        file.path,
        `Line ${place + 1} is no header, or one of more than ${headersMax}.`,
        'Write one `Name: value` in a line.',
      );
    headers[name] = value;
  }
  return headers;
}
