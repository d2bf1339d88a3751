import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { GitHubOrigin } from '../generated/index.ts';
import { parseCommitSha, parsePolicySlug, parseProjectSlug } from '../ids/index.ts';
import { describePolicy, effectivePolicy, loadSnapshot, withApprovalKeys } from './index.ts';
import type { EffectivePolicy, PolicySnapshot } from './index.ts';
import {
  decode,
  encode,
  newSshKey,
  seedCommit,
  seedWithKeys,
  seedWithoutKeys,
  sshBlob,
} from './seed.fixture.ts';

const files = seedWithKeys();
const builder = 'https://github.com/foundation/builders/.github/workflows/build.yml';
const demo = parseProjectSlug('esbuild-demo');
const release = parsePolicySlug('release-signing');

function load(changed: ReadonlyMap<string, Uint8Array>, commit = seedCommit): PolicySnapshot {
  const loaded = loadSnapshot(changed, commit);
  if (!loaded.ok) throw new Error(loaded.diagnostics[0]?.message);
  return loaded.snapshot;
}

function replaced(path: string, from: string, to: string): ReadonlyMap<string, Uint8Array> {
  const text = decode(files.get(path));
  expect(text).toContain(from);
  return new Map(files).set(path, encode(text.replace(from, to)));
}

function effective(
  changed: ReadonlyMap<string, Uint8Array> = files,
  policy = 'release-signing',
  project = 'esbuild-demo',
): EffectivePolicy {
  const checked = effectivePolicy(load(changed), parseProjectSlug(project), parsePolicySlug(policy));
  if (!checked.ok) throw new Error(checked.findings[0]?.message);
  return checked.value;
}

