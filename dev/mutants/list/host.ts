import { guards, type Area } from '../mutant.ts';

const reading = 'lib/host/configuration/read-configuration.test.ts';
const hostile = 'lib/host/object-store/s3/hostile.test.ts';
const folders = 'lib/host/object-store/open-folder.test.ts';

/** What signer, portal and command line share of input and output. */
export const host: Area = {
  name: 'host',
  mutants: [
    ...guards('lib/host/object-store/take-file.ts', 'lib/host/object-store/shared.process.test.ts', [
      [
        'if (Number(opened.gid) !== usual.gid && !(await takesGroup(handle, usual.gid))) return false;',
        '',
        'is read by the other after a take, and by nobody else',
      ],
    ]),
    ...guards('lib/host/object-store/s3/read-object.ts', hostile, [
      [
        "if (hash !== null && hash.digest('hex') !== sha256)",
        'if (false)',
        'that gives other bytes of the right length isn’t believed, and the last ones aren’t passed on',
      ],
      [
        'if (last !== null) yield last;\n    last = piece;',
        'yield piece;',
        'that gives other bytes of the right length isn’t believed, and the last ones aren’t passed on',
      ],
      [
        'if (failures >= pace.attemptsMax +',
        'if (failures >= 20 + pace.attemptsMax +',
        'that cuts the connection after each byte is given up',
      ],
    ]),
    ...guards('lib/host/object-store/s3/ask.ts', hostile, [
      ["redirect: 'manual'", "redirect: 'follow'", 'that refuses a list with 301 PermanentRedirect fails it'],
      [
        " && ['identity', 'aws-chunked'].includes(encoding)",
        '',
        'that answers compressed, although it was asked not to, isn’t read',
      ],
      [
        'if (attempt >= pace.attemptsMax) throw asked.passing;',
        'throw asked.passing;',
        'that is overloaded for a moment is asked again',
      ],
    ]),
    ...guards('lib/host/object-store/s3/write-object.ts', hostile, [
      [
        'await upload?.abort();',
        '',
        'that doesn’t join the parts of an upload and answers HTML fails the put, and the upload is aborted',
      ],
      [
        'if (found?.sizeBytes !== sizeBytes)',
        'if (found === null)',
        'that doesn’t join the parts of an upload and has another size then fails the put, and the upload is aborted',
      ],
      [
        'if (answer.status !== 404)',
        'if (answer.status === 404)',
        'that doesn’t join the parts of an upload and says so in a 200 fails the put, and the upload is aborted',
      ],
    ]),
    ...guards('lib/host/object-store/s3/open-bucket.ts', hostile, [
      [
        '!entry.key.startsWith(prefix) || entry.key <= after',
        'entry.key <= after',
        'that answers a list with names that weren’t asked for fails it',
      ],
      [' || entry.key <= after', '', 'that lists the same names again and again is given up'],
    ]),
    ...guards('lib/host/configuration/secret-file.ts', 'lib/host/configuration/database-password.test.ts', [
      [
        '&& mayOthersRead(mode, isCredential)',
        '&& false',
        'is refused in a file that others can read, and said nowhere',
      ],
      [
        'isCredential ? anybodyElsesCredential : anybodyElse',
        'anybodyElse',
        'is read from a credential that an access list opens to the process, and from no other file that shows that mode',
      ],
    ]),
    ...guards('lib/host/object-store/s3/key-file.ts', 'lib/host/object-store/s3/key-file.test.ts', [
      [
        'known?.stamp === stamp ? known',
        'known !== null ? known',
        'are read again when the file changes, and only then',
      ],
      ['known = known?.stamp === stamp ?', 'known ??= known ?', 'end with the file'],
    ]),
    ...guards('scripts/store/main.ts', 'scripts/store/copy-store.process.test.ts', [
      ['  requireOwnFolder(to);\n', '', 'is migrated by the command'],
    ]),
    ...guards('lib/host/configuration/explain-issue.ts', 'lib/host/configuration/store-place.test.ts', [
      ['|^keys?$', '', 'repeats no access key that stands where its file should be named'],
    ]),
    ...guards('scripts/store/copy-store.ts', 'scripts/store/copy-store.process.test.ts', [
      [
        'if (removes) await requireTwoStores(request);',
        '',
        'loses nothing where both places lead to one store',
      ],
      [
        "if (await isWhole(to, sha256)) return { kind: 'copied' };",
        "return { kind: 'copied' };",
        'isn’t removed where what is read back is something else',
      ],
      [
        'if (removes && failed === 0)',
        'if (removes)',
        'of a part in which one is damaged loses nothing at its source',
      ],
      [
        '(isQuick || (await isWhole(to, sha256)))',
        'true',
        'goes on where it stopped, takes what arrived meanwhile, and mends what isn’t what it should be',
      ],
    ]),
    ...guards('lib/host/object-store/s3/presign.ts', 'lib/host/object-store/s3/open-bucket.process.test.ts', [
      [
        "    'X-Amz-Expires': String(seconds),\n",
        '',
        'gives one object under its name, until it ends, and nothing else',
      ],
    ]),
    ...guards('lib/platform/storage/remember-check.ts', 'lib/platform/storage/remember-check.test.ts', [
      [
        'last.endedAt === null || ',
        '',
        'many who ask at once, and soon after, cause one check; a later one is made anew, whatever came of the first',
      ],
    ]),
    ...guards(
      'app/api/v1/requests/[id]/artifact/route.ts',
      'app/api/v1/requests/[id]/artifact/route.db.test.ts',
      [
        [
          'if (!refused && part === null &&',
          'if (part === null &&',
          'a revoked file is given here alone, after the warning',
        ],
        [' && isPerson(request)) {', ') {', 'programs, and whoever asks for a part, get it here'],
      ],
    ),
    ...guards('lib/host/configuration/store-place.ts', 'lib/host/configuration/store-place.test.ts', [
      ['(?!\\.{1,2}\\/)', '', 'refuses a prefix that leads upwards, by name and with what to write'],
      [
        "return [username, password, search, hash].every((part) => part === '') && pathname === '/';",
        'return true;',
        'refuses an endpoint with a path, by name and with what to write',
      ],
    ]),
    ...guards('lib/host/configuration/read-file.ts', reading, [
      [
        'if (!found.isFile()) throw',
        'if (found.isDirectory()) throw',
        'a pipe without a writer is refused at once',
      ],
      ['(found.mode & othersMayWrite) !== 0', 'false', 'a world-writable file is refused'],
      ['if (bytes.byteLength <= sizeBytesMax) return bytes;', 'return bytes;', 'ten megabytes are not read'],
    ]),
    ...guards('lib/host/configuration/source-text.ts', reading, [
      ['{ fatal: true }', '{ fatal: false }', 'Latin-1'],
      ['if (at < 0) return { source };', 'return { source };', 'a turned-around comment'],
    ]),
    ...guards('lib/host/configuration/scan-tokens.ts', reading, [
      [
        'if (token === CST.FLOW_END) flowDepth = 0;',
        '',
        'lists behind brackets left open nested without end',
      ],
      ['return line.indicators > indicatorsOnLineMax ||', 'return', 'lists on one line nested without end'],
      ["  alias: ['An alias',", "  'flow-error-end': ['An alias',", 'an alias'],
    ]),
    ...guards('lib/host/configuration/read-yaml.ts', reading, [
      ['uniqueKeys: false,', 'uniqueKeys: true,', 'as many keys as fit'],
      ['if (Object.hasOwn(result, name)) {', 'if (false) {', 'a duplicate key'],
      ["if (name === '<<') this", "if (name === '') this", 'a merge key'],
      [
        'else if (specialKeys.has(name)) this',
        "else if (name === '') this",
        'a key with a meaning of its own',
      ],
      ['    if (depth > depthMax) {', '    if (depth > 10_000) {', '33 levels nested without end'],
    ]),
    ...guards('lib/host/configuration/explain-issue.ts', reading, [
      [
        'if (path.some((step) => secretName',
        'if ([].some((step) => secretName',
        'repeats no secret: a PIN where its place belongs',
      ],
      [".replace(/^.*@/s, '…@')", '', 'repeats no secret: the password of an address'],
    ]),
    ...guards('lib/host/configuration/paths.ts', reading, [
      [
        ".refine((path) => !path.includes('\\0'), 'a path without NUL')",
        '',
        'NUL behind an escape, in a path',
      ],
    ]),
    ...guards('lib/host/object-store/write-object.ts', folders, [
      ['if (sizeBytes > sizeBytesMax) throw', 'if (false) throw', 'stops reading an endless stream'],
    ]),
    ...guards('lib/host/object-store/sent-bytes.ts', folders, [
      ['expectedSha256 !== null && sha256 !== expectedSha256', 'false', 'refuses bytes with another digest'],
      [
        'sizeBytesExpected !== null && sizeBytes !== sizeBytesExpected',
        'false',
        'refuses ten bytes where 9 were announced',
      ],
      ['if (!isOver) await iterator.return?.();', '', 'stops reading an endless stream'],
    ]),
    ...guards('lib/host/object-store/place.ts', folders, [
      ['constants.O_RDONLY | constants.O_NOFOLLOW |', 'constants.O_RDONLY |', 'reads nothing through a link'],
      [
        'return (await lstat(path)).isDirectory();',
        "return (await (await import('node:fs/promises')).stat(path)).isDirectory();",
        'reads, writes, lists and removes nothing through a link',
      ],
      ['parseSha256Hex(sha256);', 'sha256;', 'has no object with the name'],
      ["['ENOSPC', 'EDQUOT', 'EFBIG']", '[]', 'reports that there is no space, and keeps nothing'],
    ]),
    ...guards('lib/host/object-store/open-folder.ts', folders, [
      ['return found?.isFile() === true ?', 'return found !== null ?', 'doesn’t treat a pipe as an object'],
      [
        'if (!found.isFile() || found.size !== sizeBytes) throw changed();',
        '',
        'fails if an object is replaced by a larger one',
      ],
      ['if (!prefixForm.test(prefix)) throw', 'if (false) throw', 'lists nothing by the prefix'],
      ['if (!restForm.test(name)) continue;', '', 'lists no file whose name isn’t the rest of a digest'],
      [
        '          await rm(temporary, { force: true });\n          throw cause;',
        '          throw cause;',
        'refuses bytes with another digest',
      ],
    ]),
    ...guards('signer/daemon/scan/read-scanned.ts', 'signer/daemon/scan/ask-clamd.test.ts', [
      [' | constants.O_NOFOLLOW', '', 'is nothing of'],
      ['if (!found.isFile())', 'if (false)', 'is nothing of'],
    ]),
    ...guards('signer/daemon/scan/ask-clamd.ts', 'signer/daemon/scan/ask-clamd.test.ts', [
      [
        'if (chunk.byteLength > 0) await',
        'await',
        'contains each chunk with its length, no empty chunk, and a length of 0 at the end',
      ],
      [
        'socket.uncork();\n',
        'socket.uncork();\n    done();\n',
        'are with the system before the next is asked for',
      ],
      [
        'answer(end, exchange.isSent)',
        'answer(end, true)',
        'isn’t accepted if it is clean before everything was sent',
      ],
      [
        'if (end >= 0) answer(end, exchange.isSent);',
        'if (end >= 0) setImmediate(() => answer(end, exchange.isSent));',
        'isn’t accepted if it arrives at the moment the last chunk is read',
      ],
      [
        'answer(answerBytesMax, false)',
        'answer(answerBytesMax, exchange.isSent)',
        'isn’t accepted if it is clean and incomplete',
      ],
    ]),
    ...guards('signer/daemon/scan/ask-version.ts', 'signer/daemon/scan/ask-version.test.ts', [
      ['if (bytes > answerBytesMax)', 'if (bytes < 0)', 'is unknown if it is too long'],
      ['if (answer.trim() ===', 'if (null ===', 'is unknown if it says an empty line'],
    ]),
    ...guards('lib/platform/storage/open-store.ts', 'lib/platform/storage/open-store.test.ts', [
      [
        '...releasedIn(readerOf(openObjects(place)),',
        '...openReceived(place), ...releasedIn(openObjects(place),',
        'can only be read',
      ],
    ]),
  ],
};
