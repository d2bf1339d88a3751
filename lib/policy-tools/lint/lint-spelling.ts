/** Names and URLs that the signer compares character by character and people may misread. */
import { providerOf, providers, type SpelledLine } from '#core/origin/index.ts';
import type {
  DocumentPath,
  PolicySnapshot,
  ProjectSnapshot,
  SigningPolicyDocument,
} from '#core/policy/index.ts';
import type { PolicyLocation } from '#core/wire/finding/index.ts';
import { lintFinding } from './finding.ts';
import type { LintFinding } from './finding.ts';

interface Placed {
  readonly text: string;
  readonly at: PolicyLocation;
}

/** What a policy says about where files are built. */
export function lintPolicySpelling(policy: SigningPolicyDocument): readonly LintFinding[] {
  const { origin } = policy.value;
  if (origin === undefined) return [];
  const placed = (text: string, ...path: DocumentPath): readonly Placed[] => [
    { text, at: policy.locate(['origin', ...path]) },
  ];
  const uri = placed(origin.repository.uri, 'repository', 'uri');
  const others = providers[providerOf(origin)].spelled(origin);
  const ofKind = (kind: SpelledLine['kind']): readonly Placed[] =>
    others.flatMap((other) => (other.kind === kind ? placed(other.text, ...other.path) : []));
  const addresses = [...uri, ...ofKind('address')];
  const names = [
    ...(['branches', 'tags'] as const).flatMap((kind) =>
      (origin.refs[kind] ?? []).flatMap((name, index) => placed(name, 'refs', kind, index)),
    ),
    ...ofKind('name'),
  ];
  return [...[...names, ...addresses].flatMap(lookAlike), ...addresses.flatMap(address)];
}

export function lintProjectSpelling({ project }: ProjectSnapshot): readonly LintFinding[] {
  const placed = { text: project.value.repository.uri, at: project.locate(['repository', 'uri']) };
  return [...lookAlike(placed), ...address(placed)];
}

export function lintIssuerSpelling({ trustRoot }: PolicySnapshot): readonly LintFinding[] {
  return trustRoot.value.buildSystems.flatMap(({ issuer }, index) => {
    const placed = { text: issuer, at: trustRoot.locate(['buildSystems', index, 'issuer']) };
    return [...lookAlike(placed), ...address(placed)];
  });
}

/** Scripts whose letters are most often mistaken for Latin ones; others are only reported as not ASCII. */
const scripts: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['Cyrillic', /\p{Script=Cyrillic}/u],
  ['Greek', /\p{Script=Greek}/u],
  ['Armenian', /\p{Script=Armenian}/u],
  ['Cherokee', /\p{Script=Cherokee}/u],
  ['full-width', /[\uff01-\uff5e]/u],
];

function lookAlike({ text, at }: Placed): readonly LintFinding[] {
  const strange = /[^\x00-\x7e]/u.exec(text)?.[0];
  if (strange === undefined) return [];
  const code = `U+${(strange.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
  const script = scripts.find(([, pattern]) => pattern.test(strange))?.[0];
  const what = script === undefined ? 'a character that is not ASCII' : `a ${script} letter`;
  const message = `\`${text}\` contains ${what}, ${strange} (${code}): it may look like another name, but only this exact spelling matches.`;
  return [
    lintFinding(at, 'lint.look-alike', message, 'Type the name again if it was meant to be plain letters.'),
  ];
}

function address({ text, at }: Placed): readonly LintFinding[] {
  // The schema asks for https:// and a host; what still isn't a URL is not this rule's concern.
  if (!URL.canParse(text)) return [];
  const normal = new URL(text).href;
  const expected = text.endsWith('/') ? normal : normal.replace(/\/$/, '');
  const plain = expected.replace(/\.git$/, '');
  if (plain === text) return [];
  const message = `\`${text}\` is usually written \`${plain}\`. Build systems certify the usual form, and it is compared letter by letter: every build would be refused.`;
  return [lintFinding(at, 'lint.address-spelling', message, `Write ${plain}.`)];
}
