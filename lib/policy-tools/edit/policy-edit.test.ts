import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { schemas } from '#core/generated/index.ts';
import type { JsonValue } from '#core/json/index.ts';
import { parsePolicyFile } from '#core/policy/index.ts';
import { seedOnGitLab } from '#core/policy/gitlab-origin.fixture.ts';
import { decode, seedWithKeys } from '#core/policy/seed.fixture.ts';
import { completeYaml, editPolicyFile, editsOfForm, policyForm } from './index.ts';

const seed = seedWithKeys();
const path = 'projects/esbuild-demo/policies/release-signing.yaml';
const text = `# Who may release.
${decode(seed.get(path)).replace('quorum: 1', 'quorum: 1 # for now')}`;
const file = { path, text, kind: 'SigningPolicy' } as const;
const choices = {
  certificates: ['release', 'test'],
  openpgpKeys: [['openpgp', 'openpgp'] as const],
  rawKeys: [],
  artifacts: ['windows-package'],
  approvers: [['demo-approver', 'Alex Approver']] as const,
  ownCertificates: false,
};
const valueOf = (source: string, at: string = path): JsonValue => {
  const parsed = parsePolicyFile({ path: at, bytes: new TextEncoder().encode(source) });
  if (!parsed.ok) throw new Error(parsed.diagnostics[0]?.message);
  return parsed.document.value as unknown as JsonValue;
};
const edit = (...edits: Parameters<typeof editPolicyFile>[1]): string => {
  const edited = editPolicyFile(file, edits);
  if (!edited.ok) throw new Error(edited.diagnostics[0]?.message);
  return edited.text;
};
/** Lines that differ, with a sign. */
const differences = (after: string): string[] => {
  const [before, now] = [text.split('\n'), after.split('\n')];
  return [
    ...before.filter((line) => !now.includes(line)).map((line) => `-${line}`),
    ...now.filter((line) => !before.includes(line)).map((line) => `+${line}`),
  ];
};

describe('editPolicyFile', () => {
  it('changes the one line, and keeps the comment behind it', () => {
    expect(differences(edit({ path: ['approval', 'quorum'], value: 2 }))).toEqual([
      '-  quorum: 1 # for now',
      '+  quorum: 2 # for now',
    ]);
  });

  it('puts a new key where the schema’s order has it', () => {
    const after = edit({ path: ['origin', 'maximumAgeHours'], value: 24 });
    expect(differences(after)).toEqual(['+  maximumAgeHours: 24']);
    expect(after.indexOf('maximumAgeHours')).toBeGreaterThan(after.indexOf('runner:'));
    expect(after.indexOf('maximumAgeHours')).toBeLessThan(after.indexOf('scan:'));
  });

  it('creates the mapping around a new key, and removes an empty one', () => {
    const digest = 'a'.repeat(40);
    const withBuilder = edit(
      { path: ['origin', 'builder', 'uri'], value: 'https://github.com/o/r/.github/workflows/b.yml' },
      { path: ['origin', 'builder', 'ref'], value: 'refs/tags/v1' },
      { path: ['origin', 'builder', 'digest'], value: digest },
    );
    expect(valueOf(withBuilder)).toMatchObject({ origin: { builder: { digest } } });
    const gone = editPolicyFile({ ...file, text: withBuilder }, [
      { path: ['origin', 'builder', 'uri'], value: undefined },
      { path: ['origin', 'builder', 'ref'], value: undefined },
      { path: ['origin', 'builder', 'digest'], value: undefined },
    ]);
    expect(gone).toEqual({ ok: true, text });
  });

  it('keeps short lists on one line and numeric ids in quotes', () => {
    expect(differences(edit({ path: ['origin', 'refs', 'branches'], value: ['main', 'release/*'] }))).toEqual(
      ['-    branches: [main]', '+    branches: [main, release/*]'],
    );
    expect(edit({ path: ['origin', 'repository', 'id'], value: '12345' })).toContain("id: '12345'");
    expect(edit({ path: ['description'], value: 'true' })).toMatch(/description: ['"]true['"]/);
  });

  it('returns the text unchanged if there are no edits', () => {
    expect(edit()).toBe(text);
  });

  it('refuses what is not YAML and loses nothing', () => {
    const broken = editPolicyFile({ ...file, text: 'a: [1\nb' }, [{ path: ['a'], value: 1 }]);
    expect(broken.ok).toBe(false);
    if (!broken.ok) expect(broken.diagnostics[0]).toMatchObject({ file: path, line: 2, rule: 'yaml.syntax' });
  });

  it('writes what reads back as requested, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 60 }).filter((text) => !/[\p{C}\u2028\u2029]/u.test(text)),
        (description) => {
          const edited = editPolicyFile(file, [{ path: ['description'], value: description }]);
          if (!edited.ok) return;
          const parsed = parsePolicyFile({ path, bytes: new TextEncoder().encode(edited.text) });
          if (parsed.ok) expect(parsed.document.value).toMatchObject({ description });
          expect(edited.text).toContain('# Who may release.');
          expect(edited.text).toContain('# for now');
        },
      ),
    );
  });
});

