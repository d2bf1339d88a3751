/** However a file is written, an edit by the portal says what was meant, and everything else goes on saying what it said. */
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { JsonValue } from '#core/json/index.ts';
import type { DocumentPath } from '#core/policy/index.ts';
import { editPolicyFile, type EditedFile } from './index.ts';
import { valueWith } from './meant-value.ts';

const head = 'apiVersion: countersign/v1\nkind: Project\n';
const list = 'team:\n  approvers: [ada]\n';

const edit = (text: string, path: DocumentPath, value: JsonValue | undefined): EditedFile =>
  editPolicyFile({ path: 'projects/widget/project.yaml', text, kind: 'Project' }, [{ path, value }]);

function textAfter(text: string, path: DocumentPath, value: JsonValue | undefined): string {
  const edited = edit(text, path, value);
  if (!edited.ok) throw new Error(edited.diagnostics[0]?.message);
  return edited.text;
}

const written: Readonly<Record<string, string>> = {
  'with an alias of a list': `${head}team:\n  authors: &a\n    - ada\n    - bob\n  approvers: *a\n  submitters: [cy]\n`,
  'with an alias of a text': `${head}name: &n widget\nsummary: *n\nteam:\n  authors: [ada]\n  approvers: [*n, bob]\n`,
  'with an alias of a mapping': `${head}team: &t\n  authors: [ada]\n  approvers: [ada]\nother: *t # the same\n`,
  'with an alias of an item': `${head}team:\n  authors:\n    - &x ada # who\n    - bob\n  approvers:\n    - *x\n    - cy\n`,
  'by Windows, with comments': `${head}name: widget\n# why\n${list}`.replaceAll('\n', '\r\n'),
  'with several ends of lines': `${head}name: widget\r\n${list}`,
  'as a document with marks': `---\n${head}${list}... # the end\n# after\n`,
  'in braces':
    '{apiVersion: countersign/v1, kind: Project, name: widget, team: {authors: [ada], approvers: [ada]}}\n',
  'in braces over several lines': `${head}team: {\n  authors: [ # who\n    ada, # first\n  ],\n  approvers: [\n    ada\n  ] }\n`,
  'with blocks of lines': `${head}summary: |\n  one\n  # no comment\n\n  last\nname: >-\n  folded\n  text\n${list}`,
  'with blocks that keep their end': `${head}summary: |2+\n    deep\n  less\n\n\n${list}`,
  'with lines of a text like others': `${head}summary: |\n  team:\n    approvers: [ada]\nteam:\n    approvers: [ada]\n`,
  'with texts over several lines': `${head}summary: one\n  goes on\nname: "double\n  quoted \\\n  fold"\n${list}`,
  'with comments in odd places': `# top\n${head}team: # beside\n  approvers: # beside\n    # in\n    - # odd\n      ada\n    # after\nstatus:\n  # why\n  active\n`,
  'with marked keys': `${head}? team\n: approvers: [ada]\n  authors:\n  - ada\n`,
  'with nothing in it': `${head}team:\n  approvers:\n  authors: []\nstatus:\nsummary: ~\n`,
  'with spaces at ends, and no end': `${head}team:   \n  approvers:   \n    - ada   `,
  'with the same lines three times': `${head}a:\n  x: [ada]\nteam:\n  x: [ada]\nb:\n  x: [ada]\n`,
  'with what looks like numbers': `${head}name: '1'\nsummary: 1e3\nteam:\n  approvers: ['1', 'true', '~', '']\n`,
  'with dashes under their key': `${head}team:\n  approvers:\n  - ada\n  - |\n    two\n    lines\n`,
};
const texts = [
  ...[
    'nora',
    '~',
    '- a',
    'a #b',
    'a:',
    '---',
    '&a',
    '*a',
    '|',
    `it's "both"`,
    ' lead',
    '',
    'a\nb',
    '\n a',
    '\ta',
  ],
  ...['é🦀', '[a', '<<', 'word '.repeat(80)],
];
const edits: readonly (readonly [DocumentPath, JsonValue | undefined])[] = [
  ...texts.map((text, at) =>
    at % 2 === 0
      ? ([['summary'], text] as const)
      : ([
          ['team', 'approvers'],
          ['ada', text],
        ] as const),
  ),
  ...[[], ['bob', 'ada'], ['ada', 'bob', 'cy', 'ada'], undefined, { a: 1 }].map(
    (value) => [['team', 'approvers'], value] as const,
  ),
  ...[['ada', 'x'], undefined].map((value) => [['team', 'authors'], value] as const),
  ...[undefined, { approvers: ['z'], other: [1, { b: null }] }].map((value) => [['team'], value] as const),
  ...[['a', 'b'], 7, null, true, undefined].map((value) => [['name'], value] as const),
  [['other', 'approvers'], ['k']],
  [['other'], undefined],
  [
    ['team', 'x'],
    ['ada', 'b'],
  ],
  [['status'], undefined],
];

describe('a file', () => {
  it.each(Object.entries(written))(
    'says after an edit what was meant, and nothing else: %s',
    (_manner, text) => {
      const before = parse(text) as JsonValue;
      for (const [path, value] of edits) {
        const after = parse(textAfter(text, path, value)) as unknown;
        expect(after, `${path.join('.')}: ${JSON.stringify(value)}`).toEqual(valueWith(before, path, value));
      }
    },
  );

  it('has what refers to the edited value written out, and other aliases as they were', () => {
    const text = `${head}team:\n  authors: &a [ada]\n  approvers: *a # the same\n  submitters: &s [cy]\nother: *s\n`;
    expect(textAfter(text, ['team', 'authors'], ['ada', 'eve'])).toBe(
      `${head}team:\n  authors: &a [ada, eve]\n  approvers: [ada] # the same\n  submitters: &s [cy]\nother: *s\n`,
    );
  });

  it.each<readonly [string, string, DocumentPath, JsonValue]>([
    ['half a character', `${head}${list}`, ['summary'], 'a\ud800'],
    ['a text that would gain spaces', `${head}team:\n    approvers: [ada]\n`, ['summary'], '  a\n b'],
  ])('is left alone where it can’t say what was meant: %s', (_what, text, path, value) => {
    expect(edit(text, path, value)).toMatchObject({ ok: false, diagnostics: [{ rule: 'edit.meaning' }] });
  });
});
