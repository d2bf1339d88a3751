import { guards, type Area } from '../mutant.ts';

const unpackers = 'signer/inspector/unpackers';
const real = `${unpackers}/unpackers.oracle.test.ts`;
const fenced = `${unpackers}/fence.oracle.test.ts`;

/** Installers: opened by other programs in a sandbox, and the programs in them. */
export const installers: Area = {
  name: 'installers',
  mutants: [
    ...guards('signer/daemon/checks/signed-inside.ts', 'signer/daemon/checks/signed-inside.test.ts', [
      ['?? closedIn(file, input.files)', '', 'with contents are refused where one of its files'],
      [
        'if (content.unaccounted !== null) return content.unaccounted;',
        '',
        'are refused where they can’t be seen',
      ],
      [' || other.content.unaccounted !== null', '', 'with contents are refused where one of its files'],
    ]),
    ...guards('signer/inspector/child/rebuild.ts', 'signer/inspector/child/rebuild.test.ts', [
      [
        'await container.checkOthers?.(source, rebuilt, budgets(), new Set(changes.replacements.keys()));',
        '',
        'an installer of which more than its files changed is refused',
      ],
    ]),
    ...guards('signer/inspector/child/overlay.ts', 'signer/inspector/overlay.test.ts', [
      ['if (gap.start < gap.end &&', 'if (false &&', 'is named where bytes of nothing stand'],
      ['{ start: end, end }]', ']', 'is named where bytes of nothing stand'],
    ]),
    ...guards('lib/core/formats/inside/open-inside.ts', 'signer/inspector/overlay.test.ts', [
      [
        'entries.reduce((first, { localOffset }) => Math.min(first, localOffset), end.centralOffset),',
        '0,',
        'is named before a zip archive that counts from the beginning of the program',
      ],
    ]),
    ...guards('signer/inspector/child/programs-in-contents.ts', 'signer/inspector/installers.test.ts', [
      ["signed.has(at.join('\\0'))", 'signed.size > 0', 'names what nobody expects'],
      [
        'isProgramType(walk.matcher.elements[element]?.type)',
        'element >= 0',
        'names no program as signed by this request that gets a signature beside it',
      ],
    ]),
    ...guards(`${unpackers}/fence.ts`, fenced, [
      [
        "...['--remount-ro', '/', '--chdir', outputPlace],",
        "...['--chdir', outputPlace],",
        'can’t open the root, to write',
      ],
      ["'--clearenv', ", '', 'has nobody’s name, no environment of ours, and no network'],
      [
        'of [whereAllowed, []])',
        'of [whereAllowed])',
        'is found where /proc/sys can’t be written and a host’s name not set, as under the signer’s unit',
      ],
      [
        '`--as=${(limits.memoryMebibytes + reservedMebibytes) * 1024 * 1024}`,',
        '',
        'can’t write a file beyond its limit, nor take more memory than it may',
      ],
    ]),
    ...guards(`${unpackers}/seccomp.ts`, fenced, [
      [
        '      // clone, fork, vfork\n      56, 57, 58,',
        '      57, 58,',
        'that starts processes without end has none but its own',
      ],
      ['433, 435, 437,', '433, 437,', 'that starts threads without end has none but its own'],
      ['// link, symlink, mknod, linkat, symlinkat, mknodat\n      86, 88, 133,', '', 'can’t make a link'],
      ['\n      319, 29,', '\n      29,', 'can’t make memory as a file'],
      ['\n      87, 263,', '\n      263,', 'can’t make a file that loses its name'],
      ['ifAnyBit(nameless, 0, 1),', 'ifAnyBit(nameless, 0, 0),', 'can’t make a file without a name'],
      ['\n      285,', '', 'can’t take disk beyond the size of its files'],
    ]),
    ...guards(`${unpackers}/run-fenced.ts`, fenced, [
      [
        "const timer = setTimeout(() => stop({ kind: 'time' }), limits.seconds * 1000);",
        'const timer = setTimeout(() => undefined, 1);',
        'that hangs is killed at its time limit',
      ],
      ["signal?.addEventListener('abort', onAbort, { once: true });", '', 'ends when the request does'],
    ]),
    ...guards(`${unpackers}/output.ts`, fenced, [
      [
        'if (!found.isFile() || found.nlink !== 1)',
        'if (false)',
        'isn’t taken where anything in it is no plain file',
      ],
      [
        'files > most.files || bytes > most.bytes',
        'files > most.files',
        'that says that a file is huge is stopped',
      ],
      [
        'Math.max(found.size, found.blocks * blockBytes - slackBytes)',
        'found.size',
        'is measured by what it takes on disk, where that is more than its size says',
      ],
    ]),
    ...guards(`${unpackers}/unpack.ts`, `${unpackers}/unpack.oracle.test.ts`, [
      ['taken.files.length !== files || ', '', 'is closed where it yields fewer files than it lists'],
      [' || counted !== files', '', 'is closed where it yields other files than it says'],
      [
        'if (files > output.files)',
        'if (false)',
        'is closed where it yields more than is left of the limits',
      ],
      ['Math.min(output.bytes, most)', 'output.bytes', 'is closed where it yields much more than its size'],
    ]),
    ...guards(`${unpackers}/programs.ts`, `${unpackers}/programs.test.ts`, [
      [
        'if (at === -1 && code === 0) return null;',
        'if (code === 0) return null;',
        'counts for nothing with a warning',
      ],
      [
        'types.length !== 1 || types[0] !== typesOf7Zip[format]',
        'false',
        'counts for nothing of another kind',
      ],
      ['!== answer.inputBytes)', '< 0)', 'counts for nothing of fewer bytes'],
    ]),
    ...guards('lib/core/formats/inside/payload.ts', real, [
      [
        'if (sum !== stated)',
        'if (false)',
        'stays closed where anything follows it but a signature, or is missing',
      ],
    ]),
    ...guards('signer/inspector/child/open-elsewhere.ts', real, [
      [
        'if (payload.isFollowed && !isPart)',
        'if (false)',
        'stays closed where anything follows it but a signature, or is missing',
      ],
    ]),
    ...guards('signer/inspector/child/open-nested.ts', real, [
      [
        'await namePrograms(context, draft, { file, place, ...written });',
        '',
        'packed with zlib is opened by 7-Zip',
      ],
    ]),
    ...guards(
      'lib/core/formats/recognise/coff-symbols.ts',
      'lib/core/formats/recognise/coff-symbols.test.ts',
      [
        ['if (count > recordsMax) return null;', '', 'doesn’t count with more symbols than are read'],
        ['!(size >= namesSizeBytes) || end > source.size', 'false', 'doesn’t count with names'],
        [
          'if (section > sections && section < 0xfffe) return false;',
          '',
          'doesn’t count with a section that the program hasn’t',
        ],
        ['if (!isName(record, namesBytes)) return false;', '', 'doesn’t count with a name'],
        ['return auxiliary === 0;', 'return true;', 'doesn’t count with more auxiliary records'],
        [
          'for (const byte of chunk) if (byte !== 0 && isControl(byte)) return false;',
          '',
          'doesn’t count with other characters among the names',
        ],
        ['return last === 0;', 'return true;', 'doesn’t count with names without an end'],
      ],
    ),
    ...guards('lib/core/formats/recognise/programs.ts', 'lib/core/formats/recognise/coff-symbols.test.ts', [
      ['symbols.start === sectionsEnd ?', 'true ?', 'doesn’t count with a place of its own'],
    ]),
    ...guards('lib/core/formats/recognise/installers.ts', 'lib/core/formats/recognise/coff-symbols.test.ts', [
      ['if (sectionsEnd === end) return found;', 'return found;', 'hides no archive that begins'],
    ]),
    ...guards('lib/core/formats/inside/inno-table.ts', 'lib/core/formats/inside/payload.test.ts', [
      [' || places.length > 1', '', 'has no bounds by a table that is there twice'],
      ['number(0) !== 1 || ', '', 'has no bounds by a table of another version'],
      [
        ' || number(7) !== crc32(loader.subarray(place, place + tableBytes - 4))',
        '',
        'has no bounds by a table that is damaged',
      ],
      ['start < place + tableBytes || ', '', 'has no bounds by a table with a part in the loader before it'],
      [' || (starts.at(-1) ?? end) >= end', '', 'has no bounds by a table with parts behind its end'],
    ]),
    ...guards('signer/inspector/child/open-nested.ts', 'signer/inspector/child/open-nested.test.ts', [
      ['isBounded ? end : dataStart', 'end', 'of an installer that doesn’t say where it ends'],
      ['if (passedOver !== null)', 'if (false)', 'an installer by Inno Setup is seen from its first part'],
    ]),
    ...guards('signer/inspector/answer-questions.ts', 'signer/inspector/answer-questions.test.ts', [
      [
        'count > unpackingsMax ? tooMany : ',
        '',
        'an operation may ask for a file to be unpacked only so often',
      ],
      ['if (!isFile)', 'if (false)', 'a question about a link ends the operation'],
      [
        'value = await child.ask(message, signal, left());',
        'value = await child.ask(message, signal);',
        'time runs on while files are unpacked',
      ],
    ]),
    ...guards('signer/daemon/checks/signed-inside.ts', 'signer/daemon/checks/signed-inside.test.ts', [
      [
        ' || blockingRevocation(key, before.keys, before.revocations) !== null',
        '',
        'is refused where the certificate that signed one is revoked',
      ],
      [
        "return key.entry.purpose === 'release' || effective.policy.purpose === 'test';",
        'return true;',
        'is refused where one is signed for a test',
      ],
      [
        'if (unsigned.length > 0)\n    return [',
        'if (false)\n    return [',
        'is refused where one is unsigned',
      ],
      [
        'if (closedCount > 0) return',
        'if (false) return',
        'are refused where they can’t be seen: it stayed closed',
      ],
      [
        "if (files === 0) return 'nothing was found in it';",
        '',
        'are refused where they can’t be seen: nothing was found in it',
      ],
      [
        'programCount === 0 && !content.covered && content.openedBy.length === 0',
        'false',
        'are refused where they can’t be seen: something was found in it, and no program',
      ],
      [
        'programCount > seen.length',
        'false',
        'are refused where they can’t be seen: there are more than are named',
      ],
    ]),
    ...guards(
      'signer/daemon/requests/earlier-signatures.ts',
      'signer/daemon/requests/earlier-signatures.db.test.ts',
      [
        [
          'JOIN signer.release AS release ON release.request_id = made.request_id',
          '',
          'are none that were never released',
        ],
        [' AND made.signature_path IS NULL', '', 'are none that were never released'],
      ],
    ),
    ...guards('lib/core/policy/find-effective-policy.ts', 'lib/core/policy/upstream-roots.test.ts', [
      [' || element.signedInside', '', 'decide where programs inside an installer must be signed'],
    ]),
  ],
};
