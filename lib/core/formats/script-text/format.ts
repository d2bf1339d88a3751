/** A family of scripts, as an artifact configuration names it. */
import { authenticodeProblems, describeAuthenticode, scriptOutside } from '../authenticode/index.ts';
import { spcContent } from '../signed-content/index.ts';
import { defineFormat, type Format } from '../format.ts';
import { factNames, inspectScript, inspectUndeclared, rejudgeScript } from './inspect.ts';
import type { ScriptFamily, ScriptSign } from './kinds.ts';
import { readScript } from './script.ts';
import { scriptSigning } from './sign.ts';
import type { ScriptCheck } from './upstream.ts';

export function scriptFormat(family: ScriptFamily): Format {
  const { type, words } = family;
  return defineFormat<ScriptFamily['type'], ScriptSign, ScriptCheck>({
    type,
    words,
    compile: (body) => ({
      sign: body.sign ?? null,
      check: body.verify === undefined ? null : { verify: true },
      problems: authenticodeProblems(type, words, body, { hashes: true, existing: true, verify: true }),
    }),
    metadataKeys: [],
    facts: factNames,
    outside: [scriptOutside(family.kinds.flatMap(({ endings }) => endings))],
    describe: ({ sign, check }) => ({
      sign: describeAuthenticode(sign),
      check: check?.verify === true ? 'signed by upstream, which is verified' : '',
    }),
    vouches: false,
    signs: [spcContent],
    identity: () => ({ texts: [], open: [] }),

    inspect: (source, context) => inspectScript(family, source, context),
    inspectUndeclared: (source, about) => inspectUndeclared(family, source, about),
    rejudge: (facts, context) => rejudgeScript(family, facts, context),
    async signaturesIn(source, name) {
      const { block } = await readScript(source, family, { name });
      return block === null ? [] : [block.signature];
    },
    signing: scriptSigning(family),
    container: null,
  });
}
