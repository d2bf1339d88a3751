import { expect, test } from 'vitest';
import type { JsonValue } from '../../json/index.ts';
import { artifactFields } from './artifact.ts';
import { compareJson } from './compare-json.ts';

const digests = ['ab', 'cd', 'ef'].map((two) => two.repeat(32)) as [string, string, string];
const [one, two, three] = digests;

/** What a change of an element's `upstream` does, there and back. */
function changes(before: JsonValue, after: JsonValue): readonly string[] {
  const inside = artifactFields.find(({ path }) => path === 'root **');
  const document = (upstream: JsonValue): JsonValue => ({
    root: { type: 'zip', contents: [{ type: 'pe', path: 'a.dll', verify: 'authenticode', upstream }] },
  });
  const differences = compareJson(document(before), document(after));
  return differences.map((difference) => {
    const documents = { before: document(before), after: document(after) };
    return inside?.measure(difference, documents).effect ?? 'none';
  });
}

test.each<[string, JsonValue, JsonValue, string, string]>([
  ['a further digest', { sha256: [one] }, { sha256: [one, two] }, 'loosens', 'tightens'],
  ['another digest', { sha256: [one] }, { sha256: [two] }, 'tightens,loosens', 'tightens,loosens'],
  ['another order', { sha256: [one, three] }, { sha256: [three, one] }, 'neutral', 'neutral'],
  [
    'signers besides digests',
    { sha256: [one] },
    { sha256: [one], signers: [{ organization: 'A' }] },
    'tightens',
    'loosens',
  ],
  [
    'a further signer',
    { signers: [{ organization: 'A' }] },
    { signers: [{ organization: 'A' }, { organization: 'B' }] },
    'loosens',
    'tightens',
  ],
  [
    'a signer who is said more closely',
    { signers: [{ organization: 'A' }] },
    { signers: [{ organization: 'A', commonName: 'B' }] },
    'loosens',
    'loosens',
  ],
])('%s of upstream is judged, there and back', (_what, before, after, there, back) => {
  expect(changes(before, after).join()).toBe(there);
  expect(changes(after, before).join()).toBe(back);
});
