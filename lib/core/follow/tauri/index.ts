/**
 * What Tauri’s updater reads: latest.json (`platforms.<target>.{url, signature}`, or `url` and `signature` at the top), and the `.sig`
 * files beside installers, from which those signatures are copied.
 *
 * `signature` is a minisign signature of the whole installer by the developer’s key, in Base64. Nobody but the developer
 * can make it, and nothing else in these files depends on the installer: so nothing follows. What this format does is refuse: an installer that
 * gets signed must not be listed with the signature of the unsigned one, which every updater rejects.
 */
import { FollowError, type FileName, type FollowField, type FollowFormat, type Span } from '../follow.ts';
import { decodeText, inBytes, LineCounter } from '../text/decode.ts';
import { member, readJson, textOf, type JsonNode } from '../text/json.ts';

export const tauri: FollowFormat = {
  id: 'tauri',
  one: 'a manifest or a signature of Tauri’s updater',
  many: 'Manifests of Tauri’s updater',
  fileNames: /^latest[.]json$/,
  sizeBytesMax: 1024 * 1024,
  read(bytes, name) {
    const text = decodeText(bytes);
    if (/\.sig$/i.test(name)) return inBytes(text, [signatureFile(text, name)]);
    const root = readJson(text);
    const lines = new LineCounter(text);
    const platforms = member(root, 'platforms');
    const entries: readonly (readonly [string, JsonNode])[] = [
      ['', root],
      ...(platforms?.kind === 'object' ? [...platforms.members] : []).map(
        ([target, entry]) => [`platforms.${target}.`, entry] as const,
      ),
    ];
    return inBytes(
      text,
      entries.flatMap(([label, entry]) => {
        const signature = member(entry, 'signature');
        if (signature === null) return [];
        const url = textOf(member(entry, 'url'));
        if (signature.kind !== 'text' || url === null)
          throw new FollowError(
            `${label}signature is no text with a url beside it`,
            lines.at(signature.start),
            'Submit the manifest as Tauri’s updater reads it.',
          );
        return [fixed(signature, lines.at(signature.start), `${label}signature`, { text: url, as: 'url' })];
      }),
    );
  },
};

/** The Base64 text of minisign’s file; older ones are that file itself. */
function signatureFile(text: string, name: string): FollowField {
  const content = text.trim();
  const file = content.includes('\n') ? content : Buffer.from(content, 'base64').toString('latin1');
  const isSignature = file.startsWith('untrusted comment:');
  if (!isSignature)
    throw new FollowError(
      'it is no signature of minisign',
      1,
      'Submit the .sig file as `tauri build` writes it.',
    );
  const start = text.indexOf(content);
  const span = { start, end: start + content.length };
  return fixed(span, 1, 'the signature', { text: name.slice(0, -'.sig'.length), as: 'beside' });
}

const fixed = ({ start, end }: Span, line: number, label: string, name: FileName): FollowField => ({
  kind: 'fixed',
  start,
  end,
  line,
  label,
  name,
  what: 'a minisign signature of the file with the developer’s key, which this signer doesn’t have',
  fix: 'Leave the updater’s manifest and .sig files out of the request; sign the released installer with `tauri signer sign`, and write its signature into the manifest.',
});
