/** Cases of uploads in parts, in the room of the project that nobody else here uploads for. */
import { canFillDisk, withDiskOf } from './broken-portals.ts';
import { away, error, happy, noToken, refused, saying, unknownId, type Case, type Sent } from './case.ts';
import { project as busyProject, sha256Of, type World } from './world.ts';

const project = 'zip-demo';
const file = 'a file in parts';
const [first, rest] = [file.slice(0, 7), file.slice(7)];

export function uploadCases(world: World): Readonly<Record<string, readonly Case[]>> {
  const { broken, builds } = world;
  const auth = { authorization: `Bearer ${world.otherToken}` };
  const json = { ...auth, 'content-type': 'application/json' };
  const bytes = { ...auth, 'content-type': 'application/partial-upload' };
  const wanted = (text = file) => ({ project, sha256: sha256Of(text), size: text.length });
  const nobody = { path: { id: unknownId }, headers: auth };
  const idOf = (text = file) => world.uploads.idOf(sha256Of(text));
  /** Of the upload that `beginUpload` leaves. */
  const own = async (sent: Sent = {}): Promise<Sent> => ({
    headers: auth,
    ...sent,
    path: { id: await idOf() },
  });
  const part = async (offset: number, text: string, more: Record<string, string> = {}): Promise<Sent> =>
    own({ headers: { ...bytes, 'upload-offset': String(offset), ...more }, body: text });
  const expired = async (sent: Sent): Promise<Sent> => ({
    ...sent,
    during: (work) => world.uploads.expired(sha256Of(file), work),
  });
  const missing = (sent: Sent = nobody): readonly Case[] => [
    error(400, { ...sent, path: { id: 'no-id' } }),
    refused(401, { ...sent, headers: { ...sent.headers, ...noToken.headers } }),
    saying(/"UNKNOWN_UPLOAD"/, refused(404, sent)),
    saying(
      /"UNKNOWN_UPLOAD"/,
      refused(404, async () =>
        own({ ...sent, headers: { ...sent.headers, authorization: `Bearer ${world.token}` } }),
      ),
    ),
    saying(
      /"UPLOAD_EXPIRED"/,
      error(410, async () => expired(await own(sent))),
    ),
  ];
  const digest = (hex: string): string => `sha-256=:${Buffer.from(hex, 'hex').toString('base64')}:`;
  const patch = { path: { id: unknownId }, headers: { ...bytes, 'upload-offset': '0' }, body: first };

  return {
    beginUpload: [
      happy(201, { headers: json, body: wanted() }),
      happy(200, { headers: json, body: wanted() }),
      error(400, { headers: json, body: { ...wanted(), unheardOf: true } }),
      error(400, { headers: json, body: '{' }),
      error(400, { headers: json, body: { ...wanted(), sha256: 'x' } }),
      error(413, { headers: json, body: `"${'x'.repeat(5000)}"` }),
      saying(/"ARTIFACT_TOO_LARGE"/, error(413, { headers: json, body: { ...wanted(), size: 2000 } })),
      error(415, { headers: { ...json, 'content-type': 'text/plain' }, body: '{}' }),
      refused(401, { headers: { 'content-type': 'application/json' }, body: wanted() }),
      refused(403, { headers: json, body: { ...wanted(), project: busyProject } }),
      saying(
        /"origin.ref"/,
        refused(403, () => ({
          headers: { ...json, ...builds.onBranch() },
          body: { ...wanted(), project: busyProject },
          portal: builds.portal,
        })),
      ),
      saying(
        /"STORE_UNAVAILABLE"/,
        away(503, { headers: json, body: wanted('another'), portal: broken.withoutStore }),
      ),
    ],
    readUpload: [happy(200, () => own()), ...missing()],
    findOffset: [happy(200, () => own()), ...missing()],
    appendToUpload: [
      happy(204, async () => part(0, first, { 'content-digest': digest(sha256Of(first)) })),
      ...missing(patch),
      error(400, async () => part(-1, rest)),
      saying(
        /"expected-offset":7/,
        error(409, async () => part(0, first)),
      ),
      saying(
        /"UPLOAD_BUSY"/,
        error(409, async () => ({
          ...(await part(7, rest)),
          during: (work) => world.uploads.written(sha256Of(file), work),
        })),
      ),
      error(413, async () => part(7, `${rest}!`)),
      error(415, async () => part(7, rest, { 'content-type': 'application/octet-stream' })),
      saying(
        /Content-Encoding: gzip/,
        error(415, async () => part(7, rest, { 'content-encoding': 'gzip' })),
      ),
      saying(
        /"CONTENT_DIGEST_MISMATCH"/,
        error(422, async () => part(7, rest, { 'content-digest': digest(sha256Of(first)) })),
      ),
      ...(canFillDisk
        ? [away(507, async () => ({ ...(await part(7, rest)), during: (work) => withDiskOf(5, work) }))]
        : []),
      happy(204, async () => part(7, rest)),
    ],
    cancelUpload: [
      happy(204, async () => {
        await world.uploads.begin(project, sha256Of('given up'), 8);
        return { path: { id: await idOf('given up') }, headers: auth };
      }),
      ...missing(),
    ],
  };
}
