/** What uploads and downloads at `/api/v1` are answered with, whole or in parts. */
import { kind } from './problem-kind.ts';

export const problemsOfUploads = {
  ARTIFACT_DIGEST_MISMATCH: kind(422, 'Digest does not match', {
    meaning: 'The bytes that arrived have another SHA-256 than the one that was named. Nothing was kept.',
    fix: 'Compute the digest of the file that is sent, and send it again.',
  }),
  ARTIFACT_TOO_LARGE: kind(413, 'Upload too large', {
    meaning: 'The file is larger than this portal takes.',
    fix: 'Make it smaller, or ask the operators of the portal for a higher limit.',
  }),
  ARTIFACT_TRUNCATED: kind(400, 'Upload incomplete', {
    meaning: 'The upload ended before all of the file had arrived. Nothing was kept.',
    fix: 'Upload the file again.',
  }),
  CONTENT_DIGEST_MISMATCH: kind(422, 'Content-Digest does not match', {
    meaning:
      'The bytes of this call have another SHA-256 than its Content-Digest says. None of them were kept.',
    fix: 'Send them again.',
  }),
  RANGE_NOT_SATISFIABLE: kind(416, 'Range outside the file', {
    meaning:
      'The range that was asked for begins after the end of the file. The header Content-Range says its size.',
    fix: 'Ask for a part that is there, or for all of it, without Range.',
  }),
  REQUEST_QUOTA_EXCEEDED: kind(429, 'Requests of the day used up', {
    meaning:
      'The project has made as many requests within 24 hours as its foundation lets it. Files for more aren’t taken either.',
    fix: 'Wait as long as the header Retry-After says, or ask the foundation for more.',
  }),
  STORAGE_QUOTA_EXCEEDED: kind(413, 'Storage of the project used up', {
    meaning:
      'The project has as many bytes stored as its foundation lets it. The upload was refused before its bytes were taken.',
    fix: 'Ask the foundation for more.',
  }),
  UNKNOWN_UPLOAD: kind(404, 'No such upload', {
    meaning: 'The caller has no unfinished upload with this id: it was removed, or somebody else began it.',
    fix: 'Begin again with POST /api/v1/uploads.',
  }),
  UPLOAD_BUSY: kind(409, 'Upload being written', {
    meaning: 'Another call writes this upload, or continued it. One call at a time does.',
    fix: 'Ask where it stands with HEAD, which ends another call, and go on there.',
  }),
  UPLOAD_EXPIRED: kind(410, 'Upload expired', {
    meaning: 'The upload wasn’t finished in time.',
    fix: 'Begin again with POST /api/v1/uploads.',
  }),
  UPLOAD_INTERRUPTED: kind(400, 'Upload interrupted', {
    meaning: 'The call ended before all that it announced had arrived. What arrived is kept.',
    fix: 'Ask where the upload stands with HEAD, and go on there.',
  }),
  UPLOAD_OFFSET_MISMATCH: kind(409, 'Upload goes on elsewhere', {
    meaning:
      'The upload doesn’t go on at this byte. The member `expected-offset` and the header Upload-Offset say where it does.',
    fix: 'Send the bytes of the file from there.',
  }),
  UPLOAD_QUOTA_EXCEEDED: kind(429, 'Upload quota used up', {
    meaning: 'The project has uploaded as much as it may in a day, or as much as may lie unused.',
    fix: 'Submit what was uploaded, or wait as long as the header Retry-After says.',
  }),
  UPLOAD_STALLED: kind(408, 'Upload stalled', {
    meaning:
      'No data arrived for a while. A whole file was discarded; of one in parts, what arrived is kept.',
    fix: 'Send it again. It may take as long as it needs, provided that data keeps arriving.',
  }),
  UPLOAD_TOO_LONG: kind(413, 'More bytes than announced', {
    meaning: 'More bytes were sent than were announced for the file.',
    fix: 'Ask where the upload stands with HEAD, and send only the rest.',
  }),
  UPLOAD_TOO_SLOW: kind(408, 'Upload too slow', {
    meaning:
      'The data arrived too slowly. A whole file was discarded; of one in parts, what arrived is kept.',
    fix: 'Send it again over a faster line, or from the build.',
  }),
};
