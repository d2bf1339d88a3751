import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileConfiguration, fillParameters } from '../artifact/index.ts';
import { parsePolicyFile } from '../policy/index.ts';
import { suggest, type SampleFile } from './index.ts';
import { file, parsed, pe, sampleOf, textOf } from './sample.fixture.ts';

describe('a suggestion', () => {
  it('names programs, what they say of themselves, and everything else by its ending', () => {
    const said = { ProductName: 'Widget: the ${tool}', ProductVersion: '1.4.2', CompanyName: 'Example' };
    const text = textOf(
      sampleOf([
        pe('widget-1.4.2/widget.exe', false, said),
        pe('widget-1.4.2/other.dll', false, { CompanyName: 'Somebody else' }),
        pe('widget-1.4.2/crt.dll', true),
        file('widget-1.4.2/LICENSE'),
        file('widget-1.4.2/docs/index.html'),
      ]),
    );
    expect(text.split('\n').slice(6)).toMatchInlineSnapshot(`
      [
        "apiVersion: countersign/v1",
        "kind: ArtifactConfiguration",
        "parameters:",
        "  - { name: version, pattern: '*.*', required: true }",
        "root:",
        "  type: zip",
        "  contents:",
        "    - type: directory",
        "      path: 'widget-$\{version}'",
        "      contents:",
        "        # Unsigned programs that look like the project’s own: they get signed.",
        "        - type: pe",
        "          path: widget.exe",
        "          metadata: { productName: 'Widget: the $\${tool}', productVersion: '$\{version}' }",
        "          sign: { method: authenticode }",
        "        # Programs that say they are somebody else’s, or can’t be signed: listed, not signed.",
        "        - type: pe",
        "          path: other.dll",
        "        # Signed already, by others: listed as it is. \`verify: authenticode\` would hold it to that, with a root that the foundation trusts.",
        "        - type: pe",
        "          path: crt.dll",
        "        # Scanned, and released as they are. What no line expects is refused: that is how an unexpected file is noticed.",
        "        - type: set",
        "          include:",
        "            - { path: '**/*.html', matches: { min: 0, max: unbounded } }",
        "            - { path: LICENSE, matches: { min: 0, max: unbounded } }",
        "          each:",
        "            type: file",
        "",
      ]
    `);
    expect(parsed(text)).toMatchObject({ root: { type: 'zip' } });
  });

  it.each([
    ['a folder', [pe('widget-1.4.2/x.exe')], '1.4.2', ["path: 'widget-${version}'"]],
    ['two names', [pe('x-2.0-rc.1.exe'), pe('y-2.0-rc.1.exe')], '2.0-rc.1', ["'x-${version}.exe'"]],
    [
      'what a program says, with four numbers in it and three in its name',
      [pe('x-1.4.2.exe', false, { ProductVersion: '1.4.2.0' })],
      '1.4.2',
      ["path: 'x-${version}.exe'", "productVersion: '${version}.*'"],
    ],
    [
      'other versions beside it, which stay apart',
      [pe('w-1.4/x-1.4.exe'), file('w-1.4/zlib-1.2.13.txt.gz'), pe('w-1.4/lib-3.1.dll', true)],
      '1.4',
      ["path: 'x-${version}.exe'", "path: 'lib-*.dll'"],
    ],
    ['one name alone, which may be anybody’s', [pe('x-1.4.exe'), pe('y.exe')], null, ["'x-*.exe'"]],
    ['a name of somebody else', [pe('x.exe'), pe('qt-5.15.dll', true)], null, ["'qt-*.dll'"]],
  ])(
    'finds the version in %s; the text says it as a parameter and is tried with it',
    (_, files, version, said) => {
      const found = suggest(sampleOf(files));
      expect(found?.version).toBe(version);
      for (const one of said) expect(found?.text).toContain(one);
      const filled = fillParameters(parsed(found?.text ?? ''), version === null ? {} : { version });
      expect(
        filled.ok && compileConfiguration(filled.configuration).elements.map(({ path }) => path),
      ).toEqual(compileConfiguration(found?.configuration ?? parsed('')).elements.map(({ path }) => path));
      expect(found?.text.includes('version=')).toBe(version !== null);
    },
  );

  it('says a pattern for many files of a kind, never thousands of names', () => {
    const libraries = Array.from({ length: 2000 }, (_, at) => pe(`bin/x${at % 7}/Part${at}.dll`));
    const text = textOf(sampleOf([...libraries, file('readme.txt')]));
    expect(text).toContain("path: 'bin/**/*.dll'");
    expect(text.split('\n').length).toBeLessThan(30);
    const mixed = libraries.map((one, at) => (at % 2 === 0 ? one : file(one.path)));
    expect(textOf(sampleOf(mixed)).split('\n').length).toBeLessThan(240);
  });

  it('has no pattern that takes a file which is treated otherwise', () => {
    const files = [1, 2, 3, 4, 5].map((at) => pe(`bin/Own.${at}.Part.dll`));
    const text = textOf(sampleOf([...files, pe('bin/upstream.dll', true), file('bin/no-program.dll')]));
    expect(text).toContain("path: 'Own.*.dll'");
    expect(text).not.toContain("'*.dll'");
  });

  it('leaves a version in a name where a pattern would take other files', () => {
    const program = pe('lib-1.2/x.exe');
    expect(textOf(sampleOf([program, file('readme.md')]))).toContain("path: 'lib-*/x.exe'");
    expect(textOf(sampleOf([program, file('lib-old/x.exe')]))).toContain(
      "path: 'lib-1.2/x.exe'".replaceAll("'", ''),
    );
  });

  it('verifies what upstream signed where the foundation’s roots are known and the signature holds', () => {
    const files = [pe('a.exe'), pe('crt.dll', true), { ...pe('odd.dll', true), failed: true }];
    expect(textOf(sampleOf(files, true)).match(/verify: authenticode$/gm)).toHaveLength(1);
    expect(textOf(sampleOf(files)).match(/verify: authenticode$/gm)).toBeNull();
  });

  it('doesn’t validate until somebody has written why a file can’t be looked into', () => {
    const closed = file('data.7z', { closed: ['It is a 7z archive.'] });
    const found = suggest(sampleOf([pe('a.exe'), closed]));
    expect(found?.reasonsToWrite).toBe(1);
    const bytes = new TextEncoder().encode(found?.text);
    expect(parsePolicyFile({ path: 'projects/p/artifacts/a.yaml', bytes })).toMatchObject({
      ok: false,
      diagnostics: [{ message: expect.stringContaining('reason') as string }],
    });
  });

  it.each(['a\u202eb', 'a\nsign: {}', ' padded', '\ufeffa', '\ud800', 'x'.repeat(201)])(
    'takes no text over from a file that its readers would not see as it is: %j',
    (ProductName) => {
      const sample = { ...sampleOf([pe('a.exe', false, { ProductName })]), name: 'a\u2028\u202e\nb' };
      const text = textOf(sample);
      expect(text).not.toMatch(/productName|[^\P{C}\n]|[\p{Zl}\p{Zp}]/u);
      parsed(text);
    },
  );

  it('is none where a name has what stands for the version', () => {
    expect(suggest(sampleOf([pe('w-1.4/x\0.exe')]))).toBeNull();
  });

  it('is none where nothing gets signed', () => {
    expect(suggest(sampleOf([file('readme.txt')]))).toBeNull();
  });

  const name = fc.stringMatching(/^[A-Za-z0-9_ ${}'"#:.&!-]{0,8}[a-z]$/);
  const folder = fc.constantFrom('', 'bin/', 'lib-1.2/', 'lib-1.3/', 'a/b/', 'widget-2.0.1/x/');
  const ending = fc.constantFrom(
    '.exe',
    '.dll',
    '.txt',
    '',
    '.7z',
    '.ps1',
    '-1.2.3.dll',
    '.sha256',
    '.blockmap',
  );
  const leaf = fc
    .record({
      folder,
      name,
      ending,
      kind: fc.constantFrom('own', 'own', 'signed', 'foreign', 'plain', 'closed', 'failed'),
      product: fc.constantFrom('Widget', 'a: b', '${x}', '  padded', '#'),
    })
    .map(({ folder: at, name: stem, ending: end, kind, product }): SampleFile => {
      const path = `${at}${stem}${end}`;
      if (kind === 'plain') return file(path);
      if (kind === 'closed') return file(path, { detected: '7z', closed: ['closed'] });
      const texts = {
        CompanyName: kind === 'foreign' ? 'Other' : 'Own',
        ProductName: product,
        ProductVersion: '1.2',
      };
      const program = pe(path, kind === 'signed', texts);
      const facts = program.facts === null ? null : { ...program.facts, kind: 'library' as const };
      return { ...program, facts, failed: kind === 'failed' };
    });
  const files = fc.uniqueArray(leaf, {
    minLength: 1,
    maxLength: 40,
    selector: ({ path }) => path.toLowerCase(),
  });
  const archive = fc.record({
    files,
    inner: fc.option(files, { nil: null }),
    verifies: fc.boolean(),
  });

  it('of any archive validates, expects every file, and says of each what is wished for it', () => {
    fc.assert(
      fc.property(archive, ({ files: outer, inner, verifies }) => {
        const all = [
          pe('zz-own.exe', false, { CompanyName: 'Own' }),
          ...outer.filter(({ path }) => path !== 'zz-own.exe' && path !== 'zz.zip'),
          ...(inner === null
            ? []
            : [file('zz.zip', { detected: 'zip', opened: { type: 'zip', files: inner } })]),
        ];
        const found = suggest(sampleOf(all, verifies));
        if (found === null) throw new Error('nothing gets signed');
        const filled = fillParameters(
          parsed(found.text),
          found.version === null ? {} : { version: found.version },
        );
        if (!filled.ok) throw new Error(JSON.stringify(filled.problems));
        const inText = compileConfiguration(filled.configuration);
        const meant = compileConfiguration(found.configuration);
        expect(
          inText.elements.map(({ path, type, min, max, check, sign }) => ({
            path,
            type,
            min,
            max,
            check,
            sign,
          })),
        ).toEqual(
          meant.elements.map(({ path, type, min, max, check, sign }) => ({
            path,
            type,
            min,
            max,
            check,
            sign,
          })),
        );
        const judge = (container: number, inside: readonly SampleFile[]) => {
          const counts = new Map<number, number>();
          for (const one of inside) {
            const element = meant.matchEntry(container, one.path);
            if (element === null) throw new Error(`nothing expects ${one.path}\n${found.text}`);
            counts.set(element.index, (counts.get(element.index) ?? 0) + 1);
            const { facts, failed, opened } = one;
            const isSigned = facts?.signed === false && !failed && facts.texts?.['CompanyName'] !== 'Other';
            if (opened === null)
              expect([one.path, element.sign !== null]).toEqual([
                one.path,
                isSigned || (/[.]ps1$/.test(one.path) && facts === null && one.detected === 'text'),
              ]);
            else judge(element.index, opened.files);
            expect(element.opaque !== null).toBe(one.closed.length > 0);
          }
          for (const { index, min, max, parent } of meant.elements) {
            if (parent !== container) continue;
            const count = counts.get(index) ?? 0;
            expect(
              count >= min && (max === null || count <= max),
              `${meant.elements[index]?.path}\n${found.text}`,
            ).toBe(true);
          }
        };
        judge(0, all);
        expect(suggest(sampleOf(all, verifies))?.text).toBe(found.text);
      }),
      { numRuns: 60 },
    );
  });
});
