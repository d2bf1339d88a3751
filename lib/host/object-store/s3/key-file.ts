/** Access keys from a file in the form of AWS's shared credentials file, read again once it changes. */
import { statSync } from 'node:fs';
import {
  readSecretFile,
  refuseFile,
  secretFileOf,
  type Environment,
  type SecretFile,
  type SecretSource,
} from '../../configuration/index.ts';
import { ObjectStoreError } from '../object-store.ts';
import type { S3Keys, S3KeySource } from './place.ts';

/** Session tokens have up to some thousand characters. */
const keyBytesMax = 16 * 1024;
const names = ['aws_access_key_id', 'aws_secret_access_key', 'aws_session_token'] as const;
type Name = (typeof names)[number];
const isName = (text: string): text is Name => (names as readonly string[]).includes(text);

/** Throws a ConfigurationError where there is no folder of credentials; files are looked at when keys are asked for. */
export function openKeyFile(source: SecretSource, env: Environment): S3KeySource {
  const file = secretFileOf(source, env);
  let known: { readonly stamp: string | null; readonly keys: S3Keys } | null = null;
  const current = (): S3Keys => {
    const stamp = stampOf(file.path);
    known = known?.stamp === stamp ? known : { stamp, keys: readKeys(file) };
    return known.keys;
  };
  // A file that can't be used any more, or is gone, ends the use of what stood in it: nothing else is answered.
  return () =>
    new Promise((resolve) => {
      try {
        resolve(current());
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : String(cause);
        throw new ObjectStoreError('STORE_UNAVAILABLE', `there are no access keys: ${why}`, cause);
      }
    });
}

/** null: it can't be looked at, which reading it says better. */
function stampOf(path: string): string | null {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return null;
  const { ino, size, mtimeMs, ctimeMs } = found;
  return [ino, size, mtimeMs, ctimeMs].join(' ');
}

/** Throws a ConfigurationError that names the file, and holds nothing of what stands in it. */
function readKeys(file: SecretFile): S3Keys {
  const bytes = readSecretFile(file, { bytesMax: keyBytesMax, secret: 'the access keys' });
  const refuse = (line: number | null, message: string) =>
    refuseFile(
      line === null ? file.path : `${file.path}:${line}`,
      message,
      `Write lines \`aws_access_key_id = …\` and \`aws_secret_access_key = …\`, as AWS’s credentials file has them.`,
    );
  const found = new Map<Name, string>();
  for (const [at, line] of new TextDecoder().decode(bytes).split(/\r?\n/).entries()) {
    const text = line.trim();
    if (text === '' || /^[#;]/.test(text) || text === '[default]') continue;
    const [, name = '', value = ''] = /^([a-z_]+)\s*=\s*([\x21-\x7e]+)$/.exec(text) ?? [];
    if (!isName(name)) throw refuse(at + 1, 'It is none of the lines that are known here.');
    if (found.has(name)) throw refuse(at + 1, `\`${name}\` stands there twice.`);
    found.set(name, value);
  }
  const [accessKeyId, secretAccessKey] = [found.get('aws_access_key_id'), found.get('aws_secret_access_key')];
  if (accessKeyId === undefined || secretAccessKey === undefined)
    throw refuse(null, `\`${accessKeyId === undefined ? names[0] : names[1]}\` is missing.`);
  return { accessKeyId, secretAccessKey, sessionToken: found.get('aws_session_token') ?? null };
}