describe('the effective policy', () => {
  test('gathers all that decides, with its places', () => {
    const policy = effective();
    expect(policy.buildSystem?.issuer).toBe('https://token.development-build-system.example');
    expect(policy.origin?.repository.id).toBe('900100200');
    expect(policy.quorum).toBe(1);
    expect(policy.approvers).toMatchObject([
      { handle: 'demo-approver', name: 'Alex Approver', identities: [{ host: 'github', id: '900002' }] },
    ]);
    expect(policy.approvers[0]?.keys[0]).toMatch(/^ssh-ed25519 AAAA/);
    expect(policy.locate(['origin', 'workflow'])).toMatchObject({ line: 12, column: 13 });
    expect(policy.artifactLocations['/root/contents/0']).toEqual({
      file: 'projects/esbuild-demo/artifacts/windows-package.yaml',
      line: 7,
      column: 7,
    });
    expect(policy.digest).toMatch(/^[0-9a-f]{64}$/);
  });

  test('a test policy may have no origin', () => {
    expect(effective(files, 'test-signing')).toMatchObject({
      origin: null,
      buildSystem: null,
      quorum: 0,
      approvers: [],
    });
  });

  test('has the same digest at another commit, and another one when anything that decides changes', () => {
    const other = effectivePolicy(load(files, parseCommitSha('ab'.repeat(20))), demo, release);
    expect(other.ok && other.value.digest).toBe(effective().digest);
    const changes = [
      replaced('projects/esbuild-demo/policies/release-signing.yaml', '[main]', '[main, next]'),
      replaced('projects/esbuild-demo/artifacts/windows-package.yaml', 'esbuild.exe', '*.exe'),
      replaced('trust/root.yaml', 'token.development-build-system', 'token.other'),
      new Map(files).set(
        'people/demo-approver.yaml',
        withApprovalKeys(files.get('people/demo-approver.yaml') ?? encode(''), [newSshKey()]),
      ),
    ];
    const origin = (line: string) =>
      replaced('projects/esbuild-demo/policies/release-signing.yaml', '  refs:', `  ${line}\n  refs:`);
    changes.push(
      origin('reruns: allowed'),
      origin('attestations: [slsa-provenance-v1]'),
      origin('environment: release'),
      origin('visibility: public'),
      replaced('foundation.yaml', '    quorumMin: 1', '    quorumMin: 1\n    maximumAgeHours: 100'),
      origin('maximumAgeHours: 24'),
      origin(`builder: {uri: ${builder}, ref: refs/tags/v1, digest: ${'a'.repeat(40)}}`),
      origin(`builder: {uri: ${builder}, ref: refs/tags/v1, digest: ${'b'.repeat(40)}}`),
    );
    const digests = changes.map((changed) => effective(changed).digest);
    expect(new Set([effective().digest, ...digests]).size).toBe(changes.length + 1);
    expect(
      effective(replaced('projects/esbuild-demo/project.yaml', 'JavaScript bundler', 'bundler')).digest,
    ).toBe(effective().digest);
  });

  test('has a maximum age for a release whatever the files say, and tells where it comes from', () => {
    const policy = 'projects/esbuild-demo/policies/release-signing.yaml';
    const silent = effective();
    expect(silent.age).toEqual({ hours: 720, from: 'default' });
    expect(silent.originPolicy).toMatchObject({ maximumAgeHours: 720, visibility: 'public' });
    expect(silent.locateOrigin(['maximumAgeHours'])).toBeNull();
    const floor = replaced(
      'foundation.yaml',
      '    quorumMin: 1',
      '    quorumMin: 1\n    maximumAgeHours: 100',
    );
    const bound = effective(floor);
    expect(bound.age).toEqual({ hours: 100, from: 'foundation' });
    expect(bound.locateOrigin(['maximumAgeHours'])?.file).toBe('foundation.yaml');
    expect(JSON.stringify(describePolicy(bound))).toContain('at most 100 hours old, as the foundation asks');
    const own = effective(replaced(policy, '  refs:', '  maximumAgeHours: 24\n  refs:'));
    expect(own.age).toEqual({ hours: 24, from: 'policy' });
    expect(own.locateOrigin(['maximumAgeHours'])).toEqual(own.locate(['origin', 'maximumAgeHours']));
    expect(effective(files, 'test-signing').age).toBeNull();
  });

  test('keeps its digest, and with it every approval, when only words and notifications change', () => {
    const path = 'projects/esbuild-demo/policies/release-signing.yaml';
    const words = 'description: For everybody.\nnotifications: {denied: [demo-maintainer]}\nscan: required';
    expect(effective(replaced(path, 'scan: required', words)).digest).toBe(effective().digest);
  });

  test.each([
    ['esbuild-dem', 'release-signing', 'policy.project', 'did you mean `esbuild-demo`?'],
    ['esbuild-demo', 'releas-signing', 'policy.signing-policy', 'did you mean `release-signing`?'],
    ['esbuild-demo', 'nightly', 'policy.signing-policy', 'no signing policy `nightly`.'],
  ])('refuses %s / %s', (project, policy, rule, words) => {
    const checked = effectivePolicy(load(files), parseProjectSlug(project), parsePolicySlug(policy));
    expect(checked.ok).toBe(false);
    expect(checked.findings).toMatchObject([{ rule, outcome: 'fail' }]);
    expect(checked.findings[0]?.message).toContain(words);
  });

  test.each(['paused', 'retired'])('refuses a %s project and names the line', (status) => {
    const path = 'projects/esbuild-demo/project.yaml';
    const checked = effectivePolicy(
      load(replaced(path, 'status: active', `status: ${status}`)),
      demo,
      release,
    );
    expect(checked.ok).toBe(false);
    expect(checked.findings).toMatchObject([
      { rule: 'policy.status', found: status, policy: { file: path, line: 16 } },
    ]);
  });
});

