/** Scripts in each encoding and of each kind of block, unsigned and signed. */
import { signRounds } from '#core/formats/authenticode/sign-rounds.fixture.ts';
import { powershell } from '#core/formats/powershell/kinds.ts';
import { memorySource } from '#core/formats/random-access.ts';
import type { ScriptFamily } from '#core/formats/script-text/index.ts';
import { readScript } from '#core/formats/script-text/script.ts';
import { scriptSigning } from '#core/formats/script-text/sign.ts';
import { ascii, crlf, utf16, utf8 } from '#core/formats/script-text/text.fixture.ts';
import { windowsScript } from '#core/formats/windows-script/kinds.ts';
import { createTestSigner } from '#core/pki/cms/signer.fixture.ts';
import type { FuzzedFormat } from './fuzzed-format.ts';

const sign = { method: 'authenticode', existingSignature: 'append' } as const;

function scriptFuzz(
  name: string,
  family: ScriptFamily,
  fileName: string | null,
  texts: readonly string[],
): FuzzedFormat {
  const signing = scriptSigning(family);
  return {
    name,
    async seeds() {
      const signer = createTestSigner('Fuzz');
      const encodings = [ascii, utf16, ...(fileName === null ? [utf8] : [])];
      const unsigned = texts.flatMap((text) => encodings.map((encode) => encode(crlf(text))));
      const signed: Uint8Array[] = [];
      for (const file of unsigned)
        signed.push(
          await signRounds({ signing, signer, file, sign, ...(fileName === null ? {} : { name: fileName }) }),
        );
      return [...unsigned, ...signed];
    },
    async read(bytes) {
      const source = memorySource(bytes);
      const { content } = await signing.subject(source, sign, fileName);
      const { kind, text, block } = await readScript(source, family, { name: fileName });
      const place = block?.start ?? kind.block.place(text);
      return {
        digest: Buffer.from(content).toString('hex'),
        meaning: `${kind.one} ${kind.digestsPlace ? place : ''} ${text}`,
      };
    },
  };
}

export const scriptFuzzes: readonly FuzzedFormat[] = [
  scriptFuzz('powershell', powershell, null, [
    'param($Name)\nWrite-Host "Hello"\n',
    '<?xml version="1.0"?>\n<Types>\n</Types>',
    '/*\n@TargetNode\n*/\ninstance of A\n{\n};\n',
  ]),
  scriptFuzz('jscript', windowsScript, 'a.js', ['WScript.Echo("hello");\n']),
  scriptFuzz('wsf', windowsScript, null, ['<package>\n<job id="a">\n</job>\n<job>\n</job>\n</package>\n']),
];
