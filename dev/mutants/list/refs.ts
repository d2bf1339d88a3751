import { guards, type Area } from '../mutant.ts';

const room = 'signer/policy-source/ls-refs';
const asking = `${room}/index.test.ts`;
const unmoved = 'signer/policy-source/unmoved.git.test.ts';

/** What a Git host says to the signer itself of where refs point. */
export const refs: Area = {
  name: 'refs',
  mutants: [
    ...guards('signer/policy-source/fetch.ts', 'signer/policy-source/hostile-refs.git.test.ts', [
      [
        "error.message.includes('mismatched algorithms')",
        "error.message.includes('mismatched algorithm ')",
        'is refused in words that say so where objects',
      ],
    ]),
    ...guards('signer/policy-source/fetch.ts', unmoved, [
      ['there.get(clone.ref) === ours.branch && ', '', 'is fetched by git once only the branch moves'],
      [
        'there.get(clone.ref) === ours.branch',
        '[...there.values()].includes(ours.branch)',
        'is asked by git where the branch is gone, though others have longer names',
      ],
      [
        ' && there.get(remoteNotesRef) === ours.notes',
        '',
        'is fetched by git once only the signatures beside commits move',
      ],
      [
        'if (there === null) return false;',
        'if (there === null) return true;',
        'is followed by git alone where the host speaks no protocol v2',
      ],
    ]),
    ...guards(`${room}/messages.ts`, `${room}/messages.test.ts`, [
      ['object.length !== objectDigits[format]', 'object.length < 40', 'with'],
      ['([0-9a-f]+) (', '([0-9a-fA-F]+) (', 'with'],
      ['if (refs.has(name))', 'if (false)', 'that names a ref twice is refused'],
    ]),
    ...guards(`${room}/pkt-line.ts`, `${room}/pkt-line.test.ts`, [
      ['if (at + lengthDigits !== answer.length)', 'if (false)', 'with'],
      ['if (at + length > answer.length)', 'if (false)', 'with'],
      ['length <= lengthDigits || ', '', 'with'],
    ]),
    ...guards(`${room}/address.ts`, `${room}/address.test.ts`, [
      ['if (pathname !== path) return null;', '', 'for git alone is'],
      ["user.includes(':') ? null : ", '', 'for git alone is'],
    ]),
    ...guards(`${room}/exchange.ts`, asking, [
      ['if (statusCode !== 200)', 'if (false)', 'that answers'],
      ["headers['content-type'] !==", 'false && service !==', 'that answers'],
      ["'content-encoding' in headers", 'false', 'that answers'],
      ['if (bytes > bytesMax)', 'if (false)', 'that answers'],
    ]),
    ...guards(`${room}/exchange.ts`, unmoved, [
      [
        '{ ...keeping, rejectUnauthorized: true }',
        'keeping',
        'gets no request, and no credentials, over TLS',
      ],
    ]),
    ...guards(`${room}/index.ts`, asking, [['if (clock() < silentUntil) return null;', '', 'that answers']]),
  ],
};