describe('in plain English', () => {
  test('says everything that a release policy asks for', () => {
    const { sections } = describePolicy(effective());
    const text = sections.flatMap((section) => section.sentences).join('\n');
    expect(sections.map((section) => section.title)).toEqual([
      'Signature',
      'Where it is built',
      'What is inside',
      'Malware scan',
      'Approval',
      'Timestamp',
      'Privacy',
      'Who is notified',
    ]);
    expect(text).toContain('names Countersign Demo Foundation as the publisher');
    expect(text).toContain('from the branch main or from the tag v*.');
    expect(text).toContain(
      'package/esbuild.exe: exactly 1 file, a Windows program or library, signed with Authenticode',
    );
    expect(text).toContain('Anything else inside is refused.');
    expect(text).toContain('Alex Approver must approve each request');
  });

  test('says how the certificate is renewed, where the foundation has decided', () => {
    const saidWith = (lines: string): string =>
      JSON.stringify(
        describePolicy(
          effective(replaced('foundation.yaml', 'kind: Foundation', `kind: Foundation\n${lines}`)),
        ),
      );
    expect(JSON.stringify(describePolicy(effective()))).not.toContain('successor');
    expect(saidWith('renewal: same-key')).toContain(
      'The certificate’s successor is for the same key, and is announced here 14 days before it signs.',
    );
    expect(saidWith('renewal: new-key\nrenewalNoticeDays: 0')).toContain(
      'The certificate’s successor has a key of its own, and signs as soon as it is issued.',
    );
  });

  test('says by which hashes a file is signed, and what becomes of a signature that is there', () => {
    const path = 'projects/esbuild-demo/artifacts/windows-package.yaml';
    const textWith = (line: string): string =>
      JSON.stringify(describePolicy(effective(replaced(path, 'existingSignature: refuse', line))));
    const refused = textWith('existingSignature: refuse');
    expect(refused).toContain('signed with Authenticode; one that is signed already is refused');
    const added = textWith('existingSignature: append\n        hashAlgorithm: [sha256, sha512]');
    expect(added).toContain(
      'signed with Authenticode by SHA-256 and SHA-512, next to a signature that it may carry.',
    );
    expect(added).not.toContain('signed already is refused');
    expect(textWith('existingSignature: replace')).toContain('in place of any signature that it carries.');
    const inside = 'every program inside must be signed by the foundation already, or by upstream';
    expect(refused).not.toContain(inside);
    expect(textWith('existingSignature: replace\n      requireSignedInside: true')).toContain(inside);
  });

  test('says what requests decide, and what is counted in each of several directories', () => {
    const path = 'projects/esbuild-demo/artifacts/windows-package.yaml';
    const changed = replaced(
      path,
      'root:',
      "parameters:\n  - { name: version, description: of the release, pattern: '*.*' }\n  - { name: channel, pattern: '*', default: stable }\nroot:",
    );
    const text = decode(changed.get(path)).replace(
      '- type: pe\n      path: package/esbuild.exe',
      "- type: directory\n      path: lib/*\n      matches: { min: 1, max: unbounded }\n      contents: [{ type: file, path: 'a-${version}' }]\n    - type: pe\n      path: package/esbuild.exe",
    );
    const said = JSON.stringify(describePolicy(effective(new Map(changed).set(path, encode(text)))));
    expect(said).toContain(
      '${version} is what the request says (of the release), which must look like *.*. Who approves the request signs that value, too.',
    );
    expect(said).toContain('${channel} is what the request says; if it doesn’t, it is “stable”.');
    expect(said).toContain('lib/*/a-${version}: exactly 1 file in each of its directories');
  });

  test('says what else a policy and its project ask for', () => {
    const path = 'projects/esbuild-demo/policies/release-signing.yaml';
    const lines = [
      'maximumAgeHours: 48',
      'reruns: allowed',
      'attestations: [slsa-provenance-v1, signature]',
      'environment: release',
      'visibility: any',
      `builder: {uri: ${builder}, ref: refs/tags/v1, digest: ${'a'.repeat(40)}}`,
      'refs:',
    ].join('\n  ');
    const changed = new Map(replaced(path, 'refs:', lines));
    const policy = decode(changed.get(path));
    changed.set(
      path,
      encode(`${policy}description: The stable releases.\nnotifications: {waiting: [demo-approver]}\n`),
    );
    const project = 'projects/esbuild-demo/project.yaml';
    changed.set(project, encode(`${decode(files.get(project))}systemChanges: {makesChanges: false}\n`));
    const text = JSON.stringify(describePolicy(effective(changed)));
    for (const words of [
      'The stable releases.',
      'the build may be at most 2 days old',
      'A repeated attempt of a run is accepted too.',
      'SLSA provenance version 1 or a bare signature over the file, which states nothing about its build',
      'It must run in the deployment environment release.',
      'The repository need not be public.',
      `${builder} must build and attest it, called at refs/tags/v1 and read from commit aaaa`,
      'changes nothing on the system',
      'demo-approver: when a request waits for approval.',
      'Whoever submitted the request: when a request was refused.',
    ]) {
      expect(text).toContain(words);
    }
    const plain = JSON.stringify(describePolicy(effective()));
    expect(plain).toContain('Only the first attempt of a run is accepted.');
    expect(plain).toContain('The repository must be public when it is built.');
    expect(plain).toContain('at most 30 days old, as neither the policy nor the foundation says how old');
    expect(plain).toContain(
      'What proves the build is SLSA provenance version 1 or SLSA provenance version 0.2',
    );
    expect(plain).toContain('The workflow itself must attest the build');
  });

  test('describes rules of the code host too, for the day they can be enforced', () => {
    const now = effective();
    if (now.origin === null) throw new Error('a release has an origin');
    const rulesets = {
      rules: { blockForcePushes: true, pullRequest: { minApprovals: 1 }, codeScanning: [{ tool: 'CodeQL' }] },
      enforcedFrom: '2026-01-01',
    };
    const origin: GitHubOrigin = {
      ...(now.origin as GitHubOrigin),
      runner: { groups: ['release'] },
      requireRunSuccess: true,
      requireRunArtifact: true,
      branchRulesets: rulesets,
    };
    const policy = {
      ...now.policy,
      submitters: { people: ['mara'], tokens: ['ci'], builds: 'origin' as const },
    };
    const text = JSON.stringify(describePolicy({ ...now, origin, policy }));
    expect(text).toContain('It must run on a machine of the group release.');
    expect(text).toContain('The whole run must have ended with success.');
    expect(text).toContain('GitHub must keep the file as an artifact of the run that attested it.');
    expect(text).toContain(
      'protect the branch since 2026-01-01 (force pushes are blocked, changes come by pull request with at least 1 approving review and CodeQL scans the code); nobody may bypass the rules.',
    );
    expect(text).toContain(
      'The portal accepts requests only from mara, the token ci and builds of the origin.',
    );
  });

  test('says so when nobody has to approve and nothing proves the origin', () => {
    const text = JSON.stringify(describePolicy(effective(files, 'test-signing')));
    expect(text).toContain('No approval is required.');
    expect(text).toContain('The origin is not checked');
  });

  test('knows several approvers and any number of files', () => {
    const text = JSON.stringify(describePolicy(effective(files, 'release-signing', 'zip-demo')));
    expect(text).toContain('At least 2 of Alex Approver and Mara Maintainer must approve');
    expect(text).toContain('**/*.exe: at least 1 file, Windows programs or libraries, signed');
    expect(text).toContain('the branches main or release/*');
  });
});

