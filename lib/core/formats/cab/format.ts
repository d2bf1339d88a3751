/** Cabinet files (.cab), as an artifact configuration names them. */
import type { AuthenticodeSign } from '../../generated/index.ts';
import { fail, type Finding } from '../../wire/finding/index.ts';
import {
  authenticodeOutside,
  authenticodeProblems,
  describeAuthenticode,
  existingSignature,
} from '../authenticode/index.ts';
import { spcContent } from '../signed-content/index.ts';
import { defineFormat, type FileFacts, type RejudgeContext, type Rejudged } from '../format.ts';
import { cabContainer } from './container.ts';
import {
  alreadySigned,
  breaksSignature,
  factNames,
  inspectCab,
  inspectUndeclared,
  type CabCheck,
} from './inspect.ts';
import { signsInside } from '../signs-inside.ts';
import { cabSigning, readWholeCab } from './sign.ts';
import { extractSignature } from './signature.ts';

const words = { one: 'a cabinet file', many: 'cabinet files' };

export const cabFormat = defineFormat<'cab', AuthenticodeSign, CabCheck>({
  type: 'cab',
  words,
  compile: (body) => ({
    sign: body.sign ?? null,
    check: checkOf(signsInside(body.contents), body.verify !== undefined),
    problems: authenticodeProblems('cab', words, body, { hashes: true, existing: true, verify: true }),
  }),
  metadataKeys: [],
  facts: factNames,
  outside: [authenticodeOutside(['.cab'])],
  describe: ({ sign, check }) => ({
    sign: describeAuthenticode(sign),
    check: check?.verify === true ? 'signed by upstream, which is verified' : '',
  }),
  vouches: false,
  signs: [spcContent],
  identity: () => ({ texts: [], open: [] }),

  inspect: inspectCab,
  inspectUndeclared,
  rejudge,
  async signaturesIn(source) {
    const { header } = await readWholeCab(source);
    const signature = await extractSignature(source, header);
    return signature === null ? [] : [signature];
  },
  signing: cabSigning,
  container: cabContainer,
});

function checkOf(repacked: boolean, verify: boolean): CabCheck | null {
  if (!repacked && !verify) return null;
  return { ...(repacked ? { repacked } : {}), ...(verify ? { verify } : {}) };
}

/** What its names and folders were like was judged when it was inspected, and is in no journal. */
function rejudge(
  facts: FileFacts | null,
  { sign, check, policy, path }: RejudgeContext<AuthenticodeSign, CabCheck>,
): Rejudged {
  const about = { path, policy };
  const name = path.at(-1) ?? 'The file';
  const verified = check?.verify === true ? `Who signed ${name} upstream was not recorded.` : null;
  const found = (...findings: readonly Finding[]): Rejudged => ({ findings, missing: verified });
  if (facts?.type !== 'cab') {
    const message = `${name} was not read as a cabinet.`;
    const fix = 'Declare it as a file, or replace it.';
    return found(fail({ ...about, rule: 'cab.not-cab', message, fix }));
  }
  if (!facts.signed) return found();
  const existing = sign === null ? null : existingSignature(sign);
  if (existing === 'refuse') return found(alreadySigned(about));
  if (check?.repacked === true && existing !== 'replace') return found(breaksSignature(about));
  // Whether one can be added depends on what is there.
  if (existing === 'append')
    return { findings: [], missing: `Which signature ${name} carries was not recorded.` };
  return found();
}
