import { describe, expect, it } from 'vitest';
import { branchOf, parseFileChanges, parseProposalText } from './proposal.ts';

const path = 'projects/demo/policies/release-signing.yaml';

describe('parseProposalText', () => {
  it('trims text, and keeps the lines of a description', () => {
    expect(parseProposalText({ title: '  Two approvers ', description: 'One\r\ntwo\r\n' })).toEqual({
      title: 'Two approvers',
      description: 'One\ntwo',
    });
  });

  it.each([
    ['no title', ''],
    ['a title of two lines', 'One\nTrailer: two'],
    ['a title with a hidden direction mark', 'a\u202eb'],
    ['a title without end', 'x'.repeat(121)],
  ])('refuses %s', (_what, title) => {
    expect(() => parseProposalText({ title, description: '' })).toThrow(
      expect.objectContaining({ code: 'CHANGE_INVALID' }),
    );
  });
});

describe('parseFileChanges', () => {
  it('converts text to the line endings of the repository', () => {
    expect(parseFileChanges([{ path, content: 'a: 1\r\nb: 2' }])).toEqual([
      { path, content: 'a: 1\nb: 2\n' },
    ]);
  });

  it.each([
    ['nothing', []],
    ['a workflow', [{ path: '.github/workflows/x.yml', content: 'on: push\n' }]],
    ['the owners of files', [{ path: 'CODEOWNERS', content: '* @me\n' }]],
    ['a schema', [{ path: 'schemas/project.schema.json', content: '{}' }]],
    ['a path that leads out', [{ path: 'projects/../../etc/passwd', content: '' }]],
    ['a file without end', [{ path, content: 'x'.repeat(300_000) }]],
    ['too many files', Array.from({ length: 51 }, () => ({ path, content: 'a: 1\n' }))],
  ])('refuses %s', (_what, changes) => {
    expect(() => parseFileChanges(changes)).toThrow(expect.objectContaining({ code: 'CHANGE_INVALID' }));
  });
});

describe('a file that is too large', () => {
  it('is refused with size and limit, at the field', () => {
    const content = `# ${'x'.repeat(262_144)}`;
    expect(() => parseFileChanges([{ path, content }])).toThrow(
      expect.objectContaining({
        message: `${path}: 262,147 bytes; at most 262,144.`,
        fields: [expect.objectContaining({ field: 'content' })],
      }),
    );
  });
});

describe('branchOf', () => {
  const input = {
    handle: 'ada',
    base: 'a'.repeat(40),
    text: { title: 'Zwei Prüfer: ja/nein?', description: '' },
    changes: [{ path, content: 'a: 1\n' }],
  };

  it('is the same for the same proposal and another for any other', () => {
    expect(branchOf(input)).toBe(branchOf(structuredClone(input)));
    expect(branchOf(input)).toMatch(/^change-ada-zwei-pru-fer-ja-nein-[0-9a-f]{8}$/);
    expect(branchOf({ ...input, changes: [{ path, content: 'a: 2\n' }] })).not.toBe(branchOf(input));
    expect(branchOf({ ...input, handle: 'bob' })).not.toBe(branchOf(input));
  });

  it('has a name even if the title has no ASCII letters', () => {
    expect(branchOf({ ...input, text: { title: '変更', description: '' } })).toMatch(
      /^change-ada-change-[0-9a-f]{8}$/,
    );
  });
});