describe('the guided form', () => {
  const value = valueOf(text);
  const form = policyForm('SigningPolicy', value, choices);
  const sent = (changes: Readonly<Record<string, readonly string[]>>) =>
    new Map([
      ...form.map((formField) => [formField.name, formField.values] as const),
      ...Object.entries(changes),
    ]);

  it('changes nothing when it is submitted as it was shown', () => {
    for (const [kind, at] of [
      ['SigningPolicy', path],
      ['Project', 'projects/zip-demo/project.yaml'],
      ['Person', 'people/demo-approver.yaml'],
    ] as const) {
      const present = valueOf(at === path ? text : decode(seed.get(at)), at);
      const fields = policyForm(kind, present, choices);
      expect(fields.length).toBeGreaterThan(1);
      const asShown = new Map(fields.map((field) => [field.name, field.values]));
      expect(editsOfForm(kind, present, asShown)).toEqual({ edits: [], errors: new Map() });
    }
  });

  it('turns what was typed into edits', () => {
    const { edits, errors } = editsOfForm(
      'SigningPolicy',
      value,
      sent({
        'value.approval.quorum': ['2'],
        'value.origin.refs.tags': [' v* \r\n\r\nrc-*\r\n'],
        'value.origin.triggers': ['push'],
        'value.origin.maximumAgeHours': ['48'],
      }),
    );
    expect(errors.size).toBe(0);
    expect(edits).toEqual([
      { path: ['origin', 'refs', 'tags'], value: ['v*', 'rc-*'] },
      { path: ['origin', 'triggers'], value: ['push'] },
      { path: ['origin', 'maximumAgeHours'], value: 48 },
      { path: ['approval', 'quorum'], value: 2 },
    ]);
  });

  it('reads choices and checkboxes as a browser sends them: an empty mark first', () => {
    const values = sent({
      'value.timestamp': ['', 'none'],
      'value.certificate': ['', 'release'],
      'value.origin.triggers': ['', 'push', 'release', 'workflow_dispatch'],
      'value.approval.approvers': [''],
    });
    expect(editsOfForm('SigningPolicy', value, values)).toEqual({
      edits: [
        { path: ['approval', 'approvers'], value: [] },
        { path: ['timestamp'], value: 'none' },
      ],
      errors: new Map(),
    });
  });

  it('removes a line whose field was emptied, and refuses that for a required one', () => {
    expect(editsOfForm('SigningPolicy', value, sent({ 'value.origin.refs.tags': [''] })).edits).toEqual([
      { path: ['origin', 'refs', 'tags'], value: undefined },
    ]);
    const { errors } = editsOfForm('SigningPolicy', value, sent({ 'value.approval.quorum': [''] }));
    expect(errors.get('value.approval.quorum')).toBe('Enter how many have to approve');
  });

  it.each(['-1', '1.5', 'two', '9'.repeat(20)])('refuses %s as a number', (quorum) => {
    const { errors } = editsOfForm('SigningPolicy', value, sent({ 'value.approval.quorum': [quorum] }));
    expect(errors.get('value.approval.quorum')).toContain('whole number');
  });

  it('doesn’t change what was not sent, nor what it has no field for', () => {
    expect(editsOfForm('SigningPolicy', value, new Map([['value.origin.buildSystem', ['x']]])).edits).toEqual(
      [],
    );
  });

  it('offers fields of an origin only for policies of its provider', () => {
    const lines = (provider: string) => {
      const origin = { ...(value as { readonly origin: object }).origin, provider };
      const sent = new Map([['value.origin.workflow', ['x']]]);
      return editsOfForm('SigningPolicy', { ...(value as object), origin }, sent).edits.length;
    };
    expect([lines('github'), lines('another')]).toEqual([1, 0]);
  });

  it('of a build of GitLab has every line of it, and puts a new one in the order of GitLab’s', () => {
    const ofGitLab = decode(seedOnGitLab().get(path));
    const names = policyForm('SigningPolicy', valueOf(ofGitLab), choices).map(({ name }) => name);
    for (const line of [
      'configuration',
      'pipelineSources',
      'runner',
      'environment',
      'visibility',
      'refs.tags',
    ])
      expect(names).toContain(`value.origin.${line}`);
    expect(names).not.toContain('value.origin.workflow');
    const { edits } = editsOfForm(
      'SigningPolicy',
      valueOf(ofGitLab),
      sent({ 'value.origin.configuration': ['ci/a.yml'], 'value.origin.pipelineSources': ['', 'push'] }),
    );
    const after = editPolicyFile({ path, text: ofGitLab, kind: 'SigningPolicy' }, edits);
    expect(after).toMatchObject({ ok: true, text: expect.stringContaining('[push]') as string });
    if (after.ok) expect(after.text.indexOf('configuration:')).toBeLessThan(after.text.indexOf('  refs:'));
  });

  it('offers a publisher if the foundation allows projects’ own certificates, or the file states one', () => {
    const offered = (of: typeof value, ownCertificates: boolean) =>
      policyForm('SigningPolicy', of, { ...choices, ownCertificates }).find(
        (formField) => formField.name === 'value.publisher',
      );
    expect(offered(value, false)).toBeUndefined();
    expect(offered(value, true)).toMatchObject({ values: [''] });
    const own = edit({ path: ['publisher'], value: 'project' });
    expect(offered(valueOf(own), false)).toMatchObject({ values: ['project'] });
    const { edits } = editsOfForm('SigningPolicy', value, sent({ 'value.publisher': ['', 'project'] }));
    expect(edits).toEqual([{ path: ['publisher'], value: 'project' }]);
    expect(differences(edit(...edits))).toEqual(['+publisher: project']);
    expect(
      editsOfForm('SigningPolicy', valueOf(own), new Map([['value.publisher', ['', '']]])).edits,
    ).toEqual([{ path: ['publisher'], value: undefined }]);
  });

  it('keeps offering a present value that is no longer available', () => {
    const odd = policyForm('SigningPolicy', value, { ...choices, approvers: [] });
    const approvers = odd.find((formField) => formField.name === 'value.approval.approvers');
    expect(approvers).toMatchObject({
      values: ['demo-approver'],
      options: [['demo-approver', 'demo-approver']],
    });
  });
});

