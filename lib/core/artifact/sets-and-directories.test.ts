import { describe, expect, test } from 'vitest';
import { failures } from '../wire/finding/index.ts';
import type { ArtifactConfiguration, Matches } from '../generated/index.ts';
import { problems, sign, signed, zip, type Contents } from './configuration.fixture.ts';
import { checkCounts, compileConfiguration, configurationProblems } from './index.ts';

describe('a set', () => {
  const set = zip([
    {
      type: 'set',
      include: [
        { path: 'widget.exe' },
        {
          path: 'plugins/*.dll',
          matches: { min: 0, max: 'unbounded' },
          metadata: { productName: 'Widget plugins' },
        },
      ],
      each: { type: 'pe', metadata: { productName: 'Widget', companyName: 'Example' }, sign },
    },
    { type: 'file', path: 'README' },
  ]);

  test('is one element for each include, with its own matches and metadata over what is shared', () => {
    const { elements } = compileConfiguration(set);
    expect(
      elements.slice(1).map(({ path, min, max, check, pointer }) => ({ path, min, max, check, pointer })),
    ).toEqual([
      {
        path: 'widget.exe',
        min: 1,
        max: 1,
        check: { metadata: { productName: 'Widget', companyName: 'Example' } },
        pointer: '/root/contents/0/include/0',
      },
      {
        path: 'plugins/*.dll',
        min: 0,
        max: null,
        check: { metadata: { productName: 'Widget plugins', companyName: 'Example' } },
        pointer: '/root/contents/0/include/1',
      },
      { path: 'README', min: 1, max: 1, check: null, pointer: '/root/contents/1' },
    ]);
    expect(elements.slice(1, 3).every((element) => element.sign?.method === 'authenticode')).toBe(true);
    expect(elements[0]?.contents).toEqual([1, 2, 3]);
    expect(configurationProblems(set)).toEqual([]);
  });

  test('of containers repeats the contents for each include', () => {
    const matcher = compileConfiguration(
      zip([
        {
          type: 'set',
          include: [{ path: 'x64.zip' }, { path: 'x86.zip' }],
          each: { type: 'zip', contents: [signed] },
        },
      ]),
    );
    expect(matcher.elements.map(({ path, parent }) => [path, parent])).toEqual([
      [null, null],
      ['x64.zip', 0],
      ['signed.exe', 1],
      ['x86.zip', 0],
      ['signed.exe', 3],
    ]);
    expect(matcher.matchEntry(3, 'signed.exe')?.index).toBe(4);
  });

  test('is refused if it grows past all bounds, if an include repeats a path, or requires metadata of another type', () => {
    const include = Array.from({ length: 40 }, (_, at) => ({ path: `${at}.zip` }));
    const contents: Contents = Array.from({ length: 40 }, (_, at) => ({
      type: 'pe',
      path: `${at}.exe`,
      sign,
    }));
    expect(problems(zip([{ type: 'set', include, each: { type: 'zip', contents } }]))).toEqual([
      'rule.elements root',
    ]);
    const twice: Contents = [
      { type: 'set', include: [{ path: 'a.exe' }, { path: 'A.exe' }], each: { type: 'pe', sign } },
    ];
    expect(problems(zip(twice))).toEqual(['rule.shadowed root/contents/0/include/1/path']);
    const wrong: Contents = [
      { type: 'set', include: [{ path: 'a.exe', metadata: { subject: 'x' } }], each: { type: 'pe', sign } },
    ];
    expect(problems(zip(wrong))).toEqual(['rule.metadata root/contents/0/include/0/metadata/subject']);
  });
});