describe('approval keys in a person’s file', () => {
  const person = seedWithoutKeys().get('people/demo-approver.yaml') ?? encode('');

  test('are written without touching the rest', () => {
    const key = newSshKey();
    const text = decode(withApprovalKeys(person, [`${key}\n`]));
    const before = decode(person);
    expect(text.startsWith(before.slice(0, before.indexOf('approvalKeys')))).toBe(true);
    expect(text).toContain(`  - type: ssh\n    publicKey: ${key}\n`);
    expect(decode(withApprovalKeys(encode(text), [`${key}\n`]))).toBe(text);
  });

  test.each([
    ['no key at all', 'hello'],
    ['another type', newSshKey().replace('ssh-ed25519', 'ssh-dss')],
    ['a type that its data does not have', newSshKey().replace('ssh-ed25519', 'ecdsa-sha2-nistp256')],
    ['two lines', `${newSshKey()}\n${newSshKey()}`],
    [
      'RSA with 2048 bits',
      `ssh-rsa ${sshBlob('ssh-rsa', Buffer.from([1, 0, 1]), Buffer.from([0, ...new Array<number>(256).fill(0xff)]))}`,
    ],
  ])('refuses %s', (_, key) => {
    expect(() => withApprovalKeys(person, [key])).toThrow(
      expect.objectContaining({ code: 'PERSON_FILE_INVALID' }),
    );
  });

  test('accepts RSA with 3072 bits and the NIST curves', () => {
    const modulus = Buffer.from([0, ...new Array<number>(384).fill(0xff)]);
    const keys = [
      `ssh-rsa ${sshBlob('ssh-rsa', Buffer.from([1, 0, 1]), modulus)}`,
      ...(['nistp256', 'nistp384', 'nistp521'] as const).map((curve) => {
        const type = `ecdsa-sha2-${curve}`;
        const { x, y } = generateKeyPairSync('ec', {
          namedCurve: `P-${curve.slice('nistp'.length)}`,
        }).publicKey.export({
          format: 'jwk',
        });
        const point = Buffer.concat([
          Buffer.from([4]),
          ...[x, y].map((one) => Buffer.from(one ?? '', 'base64url')),
        ]);
        return `${type} ${sshBlob(type, Buffer.from(curve), point)} me@example`;
      }),
    ];
    expect(decode(withApprovalKeys(person, keys)).match(/publicKey/g)).toHaveLength(4);
  });

  test('refuses a file that is no person', () => {
    expect(() => withApprovalKeys(encode('kind: Project'), [])).toThrow(
      expect.objectContaining({ code: 'PERSON_FILE_INVALID' }),
    );
  });
});
