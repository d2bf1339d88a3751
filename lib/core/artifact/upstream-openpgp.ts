/** `verify: openpgp` with the keys that it is by: what of both can't be. */
import { OpenPgpError } from '../pki/openpgp/index.ts';
import { readUpstreamKey } from '../pki/openpgp-verify/index.ts';
import type { WrittenBody } from './places.ts';
import type { ConfigurationProblem } from './problem.ts';

export function openPgpProblems({ body, steps }: WrittenBody): readonly ConfigurationProblem[] {
  const upstream = 'upstream' in body ? body.upstream : undefined;
  const keys = upstream?.openpgpKeys;
  const problem = (
    rule: ConfigurationProblem['rule'],
    path: readonly (string | number)[],
    message: string,
    fix: string,
  ): ConfigurationProblem => ({ rule, path: [...steps, ...path], message, fix });
  if (!('verify' in body) || body.verify !== 'openpgp') {
    if (keys === undefined) return [];
    const message =
      '`upstream.openpgpKeys` says who has to have signed the file, and nobody looks at its OpenPGP signature.';
    const fix = 'Write `verify: openpgp` on an element of type file, or remove the keys.';
    return [problem('rule.upstream', ['upstream', 'openpgpKeys'], message, fix)];
  }
  const problems: ConfigurationProblem[] = [];
  if (keys === undefined) {
    const message =
      'Anybody can make an OpenPGP key: without `upstream.openpgpKeys` a signature says nothing.';
    problems.push(
      problem('rule.upstream', ['verify'], message, 'Add upstream’s key there, with its fingerprint.'),
    );
  }
  if (upstream?.signers !== undefined) {
    const message = '`signers` are those of certificates, which OpenPGP has none of.';
    problems.push(problem('rule.upstream', ['upstream', 'signers'], message, 'Write `openpgpKeys`.'));
  }
  if (steps.length === 1) {
    const message = 'The artifact is this one file: nothing lies beside it.';
    const fix = 'Submit the file in an archive, together with its signature.';
    problems.push(problem('rule.upstream', ['verify'], message, fix));
  }
  if ('follows' in body) {
    const message = 'The signer writes the file anew, so upstream’s signature of it would be false.';
    problems.push(problem('rule.upstream', ['verify'], message, 'Remove `verify` or `follows`.'));
  }
  const seen = new Set<string>();
  keys?.forEach(({ fingerprint, key }, index) => {
    const found = problemOf(fingerprint, key) ?? (seen.has(fingerprint) ? 'it is listed twice' : null);
    seen.add(fingerprint);
    if (found === null) return;
    const fix =
      'Write the key as `gpg --armor --export-options export-minimal --export FINGERPRINT` shows it, after comparing the fingerprint with what upstream publishes.';
    const path = ['upstream', 'openpgpKeys', index, 'key'];
    problems.push(problem('rule.upstream-key', path, `The key ${fingerprint} can’t be used: ${found}.`, fix));
  });
  return problems;
}

/** The end of a sentence; null: it can verify something. That it ends, time decides, and no validation. */
function problemOf(fingerprint: string, text: string): string | null {
  try {
    const key = readUpstreamKey(Buffer.from(text, 'utf8'));
    const found = key.fingerprint.toString('hex').toUpperCase();
    if (found !== fingerprint) return `its fingerprint is ${found}`;
    if (key.keys.some(({ refused }) => refused === null)) return null;
    return key.keys.find(({ refused }) => refused !== null)?.refused?.problem ?? 'nothing of it signs';
  } catch (error) {
    if (error instanceof OpenPgpError) return error.message;
    throw error;
  }
}
