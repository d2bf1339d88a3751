import { guards, type Area } from '../mutant.ts';

const commands = 'action/runner/commands.test.ts';
const fetched = 'action/artifacts/fetch.test.ts';
const inputs = 'action/read-inputs.test.ts';
const found = 'action/find-file.test.ts';

/** What builds use: others’ words stay words, other bytes are refused, and no token goes where it doesn’t belong. */
export const action: Area = {
  name: 'action',
  mutants: [
    ...guards('action/runner/commands.ts', commands, [
      [".replaceAll('%', '%25')", '', 'carries the words with what means something to the runner escaped'],
      [".replaceAll('\\n', '%0A')", '', 'carries the words with what means something to the runner escaped'],
      [".replaceAll(':', '%3A')", '', 'carries the words with what means something to the runner escaped'],
      [".replaceAll('##[', '# #[')", '', 'is no command'],
      ["line.replace(/^(\\s*):(?=:)/, '$1: ')", 'line', 'is no command'],
      [
        'cut(plain(message), messageCharactersMax)',
        'plain(message)',
        'has as many characters as are kept, and none of them halved',
      ],
    ]),
    ...guards('action/summary.ts', commands, [
      [
        'if (target?.origin !== portal) return escapeMarkdown(text);',
        "if (target === null) return '';",
        'leads nowhere but to the portal',
      ],
      ['    .replaceAll(/[!-/:-@[-`{-~]/g, String.raw`\\$&`)', '', 'shows others’ text as text'],
      ['reasons.slice(0, reasonsMax)', 'reasons', 'stays far below what the runner drops'],
    ]),
    ...guards('action/artifacts/fetch.ts', fetched, [
      ['(artifact.sha256 ?? sha256) === sha256', 'true', 'is refused and named'],
      [
        "bytes > artifact.sizeBytes ? new Error('it is longer than the service says') : null",
        'null',
        'is refused and named',
      ],
    ]),
    ...guards('action/artifacts/service.ts', fetched, [
      ['bytes > answerBytesMax', 'false', 'is refused and named'],
      ['url === null || !isSafe(url)', 'url === null', 'is refused and named'],
    ]),
    ...guards('action/read-inputs.ts', inputs, [
      [
        "(url.protocol === 'http:' && loopback)",
        "url.protocol === 'http:'",
        'with a portal without encryption',
      ],
      ['one === undefined || named.length > 1', 'one === undefined', 'with two sources'],
    ]),
    ...guards('action/find-bundle.ts', found, [
      [
        "isRecord(one['digest']) && one['digest']['sha256'] === sha256",
        "isRecord(one['digest'])",
        'is found among those that this job made',
      ],
      ['type.startsWith(provenance) &&', '', 'is found among those that this job made'],
    ]),
  ],
};