describe('a directory', () => {
  const optional = { min: 0, max: 1 } as const;
  const grouped = zip([
    {
      type: 'directory',
      path: 'widget-*',
      contents: [
        { type: 'pe', path: 'widget.exe', sign },
        {
          type: 'directory',
          path: 'docs',
          matches: optional,
          contents: [{ type: 'file', path: 'index.html' }],
        },
      ],
    },
    { type: 'file', path: '**', matches: { min: 0, max: 'unbounded' } },
  ]);
  const matcher = compileConfiguration(grouped);
  const refused = (...paths: string[]) => {
    const counts = new Map<number, number>();
    for (const path of paths) {
      const index = matcher.matchEntry(0, path)?.index ?? -1;
      counts.set(index, (counts.get(index) ?? 0) + 1);
    }
    const context = { matcher, container: 0, containerPath: [], locations: {} };
    return failures(checkCounts({ ...context, counts, paths })).map(
      ({ rule, message }) => `${rule}: ${message}`,
    );
  };

  test('puts its path before those in it; what they don’t match is tried on the elements after it', () => {
    expect(configurationProblems(grouped)).toEqual([]);
    expect(matcher.elements.slice(1).map(({ path, directory }) => [path, directory])).toEqual([
      ['widget-*/widget.exe', 0],
      ['widget-*/docs/index.html', 1],
      ['**', null],
    ]);
    expect(matcher.directories.map(({ path, parent, optional: may }) => [path, parent, may])).toEqual([
      ['widget-*', null, false],
      ['widget-*/docs', 0, true],
    ]);
    expect(matcher.matchEntry(0, 'widget-1/other.txt')?.path).toBe('**');
  });

  test('may be missing if it is optional, but must be complete if it is present', () => {
    expect(refused('Widget-1/widget.exe')).toEqual([]);
    expect(refused('widget-1/widget.exe', 'widget-1/docs/index.html')).toEqual([]);
    expect(refused('widget-1/widget.exe', 'widget-1/docs/other.html')).toEqual([
      'artifact.count: `widget-*/docs/index.html` should match exactly 1 file, but matches 0 files.',
    ]);
  });

  test('is refused if it is missing, or present twice', () => {
    expect(refused('widget.exe')).toEqual([
      'artifact.directory: There is no directory `widget-*` with files in it.',
      'artifact.count: `widget-*/widget.exe` should match exactly 1 file, but matches 0 files.',
    ]);
    expect(refused('widget-1/widget.exe', 'widget-2/README')).toEqual([
      'artifact.directory: `widget-*` should match one directory, but matches several.',
    ]);
  });

  test('can have no ** in its path', () => {
    const contents: Contents = [signed];
    expect(problems(zip([{ type: 'directory', path: '**/bin', contents }]))).toEqual([
      'rule.directory root/contents/0/path',
    ]);
  });

  test('can’t make a pattern longer than patterns are', () => {
    const path = 'x'.repeat(300);
    expect(problems(zip([{ type: 'directory', path, contents: [signed, { type: 'file', path }] }]))).toEqual([
      'rule.pattern root/contents/0/contents/1/path',
    ]);
  });
});

describe('several directories', () => {
  const any = { min: 0, max: 'unbounded' } as const;
  const plugins = (matches: Matches, inner: Matches = { min: 1, max: 1 }) =>
    zip([
      {
        type: 'directory',
        path: 'plugins/*',
        matches,
        contents: [
          { type: 'pe', path: '*.dll', matches: { min: 1, max: 2 }, sign },
          {
            type: 'directory',
            path: 'lang?',
            matches: inner,
            contents: [{ type: 'file', path: 'texts' }],
          },
        ],
      },
      { type: 'file', path: '**', matches: any },
    ]);
  const refused = (configuration: ArtifactConfiguration, ...paths: string[]) => {
    expect(configurationProblems(configuration)).toEqual([]);
    const matcher = compileConfiguration(configuration);
    const counts = new Map<number, number>();
    for (const path of paths) {
      const index = matcher.matchEntry(0, path)?.index ?? -1;
      counts.set(index, (counts.get(index) ?? 0) + 1);
    }
    const context = { matcher, container: 0, containerPath: [], locations: {}, counts, paths };
    return failures(checkCounts(context)).map(({ rule, message }) => `${rule}: ${message}`);
  };
  const whole = (name: string, lang = 'langA') => [`plugins/${name}/x.dll`, `plugins/${name}/${lang}/texts`];

  test('are each counted for themselves, whatever the case of their names', () => {
    expect(refused(plugins({ min: 1, max: 'unbounded' }), ...whole('a'), ...whole('b'))).toEqual([]);
    expect(
      refused(
        plugins({ min: 1, max: 'unbounded' }),
        ...whole('a'),
        'Plugins/A/y.dll',
        'plugins/b/langA/texts',
      ),
    ).toEqual([
      'artifact.count: `plugins/*/*.dll` should match 1 to 2 files in each directory, but matches 0 files in `plugins/b`.',
    ]);
    expect(refused(plugins(any), ...whole('a'), 'plugins/a/y.dll', 'plugins/a/z.dll', ...whole('b'))).toEqual(
      [
        'artifact.count: `plugins/*/*.dll` should match 1 to 2 files in each directory, but matches 3 files in `plugins/a`.',
      ],
    );
  });

  test('are counted themselves, in each directory around them', () => {
    expect(refused(plugins({ min: 3, max: 'unbounded' }), ...whole('a'), ...whole('b'))).toEqual([
      'artifact.directory: `plugins/*` should match at least 3 directories, but matches 2 directories in the archive.',
    ]);
    expect(refused(plugins({ min: 0, max: 2 }), ...whole('a'), ...whole('b'), ...whole('c'))).toEqual([
      'artifact.directory: `plugins/*` should match at most 2 directories, but matches 3 directories in the archive.',
    ]);
    expect(refused(plugins(any), ...whole('a'), ...whole('a', 'langB'), 'plugins/b/x.dll')).toEqual([
      'artifact.directory: `plugins/*/lang?` should match exactly 1 directory, but matches 2 directories in `plugins/a`, 0 directories in `plugins/b`.',
    ]);
    expect(refused(plugins(any, any), ...whole('a'), ...whole('a', 'langB'), 'plugins/b/x.dll')).toEqual([]);
  });

  test('of which there is none ask for nothing, if none is asked for', () => {
    expect(refused(plugins(any), 'readme')).toEqual([]);
    expect(refused(plugins({ min: 1, max: 'unbounded' }), 'readme')).toHaveLength(1);
  });
});
