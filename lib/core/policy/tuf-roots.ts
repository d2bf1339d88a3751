/** The roots that trust roots are kept current from. Signatures in them are the signer's to verify; here what can be seen at once. */
import { diagnosticIn } from './diagnostic.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { PolicySnapshot } from './snapshot.ts';

/** `rule.tuf-root`: what is pinned is no root.json, such as an address, another role's file, or half of one. */
export function checkTufRoots({ trustRoot }: PolicySnapshot): readonly Diagnostic[] {
  return trustRoot.value.buildSystems.flatMap(({ name, tuf }, index) => {
    if (tuf === undefined || isSignedRoot(tuf.root)) return [];
    const message = `The root of \`${name}\` is no signed root.json of a TUF repository.`;
    const fix =
      'Write the whole file, as the project that runs the repository publishes it, under `root: |`.';
    return [diagnosticIn(trustRoot, ['buildSystems', index, 'tuf', 'root'], 'rule.tuf-root', message, fix)];
  });
}

function isSignedRoot(text: string): boolean {
  const root = parse(text);
  const signed = member(root, 'signed');
  const signatures = member(root, 'signatures');
  return member(signed, '_type') === 'root' && Array.isArray(signatures) && signatures.length > 0;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
