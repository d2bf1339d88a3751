import { guards, type Area } from '../mutant.ts';

const fetches = 'lib/artifact-fetches/fetches.db.test.ts';
const fromGitLab = 'lib/artifact-fetches/from-gitlab.db.test.ts';
const connector = 'lib/signpath/connector.db.test.ts';

/** Whose files are fetched, from where, with whose token, and what SignPath's workflows get of it. */
export const fetching: Area = {
  name: 'fetches',
  mutants: [
    ...guards('lib/requests/uploaded-bundle.ts', 'lib/requests/uploaded-bundle.test.ts', [
      ['  if (isNestedTooDeeply(bundle)) return false;\n', '', 'is no provenance, whether it is deep'],
      [' && !isNestedTooDeeply(value)', '', 'is refused where it is uploaded'],
    ]),
    ...guards('lib/artifact-fetches/take-file.ts', fetches, [
      [
        'if (run?.repositoryId === repositoryId && run.id === runId) return;',
        'if (run?.id === runId) return;',
        'of a repository that has taken the policy’s name is refused',
      ],
      [
        'if (run?.repositoryId === repositoryId && run.id === runId) return;',
        'if (run?.repositoryId === repositoryId) return;',
        'of another run is refused, and one of another repository isn’t there',
      ],
      [
        'if (file.expired) throw expired(row, advice);',
        '',
        'that is expired, gone or too large is refused without',
      ],
      [
        'if (file.sizeBytes !== null && file.sizeBytes > sizeBytesMax)',
        'if (false)',
        'that is expired, gone or too large is refused without',
      ],
      [
        'sha256: file.sha256 === null ? null : parseSha256Hex(file.sha256),',
        'sha256: null,',
        'are refused where they aren’t what the host says of them',
      ],
    ]),
    ...guards('lib/artifact-fetches/start.ts', fetches, [
      [
        'if (token === null && !buildFiles.hasOwnToken()) {',
        'if (false) {',
        'isn’t given for another repository’s token, for none',
      ],
    ]),
    ...guards('lib/artifact-fetches/turns.ts', fetches, [
      [
        'OR: [{ turn: null }, { turnUntil: { lte: at } }] }',
        '}',
        'leaves alone what another portal has in hand',
      ],
    ]),
    ...guards('lib/platform/code-host/github/redirect.ts', fetches, [
      [
        'if (next.origin !== origin) return next.href;',
        'if (hops > 0) return next.href;',
        'is asked for with the job’s token, which goes to the host alone',
      ],
    ]),
    ...guards('lib/platform/page-fetch/download.ts', fetches, [
      ['if (statusCode !== 200 || ', 'if (', 'aren’t looked for where a second redirect'],
    ]),
    ...guards('lib/platform/code-host/gitlab/open-file.ts', fromGitLab, [
      [
        'if (next.origin !== origin) return next.href;',
        '',
        'is taken from where GitLab leads, without the token',
      ],
    ]),
    ...guards(
      'lib/platform/code-host/gitlab/open-file.ts',
      'lib/platform/code-host/gitlab/open-file.test.ts',
      [
        [
          'if (!next.href.startsWith(`${apiUrl}/`))',
          'if (false)',
          'to a page of its own is followed nowhere',
        ],
      ],
    ),
    ...guards(
      'lib/platform/code-host/gitlab/build-files.ts',
      'lib/platform/code-host/gitlab/open-file.test.ts',
      [
        ["!['', '.', '..'].includes(step)", 'true', 'a//b names a file below the job, or none'],
        ['isFile && !/\\p{C}/u.test(file)', 'isFile', 'with letters that nobody sees names none'],
      ],
    ),
    ...guards('lib/artifact-fetches/place.ts', fromGitLab, [
      ['providerOf(origin) === host ?', 'true ?', 'isn’t asked for by the ids of another host'],
    ]),
    ...guards('lib/artifact-fetches/look-up-bundle.ts', fetches, [
      [
        'const { policy } = await authoriseSubmission({ ctx, input });',
        'const { policy } = await authoriseSubmission({ ctx, input }).catch(() => ({ policy: {} as never }));',
        'is looked up for whoever may submit the file',
      ],
    ]),
    ...guards('lib/artifact-fetches/find-provenance.ts', fetches, [
      [
        'bundles.filter((bundle) => isProvenanceOf(bundle, sha256))',
        'bundles',
        'is said to be missing with what to do',
      ],
    ]),
    ...guards('lib/signpath/submit.ts', connector, [
      [
        'if (repository.toLowerCase() === expected.toLowerCase()) return;',
        "if (repository !== '') return;",
        'reads in one line what is wrong, and what to do',
      ],
      [
        'configuration === artifactConfiguration) return;',
        "configuration !== '') return;",
        'reads in one line what is wrong, and what to do',
      ],
    ]),
    ...guards('lib/signpath/signed-artifact.ts', connector, [
      ['fetched?.packed ?? ', '', 'gets tool.zip back as the one file that it uploaded'],
    ]),
    ...guards(
      'app/api/signpath/[organization]/SigningRequests/[id]/SignedArtifact/route.ts',
      'dev/api-contract/other-routes.db.test.ts',
      [['if (isRefused(state)) {', 'if (false) {', 'each answers as its cases say']],
    ),
  ],
};