describe('completeYaml', () => {
  const labels = (source: string, schema: object = schemas.SigningPolicy): string[] => {
    const cursor = source.indexOf('|');
    const found = completeYaml(source.replace('|', ''), cursor, schema);
    return found?.options.map((option) => option.label) ?? [];
  };

  it('offers the keys of the mapping at the cursor, with what they mean', () => {
    expect(labels('|')).toEqual(expect.arrayContaining(['kind', 'purpose', 'origin', 'approval']));
    expect(labels('origin:\n  |')).toEqual(expect.arrayContaining(['workflow', 'refs', 'triggers']));
    expect(labels('origin:\n  refs:\n    br|')).toEqual(['branches', 'tags']);
    expect(labels('origin:\n  refs:\n    branches: [main]\n  wor|')).toContain('workflow');
    const found = completeYaml('origin:\n  ', 10, schemas.SigningPolicy);
    expect(found?.options.find((option) => option.label === 'maximumAgeHours')?.info).toBeTruthy();
  });

  it('offers the values that a key may have', () => {
    expect(labels('purpose: |')).toEqual(['release', 'test']);
    expect(labels('origin:\n  reruns: re|')).toEqual(['refused', 'allowed']);
  });

  it('offers them inside lists', () => {
    expect(labels('origin:\n  triggers:\n    - pu|')).toEqual(['push', 'release', 'workflow_dispatch']);
    const inside = labels(
      'root:\n  type: zip\n  contents:\n    - type: pe\n      |',
      schemas.ArtifactConfiguration,
    );
    expect(inside).toEqual(expect.arrayContaining(['path', 'sign', 'matches']));
    expect(labels('root:\n  type: zip\n  contents:\n    - |', schemas.ArtifactConfiguration)).toContain(
      'type',
    );
  });

  it('offers the lines of an origin that is of the provider which the file names', () => {
    const keys = labels('origin:\n  |\n  provider: gitlab\nscan: required');
    expect(keys).toEqual(expect.arrayContaining(['configuration', 'pipelineSources']));
    expect(keys).not.toContain('workflow');
    expect(labels('origin:\n  |\nscan: required')).not.toContain('configuration');
    expect(labels('origin:\n  provider: |')).toEqual(['github', 'gitlab']);
    expect(labels('origin:\n  provider: gitlab\n  runner: |')).toEqual(['gitlab-hosted', 'self-hosted']);
    expect(labels('origin:\n  provider: gitlab\n  pipelineSources:\n    - |')).toContain('schedule');
  });

  it('offers nothing inside texts and comments, and never throws', () => {
    expect(labels('description: "a |')).toEqual([]);
    expect(labels('# or|')).toEqual([]);
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), fc.nat(220), (source, cursor) => {
        completeYaml(source, Math.min(cursor, source.length), schemas.ArtifactConfiguration);
      }),
    );
  });
});
